"""Markov chains against scipy, brute force and the theorems that they must obey."""

import doctest
import itertools
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import linalg

from playground.markov import MarkovChain, chain
from playground.markov.chain import first_revisit, visit_distance, visit_shares
from playground.markov.validation import normalised, uniforms


@st.composite
def matrices(draw, largest=6, zeros=True):
    """Row-stochastic matrices (K, K), some with zeros."""
    size = draw(st.integers(1, largest))
    generator = np.random.default_rng(draw(st.integers(0, 10_000)))
    rows = generator.dirichlet(np.ones(size), size)
    if zeros and draw(st.booleans()):
        rows[generator.random(rows.shape) < 0.5] = 0
        rows[np.arange(size), generator.integers(size, size=size)] += 0.1
    return rows / rows.sum(axis=1, keepdims=True)


def test_examples_in_docstrings_hold():
    assert doctest.testmod(chain).failed == 0


def test_sunny_rainy_has_the_figures_of_the_book():
    weather = MarkovChain([[0.9, 0.1], [0.5, 0.5]], ["sunny", "rainy"])
    np.testing.assert_allclose(weather.stationary(), [5 / 6, 1 / 6], atol=1e-15)
    np.testing.assert_allclose(weather.eigenvalues(), [1, 0.4], atol=1e-15)
    assert weather.spectral_gap() == pytest.approx(0.6)
    # TV from the worst start is 5/6 * .4^n: .1333 at n = 2, .0533 at n = 3
    assert weather.mixing_time(0.25) == 2 and weather.mixing_time(0.1) == 3
    np.testing.assert_allclose(
        weather.distance_to_stationary(6), 5 / 6 * 0.4 ** np.arange(7), atol=1e-15
    )


@pytest.mark.parametrize(
    "rows, words",
    [
        (
            [[0.9, 0.2], [0.2, 0.9]],
            [
                "transition row 'sunny' sums to 1.1",
                "divide it by 1.1",
                "0.8181818182, 0.1818181818",
                "1 more row",
            ],
        ),
        ([[0.9, 0.1], [0, 0]], ["row 'rainy' sums to 0", "at least one positive"]),
        ([[1.5, -0.5], [0.5, 0.5]], ["row 'sunny'", "-0.5", "[0, 1]"]),
        ([[math.nan, 1], [0.5, 0.5]], ["row 'sunny'", "nan"]),
        ([[math.inf, 1], [0.5, 0.5]], ["row 'sunny'", "inf"]),
        ([[0.5, 0.5, 0], [0.5, 0.5, 0]], ["square", "(2, 3)"]),
        ([[0.5, 0.5], [1]], ["rectangular"]),
        ([["a", "b"], ["c", "d"]], ["table of numbers"]),
        ("nonsense", ["states must have"]),
    ],
)
def test_a_bad_matrix_is_refused_with_row_sum_and_remedy(rows, words):
    with pytest.raises(ValueError) as error:
        MarkovChain(rows, ["sunny", "rainy"])
    for word in words:
        assert word in str(error.value)


@pytest.mark.parametrize(
    "names",
    [["", ""], ["<img src=x onerror=alert(1)>", "a\nb"], ["same", "same"], ["\u202e", "🦊"]],
)
def test_hostile_and_empty_names_are_data(names):
    assert MarkovChain([[0, 1], [1, 0]], names).states == tuple(names)
    with pytest.raises(ValueError) as error:
        MarkovChain([[0.5, 0.5], [0.5, 0.6]], names)
    assert repr(names[1]) in str(error.value)
    if names[0] == names[1] or not names[1].strip():
        assert "number 2" in str(
            error.value
        )  # a name that does not find the row alone comes with its number


def test_rows_off_by_rounding_are_taken_and_rows_off_by_more_are_not():
    float32 = np.random.default_rng(0).dirichlet(np.ones(40), 40).astype(np.float32)
    np.testing.assert_allclose(MarkovChain(float32).transition.sum(axis=1), 1, atol=1e-15)
    with pytest.raises(ValueError):
        MarkovChain([[0.999, 0], [0, 1]])
    given_rows = np.array([[0.1, 0.2, 0.7]] * 3)
    assert (
        MarkovChain(given_rows).transition == given_rows
    ).all()  # not touched where the sum is 1 to the last digits


