"""Hitting, absorption and stationary shares against exact fractions, over entries that span a
hundred decades."""

import math
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from playground.markov import ContinuousTimeChain, MarkovChain
from playground.markov.elimination import solve_leaving, stationary_shares

CLOSE = 1e-11  # relative, at every size


def fractions_solve(matrix, right):
    """x with matrix x = right, (n, n) and (n, m) of Fractions, by Gauss and Jordan."""
    rows = [list(row) + list(values) for row, values in zip(matrix, right, strict=True)]
    for column in range(len(rows)):
        pivot = next(i for i in range(column, len(rows)) if rows[i][column])
        rows[column], rows[pivot] = rows[pivot], rows[column]
        rows[column] = [value / rows[column][column] for value in rows[column]]
        for i, row in enumerate(rows):
            if i != column and row[column]:
                rows[i] = [a - row[column] * b for a, b in zip(row, rows[column], strict=True)]
    return [row[len(matrix) :] for row in rows]


def generator(flow):
    """The exact Q of the float entries: its diagonal is minus the sum of the row's others."""
    exact = [[Fraction(float(value)) for value in row] for row in flow]
    for i, row in enumerate(exact):
        row[i] = -sum(value for j, value in enumerate(row) if j != i)
    return exact


def exact_hitting(flow, target, among):
    """Expected time to `target` from each state of `among`, all of which reach it for certain."""
    rates = generator(flow)
    middle = [i for i in among if i != target]
    matrix = [[-rates[i][j] for j in middle] for i in middle]
    solved = fractions_solve(matrix, [[Fraction(1)] for _ in middle])
    return {i: row[0] for i, row in zip(middle, solved, strict=True)}


def exact_ends(flow, middle, ends):
    """Probability of ending in each of `ends` and expected time, from each state of `middle`."""
    rates = generator(flow)
    matrix = [[-rates[i][j] for j in middle] for i in middle]
    right = [[rates[i][j] for j in ends] + [Fraction(1)] for i in middle]
    return fractions_solve(matrix, right)


def agrees(value, exact):
    if exact > Fraction(2) ** 1023 * 2 - Fraction(2) ** 970:
        return value == math.inf
    if exact < Fraction(1, 10**300):
        return value < 1.1e-300
    return abs(Fraction(float(value)) - exact) <= Fraction(CLOSE) * exact


@st.composite
def decades(draw, largest=5):
    """Flow matrices (K, K), rows below 1, entries from 1e-100 to 1, some 0; a ring keeps the chain
    irreducible."""
    size = draw(st.integers(2, largest))
    source = np.random.default_rng(draw(st.integers(0, 100_000)))
    flow = 10.0 ** -source.uniform(0, 100, (size, size))
    flow[source.random((size, size)) < 0.3] = 0
    ring = 10.0 ** -source.uniform(0, 100, size)
    flow[np.arange(size), (np.arange(size) + 1) % size] = ring
    np.fill_diagonal(flow, 0)
    return flow / np.maximum(1, flow.sum(axis=1, keepdims=True))


def as_chain(flow):
    return MarkovChain(flow + np.diag(1 - flow.sum(axis=1)))


def as_rates(flow):
    return ContinuousTimeChain(flow - np.diag(flow.sum(axis=1)))


@settings(max_examples=150, deadline=None)
@given(decades(), st.booleans())
def test_hitting_times_and_shares_are_the_fractions_in_both_kinds_of_time(flow, continuous):
    model = as_rates(flow) if continuous else as_chain(flow)
    for target in range(len(flow)):
        times = model.hitting_times(target)
        for state, exact in exact_hitting(flow, target, range(len(flow))).items():
            assert agrees(times[state], exact)
        assert (model.hitting_probabilities(target) == 1).all()
    pi = [Fraction(float(value)) for value in model.stationary()]
    rates = generator(flow)
    shares = fractions_solve(
        [[rates[j][i] for j in range(len(flow))] for i in range(1, len(flow))] + [[1] * len(flow)],
        [[Fraction(0)]] * (len(flow) - 1) + [[Fraction(1)]],
    )
    assert all(agrees(float(one), row[0]) for one, row in zip(pi, shares, strict=True))


@settings(max_examples=150, deadline=None)
@given(decades(), st.booleans())
def test_absorption_and_hitting_probabilities_are_the_fractions(flow, continuous):
    size = len(flow) + 2
    wide = np.zeros((size, size))
    wide[2:, 2:] = flow / 2
    wide[2, 0], wide[-1, 1] = flow[0].max() / 4, flow[-1].max() * 1e-30
    model = as_rates(wide) if continuous else as_chain(wide)
    result, middle = model.absorption(), list(range(2, size))
    hits = [model.hitting_probabilities(end) for end in (0, 1)]
    assert result.classes == ((0,), (1,))
    for state, (first, second, time) in zip(middle, exact_ends(wide, middle, [0, 1]), strict=True):
        assert agrees(result.probabilities[state, 0], first) and agrees(hits[0][state], first)
        assert agrees(result.probabilities[state, 1], second) and agrees(hits[1][state], second)
        assert agrees(result.expected_steps[state], time)
    visits = np.array(result.visits[2:, 2:])
    if np.isfinite(visits).all():
        np.testing.assert_allclose(visits.sum(axis=1), result.expected_steps[2:], rtol=1e-11)


