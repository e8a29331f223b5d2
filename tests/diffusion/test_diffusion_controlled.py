"""Controlled texts: hard wishes are met by every text, a gradient raises what is wanted, and texts
that are likely enough are left alone."""

import pytest
import torch

from playground.diffusion.controlled import ControlSettings, contains, write_towards
from tests.diffusion.evidence_network import SIZE, small_evidence

NETWORK, LENGTH, WORDS = small_evidence(), 6, torch.tensor([7, 9])


def anything(texts=3):
    allowed = torch.ones(texts, LENGTH, SIZE, dtype=torch.bool)
    allowed[..., :5] = False
    return allowed


def run(wanted=None, allowed=None, **settings):
    found = write_towards(
        NETWORK,
        anything() if allowed is None else allowed,
        wanted,
        ControlSettings(**{"steps": 8, "rate": 0.3, **settings}),
    )
    return list(found)


@pytest.mark.parametrize("clamp", [True, False])
def test_every_text_keeps_to_the_words_that_each_place_allows(clamp):
    allowed = anything()
    allowed[:, 0] = False
    allowed[:, 0, 6] = True
    allowed[:, 2:4] = False
    allowed[:, 2:4, [8, 11, 13]] = True
    for step in run(allowed=allowed, clamp=clamp):
        assert allowed.gather(2, step.words[..., None]).all()
        assert (step.words[:, 0] == 6).all()


def test_a_place_that_allows_no_word_is_refused():
    allowed = anything()
    allowed[1, 4] = False
    with pytest.raises(ValueError, match="allowed must leave a word at every place"):
        run(allowed=allowed)


def test_updates_raise_what_is_wanted_in_the_steps_in_which_they_are_made():
    plain = run(contains(WORDS), updates=0)
    moved = run(contains(WORDS), updates=3, enough=1.1)
    assert all(len(step.wanted) == 1 for step in plain)
    assert all(len(step.wanted) == 4 for step in moved[:7])
    first = moved[0].wanted
    assert (first[3] > first[0]).all() and first[0].equal(plain[0].wanted[0])
    assert (moved[6].wanted[-1] > plain[6].wanted[-1]).all()
    assert len(moved[7].wanted) == 1  # the last step is free


def test_a_text_that_is_likely_enough_is_not_moved():
    chances = run(contains(WORDS), updates=0)[0].wanted[0].exp()
    between = chances.sort().values[:2].mean().item()
    plain = run(contains(WORDS), updates=0, enough=between)
    found = run(contains(WORDS), updates=2, enough=between)
    unsure = chances < between
    assert unsure.sum() == 1
    first = found[0].wanted
    assert (first[2] > first[0])[unsure].all() and first[2][~unsure].equal(first[0][~unsure])
    assert found[1].words[~unsure].equal(plain[1].words[~unsure])
    assert run(contains(WORDS), updates=2, enough=0.0)[-1].words.equal(plain[-1].words)


def test_a_seed_is_a_text():
    a, b, c = (run(contains(WORDS), seed=seed)[-1].words for seed in (4, 4, 5))
    assert a.equal(b) and not a.equal(c)