def test_the_model_keeps_its_own_copy():
    rows = np.array([[0.9, 0.1], [0.5, 0.5]])
    model = MarkovChain(rows)
    rows[0] = [0, 1]
    assert model.transition[0, 0] == 0.9
    with pytest.raises(ValueError):
        model.transition[0, 0] = 2


def test_normalised_divides_rows_and_makes_zero_rows_uniform():
    np.testing.assert_allclose(normalised([[2, 2], [0, 0], [1e308, 1e308]]), [[0.5, 0.5]] * 3)
    with pytest.raises(ValueError):
        normalised([[1, -1]])


@settings(max_examples=60, deadline=None)
@given(matrices(), st.integers(0, 30), st.integers(0, 30))
def test_powers_add_and_rows_stay_distributions(rows, m, n):
    model = MarkovChain(rows)
    np.testing.assert_allclose(model.n_step(m) @ model.n_step(n), model.n_step(m + n), atol=1e-12)
    np.testing.assert_allclose(model.n_step(n), np.linalg.matrix_power(rows, n), atol=1e-12)
    np.testing.assert_allclose(model.n_step(10**18).sum(axis=1), 1, atol=1e-12)
    np.testing.assert_allclose(model.distributions(n)[-1], model.distribution(n), atol=1e-12)


@settings(max_examples=80, deadline=None)
@given(matrices())
def test_every_stationary_distribution_is_fixed_and_agrees_with_scipy(rows):
    model = MarkovChain(rows)
    for pi in [model.stationary(), *model.stationary_distributions()]:
        assert pi.min() >= 0 and pi.sum() == pytest.approx(1)
        np.testing.assert_allclose(pi @ rows, pi, atol=1e-12)
    # as many independent ones as the eigenvalue 1 has left eigenvectors
    null = linalg.null_space(rows.T - np.eye(len(rows)), rcond=1e-10)
    assert null.shape[1] == len(model.stationary_distributions())
    if null.shape[1] == 1:
        np.testing.assert_allclose(null[:, 0] / null[:, 0].sum(), model.stationary(), atol=1e-9)


def test_stationary_keeps_small_probabilities_exact():
    tiny = 1e-13  # a nearly decomposable chain: subtracting solvers lose every digit here
    model = MarkovChain([[1 - tiny, tiny], [2 * tiny, 1 - 2 * tiny]])
    np.testing.assert_allclose(
        model.stationary(), [2 / 3, 1 / 3], rtol=1e-3
    )  # 1 - tiny itself has three digits of tiny


@settings(max_examples=40, deadline=None)
@given(matrices())
def test_classes_agree_with_reachability_by_powers(rows):
    model, size = MarkovChain(rows), len(rows)
    reach = np.linalg.matrix_power(np.eye(size) + (rows > 0), size) > 0
    for one in model.communicating_classes():
        for state in one.states:
            mutual = [other for other in range(size) if reach[state, other] and reach[other, state]]
            assert tuple(mutual) == one.states
            assert one.recurrent == all(
                reach[other, state] for other in range(size) if reach[state, other]
            )
            loops = [
                n
                for n in range(1, 4 * size + 1)
                if np.linalg.matrix_power((rows > 0).astype(float), n)[state, state] > 0
            ]
            assert model.period(state) == (math.gcd(*loops) if loops else 0)


def test_periods_and_mixing_of_periodic_and_split_chains():
    ring = MarkovChain(np.roll(np.eye(5), 1, axis=1))
    assert ring.period(0) == 5 and ring.is_irreducible and not ring.is_aperiodic
    assert ring.mixing_time() == math.inf and ring.spectral_gap() == pytest.approx(0, abs=1e-12)
    np.testing.assert_allclose(ring.stationary(), 0.2)
    np.testing.assert_allclose(np.sort_complex(ring.eigenvalues() ** 5), np.ones(5), atol=1e-9)
    split = MarkovChain(np.eye(3), initial=[0.2, 0.3, 0.5])
    assert split.mixing_time() == math.inf and len(split.stationary_distributions()) == 3
    np.testing.assert_allclose(split.stationary(), [0.2, 0.3, 0.5])


