"""Baum-Welch: never falling, hmmlearn's figures, restarts, states and symbols that never occur."""

import warnings

import numpy as np
import pytest
from hypothesis import given, settings

from playground.markov import HiddenMarkovModel
from playground.markov.learning import baum_welch, fit
from playground.markov.restarts import fit_with_restarts
from tests.markov.brute_force import brute_force
from tests.markov.hidden_models import models_with_observations, random_model

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    from hmmlearn.hmm import CategoricalHMM


@settings(max_examples=40, deadline=None)
@given(
    models_with_observations(most_states=4, most_steps=40),
    models_with_observations(most_states=4, most_steps=10),
)
def test_the_likelihood_never_falls(case, other):
    model, observations = case
    start = HiddenMarkovModel.random(model.size, len(model.symbols), 3)
    learnt, values = start.fit([observations, observations[:1]], 15)
    assert (
        len(values) == 16 and (np.diff(values) >= -1e-9 * np.maximum(1, np.abs(values[1:]))).all()
    )
    assert learnt.log_likelihood(observations) + learnt.log_likelihood(
        observations[:1]
    ) == pytest.approx(values[-1], abs=1e-9)


@settings(max_examples=30, deadline=None)
@given(models_with_observations(most_states=3, most_steps=5))
def test_one_iteration_is_the_ratio_of_expected_counts_over_every_path(case):
    model, observations = case
    truth = brute_force(model, observations)
    learnt = model.fit([observations], 1)[0]
    np.testing.assert_allclose(learnt.initial, truth["posterior"][0], atol=1e-12)
    visits = truth["pairwise"].sum(axis=(0, 2))
    for state in range(model.size):
        expected = (
            truth["pairwise"].sum(axis=0)[state] / visits[state]
            if visits[state] > 0
            else model.transition[state]
        )
        np.testing.assert_allclose(learnt.transition[state], expected, atol=1e-9)
        weights = np.array(
            [
                truth["posterior"][observations == symbol, state].sum()
                for symbol in range(len(model.symbols))
            ]
        )
        expected = weights / weights.sum() if weights.sum() > 0 else model.emission[state]
        np.testing.assert_allclose(learnt.emission[state], expected, atol=1e-9)


@pytest.mark.parametrize("states, lengths", [(2, [200]), (4, [50, 1, 120, 30]), (12, [150, 150])])
def test_parity_with_hmmlearn(states, lengths):
    truth = random_model(states, 5, states)
    sequences = [truth.sample(length, number)[1] for number, length in enumerate(lengths)]
    start = HiddenMarkovModel.random(states, 5, 1)
    theirs = CategoricalHMM(states, n_features=5, n_iter=6, tol=-np.inf, init_params="")
    theirs.startprob_, theirs.transmat_, theirs.emissionprob_ = (
        start.initial.copy(),
        start.transition.copy(),
        start.emission.copy(),
    )
    theirs.fit(np.concatenate(sequences)[:, None], lengths)
    ours, values = start.fit(sequences, 6)
    np.testing.assert_allclose(ours.initial, theirs.startprob_, atol=1e-9)
    np.testing.assert_allclose(ours.transition, theirs.transmat_, atol=1e-9)
    np.testing.assert_allclose(ours.emission, theirs.emissionprob_, atol=1e-9)
    np.testing.assert_allclose(values[:6], theirs.monitor_.history, rtol=1e-9)


def test_steps_are_models_and_records():
    start, seen = HiddenMarkovModel.random(2, 3, 0), random_model(2, 3, 1).sample(60, 0)[1]
    steps = list(baum_welch(start, [seen], 4))
    assert [step.index for step in steps] == [0, 1, 2, 3, 4] and steps[0].model is start
    for step in steps:
        assert step.log_likelihood == pytest.approx(step.model.log_likelihood(seen))
        assert step.record()["transition"] == step.model.transition.tolist()
    assert (
        fit(start, seen, 4)[1].tolist() == start.fit([seen], 4)[1].tolist()
    )  # one sequence or a list of one
    assert start.fit([seen], 0)[1].tolist() == [steps[0].log_likelihood]


def test_a_state_never_visited_keeps_its_rows():
    start = HiddenMarkovModel(
        [1, 0, 0],
        [[0.5, 0.5, 0], [0.5, 0.5, 0], [0.2, 0.3, 0.5]],
        [[0.6, 0.4], [0.4, 0.6], [0.1, 0.9]],
    )
    learnt, values = start.fit([[0, 1, 0, 0, 1]], 5)
    np.testing.assert_allclose(learnt.transition[2], [0.2, 0.3, 0.5])
    np.testing.assert_allclose(learnt.emission[2], [0.1, 0.9])
    assert np.isfinite(values).all()


