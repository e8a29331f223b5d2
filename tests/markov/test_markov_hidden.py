"""Hidden Markov models against every path, hmmlearn and the properties that must hold."""

import doctest
import math
import warnings

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from playground.markov import HiddenMarkovModel, ImpossibleObservations, hidden, inference
from tests.markov.brute_force import brute_force
from tests.markov.hidden_models import models_with_observations, random_model

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    from hmmlearn.hmm import CategoricalHMM

UMBRELLA = HiddenMarkovModel(
    [0.5, 0.5],
    [[0.7, 0.3], [0.3, 0.7]],
    [[0.9, 0.1], [0.2, 0.8]],
    ["rain", "sun"],
    ["umbrella", "none"],
)
SEEN = [0, 0, 1, 0, 0]


def close(a, b, tolerance=1e-9):
    """Equal up to `tolerance`, -inf where and only where the other is."""
    a, b = np.asarray(a), np.asarray(b)
    np.testing.assert_array_equal(np.isneginf(a), np.isneginf(b))
    np.testing.assert_allclose(a[np.isfinite(a)], b[np.isfinite(b)], rtol=tolerance, atol=tolerance)


def peer(model):
    theirs = CategoricalHMM(model.size, n_features=len(model.symbols), init_params="")
    theirs.startprob_, theirs.transmat_, theirs.emissionprob_ = (
        model.initial.copy(),
        model.transition.copy(),
        model.emission.copy(),
    )
    return theirs


def test_examples_in_docstrings_hold():
    assert doctest.testmod(hidden).failed == 0


def test_the_umbrella_vector():
    assert math.exp(UMBRELLA.log_likelihood(SEEN)) == pytest.approx(0.0343037005, abs=5e-11)
    assert UMBRELLA.log_likelihood(SEEN) == pytest.approx(-3.37250204, abs=5e-9)
    path, log_probability = UMBRELLA.viterbi(SEEN)
    assert path.tolist() == [0, 0, 1, 0, 0] and math.exp(log_probability) == pytest.approx(
        0.011573604, abs=5e-10
    )
    np.testing.assert_allclose(
        UMBRELLA.posterior(SEEN)[:, 0],
        [0.86733889, 0.82041905, 0.30748358, 0.82041905, 0.86733889],
        atol=5e-9,
    )


def test_the_teaching_example():
    model = HiddenMarkovModel([1, 0], [[0.9, 0.1], [0.5, 0.5]], [[0.1, 0.9], [0.8, 0.2]])
    assert math.exp(model.log_likelihood(SEEN)) == pytest.approx(0.000743387, abs=5e-10)
    assert model.viterbi(SEEN)[0].tolist() == [0, 0, 0, 1, 1]


@settings(max_examples=120, deadline=None)
@given(models_with_observations())
def test_small_cases_agree_with_every_path(case):
    model, observations = case
    truth = brute_force(model, observations)
    close(model.log_likelihood(observations), truth["log_likelihood"])
    close(model.forward(observations), truth["forward"])
    close(model.backward(observations), truth["backward"])
    close(model.posterior(observations), truth["posterior"])
    close(model.pairwise_posterior(observations), truth["pairwise"])
    close(model.expected_transitions(observations), truth["pairwise"].sum(axis=0))
    path, log_probability = model.viterbi(observations)
    close(log_probability, truth["log_probability"])
    close(model.path_log_probability(path, observations), log_probability)


