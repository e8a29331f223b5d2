"""The most likely path by blocks: the same as column by column, whether the blocks join or not."""

import numpy as np
import pytest

from playground.markov import viterbi
from tests.markov.hidden_models import random_model


def logs_of(model, observations):
    with np.errstate(divide="ignore"):
        return (
            np.log(model.initial),
            np.log(model.transition),
            np.log(model.likelihood(observations)),
        )


def score(path, initial, edges, seen):
    return (
        initial[path[0]] + edges[path[:-1], path[1:]].sum() + seen[np.arange(len(path)), path].sum()
    )


@pytest.mark.parametrize("states", [1, 2, 3, 4, 7, 12, 33, 70, 130])
@pytest.mark.parametrize("length", [64, 65, 127, 500, 1_003])
def test_blocks_find_the_path_of_columns(states, length):
    model = random_model(states, 6, 7 * states + length)
    observations = model.sample(length, 1)[1]
    observations[::9] = -1
    initial, edges, seen = logs_of(model, observations)
    by_columns = viterbi._by_columns(initial + seen[0], edges, seen)
    by_blocks = viterbi._by_blocks(initial + seen[0], edges, seen)
    if by_blocks is not None:
        assert score(by_blocks, initial, edges, seen) == pytest.approx(
            score(by_columns, initial, edges, seen), abs=1e-9
        )
    best = viterbi.most_likely_path(initial, edges, seen)
    assert score(best, initial, edges, seen) == pytest.approx(
        score(by_columns, initial, edges, seen), abs=1e-9
    )


@pytest.mark.parametrize("stickiness", [0, 2, 5, 9, 30, 600])
def test_blocks_that_join_late_or_never_change_nothing(stickiness):
    model = random_model(4, 3, 5)
    observations = model.sample(800, 2)[1]
    initial, edges, seen = logs_of(model, observations)
    edges = edges + stickiness * np.eye(4) - stickiness
    by_columns = viterbi._by_columns(initial + seen[0], edges, seen)
    path = viterbi.most_likely_path(initial, edges, seen)
    assert score(path, initial, edges, seen) == pytest.approx(
        score(by_columns, initial, edges, seen), abs=1e-8
    )


def test_blocks_are_used_where_they_join():
    model = random_model(4, 6, 1)
    initial, edges, seen = logs_of(model, model.sample(1_000, 0)[1])
    assert viterbi._by_blocks(initial + seen[0], edges, seen) is not None


def test_zeros_and_impossible_paths():
    model = random_model(5, 4, 3, zeros=0.5)
    initial, edges, seen = logs_of(model, model.sample(400, 0)[1])
    path = viterbi.most_likely_path(initial, edges, seen)
    assert np.isfinite(score(path, initial, edges, seen))
    seen[200] = -np.inf
    assert viterbi.most_likely_path(initial, edges, seen) is None


def test_equal_scores_go_to_the_lowest_state():
    for length in (5, 64, 300):
        flat = np.full((length, 4), np.log(0.5))
        path = viterbi.most_likely_path(
            np.full(4, np.log(0.25)), np.full((4, 4), np.log(0.25)), flat
        )
        assert path.tolist() == [0] * length
