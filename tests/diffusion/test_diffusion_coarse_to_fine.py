"""Groups of words before words: the order of things, the prompt, and the chain's own law one place
a step."""

import itertools

import numpy as np
import pytest

from playground.diffusion import ExactDenoiser, UnmaskSettings, unmask
from playground.diffusion.meter import total_variation, true_distribution
from playground.diffusion.noise import group_evidence
from playground.diffusion.samplers.coarse_to_fine import word_groups
from tests.diffusion.evidence_network import SIZE, small_denoiser
from tests.diffusion.laws import CHAIN, ROWS, drawn

CANVAS = np.array([[7, SIZE, SIZE, SIZE, SIZE, 12], [SIZE] * 6])


def steps_of(steps, canvas=CANVAS, **more):
    settings = UnmaskSettings("coarse-to-fine", steps, seed=2, **more)
    return [s.canvas.numpy() for s in unmask(small_denoiser(), canvas, settings)]


def test_first_every_place_gets_a_word_of_its_group_then_a_word_of_the_same_group():
    groups, examples = word_groups(small_denoiser())
    canvases = steps_of(6)
    open_ = CANVAS == SIZE
    middle, last = canvases[2], canvases[-1]
    assert (middle < SIZE).all() and (examples[groups[middle]] == middle)[open_].all()
    assert (groups[middle] == groups[last])[open_].all() and (middle != last).any()
    assert all((c[~open_] == CANVAS[~open_]).all() for c in canvases)


def test_a_step_settles_an_equal_share_of_the_places_in_each_half():
    canvases = steps_of(6, CANVAS[1:])
    assert [(c == SIZE).sum() for c in canvases] == [4, 2, 0, 0, 0, 0]


def test_a_single_step_draws_words_at_once():
    (only,) = steps_of(1)
    assert (only < SIZE).all()


def test_one_place_a_step_gives_the_chains_own_law():
    counts = drawn(UnmaskSettings("coarse-to-fine", 6), CHAIN, 3)
    exact = true_distribution(CHAIN, 3)
    noise = 0.5 * np.sqrt(2 * exact / (np.pi * ROWS)).sum()  # the mean distance of so many draws
    assert total_variation(counts / ROWS, exact) < 2 * noise
    few = drawn(UnmaskSettings("coarse-to-fine", 2), CHAIN, 3)
    assert total_variation(few / ROWS, exact) > 3 * noise


@pytest.mark.parametrize("order", [(1, 0, 2), (2, 1, 0)])
def test_the_law_of_both_halves_by_enumeration(order):
    chain = ExactDenoiser([0.5, 0.3, 0.2], [[0.8, 0.15, 0.05], [0.1, 0.2, 0.7], [0.3, 0.6, 0.1]])
    groups = np.array([0, 1, 1])
    law = {}

    def go(coarse, text, left, share):
        if not left:
            law[tuple(text)] = law.get(tuple(text), 0.0) + share
            return
        (half, place), *rest = left
        evidence = group_evidence(groups, np.array([coarse]))
        for at, word in enumerate(text):
            if word >= 0:
                evidence[0, at] = np.where(np.arange(3) == word, 0.0, -np.inf)
        p = chain.posterior(evidence)[0, place].numpy()
        for word in np.nonzero(p > 0)[0] if half == "words" else ():
            go(coarse, [*text[:place], word, *text[place + 1 :]], rest, share * p[word])
        for group in (0, 1) if half == "groups" else ():
            mass = p[groups == group].sum()
            if mass > 0:
                go([*coarse[:place], group, *coarse[place + 1 :]], text, rest, share * mass)

    turns = [("groups", place) for place in order] + [("words", place) for place in order]
    go([-1] * 3, [-1] * 3, turns, 1.0)
    exact = true_distribution(chain, 3)
    got = np.array([law.get(text, 0.0) for text in itertools.product(range(3), repeat=3)])
    assert np.abs(got - exact).sum() < 1e-12


def test_every_group_has_a_word_that_stands_for_it():
    denoiser = small_denoiser()
    groups, examples = word_groups(denoiser)
    for group in np.unique(groups):
        inside = np.nonzero(groups == group)[0]
        assert examples[group] == inside[denoiser.word_shares[inside].argmax()]
    groups, examples = word_groups(CHAIN)
    assert (groups[examples] == np.arange(len(examples))).all()
