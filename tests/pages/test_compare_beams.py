"""The beam search that the page shows is the search itself, and the Bayes choice is the one of the
metrics."""

import json
import math

import pytest

from playground.decoding import DecodingSettings, beam_search, generate
from playground.metrics import expected_utilities, minimum_bayes_risk
from playground.pages.compare.beams import run
from tests.pages.doubles import DoubleBackend


def frames(**more):
    return list(
        run(
            DoubleBackend(),
            {
                "model": "double",
                "prompt": "The fox",
                "beams": 3,
                "tokens": 6,
                "samples": 5,
                "seed": 2,
                **more,
            },
        )
    )


def test_the_frames_hold_the_whole_tree_and_its_results():
    seen = frames(length_penalty=0.7)
    model = DoubleBackend().causal("double")
    alone = beam_search(model, model.encode("The fox"), 3, 6, 0.7)
    nodes = [node for frame in seen for node in frame.get("nodes", [])]
    assert [node["id"] for node in nodes] == list(range(1, len(alone.tree.nodes)))
    assert [frame["round"] for frame in seen if "nodes" in frame] == list(range(1, 7))
    found = next(frame["results"] for frame in seen if "results" in frame)
    assert [(one["text"], one["score"]) for one in found] == [
        (model.decode(ids), score) for ids, score in alone
    ]
    assert all(
        math.isclose(one["score"], one["log_probability"] / one["length"] ** 0.7, rel_tol=1e-5)
        for one in found
    )
    assert json.dumps(seen, allow_nan=False)


def test_the_choice_among_samples_has_the_highest_mean_utility():
    last = next(frame for frame in frames(utility="rouge1", top_p=0.8) if "samples" in frame)
    model = DoubleBackend().causal("double")
    texts = [
        model.decode(
            [
                step.token_id
                for step in generate(
                    model,
                    model.encode("The fox"),
                    DecodingSettings(max_new_tokens=6, top_p=0.8, seed=2 + r),
                )
            ]
        )
        for r in range(5)
    ]
    assert [one["text"] for one in last["samples"]] == texts
    assert [one["utility"] for one in last["samples"]] == expected_utilities(texts, "rouge1")
    assert last["chosen"] == minimum_bayes_risk(texts, "rouge1")


def test_without_samples_the_search_ends_the_run():
    assert (
        not any("samples" in frame for frame in frames(samples=0)) and frames(samples=0)[-1]["done"]
    )


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"beams": 9}, r"beams must be a whole number in \[1, 8\], got 9"),
        ({"length_penalty": 9}, r"length_penalty must be a number in \[-5, 5\], got 9"),
        ({"utility": "meteor"}, "utility must be one of bleu"),
        ({"samples": 99}, r"samples must be a whole number in \[0, 16\], got 99"),
        ({"prompt": ""}, "prompt must hold"),
    ],
)
def test_bad_requests_get_a_sentence(change, sentence):
    with pytest.raises(ValueError, match=sentence):
        frames(**change)
