"""Teacher forcing against free running, and label words as a classifier: against the model's own
probabilities."""

import json
import math

import pytest
import torch

from playground.decoding import DecodingSettings, generate
from playground.pages.compare import classifier, teacher_forcing
from tests.pages.doubles import DoubleBackend

TEXT = "The fox ran and the dog slept"


def test_the_losses_of_both_ways_of_reading():
    frames = list(
        teacher_forcing.run(
            DoubleBackend(), {"model": "double", "text": TEXT, "from": 3, "temperature": 0}
        )
    )
    model = DoubleBackend().causal("double")
    ids = model.encode(TEXT)
    own = ids[:3] + [
        step.token_id
        for step in generate(
            model, ids[:3], DecodingSettings(do_sample=False, max_new_tokens=len(ids) - 3)
        )
    ]
    given, free = (
        frames[-2] if "tokens" in frames[-2] else next(f for f in frames if "tokens" in f),
        frames[-1]["own"],
    )

    def loss(context, token):
        return -float(torch.log_softmax(model.next_logits(context).double(), -1)[token])

    for place in range(1, len(ids)):
        assert math.isclose(
            given["tokens"][place]["loss"], loss(ids[:place], ids[place]), rel_tol=1e-5
        )
        assert math.isclose(
            free["tokens"][place]["loss"], loss(own[:place], own[place]), rel_tol=1e-5
        )
        assert math.isclose(
            free["tokens"][place]["drift"], loss(own[:place], ids[place]), rel_tol=1e-5
        )
    assert (
        given["tokens"][0]["loss"] is None
        and given["tokens"][3]["loss"] == free["tokens"][3]["drift"]
    )  # nothing else was read until then
    assert (
        free["same"] == sum(a == b for a, b in zip(ids[3:], own[3:], strict=True))
        and free["of"] == len(ids) - 3
    )
    assert json.dumps(frames, allow_nan=False)


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"from": 7}, r"given tokens must be a whole number in \[1, 6\], got 7"),
        ({"text": "fox"}, "text must have 3 to 200 tokens in this model, got 1"),
        ({"temperature": 9}, "temperature must be"),
    ],
)
def test_bad_requests_of_forcing_get_a_sentence(change, sentence):
    with pytest.raises(ValueError, match=sentence):
        list(teacher_forcing.run(DoubleBackend(), {"model": "double", "text": TEXT, **change}))


def test_labels_of_several_tokens_are_multiplied_and_calibrated():
    words = ["very old", "fox"]
    raw = {
        "model": "double",
        "template": "{text} was the",
        "labels": words,
        "texts": ["The dog ran", "a king sat"],
    }
    frames = list(classifier.run(DoubleBackend(), raw))
    last, model = frames[-1], DoubleBackend().causal("double")

    def log_probability(text, word):
        context, total = model.encode(f"{text} was the"), 0.0
        for token in model.encode(word):
            total += float(torch.log_softmax(model.next_logits(context).double(), -1)[token])
            context = [*context, token]
        return total

    empty = [log_probability("", word) for word in words]
    for row, text in zip(last["rows"], raw["texts"], strict=True):
        logs = [log_probability(text, word) for word in words]
        assert row["logs"] == pytest.approx(logs, rel=1e-5)
        weights = [math.exp(one - base) for one, base in zip(logs, empty, strict=True)]
        assert row["calibrated"] == pytest.approx([one / sum(weights) for one in weights], rel=1e-4)
        assert sum(row["shares"]) == pytest.approx(1) and row["winner"] == int(logs[1] > logs[0])
    assert last["empty"]["logs"] == pytest.approx(empty, rel=1e-5)


def test_an_empty_text_calibrates_itself_to_equal_shares():
    assert classifier.judged([-1.0, -5.0], [-1.0, -5.0])["calibrated"] == pytest.approx([0.5, 0.5])


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"template": "no place"}, r"template must hold \{text\} exactly once, got it 0 times"),
        ({"labels": ["a"]}, "labels must be at least 2 different words"),
        ({"labels": ["a", "a "]}, "labels must be at least 2 different"),
        ({"texts": []}, "texts must be a list of 1 to 8 texts, got 0"),
    ],
)
def test_bad_requests_of_the_classifier_get_a_sentence(change, sentence):
    with pytest.raises(ValueError, match=sentence):
        list(
            classifier.run(
                DoubleBackend(),
                {
                    "model": "double",
                    "template": "{text}: it was",
                    "labels": ["a", "b"],
                    "texts": ["x"],
                    **change,
                },
            )
        )