def test_missing_observations_inform_no_emission_and_all_missing_change_nothing():
    start = HiddenMarkovModel.random(2, 3, 0)
    learnt, values = start.fit([[-1] * 30], 3)
    np.testing.assert_allclose(values, 0, atol=1e-12)
    np.testing.assert_allclose(learnt.emission, start.emission, atol=1e-12)
    learnt, _ = start.fit([[0, -1, 0, -1, 0]], 20)
    np.testing.assert_allclose(learnt.emission.sum(axis=1), 1)


def test_learning_is_right_where_scaling_loses_paths_and_where_rates_fade():
    # two worlds that never meet, each long seen as the other's (see test_markov_hidden): scaling
    # alone would learn the wrong one
    worlds = HiddenMarkovModel([0.5, 0.5], np.eye(2), [[0.9, 0.1], [0.1, 0.9]])
    seen = np.repeat([0, 1], [1_000, 2_000])
    learnt, values = worlds.fit([seen, seen[::-1]], 1)
    assert values[0] == pytest.approx(2 * worlds.log_likelihood(seen))
    np.testing.assert_allclose(learnt.initial, [0, 1], atol=1e-12)
    np.testing.assert_allclose(learnt.emission[1], [1 / 3, 2 / 3])
    # rates of 1e-200 change nothing that is learnt, and the steps are those of log space
    faint = HiddenMarkovModel(
        [1, 0, 0],
        [[1, 1e-200, 0], [0, 1, 1e-200], [0.5, 0, 0.5]],
        [[0.5, 0.5, 0], [0.5, 0, 0.5], [0.2, 0.3, 0.5]],
    )
    seen = np.array([0, 1, 0] * 40 + [2, 0] * 10)
    learnt, _ = faint.fit([seen], 1)
    posterior = faint.posterior(seen)
    np.testing.assert_allclose(
        learnt.emission[0],
        [posterior[seen == symbol, 0].sum() / posterior[:, 0].sum() for symbol in range(3)],
    )


def test_parts_can_be_held_and_pseudocounts_keep_rows_positive():
    start, seen = HiddenMarkovModel.random(2, 3, 0), [0, 1, 0, 1, 0]
    learnt, _ = fit(start, seen, 3, update=("transition",))
    assert (learnt.emission == start.emission).all() and (learnt.initial == start.initial).all()
    assert (learnt.transition != start.transition).any()
    assert fit(start, seen, 30)[0].emission[:, 2].max() < 1e-12  # symbol 2 was never seen
    assert fit(start, seen, 30, pseudocount=0.1)[0].emission[:, 2].min() > 0.01
    for options in ({"update": ("colour",)}, {"pseudocount": -1}, {"pseudocount": float("nan")}):
        with pytest.raises(ValueError, match="must"):
            fit(start, seen, 1, **options)
    for sequences in ([], [[]], [[0, 7]]):
        with pytest.raises(ValueError, match=r"sequence|observations"):
            start.fit(sequences, 1)
    with pytest.raises(ValueError, match="n_iter"):
        start.fit([seen], -1)


def test_restarts_keep_the_best_run():
    truth = HiddenMarkovModel(
        [0.5, 0.5], [[0.95, 0.05], [0.1, 0.9]], [[0.8, 0.1, 0.1], [0.1, 0.1, 0.8]]
    )
    seen = truth.sample(400, 0)[1]
    runs = fit_with_restarts(2, 3, [seen], 30, restarts=5, seed=10, names=(["a", "b"], None))
    assert runs.seeds == [10, 11, 12, 13, 14] and runs.model.states == ("a", "b")
    ends = [values[-1] for values in runs.runs]
    assert runs.best == int(np.argmax(ends)) and runs.model.log_likelihood(seen) == pytest.approx(
        max(ends)
    )
    assert max(ends) > truth.log_likelihood(
        seen
    )  # the maximum lies above the truth's own likelihood
    alone = fit(HiddenMarkovModel.random(2, 3, 12), [seen], 30)[1]
    np.testing.assert_allclose(runs.runs[2], alone)


def test_learning_from_many_short_sequences_is_learning_from_each():
    model = random_model(3, 4, 2)
    sequences = [model.sample(length, number)[1] for number, length in enumerate([1, 7, 2, 30, 1])]
    assert model.fit(sequences, 0)[1][0] == pytest.approx(
        sum(model.log_likelihood(entry) for entry in sequences)
    )
    learnt = model.fit(sequences, 1)[0]
    np.testing.assert_allclose(
        learnt.initial, np.mean([model.posterior(entry)[0] for entry in sequences], axis=0)
    )
    counts = sum(model.expected_transitions(entry) for entry in sequences)
    np.testing.assert_allclose(learnt.transition, counts / counts.sum(axis=1, keepdims=True))
