"""The watermark on Generate and in /score: a text written with it is found, one without is not, and
bad values get a sentence."""

import pytest

from playground import decoding
from playground.decoding.settings import DecodingSettings
from playground.pages.generate.endpoints import score_text
from playground.pages.generate.marks import watermark
from tests.pages.doubles import WORDS, DoubleBackend, WordModel


def written(**rules):
    """A text of the double under these rules."""
    settings = DecodingSettings(max_new_tokens=120, **rules)
    steps = decoding.generate(WordModel(WORDS), [3, 1], settings)
    return [step.token_id for step in steps]


def asked(ids, **settings):
    return watermark(DoubleBackend(), {"model": "double", "ids": ids, "settings": settings})


def test_a_text_with_the_mark_is_found_under_its_key_alone():
    ids = written(watermark_bias=4.0, watermark_ratio=0.5, watermark_key=77)
    found = asked(ids, watermark_ratio=0.5, watermark_key=77)
    assert found["z"] > 5 and found["p_value"] < 1e-6
    assert found["hits"][0] is None and sum(found["hits"][1:]) == found["green"]
    assert found["expected"] == 0.5 * found["scored"] == 0.5 * (len(ids) - 1)
    assert found["curve"][0]["z"] == found["z"] and found["curve"][-1]["expected"] == 0
    assert abs(asked(ids, watermark_ratio=0.5, watermark_key=78)["z"]) < 4
    assert abs(asked(written(), watermark_ratio=0.5, watermark_key=77)["z"]) < 4


def test_programs_get_the_detection_with_the_score():
    text = "The fox ran and slept"
    *_, answer = score_text(DoubleBackend(), "double", text, 5, watermark_ratio=0.5)
    assert len(answer["watermark"]["hits"]) == len(answer["tokens"])
    assert answer["watermark"]["key"] == 15485863 and "curve" not in answer["watermark"]
    *_, short = score_text(DoubleBackend(), "double", "fox")
    assert short["watermark"] is None


@pytest.mark.parametrize(
    ("question", "sentence"),
    [
        ({"ids": [1]}, "at least 2 tokens"),
        ({"ids": [1, 10**6]}, r"ids must be in \[0, 15\], got 1,000,000"),
        ({"ids": [1, 2], "settings": {"watermark_ratio": 1}}, r"watermark_ratio must be .*got 1"),
        ({"ids": "x"}, "ids must be a list of token ids"),
    ],
)
def test_bad_questions_get_a_sentence(question, sentence):
    with pytest.raises(ValueError, match=sentence):
        watermark(DoubleBackend(), {"model": "double", **question})
