"""Continuous time against scipy's matrix exponential, Kolmogorov's equations and the simulated
jumps."""

import doctest
import itertools
import json
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.linalg import expm

from playground.markov import ContinuousTimeChain, continuous
from playground.markov.continuous import states_at, time_shares
from playground.markov.presets import rates_preset


@st.composite
def rate_matrices(draw):
    size, seed = draw(st.integers(1, 6)), draw(st.integers(0, 10_000))
    generator = np.random.default_rng(seed)
    rates = generator.exponential(draw(st.sampled_from([0.01, 1.0, 30.0])), (size, size)) * (
        generator.random((size, size)) < 0.7
    )
    np.fill_diagonal(rates, 0)
    return rates - np.diag(rates.sum(axis=1))


def test_examples_in_docstrings_hold():
    assert doctest.testmod(continuous).failed == 0


@settings(max_examples=80, deadline=None)
@given(rate_matrices(), st.floats(0, 20), st.floats(0, 20))
def test_exponential_semigroup_and_kolmogorov(rates, s, t):
    chain = ContinuousTimeChain(rates)
    np.testing.assert_allclose(chain.transition(t), expm(t * rates), atol=1e-9)
    np.testing.assert_allclose(
        chain.transition(s) @ chain.transition(t), chain.transition(s + t), atol=1e-10
    )
    assert chain.transition(t).min() >= 0
    np.testing.assert_allclose(chain.transition(t).sum(axis=1), 1, atol=1e-12)
    np.testing.assert_allclose(
        chain.derivative(t), rates @ chain.transition(t), atol=1e-9 * (1 + np.abs(rates).max())
    )
    step = 1e-5
    if t > step and np.abs(rates).max() < 10:
        slope = (chain.transition(t + step) - chain.transition(t - step)) / (2 * step)
        np.testing.assert_allclose(chain.derivative(t), slope, atol=1e-5)


@settings(max_examples=40, deadline=None)
@given(rate_matrices())
def test_the_stationary_distribution_is_fixed_at_every_time(rates):
    chain = ContinuousTimeChain(rates)
    pi = chain.stationary()
    np.testing.assert_allclose(pi @ rates, 0, atol=1e-9 * (1 + np.abs(rates).max()))
    np.testing.assert_allclose(pi @ chain.transition(3.7), pi, atol=1e-9)
    np.testing.assert_allclose(chain.distribution(1e9), pi, atol=1e-6)


def test_masking_is_exponential_decay():
    masking = rates_preset("masking")
    for t in (0, 0.1, 1, 30, 700):
        np.testing.assert_allclose(
            masking.transition(t)[0], [math.exp(-t), -math.expm1(-t)], rtol=1e-10
        )


def test_small_probabilities_keep_their_digits_and_large_times_converge():
    chain = ContinuousTimeChain([[-1, 1, 0], [0, -1, 1], [0, 0, 0]])
    # two jumps within t: the third entry is t^2/2 - t^3/3 + ...
    assert chain.transition(1e-8)[0, 2] == pytest.approx(5e-17, rel=1e-7)
    np.testing.assert_allclose(
        rates_preset("on/off").transition(1e15), [[1 / 3, 2 / 3]] * 2, atol=1e-12
    )
    assert (chain.transition(0) == np.eye(3)).all()


def test_jumps_follow_the_rates():
    chain = rates_preset("queue")
    jumps = list(chain.simulate(8_000, seed=2))
    assert (
        jumps[0]["time"] == 0
        and jumps[-1]["hold"] is None
        and json.dumps(jumps[:10], allow_nan=False)
    )
    for before, after in itertools.pairwise(jumps[:200]):
        assert (
            after["time"] == pytest.approx(before["time"] + before["hold"])
            and chain.rates[before["state"], after["state"]] > 0
        )
    holds = [jump["hold"] for jump in jumps[:-1] if jump["state"] == 1]
    assert np.mean(holds) == pytest.approx(1 / 2.5, rel=0.1)
    np.testing.assert_allclose(time_shares(jumps, 8_000, 5), chain.stationary(), atol=0.02)
    assert (
        list(chain.simulate(50, seed=2))[:-1] == jumps[: len(list(chain.simulate(50, seed=2))) - 1]
    )
    times = [0, jumps[3]["time"], jumps[3]["time"] + jumps[3]["hold"] / 2, 8_000]
    assert states_at(jumps, times).tolist() == [
        jumps[0]["state"],
        jumps[3]["state"],
        jumps[3]["state"],
        jumps[-1]["state"],
    ]
    assert len(list(chain.simulate(1e9, max_jumps=7))) == 8


def test_runs_agree_with_the_forward_equation():
    chain = rates_preset("on/off")
    ends = [states_at(list(chain.simulate(2, seed)), [1.3])[0] for seed in range(3_000)]
    np.testing.assert_allclose(
        np.bincount(ends, minlength=2) / 3_000, chain.distribution(1.3), atol=0.03
    )


def test_absorbing_states_stay_and_the_jump_chain_says_where():
    chain = ContinuousTimeChain([[-3, 1, 2], [0, 0, 0], [0, 0, 0]], initial=[1, 0, 0])
    np.testing.assert_allclose(
        chain.jump_chain().transition, [[0, 1 / 3, 2 / 3], [0, 1, 0], [0, 0, 1]]
    )
    np.testing.assert_allclose(chain.stationary(), [0, 1 / 3, 2 / 3])
    last = list(chain.simulate(1_000, 0))
    assert len(last) == 2 and last[1]["hold"] is None
    assert ContinuousTimeChain([[0]]).transition(5).tolist() == [[1]]
    ticks, rate = chain.uniformised()
    assert rate == 3 and ticks.transition[0].tolist() == [0, 1 / 3, 2 / 3]


@pytest.mark.parametrize(
    "work, words",
    [
        (
            lambda: ContinuousTimeChain([[-1, 1.5], [0, 0]], ["on", "off"]),
            "rates row 'on' sums to 0.5; it must sum to 0: set its diagonal entry to -1.5",
        ),
        (lambda: ContinuousTimeChain([[1, -1], [0, 0]]), "row 1 holds -1.0 in column 2"),
        (lambda: ContinuousTimeChain([[math.nan, 1], [0, 0]]), "nan"),
        (lambda: ContinuousTimeChain([[0, 0]]), "square"),
        (lambda: ContinuousTimeChain([["x"]]), "numbers"),
        (
            lambda: rates_preset("on/off").transition(-1),
            "t must be a finite time of at least 0, got -1",
        ),
        (lambda: rates_preset("on/off").transition(math.inf), "got inf"),
        (lambda: list(rates_preset("on/off").simulate(-1)), "until"),
        (
            lambda: rates_preset("nothing"),
            "preset must be one of masking, on/off, queue, got 'nothing'",
        ),
    ],
)
def test_bad_input_is_refused_with_row_sum_and_remedy(work, words):
    with pytest.raises(ValueError) as error:
        work()
    assert words in str(error.value)
