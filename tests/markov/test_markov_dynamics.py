"""Plane maps: fixed points by formula, Jacobians by differences, cycles, basins and growth rates of
known worlds."""

import json
import math

import numpy as np
import pytest
import torch

from playground.markov.dynamics import (
    WORLDS,
    PlaneMap,
    basins,
    chaos,
    contraction,
    cycles,
    fixed_points,
    limit_cycle,
    near_isometry,
    settle,
    stability_along,
)


def linear(matrix, shift=(0.0, 0.0)):
    matrix, shift = (
        torch.tensor(matrix, dtype=torch.float64),
        torch.tensor(shift, dtype=torch.float64),
    )
    return PlaneMap("linear", lambda h: h @ matrix.T + shift - h)


@pytest.mark.parametrize("name", WORLDS)
def test_jacobians_by_autograd_are_the_differences(name):
    world = WORLDS[name]()
    points = np.random.default_rng(0).uniform(-0.9, 0.9, (7, 2))
    step = 1e-6
    for period in (1, 3):

        def after(start, period=period):
            return world.orbit(start, period)[-1]

        moved = [
            (after(points + step * np.eye(2)[axis]) - after(points - step * np.eye(2)[axis]))
            / (2 * step)
            for axis in (0, 1)
        ]
        np.testing.assert_allclose(
            world.jacobian(points, period), np.stack(moved, axis=-1), rtol=1e-4, atol=1e-6
        )
    assert world.jacobian(points[0]).shape == (2, 2) and world.step(points[0]).shape == (2,)


@pytest.mark.parametrize(
    "matrix, kind, turning",
    [
        ([[0.5, 0], [0, 0.3]], "attracting", False),
        ([[2, 0], [0, 3]], "repelling", False),
        ([[0.5, 0], [0, 2]], "saddle", False),
        ([[0.6, -0.6], [0.6, 0.6]], "attracting", True),
        ([[0, -1], [1, 0]], "neutral", True),
    ],
)
def test_fixed_points_are_found_and_classified(matrix, kind, turning):
    shift = np.array([0.2, -0.1])
    found = fixed_points(linear(matrix, shift))
    assert (
        len(found) == 1
        and found[0].kind == kind
        and found[0].turning is turning
        and found[0].period == 1
    )
    np.testing.assert_allclose(
        found[0].points[0], np.linalg.solve(np.eye(2) - matrix, shift), atol=1e-9
    )
    assert json.loads(json.dumps(found[0].record(), allow_nan=False))["kind"] == kind


def test_a_contraction_has_one_fixed_point_and_no_cycle():
    world = contraction()
    assert [one.kind for one in fixed_points(world)] == ["attracting"]
    assert cycles(world, 2) == [] and cycles(world, 3) == []
    labels = basins(world, resolution=20)["labels"]
    assert (labels == 0).all()
    close = world.orbit([[0.1, 0.2], [0.9, -1.5]], 30)
    distance = np.linalg.norm(close[:, 0] - close[:, 1], axis=1)
    assert (np.diff(distance) < 0).all()


def test_the_limit_cycle_attracts_although_the_map_is_no_contraction():
    world = limit_cycle(period=5, pull=0.3, lock=0.2)
    assert [one.kind for one in fixed_points(world)] == ["repelling"]
    found = cycles(world, 5)
    assert sorted(one.kind for one in found) == ["attracting", "saddle"]
    # on the circle by symmetry; multipliers (1 -+ lock)^5 along it and (1 - 2 pull)^5 towards it
    for one in found:
        np.testing.assert_allclose(np.linalg.norm(one.points, axis=1), 1, atol=1e-8)
        along = 0.8**5 if one.kind == "attracting" else 1.2**5
        np.testing.assert_allclose(
            np.sort(np.abs(one.multipliers)), sorted([0.4**5, along]), rtol=1e-5
        )
        np.testing.assert_allclose(
            world.step(one.points), np.roll(one.points, -1, axis=0), atol=1e-8
        )
    end = settle(world, [0.3, 0.2])
    assert (end["kind"], end["period"]) == ("cycle", 5)
    result = basins(world, resolution=20)
    assert result["attractors"][0]["period"] == 5 and (result["labels"] == 0).mean() > 0.95
    assert settle(limit_cycle(period=3), [0.3, 0.2])["period"] == 3
    # without the lock the circle turns rigidly: still period 5, no longer attracting along the
    # circle
    assert {one.kind for one in cycles(limit_cycle(lock=0.0), 5, grid=6)} <= {"neutral"}