def test_a_walk_against_the_wind_has_its_exact_mean():
    rows = np.zeros((8, 8))
    rows[0, 0] = rows[7, 6] = 1
    for i in range(1, 7):
        rows[i, i + 1], rows[i, i - 1] = 0.995, 0.005
    assert MarkovChain(rows).hitting_times(0)[7] == pytest.approx(125465472480001, rel=1e-13)


def test_a_step_of_1e_13_is_waited_for_3e13_steps():
    model = MarkovChain([[0.9, 0.1, 0], [0.2, 0.8, 1e-13], [0, 0, 1]])
    assert model.hitting_times(2).tolist() == pytest.approx([3e13, 3e13, 0], rel=1e-12)
    assert model.absorption().expected_steps.tolist() == pytest.approx([3e13, 3e13, 0], rel=1e-12)
    assert model.hitting_probabilities(2).tolist() == [1, 1, 1]


def test_a_row_whose_rest_is_below_the_last_digit_has_exact_figures():
    model = MarkovChain([[1, 1e-17], [0, 1]])
    assert model.hitting_times(1).tolist() == [1e17, 0]
    assert model.hitting_times(0).tolist() == [0, math.inf]
    assert model.hitting_probabilities(1).tolist() == [1, 1]
    assert model.hitting_probabilities(0).tolist() == [1, 0]
    ends = model.absorption()
    assert ends.classes == ((1,),) and ends.expected_steps.tolist() == [1e17, 0]
    assert ends.visits[0, 0] == 1e17 and model.stationary().tolist() == [0, 1]
    assert model.relaxation_time() == pytest.approx(1e17, rel=1e-12)
    assert model.mixing_time() == pytest.approx(math.log(4) * 1e17, rel=1e-12)


def test_what_leaves_the_range_of_a_float_is_infinite_or_shared_out_all_the_same():
    # 0 -> 1 -> 2 at 1e-200 each and back at 1: from 0 it takes 1e400 steps, beyond every float
    rows = [[1, 1e-200, 0, 0], [1, 0, 1e-200, 0], [0, 0, 0.5, 0.5], [0, 0, 0.5, 0.5]]
    model = MarkovChain(rows)
    assert model.hitting_times([2, 3])[0] == math.inf
    assert model.hitting_probabilities([2, 3]).tolist() == [1, 1, 1, 1]
    assert model.stationary().tolist() == pytest.approx([0, 0, 0.5, 0.5])
    flow = np.array([[0, 1e-200, 0], [1, 0, 1e-200], [1e-300, 0, 0]])
    shares = stationary_shares(flow)
    assert shares[2] == pytest.approx(1e-100, rel=1e-11)  # 1e-200 · 1e-200 / 1e-300
    solved = solve_leaving(np.array([[0, 1.0], [1.0, 0]]), np.array([0, 1e-320]), np.ones((2, 1)))
    assert (solved == math.inf).all()


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10_000), st.integers(2, 5))
def test_relaxation_and_mixing_agree_on_never(seed, size):
    source = np.random.default_rng(seed)
    rows = np.zeros((size, size))
    rows[np.arange(size), source.permutation(size)] = 1
    weights = 10.0 ** -source.uniform(0, 40, (size, size))
    rows += np.where(source.random((size, size)) < 0.3, weights, 0)
    model = MarkovChain(rows / rows.sum(axis=1, keepdims=True))
    never = model.mixing_time() == math.inf
    assert (model.relaxation_time() == math.inf) == never == (not model.forgets)
    assert (model.spectral_gap() == 0) == never
    if not never:  # Levin, Peres, Wilmer, theorem 12.5: t_mix(1/4) >= (t_rel - 1) ln 2
        assert model.mixing_time() >= (model.relaxation_time() - 1) * math.log(2) * (1 - 1e-9)


@pytest.mark.parametrize("small", [1e-9, 1e-17, 1e-60, 1e-250])
def test_small_gaps_keep_their_digits(small):
    both = ContinuousTimeChain([[-small, small], [3 * small, -3 * small]])
    chain = MarkovChain([[1, small], [3 * small, 1]])
    assert chain.spectral_gap() == pytest.approx(4 * small, rel=1e-9)
    assert both.hitting_times(1)[0] == pytest.approx(1 / small)
    nearly_periodic = MarkovChain([[small, 1], [1, 0]])  # its trace: the second is -1 + small
    assert nearly_periodic.spectral_gap() == pytest.approx(small, rel=1e-9)