@pytest.mark.parametrize(
    "states, length",
    [(1, 1), (1, 300), (2, 15), (3, 16), (3, 17), (4, 1_000), (10, 65), (11, 65), (20, 130)],
)
@pytest.mark.parametrize("zeros", [0.0, 0.4])
def test_every_way_gives_the_figures_of_log_space(states, length, zeros):
    model = random_model(states, 5, length, zeros)
    observations = model.sample(length, 1)[1]
    observations[::7] = -1
    likelihood = model.likelihood(observations)
    starts = np.array([0] if length < 3 else [0, length // 3, length // 3 + 1])
    for begins in (np.array([0]), starts):
        if len(begins) > 1:  # where sequences begin anew anything may be seen
            likelihood = np.where(likelihood > 0, likelihood, 1e-3)
        truth = inference._in_logs(model.initial, model.transition, likelihood, begins)
        relative = likelihood / likelihood.max(axis=1, keepdims=True)
        ours = inference.forward_backward(model.initial, model.transition, likelihood, begins)
        close(ours.log_likelihood, truth.log_likelihood)
        close(ours.log_alpha, truth.log_alpha)
        close(ours.log_beta, truth.log_beta)
        close(ours.posterior, truth.posterior)
        close(
            inference.expected_transitions(model.transition, likelihood, ours, begins),
            inference.expected_transitions(model.transition, likelihood, truth, begins),
        )
        if length >= 16:
            for by in (inference._by_blocks, inference._by_steps):
                alpha, beta, *_ = by(model.initial, model.transition, relative, begins)
                close(alpha * beta / (alpha * beta).sum(axis=1, keepdims=True), truth.posterior)


@pytest.mark.parametrize("states, length", [(2, 50), (4, 1_000), (12, 400), (32, 300)])
def test_parity_with_hmmlearn(states, length):
    model = random_model(states, 6, states)
    observations = model.sample(length, 5)[1]
    log_likelihood, posterior = peer(model).score_samples(observations[:, None])
    assert model.log_likelihood(observations) == pytest.approx(log_likelihood, rel=1e-10)
    np.testing.assert_allclose(model.posterior(observations), posterior, atol=1e-9)
    log_probability, path = peer(model).decode(observations[:, None])
    ours, value = model.viterbi(observations)
    assert value == pytest.approx(log_probability, rel=1e-10)
    np.testing.assert_array_equal(ours, path)


@settings(max_examples=40, deadline=None)
@given(models_with_observations(most_states=5, most_steps=60), st.randoms(use_true_random=False))
def test_properties_of_the_passes(case, random):
    model, observations = case
    posterior = model.posterior(observations)
    np.testing.assert_allclose(posterior.sum(axis=1), 1, atol=1e-12)
    with np.errstate(divide="ignore"):
        joint = np.exp(
            model.forward(observations)
            + model.backward(observations)
            - model.log_likelihood(observations)
        )
        first = (
            np.log(model.initial)
            + np.log(model.likelihood(observations)[0])
            + model.backward(observations)[0]
        )
    np.testing.assert_allclose(
        joint.sum(axis=1), 1, atol=1e-9
    )  # the same likelihood at every position
    close(
        np.logaddexp.reduce(first), model.log_likelihood(observations)
    )  # forward = backward likelihood
    order = list(range(model.size))
    random.shuffle(order)
    renamed = HiddenMarkovModel(
        model.initial[order], model.transition[np.ix_(order, order)], model.emission[order]
    )
    close(renamed.log_likelihood(observations), model.log_likelihood(observations))
    close(renamed.posterior(observations), posterior[:, order])
    close(renamed.viterbi(observations)[1], model.viterbi(observations)[1])
    pairs = model.pairwise_posterior(observations)
    np.testing.assert_allclose(pairs.sum(axis=2), posterior[:-1], atol=1e-9)
    np.testing.assert_allclose(pairs.sum(axis=1), posterior[1:], atol=1e-9)


@settings(max_examples=30, deadline=None)
@given(models_with_observations(most_steps=5, missing=False))
def test_a_missing_observation_is_the_sum_over_what_it_may_have_been(case):
    model, observations = case
    hidden_one = observations.copy()
    hidden_one[len(observations) // 2] = -1
    values = []
    for symbol in range(len(model.symbols)):
        observations[len(observations) // 2] = symbol
        values.append(model.log_likelihood(observations))
    close(model.log_likelihood(hidden_one), np.logaddexp.reduce(values))


def test_nothing_seen_says_nothing():
    model = random_model(3, 4, 0)
    assert model.log_likelihood([-1] * 40) == pytest.approx(0, abs=1e-12)
    expected = [model.initial @ np.linalg.matrix_power(model.transition, t) for t in range(40)]
    np.testing.assert_allclose(model.posterior([-1] * 40), expected, atol=1e-12)


def test_prediction_is_the_ratio_of_likelihoods():
    model = random_model(3, 4, 1, 0.3)
    seen = model.sample(20, 0)[1]
    states, symbols = model.predict(seen, 2)
    for symbol in range(4):
        with np.errstate(divide="ignore"):
            after = model.log_likelihood([*seen, symbol]), model.log_likelihood([*seen, -1, symbol])
        assert symbols[0, symbol] == pytest.approx(
            math.exp(after[0] - model.log_likelihood(seen)), abs=1e-12
        )
        assert symbols[1, symbol] == pytest.approx(
            math.exp(after[1] - model.log_likelihood(seen)), abs=1e-12
        )
    np.testing.assert_allclose(states[0], model.posterior([*seen, -1])[-1], atol=1e-12)
    np.testing.assert_allclose(model.predict([])[0][0], model.initial)
    np.testing.assert_allclose(model.filtered(seen)[7], model.posterior(seen[:8])[-1], atol=1e-12)


def test_ten_thousand_observations_neither_vanish_nor_overflow():
    model = random_model(4, 6, 2)
    observations = model.sample(10_000, 0)[1]
    log_likelihood, posterior = peer(model).score_samples(observations[:, None])
    assert (
        model.log_likelihood(observations) == pytest.approx(log_likelihood, rel=1e-9)
        and log_likelihood < -10_000
    )
    np.testing.assert_allclose(model.posterior(observations), posterior, atol=1e-7)
    assert model.viterbi(observations)[1] == pytest.approx(
        peer(model).decode(observations[:, None])[0], rel=1e-9
    )


def test_a_state_that_scaling_would_lose_is_kept():
    # two worlds that never meet; a thousand observations speak for the first, two thousand for the
    # second: scaling forward rounds the second to 0 (.1/.9)^1000 long before its turn comes
    model = HiddenMarkovModel([0.5, 0.5], np.eye(2), [[0.9, 0.1], [0.1, 0.9]])
    seen = np.repeat([0, 1], [1_000, 2_000])
    assert model.log_likelihood(seen) == pytest.approx(
        math.log(0.5) + 1_000 * math.log(0.1) + 2_000 * math.log(0.9)
    )
    np.testing.assert_allclose(model.posterior(seen), [[0, 1]] * 3_000, atol=1e-12)
    assert model.forward(seen)[999, 1] == pytest.approx(math.log(0.5) + 1_000 * math.log(0.1))
    assert model.viterbi(seen)[0].tolist() == [1] * 3_000
    np.testing.assert_allclose(model.expected_transitions(seen), [[0, 0], [0, 2_999]], atol=1e-9)


@pytest.mark.parametrize("rate", [1e-12, 1e-80, 1e-300])
def test_tiny_probabilities_stay_exact(rate):
    model = HiddenMarkovModel([1, 0], [[1 - rate, rate], [0, 1]], [[1, 0], [0, 1]])
    seen = [0] * 50 + [1] * 50
    assert model.log_likelihood(seen) == pytest.approx(
        math.log(rate) + 49 * math.log1p(-rate), rel=1e-14
    )
    assert model.viterbi(seen)[0].tolist() == seen
    assert model.posterior(seen)[49:51].tolist() == [[1, 0], [0, 1]]


def test_impossible_observations_are_named_not_nan():
    model = HiddenMarkovModel(
        [1, 0], [[0, 1], [0, 1]], [[0.5, 0.5, 0], [0, 0.5, 0.5]], symbols=["a", "b", "c"]
    )
    impossible = [0, 1, 2, 0]
    assert model.log_likelihood(impossible) == -math.inf
    assert (
        np.isneginf(model.forward(impossible)[3]).all()
        and not np.isnan(model.backward(impossible)).any()
    )
    for work in (
        model.posterior,
        model.viterbi,
        model.pairwise_posterior,
        model.filtered,
        model.predict,
        model.expected_transitions,
        lambda seen: model.fit([[0, 1], seen], 2),
    ):
        with pytest.raises(
            ImpossibleObservations, match=r"probability 0.*position 4.*'a'"
        ) as error:
            work(impossible)
        assert error.value.position == 3
    assert isinstance(error.value, ValueError) and "sequence 2" in str(error.value)
    long = [0] + [1] * 500 + [0] + [1] * 500
    with pytest.raises(ImpossibleObservations, match="position 502"):
        model.posterior(long)


@pytest.mark.parametrize(
    "build, words",
    [
        (
            lambda: HiddenMarkovModel([0.5, 0.6], [[1, 0], [0, 1]], [[1], [1]]),
            "initial sums to 1.1",
        ),
        (
            lambda: HiddenMarkovModel([0.5, 0.5], [[0.9, 0.2], [0, 1]], [[1], [1]], ["dry", "wet"]),
            "transition row 'dry' sums to 1.1",
        ),
        (
            lambda: HiddenMarkovModel(
                [0.5, 0.5], [[1, 0], [0, 1]], [[0.5, 0.5], [0, 0]], ["dry", "wet"]
            ),
            "emission row 'wet' sums to 0",
        ),
        (
            lambda: HiddenMarkovModel([0.5, 0.5], [[1, 0], [0, 1]], [[1]]),
            "emission must have 2 rows",
        ),
        (
            lambda: HiddenMarkovModel([1], [[1, 0], [0, 1]], [[1], [1]]),
            "initial must have 2 entries",
        ),
        (
            lambda: HiddenMarkovModel([1, 0], [[1, 0], [0, 1]], [[1], [1]], symbols=["a", "b"]),
            "symbols must have 1 names",
        ),
        (lambda: UMBRELLA.forward([0, 2]), "from 0 to 1, or -1 for missing, got 2 at position 2"),
        (lambda: UMBRELLA.forward([]), "at least one"),
        (lambda: UMBRELLA.forward([0.5]), "whole numbers"),
        (lambda: UMBRELLA.forward(["rain"]), "whole numbers"),
        (lambda: UMBRELLA.forward([-2]), "got -2 at position 1"),
        (lambda: UMBRELLA.predict(SEEN, 0), "steps must be"),
        (lambda: UMBRELLA.path_log_probability([0], SEEN), "path must hold 5 states"),
        (lambda: random_model(100, 2, 0).pairwise_posterior([0] * 10_000), "at most 50,000,000"),
    ],
)
def test_bad_input_is_refused_with_field_value_and_range(build, words):
    with pytest.raises(ValueError) as error:
        build()
    assert words in str(error.value)


def test_sampling_follows_the_model_and_each_step_its_own_draws():
    states, symbols = UMBRELLA.sample(100_000, 4)
    np.testing.assert_allclose(
        np.bincount(states[1:][states[:-1] == 0]) / (states[:-1] == 0).sum(), [0.7, 0.3], atol=0.01
    )
    np.testing.assert_allclose(
        np.bincount(symbols[states == 1]) / (states == 1).sum(), [0.2, 0.8], atol=0.01
    )
    again = UMBRELLA.sample(100, 4)
    np.testing.assert_array_equal(again, (states[:100], symbols[:100]))
    assert [len(part) for part in UMBRELLA.sample(0)] == [0, 0]


def test_whole_floats_are_observations_and_arrays_are_not_changed():
    seen = np.array([0.0, 1.0])
    assert UMBRELLA.log_likelihood(seen) == UMBRELLA.log_likelihood([0, 1])
    with pytest.raises(ValueError):
        UMBRELLA.emission[0, 0] = 1
