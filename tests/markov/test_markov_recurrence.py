"""Hidden states: projections against the singular values, recurrence against cosines, periods of
planted loops."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from playground.markov.recurrence import (
    loop_period,
    principal_projection,
    recurrence_matrix,
    token_period,
)


def test_the_projection_is_the_principal_plane():
    generator = np.random.default_rng(0)
    states = generator.normal(size=(40, 9)) @ np.diag([9, 5, 1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1]) + 100
    found = principal_projection(states)
    values, vectors = np.linalg.eigh(np.cov(states.T))
    np.testing.assert_allclose(found.shares, values[::-1][:2] / values.sum())
    np.testing.assert_allclose(
        np.abs(np.sum(found.axes * vectors.T[::-1][:2], axis=1)), 1, atol=1e-9
    )
    np.testing.assert_allclose(found.points, found.project(states))
    np.testing.assert_allclose(
        principal_projection(-states).points, -found.points, atol=1e-9
    )  # axes do not flip
    assert all(axis[np.abs(axis).argmax()] > 0 for axis in found.axes)


@pytest.mark.parametrize("states", [np.ones((5, 3)), np.ones((1, 4)), np.arange(6.0).reshape(6, 1)])
def test_missing_directions_are_zeros(states):
    found = principal_projection(states)
    assert (
        found.points.shape == (len(states), 2)
        and np.isfinite(found.points).all()
        and (found.points[:, 1] == 0).all()
    )
    assert found.shares.sum() == pytest.approx(1 if states.std() else 0)


def test_recurrence_is_the_cosine_of_every_two_moments():
    states = np.random.default_rng(1).normal(size=(12, 6))
    states[3] = 0
    matrix = recurrence_matrix(states)
    assert matrix.shape == (12, 12) and (np.diag(matrix) == 1).all() and (matrix == matrix.T).all()
    expected = states[2] @ states[7] / np.linalg.norm(states[2]) / np.linalg.norm(states[7])
    assert matrix[2, 7] == pytest.approx(expected) and matrix[3, 4] == 0
    common = states + 100  # a large common part makes everything alike: centring takes it away
    assert (
        recurrence_matrix(common).min() > 0.99
        and recurrence_matrix(common, centred=True).min() < 0.5
    )


@settings(max_examples=50, deadline=None)
@given(st.integers(1, 9), st.integers(2, 5), st.integers(0, 12), st.integers(0, 99))
def test_a_planted_loop_is_found_with_its_period(period, laps, before, seed):
    generator = np.random.default_rng(seed)
    states = np.concatenate(
        [
            generator.normal(size=(before, 24)),
            np.tile(generator.normal(size=(period, 24)), (laps, 1)),
        ]
    )
    states += generator.normal(size=states.shape) * 1e-3
    found = loop_period(recurrence_matrix(states), threshold=0.99)
    assert found["period"] == period and found["start"] == before and found["similarity"] > 0.99


def test_no_loop_no_period():
    states = np.random.default_rng(2).normal(size=(40, 24))
    assert loop_period(recurrence_matrix(states))["period"] is None
    assert loop_period(np.ones((1, 1)))["period"] is None
    assert loop_period(np.ones((5, 5))) == {"period": 1, "start": 0, "similarity": 1.0}


def test_periods_of_tokens_are_exact():
    assert token_period([9, 1, 2, 3, 1, 2, 3]) == {"period": 3, "start": 1}
    assert token_period([1, 2, 3, 4]) == {"period": None, "start": None} and token_period([]) == {
        "period": None,
        "start": None,
    }
    assert token_period([1, 2, 1, 2, 1])["period"] == 2
    assert token_period([1, 2, 3, 1, 2, 3], laps=3)["period"] is None


@pytest.mark.parametrize("states", [np.ones(4), np.empty((0, 3)), [[np.nan, 1.0]]])
def test_bad_states_are_refused(states):
    for work in (principal_projection, recurrence_matrix):
        with pytest.raises(ValueError, match="states must"):
            work(states)