def test_one_state():
    model = MarkovChain([[1]])
    assert (
        model.sample(5, 0).tolist() == [0] * 5
        and model.mixing_time() == 0
        and model.spectral_gap() == 1
    )
    assert (
        model.stationary().tolist() == [1]
        and model.eigenvalues().tolist() == [1]
        and model.entropy_rate() == 0
    )


def test_gamblers_ruin_agrees_with_its_formulas():
    # fair game between 0 and 6: P(reach 6 from i) = i/6, expected length i (6 - i)
    rows = np.zeros((7, 7))
    rows[0, 0] = rows[6, 6] = 1
    for i in range(1, 6):
        rows[i, i - 1] = rows[i, i + 1] = 0.5
    result = MarkovChain(rows).absorption()
    assert result.classes == ((0,), (6,))
    np.testing.assert_allclose(result.probabilities[:, 1], np.arange(7) / 6, atol=1e-12)
    np.testing.assert_allclose(result.expected_steps, [i * (6 - i) for i in range(7)], atol=1e-9)
    np.testing.assert_allclose(
        MarkovChain(rows).hitting_probabilities(6), np.arange(7) / 6, atol=1e-12
    )
    assert MarkovChain(rows).hitting_times(6).tolist() == [math.inf] * 6 + [0]
    np.testing.assert_allclose(
        MarkovChain(rows).hitting_times([0, 6]), [i * (6 - i) for i in range(7)], atol=1e-9
    )


@settings(max_examples=40, deadline=None)
@given(matrices(largest=5))
def test_hitting_and_absorption_agree_with_long_powers(rows):
    model, size = MarkovChain(rows), len(rows)
    stopped = rows.copy()
    stopped[0] = np.eye(size)[0]
    long = MarkovChain(stopped).n_step(2**40)
    np.testing.assert_allclose(model.hitting_probabilities(0), long[:, 0], atol=1e-9)
    times, hit = model.hitting_times(0), model.hitting_probabilities(0)
    assert ((hit > 1 - 1e-9) == np.isfinite(times)).all()
    finite = np.isfinite(times) & (np.arange(size) > 0)
    for state in np.flatnonzero(finite):  # the equation that defines it
        onward = sum(
            rows[state, other] * times[other] for other in range(size) if rows[state, other] > 0
        )
        assert times[state] == pytest.approx(1 + onward, rel=1e-6)
    result = model.absorption()
    ends = model.n_step(2**40 + 1)
    for column, states in enumerate(result.classes):
        np.testing.assert_allclose(
            result.probabilities[:, column], ends[:, states].sum(axis=1), atol=1e-9
        )


@settings(max_examples=30, deadline=None)
@given(matrices(largest=5))
def test_mixing_time_is_the_first_step_within_epsilon(rows):
    model = MarkovChain(rows)
    time = model.mixing_time(0.1)
    if time == math.inf:
        recurrent = [one for one in model.communicating_classes() if one.recurrent]
        assert len(recurrent) > 1 or recurrent[0].period > 1
    elif time < 3_000:
        distance = model.distance_to_stationary(int(time))
        assert distance[-1] <= 0.1 + 1e-12 and (time == 0 or distance[-2] > 0.1 - 1e-9)


def test_a_sticky_chain_mixes_in_millions_of_steps_found_at_once():
    model = MarkovChain([[1 - 1e-6, 1e-6], [1e-6, 1 - 1e-6]])  # distance (1 - 2e-6)^n / 2
    assert model.mixing_time(0.25) == math.ceil(math.log(0.5) / math.log1p(-2e-6))


