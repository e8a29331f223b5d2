"""How a context moves a distribution: exact over the whole vocabulary, against scipy."""

import json
import math

import numpy as np
import pytest
from scipy.stats import entropy as scipy_entropy

from playground.pages.compare.contexts import divergence, grouped, moved, two_models, two_prompts
from tests.pages.doubles import DoubleBackend


def random_rows(size=500, seed=1):
    rng = np.random.default_rng(seed)
    rows = rng.normal(size=(2, size)) * 2
    return rows - np.log(np.exp(rows).sum(1, keepdims=True))


def test_divergence_rest_and_variation_cover_the_whole_vocabulary():
    before, after = random_rows()
    found = moved(before, after, str)
    p, q = np.exp(before), np.exp(after)
    assert math.isclose(found["kl_second_first"], scipy_entropy(q, p)) and math.isclose(
        found["kl_first_second"], scipy_entropy(p, q)
    )
    assert math.isclose(found["total_variation"], np.abs(p - q).sum() / 2) and math.isclose(
        found["entropy_first"], scipy_entropy(p)
    )
    for side, row in (("first", p), ("second", q)):
        assert math.isclose(sum(one[side] for one in found["rows"]) + found["rest"][side], 1.0)
        assert {int(row.argmax())} <= {one["id"] for one in found["rows"]}
    assert len(found["rows"]) + found["rest"]["count"] == 500
    assert found["risen"][0]["id"] == int((q - p).argmax()) and found["fallen"][0]["id"] == int(
        (p - q).argmax()
    )


def test_an_impossible_token_makes_the_divergence_infinite_and_is_not_nan():
    assert divergence(np.log([0.5, 0.5]), np.array([0.0, -np.inf])) is None
    assert math.isclose(divergence(np.array([0.0, -np.inf]), np.log([0.5, 0.5])), math.log(2))


def test_the_same_prompt_twice_moves_nothing():
    found = two_prompts(
        DoubleBackend(), {"model": "double", "first": "The fox", "second": "The fox"}
    )
    assert (
        found["total_variation"] == 0
        and found["kl_second_first"] == 0
        and found["risen"] == found["fallen"] == []
    )
    assert json.dumps(found, allow_nan=False)


def test_tokens_of_one_text_are_added_up():
    row = np.log([0.5, 0.2, 0.2, 0.1])
    found, beyond = grouped(row, ["The", " the", "a", " "].__getitem__)
    assert found == pytest.approx({"the": 0.7, "a": 0.2, " ": 0.1}) and beyond == pytest.approx(
        0, abs=1e-12
    )


def test_two_models_are_aligned_by_text():
    found = two_models(DoubleBackend(), {"models": ["double", "double"], "prompt": "The fox"})
    assert (
        all(row["first"] == row["second"] for row in found["rows"])
        and found["shared"] == found["compared"][0]
    )
    with pytest.raises(ValueError, match="models must be a list of 2 models, got 1"):
        two_models(DoubleBackend(), {"models": ["double"], "prompt": "The fox"})
