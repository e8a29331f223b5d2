"""Many runs at once: the shares tend to P(t), and each run obeys the chain."""

from __future__ import annotations

import numpy as np
import pytest

from playground.markov.continuous import ContinuousTimeChain
from playground.markov.ensemble import shares_over_time

CHAIN = ContinuousTimeChain([[-1.0, 0.7, 0.3], [0.2, -0.5, 0.3], [0.0, 2.0, -2.0]])


def test_shares_tend_to_the_matrix_exponential():
    times = np.linspace(0, 5, 26)
    shares = shares_over_time(CHAIN, times, 20_000, seed=3, start=0)
    expected = np.array([CHAIN.transition(float(t))[0] for t in times])
    assert np.abs(shares - expected).max() < 4.5 * 0.5 / np.sqrt(20_000)
    np.testing.assert_allclose(shares.sum(axis=1), 1)


def test_everybody_starts_in_the_start_and_an_absorbing_state_keeps_them():
    absorbing = ContinuousTimeChain([[-1, 1], [0, 0]])
    shares = shares_over_time(absorbing, [0, 1, 2, 100], 500, seed=1, start=0)
    assert (
        shares[0].tolist() == [1, 0]
        and shares[-1].tolist() == [0, 1]
        and (np.diff(shares[:, 1]) >= 0).all()
    )
    assert shares_over_time(absorbing, [0, 9], 10, start=1).tolist() == [[0, 1], [0, 1]]


def test_a_crowd_depends_on_its_seed_alone_and_more_times_change_nothing():
    few, many = (
        shares_over_time(CHAIN, [0, 1, 2], 300, seed=4),
        shares_over_time(CHAIN, np.linspace(0, 2, 21), 300, seed=4),
    )
    np.testing.assert_array_equal(few, many[::10])
    assert not np.array_equal(few, shares_over_time(CHAIN, [0, 1, 2], 300, seed=5))


@pytest.mark.parametrize(("runs", "start"), [(0, 0), (10, 3), (10, -1)])
def test_bad_arguments_are_named(runs, start):
    with pytest.raises(ValueError, match=r"runs must be|start must be"):
        shares_over_time(CHAIN, [0, 1], runs, start=start)