def test_sampling_follows_the_matrix_and_each_step_has_its_own_draw():
    model = MarkovChain([[0.9, 0.1], [0.5, 0.5]], ["sunny", "rainy"])
    path = model.sample(200_000, seed=7)
    counts = np.zeros((2, 2))
    np.add.at(counts, (path[:-1], path[1:]), 1)
    np.testing.assert_allclose(
        counts / counts.sum(axis=1, keepdims=True), model.transition, atol=0.01
    )
    assert (model.sample(50, 7) == path[:50]).all()  # a shorter walk is the beginning of the longer
    assert (model.sample(50, 8) != path[:50]).any()
    np.testing.assert_array_equal(uniforms(7, 10, start=13), uniforms(7, 23)[13:])
    assert [step["state"] for step in model.walk(300, 7)] == path[:300].tolist()
    steps = list(model.walk(30, 7, start=1))
    assert [step["state"] for step in steps] == model.sample(30, 7, start=1).tolist()
    assert steps[0] == {"step": 0, "state": 1, "name": "rainy", "u": None, "probability": 1.0}
    for before, after in itertools.pairwise(steps):  # each step again from its own u alone
        assert after["state"] == int(after["u"] >= model.transition[before["state"], 0])


def test_impossible_steps_are_never_drawn():
    model = MarkovChain([[0, 1, 0], [0.5, 0, 0.5], [0, 1, 0]], initial=[0, 0, 1])
    path = model.sample(5_000, 1)
    assert path[0] == 2 and (model.transition[path[:-1], path[1:]] > 0).all()
    assert model.log_probability(path) > -math.inf and model.log_probability([0, 1]) == -math.inf


def test_visits_converge_to_the_stationary_distribution():
    model = MarkovChain([[0.9, 0.1], [0.5, 0.5]])
    path = model.sample(50_000, 3)
    shares, distance = visit_shares(path, 2), visit_distance(path, model.stationary())
    np.testing.assert_allclose(shares[9], np.bincount(path[:10], minlength=2) / 10)
    assert distance[-1] < 0.01 < distance[0] and distance[99] == pytest.approx(
        abs(shares[99, 0] - 5 / 6)
    )


def test_revisiting_is_not_looping():
    assert MarkovChain([[0.5, 0.5], [0.9, 0.1]]).greedy_cycle(1) == (
        [1],
        [0],
    )  # of two equals the lowest
    model = MarkovChain([[0.4, 0.6, 0], [0, 0.2, 0.8], [0.9, 0, 0.1]])
    assert model.greedy_cycle(1) == ([], [1, 2, 0])
    path = model.sample(400, 0)
    first, again = first_revisit(path)
    assert again <= model.size  # pigeonhole
    period = again - first
    assert any(
        path[i] != path[i + period] for i in range(first, 390)
    )  # and yet the path does not repeat
    assert first_revisit([0, 1, 2]) is None


@pytest.mark.parametrize(
    "work",
    [
        lambda m: m.sample(-1),
        lambda m: m.sample(2.5),
        lambda m: m.n_step(-1),
        lambda m: m.sample(3, -1),
        lambda m: m.sample(3, 0, start=2),
        lambda m: m.hitting_times(5),
        lambda m: m.hitting_times([]),
        lambda m: m.mixing_time(0),
        lambda m: m.log_probability([0, 9]),
        lambda m: m.period(True),
    ],
)
def test_bad_arguments_are_refused(work):
    with pytest.raises(ValueError, match="must"):
        work(MarkovChain([[0.9, 0.1], [0.5, 0.5]]))


def test_entropy_rate_and_return_times():
    model = MarkovChain([[0.9, 0.1], [0.5, 0.5]])
    h = [-(0.9 * math.log(0.9) + 0.1 * math.log(0.1)), math.log(2)]
    assert model.entropy_rate() == pytest.approx(5 / 6 * h[0] + 1 / 6 * h[1])
    np.testing.assert_allclose(model.return_times(), [1.2, 6])
    assert MarkovChain([[0, 1], [0, 1]]).return_times().tolist() == [math.inf, 1]
