"""Chains whose rare steps are below the last digit of what stays: the page and /markov show every
figure."""

import json
import math

import pytest

from playground.markov.presets import CHAINS as PRESETS
from playground.pages.chains import walk
from playground.pages.chains.endpoints import markov

RARE = [[1, 1e-17], [0, 1]]


def figures(transition, **change):
    names = [f"s{i}" for i in range(len(transition))]
    draft = {**walk.DEFAULT, "states": names, "transition": transition, "start": 0, **change}
    return json.loads(json.dumps(walk.figures(draft), allow_nan=False))


def test_a_step_of_1e_17_keeps_the_page_and_its_link():
    record = figures(RARE)
    assert record["hitting"] == [[None, 1e17], [None, 1]] and record["limit"] == [0, 1]
    assert record["mixing_time"] == pytest.approx(math.log(4) * 1e17)
    assert record["spectral_gap"] == pytest.approx(1e-17)
    assert "(gap 1e-17)" in record["sentences"]["mixing"]
    assert "1.386e+17 steps" in record["sentences"]["mixing"]
    # a largest entry of 1 is not a certain one: something is left to chance
    assert record["cycle"] is None and "nothing is left to chance" not in json.dumps(record)


def test_steps_beyond_every_float_are_a_sentence():
    record = figures([[1, 1e-200, 0], [1, 0, 1e-200], [0, 0, 1]])
    assert record["mixing_time"] is None and record["hitting"][0][2] is None
    assert "after more steps than" in record["sentences"]["mixing"]


def test_the_endpoint_answers_with_exact_figures():
    answer = markov(RARE)
    assert answer["hitting_times"] == [[0, 1e17], [None, 0]] and answer["stationary"] == [[0, 1]]
    assert answer["mixing_time"] == pytest.approx(math.log(4) * 1e17)
    three = markov([[0.9, 0.1, 0], [0.2, 0.8, 1e-13], [0, 0, 1]])
    assert [row[2] for row in three["hitting_times"]] == pytest.approx([3e13, 3e13, 0])


def test_the_gambler_has_two_extreme_stationary_distributions_and_all_their_mixtures():
    chain = walk.MarkovChain(PRESETS["gambler"]["transition"])
    ends = chain.stationary_distributions()
    assert len(ends) == 2 and "every mixture of two" in PRESETS["gambler"]["explanation"]
    for share in (0, 0.3, 1):
        mixture = share * ends[0] + (1 - share) * ends[1]
        assert mixture @ chain.transition == pytest.approx(mixture)
