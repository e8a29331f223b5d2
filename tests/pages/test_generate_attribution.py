"""Attribution on Generate and in /attribution: a run of frames that can be stopped, the same
figures for programs, sentences for bad values."""

import math
import threading

import pytest

from playground.decoding.attribution import leave_one_out
from playground.pages.generate.attribution import MOST, TOGETHER, attribute, attribution_of
from tests.pages.doubles import WORDS, DoubleBackend, WordModel

IDS = [3, 1, 4, 1, 5, 9, 2, 6, 5, 3]


def run(asked, stop=None, backend=None):
    raw = {"model": "double", **asked}
    return list(attribute(backend or DoubleBackend(), raw, stop or threading.Event()))


def test_the_page_gets_a_frame_for_each_earlier_token():
    begin, *frames, end = run({"ids": IDS, "token": 7})
    found = [one for some in leave_one_out(WordModel(WORDS), IDS, 7) for one in some]
    assert begin["kind"] == "begin" and begin["count"] == len(IDS)
    assert begin["probability"] == pytest.approx(math.exp(found[0].whole))
    assert [frame["frames"][0] for frame in frames] == [one.record() for one in found]
    assert end == {"kind": "end", "reason": "done"}


def test_a_stop_ends_it_before_the_next_contexts_are_asked():
    stop, backend = threading.Event(), DoubleBackend()
    messages = attribute(backend, {"model": "double", "ids": IDS * 4, "token": 7}, stop)
    assert next(messages)["kind"] == "begin"
    stop.set()
    *_, end = messages
    assert end["reason"] == "stopped" and len(backend.calls) == 1 + TOGETHER


def test_programs_get_the_same_figures_by_place():
    *counts, answer = attribution_of(DoubleBackend(), "double", "The fox ran", ids=[4, 5], token=7)
    assert sum(counts) == 5 == len(answer["tokens"]) and answer["token_id"] == 7
    assert [token["place"] for token in answer["tokens"]] == [0, 1, 2, 3, 4]
    assert answer["text"] == WORDS[7] and answer["tokens"][3]["text"] == WORDS[4]
    *_, likeliest = attribution_of(DoubleBackend(), "double", "The fox ran")
    context = WordModel(WORDS).encode("The fox ran")
    assert likeliest["token_id"] == int(WordModel(WORDS).next_logits(context).argmax())


@pytest.mark.parametrize(
    ("asked", "sentence"),
    [
        ({"ids": IDS, "token": -3}, "token must be a whole number of at least 0, got -3"),
        ({"ids": IDS, "token": True}, "token must be a whole number"),
        ({"ids": IDS, "token": 16}, r"token must be in \[0, 15\], got 16"),
        ({"ids": [], "token": 3}, "nothing before it"),
        ({"ids": [1] * (MOST + 1), "token": 3}, f"At most {MOST} tokens"),
        ({"ids": "x", "token": 3}, "ids must be a list of token ids"),
    ],
)
def test_bad_questions_get_a_sentence(asked, sentence):
    with pytest.raises(ValueError, match=sentence):
        run(asked)