def test_near_isometry_keeps_distances():
    world = near_isometry()
    radius = stability_along(world, world.orbit([0.01, 0], 200))["spectral_radius"]
    np.testing.assert_allclose(radius, 1, atol=1e-4)
    assert [one.kind for one in fixed_points(world)] == ["neutral"]
    assert settle(world, [0.01, 0], transient=200)["kind"] == "wandering"


def test_chaos_is_the_henon_map_with_its_known_figures():
    world = chaos()
    found = fixed_points(world)
    x = np.array([-0.7 - math.sqrt(0.49 + 5.6), -0.7 + math.sqrt(0.49 + 5.6)]) / 2.8
    np.testing.assert_allclose(
        [one.points[0] for one in found], np.stack([x, 0.3 * x], axis=1), atol=1e-9
    )
    assert [one.kind for one in found] == ["saddle", "saddle"]
    assert [one.period for one in cycles(world, 2)] == [2] and cycles(
        world, 3
    ) == []  # it has one cycle of 2 and none of 3
    result = stability_along(world, world.orbit([0.1, 0.1], 6_000))
    assert result["growth"][0] == pytest.approx(0.419, abs=0.02)
    assert result["growth"].sum() == pytest.approx(
        math.log(0.3), abs=1e-9
    )  # areas shrink by |b| at every step
    assert (
        settle(world, [0.1, 0.1])["kind"] == "wandering"
        and settle(world, [1.5, -0.9])["kind"] == "escaped"
    )
    labels = basins(world, resolution=16)["labels"]
    assert set(np.unique(labels)) == {-2, -1}


def test_basins_of_two_attractors():
    # x <- x + .3 (x - x^3), y <- y / 2: attractors at x = -1 and 1, the line x = 0 between them
    world = PlaneMap(
        "two wells",
        lambda h: torch.stack([0.3 * (h[..., 0] - h[..., 0] ** 3), -0.5 * h[..., 1]], dim=-1),
    )
    result = basins(world, resolution=30)
    points = np.array([one["points"][0] for one in result["attractors"]])
    np.testing.assert_allclose(sorted(points[:, 0]), [-1, 1], atol=1e-6)
    left = int(np.argmin(points[:, 0]))
    assert (result["labels"][:, :15] == left).all() and (result["labels"][:, 15:] == 1 - left).all()
    assert sorted(one.kind for one in fixed_points(world)) == ["attracting", "attracting", "saddle"]


def test_the_spectral_radius_of_the_product_decides_not_the_norms():
    # shears in turn: every norm exceeds 1, the product around the cycle has radius .25
    a, b = np.array([[0.5, 3], [0, 0.5]]), np.array([[0.5, 0], [0, 0.5]])
    world = linear(a)
    result = stability_along(world, world.orbit([1.0, 1.0], 40))
    assert (result["norm"] > 1).all() and result["norm_product"][-1] > 0
    np.testing.assert_allclose(
        result["product_radius"], np.arange(1, 41) * math.log(0.5), atol=1e-6
    )
    np.testing.assert_allclose(result["growth"].sum(), 2 * math.log(0.5), atol=1e-9)
    assert stability_along(linear(b), np.zeros((3, 2)))["product_radius"][-1] == pytest.approx(
        2 * math.log(0.5)
    )
    assert (
        stability_along(linear(np.zeros((2, 2))), np.zeros((3, 2)))["product_radius"][-1]
        == -math.inf
    )


def test_orbits_that_leave_are_nan_not_errors():
    world = linear([[3, 0], [0, 3]])
    orbit = world.orbit([[1.0, 1.0], [0.0, 0.0]], 40)
    assert np.isnan(orbit[-1, 0]).all() and (orbit[:, 1] == 0).all() and orbit.shape == (41, 2, 2)
    assert settle(world, [1, 1])["kind"] == "escaped"
    assert len(stability_along(world, orbit[:, 0])["norm"]) < 40
    with pytest.raises(ValueError, match="period"):
        cycles(world, 0)
