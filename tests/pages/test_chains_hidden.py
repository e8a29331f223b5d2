"""Hidden states on the Chains page: forward and backward, Viterbi, sampling, learning."""

from __future__ import annotations

import json
import math

import numpy as np
import pytest

from playground.pages.chains import hidden
from playground.pages.chains.examples import HIDDEN

# hidden Markov models
# --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("one", HIDDEN, ids=lambda one: one["slug"])
def test_an_opened_cell_adds_up_to_what_the_trellis_shows(one):
    """What the script multiplies and adds for an opened cell, done here with the record's own
    arrays."""
    record = hidden.figures(
        {
            **hidden.DEFAULT,
            **{
                key: one[key]
                for key in (
                    "states",
                    "symbols",
                    "initial",
                    "transition",
                    "emission",
                    "observations",
                )
            },
        }
    )
    json.dumps(record, allow_nan=False)
    alpha, beta, delta = (
        np.exp(np.array(record[name], dtype=float)) for name in ("forward", "backward", "delta")
    )
    alpha, beta, delta = (np.nan_to_num(each) for each in (alpha, beta, delta))
    moves, shows, seen = (
        np.array(record["transition"]),
        np.array(record["emission"]),
        record["observations"],
    )
    for t in range(1, len(seen)):
        emitted = shows[:, seen[t]] if seen[t] >= 0 else np.ones(len(moves))
        np.testing.assert_allclose(
            alpha[t], (alpha[t - 1] @ moves) * emitted, rtol=1e-9, atol=1e-300
        )
        np.testing.assert_allclose(beta[t - 1], moves @ (emitted * beta[t]), rtol=1e-9, atol=1e-300)
        ways = delta[t - 1][:, None] * moves
        np.testing.assert_allclose(delta[t], ways.max(axis=0) * emitted, rtol=1e-9, atol=1e-300)
        reached = delta[t] > 0
        np.testing.assert_allclose(
            ways[np.array(record["pointers"][t]), np.arange(len(moves))][reached],
            ways.max(axis=0)[reached],
        )
    np.testing.assert_allclose(
        np.array(record["posterior"]),
        alpha * beta / (alpha * beta).sum(axis=1, keepdims=True),
        atol=1e-9,
    )
    np.testing.assert_allclose(np.sum(record["predictions"], axis=1), 1)


def test_the_umbrella_gives_the_figures_of_the_teaching_example():
    record = hidden.figures(hidden.DEFAULT)
    assert math.exp(record["log_likelihood"]) == pytest.approx(0.000743387, rel=1e-5)
    assert record["path"] == [0, 0, 0, 1, 1]


def test_where_viterbi_and_posterior_differ_both_are_told():
    record = hidden.figures(
        {
            **hidden.DEFAULT,
            "initial": [0.5, 0.5],
            "transition": [[0.9, 0.1], [0.4, 0.6]],
            "emission": [[0.5, 0.5], [0.45, 0.55]],
            "observations": [1, 1, 1, 0, 1, 1],
        }
    )
    assert len(record["path"]) == len(record["marginal"]) == 6


def test_impossible_observations_are_a_sentence_and_no_nan():
    record = hidden.figures({**hidden.DEFAULT, "emission": [[0, 1], [0, 1]]})
    assert "position 1" in record["impossible"] and "“umbrella”" in record["impossible"]
    json.dumps(record, allow_nan=False)


def test_a_sample_brings_its_hidden_states_along_and_depends_on_its_seed():
    first, again, other = (
        hidden.figures({**hidden.DEFAULT, "seed": seed, "length": 20}) for seed in (1, 1, 2)
    )
    assert first == again != other and len(first["truth"]) == 20
    json.dumps(first, allow_nan=False)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"observations": [0, 5]}, "observations must be a whole number in \\[-1, 1\\], got 5"),
        ({"observations": []}, "observations must be a list of 1 to 60"),
        ({"initial": [1, 1]}, "initial sums to 2; it must sum to 1"),
        ({"emission": [[0.1, 0.9]]}, "emission must be a table of 2 rows"),
    ],
)
def test_a_bad_hidden_model_is_refused(change, words):
    with pytest.raises(ValueError, match=words):
        hidden.figures({**hidden.DEFAULT, **change})


def test_learning_climbs_and_shows_the_models_own_likelihood():
    record = hidden.learn(
        {
            **hidden.DEFAULT,
            "learn": {"source": "sample", "length": 80, "restarts": 2, "iterations": 8, "seed": 3},
        }
    )
    for run in record["runs"]:
        heights = [step["log_likelihood"] for step in run["steps"]]
        assert len(heights) == 9 and (np.diff(heights) >= -1e-9).all()
        np.testing.assert_allclose(np.sum(run["steps"][-1]["transition"], axis=1), 1, atol=1e-4)
    assert record["best"] == max(
        range(2), key=lambda i: record["runs"][i]["steps"][-1]["log_likelihood"]
    )
