"""Where orbits of a map of the plane end: fixed points, cycles, basins, and how fast neighbours
part.

Source of the terms: Strogatz, Nonlinear Dynamics and Chaos; growth rates (Lyapunov exponents) by
QR: Benettin et al. (1980).
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from .plane_maps import (
    WORLDS,
    PlaneMap,
    chaos,
    contraction,
    keep_bounded,
    limit_cycle,
    near_isometry,
    several_steps,
)
from .validation import check_count

__all__ = [
    "WORLDS",
    "Cycle",
    "PlaneMap",
    "basins",
    "chaos",
    "contraction",
    "cycles",
    "describe_cycle",
    "fixed_points",
    "limit_cycle",
    "near_isometry",
    "settle",
    "stability_along",
]

NEUTRAL = 1e-6  # a modulus this close to 1 neither attracts nor repels
# as a share of the orbit's size: how far off a slow orbit may still be from the cycle that it tends
# to
NEAR = 0.15


@dataclass(frozen=True)
class Cycle:
    """A cycle of `period` points (a fixed point: 1). multipliers: eigenvalues of the product of the
    Jacobians around it.

    kind: "attracting" (all moduli < 1), "repelling" (all > 1), "saddle" (one of each), "neutral" (a
        modulus of 1).
    turning: the multipliers are complex: orbits spiral.
    """

    points: np.ndarray
    multipliers: np.ndarray
    kind: str
    turning: bool

    @property
    def period(self) -> int:
        return len(self.points)

    def record(self) -> dict:
        """Plain data for the screen."""
        return {
            "points": self.points.tolist(),
            "period": self.period,
            "kind": self.kind,
            "turning": self.turning,
            "multipliers": [[float(value.real), float(value.imag)] for value in self.multipliers],
            "spectral_radius": float(np.abs(self.multipliers).max()),
        }


def cycles(world: PlaneMap, period: int = 1, grid: int = 24, box=None) -> list[Cycle]:
    """Cycles of exactly this period with a point in the box, found by Newton's method from a grid
    of starts.

    Newton may miss one between the grid's points: a finer grid finds more. Sorted by their first
    coordinate. A continuum (a circle of neutral cycles) shows as its first few members.
    """
    period = check_count(period, "period", 1, 32)
    left, right, bottom, top = box or world.box
    starts = np.stack(
        np.meshgrid(np.linspace(left, right, grid), np.linspace(bottom, top, grid)), axis=-1
    ).reshape(-1, 2)
    points = starts
    for _ in range(40):
        residual = several_steps(world, points, period) - points  # (n, 2)
        matrix = world.jacobian(points, period) - np.eye(2)
        determinant = np.linalg.det(matrix)
        usable = (
            np.isfinite(residual).all(axis=1)
            & np.isfinite(matrix).all(axis=(1, 2))
            & (np.abs(determinant) > 1e-14)
        )
        points, residual, matrix = points[usable], residual[usable], matrix[usable]
        if not len(points):
            return []
        move = np.linalg.solve(matrix, residual[:, :, None])[:, :, 0]
        length = np.linalg.norm(move, axis=1, keepdims=True)
        limit = 0.5 * max(right - left, top - bottom)
        points = points - move * np.minimum(1, limit / np.maximum(length, 1e-300))
    settled = np.abs(several_steps(world, points, period) - points).max(axis=1) < 1e-9
    inside = (
        (points[:, 0] >= left)
        & (points[:, 0] <= right)
        & (points[:, 1] >= bottom)
        & (points[:, 1] <= top)
    )
    found: list[Cycle] = []
    for point in points[settled & inside]:
        if (
            any(np.abs(one.points - point).max(axis=1).min() < 1e-6 for one in found)
            or len(found) >= 40
        ):
            continue
        orbit = world.orbit(point, period - 1)
        shorter = (divisor for divisor in range(1, period) if period % divisor == 0)
        if any(np.abs(orbit[divisor] - point).max() < 1e-6 for divisor in shorter):
            continue
        leftmost = int(np.lexsort((orbit[:, 1], orbit[:, 0]))[0])
        found.append(describe_cycle(world, np.roll(orbit, -leftmost, axis=0)))
    return sorted(found, key=lambda one: one.points[0].round(9).tolist())


def fixed_points(world: PlaneMap, grid: int = 24, box=None) -> list[Cycle]:
    """Points with g(h) = 0 in the box, classified: cycles of period 1."""
    return cycles(world, 1, grid, box)


def describe_cycle(world: PlaneMap, points: np.ndarray) -> Cycle:
    """The cycle through points (p, 2), in their order, classified by the product of its
    Jacobians."""
    multipliers = np.linalg.eigvals(world.jacobian(points[0], len(points)))
    modulus = np.abs(multipliers)
    if (np.abs(modulus - 1) <= NEUTRAL).any():
        kind = "neutral"
    elif (modulus < 1).all():
        kind = "attracting"
    else:
        kind = "repelling" if (modulus > 1).all() else "saddle"
    return Cycle(points, multipliers, kind, bool(np.abs(np.imag(multipliers)).max() > 1e-12))


def settle(
    world: PlaneMap, start, transient: int = 2_000, longest: int = 64, tolerance: float = 1e-7
) -> dict:
    """What one orbit does in the end: {"kind": "fixed point", "cycle", "wandering" or "escaped",
    "period", "points"}.

    The period is that of the cycle to which the orbit tends, found by Newton's method near where it
    is and checked by its multipliers: an orbit still on its way, alternating from side to side, is
    nearly back after two steps, and its cycle has one point. Only where no attracting cycle is near
    does coming back within the tolerance decide (a neutral cycle).
    wandering: bounded, but neither up to the period `longest` (an invariant curve, chaos, or a very
        slow approach).
    """
    point = np.asarray(start, dtype=np.float64)
    for _ in range(transient):
        point = keep_bounded(world.step(point))
        if np.isnan(point).any():
            return {"kind": "escaped", "period": None, "points": []}
    tail = world.orbit(point, longest)
    if np.isnan(tail).any():
        return {"kind": "escaped", "period": None, "points": []}
    away = np.abs(tail[1:] - tail[0]).max(axis=1)
    size = max(1.0, np.abs(tail).max())
    near = np.flatnonzero(away < 2 * NEAR * size)[:8] + 1
    for period in near.tolist():
        cycle = _cycle_near(world, tail[0], period)
        if cycle is not None and _approaches(world, tail[:1], cycle)[0]:
            return _ends_in(cycle.points)
    back = np.flatnonzero(away < tolerance * size)
    if not len(back):
        return {"kind": "wandering", "period": None, "points": tail.tolist()}
    return _ends_in(tail[: int(back[0]) + 1])


def _ends_in(points: np.ndarray) -> dict:
    kind = "fixed point" if len(points) == 1 else "cycle"
    return {"kind": kind, "period": len(points), "points": points.tolist()}


def _cycle_near(world: PlaneMap, point: np.ndarray, period: int) -> Cycle | None:
    """The cycle of exactly this period to which Newton's method leads from `point` without going
    far; None if none."""
    found = point[None]
    for _ in range(20):
        residual = several_steps(world, found, period) - found  # (1, 2)
        matrix = world.jacobian(found, period)[0] - np.eye(2)
        if not np.isfinite(residual).all() or abs(np.linalg.det(matrix)) < 1e-14:
            return None
        move = np.linalg.solve(matrix, residual[0])
        found = found - move
        if np.abs(found - point).max() > 2 * NEAR * max(1.0, np.abs(point).max()):
            return None
        if np.abs(move).max() < 1e-13:
            break
    orbit = world.orbit(found[0], period)
    back = np.abs(orbit[1:] - orbit[0]).max(axis=1)
    if not back[-1] < 1e-9 or (back[:-1] < 1e-6).any():
        return None
    return describe_cycle(world, orbit[:-1])


def _approaches(world: PlaneMap, points: np.ndarray, cycle: Cycle) -> np.ndarray:
    """(n,) bool: whether the orbits of points (n, 2) near a cycle come closer to it; never to one
    that does not attract.

    Distances are measured along the cycle's own directions: there each lap multiplies the parts of
    the distance by the multipliers, so that it shrinks from the first lap on, where a plain
    distance of a turning orbit may grow for a while. A neutral cycle may attract all the same, ever
    more slowly (a multiplier of -1); around a turning one orbits go on.
    """
    if cycle.kind != "attracting" and (cycle.kind != "neutral" or cycle.turning):
        return np.zeros(len(points), dtype=bool)
    rate = -math.log(max(1e-9, float(np.abs(cycle.multipliers).max())))
    laps = 2 * min(
        200, max(4, math.ceil(0.01 / max(rate, 1e-9)))
    )  # even: back on the side where it was
    before = _distance_along(world, points, cycle)
    after = _distance_along(world, several_steps(world, points, laps * cycle.period), cycle)
    return (after < before * (1 - 1e-9)) | (after < 1e-9)


def _distance_along(world: PlaneMap, points: np.ndarray, cycle: Cycle) -> np.ndarray:
    """(n,): of each point from the nearest point of the cycle, in the coordinates of the
    eigenvectors there."""
    matrices = world.jacobian(cycle.points, cycle.period)  # (p, 2, 2)
    distances = []
    for place, matrix in zip(cycle.points, matrices, strict=True):
        _, directions = np.linalg.eig(matrix)
        if np.linalg.cond(directions) > 1e8:
            directions = np.eye(
                2
            )  # equal multipliers with one direction: none better than the plain one
        distances.append(np.linalg.norm((points - place) @ np.linalg.inv(directions).T, axis=1))
    return np.min(distances, axis=0)


def basins(
    world: PlaneMap, resolution: int = 80, steps: int = 400, longest: int = 12, box=None
) -> dict:
    """Where each starting point of a grid ends.

    {"labels": (resolution, resolution) ints, bottom row first: the number of an attractor, -1
    escaped, -2 bounded but on none of them after 20 times `steps`; "attractors": Cycle records;
    "box"}. Attractors are searched among what the grid's own orbits reach.
    """
    resolution = check_count(resolution, "resolution", 2, 400)
    left, right, bottom, top = box or world.box
    points = np.stack(
        np.meshgrid(np.linspace(left, right, resolution), np.linspace(bottom, top, resolution)),
        axis=-1,
    )
    for _ in range(check_count(steps, "steps", 1)):
        points = keep_bounded(world.step(points))  # (R, R, 2)
    labels = np.where(np.isnan(points).any(axis=-1), -1, -2)
    attractors: list[Cycle] = []
    for _ in range(longest):
        open_ones = np.argwhere(labels == -2)
        if not len(open_ones):
            break
        # the middle one of the open points: a start whose orbit nobody has explained yet
        middle = points[tuple(open_ones[len(open_ones) // 2])]
        end = settle(world, middle, transient=steps, longest=longest)
        if end["period"] is None:
            break
        found = describe_cycle(world, np.array(end["points"]))
        if any(np.abs(one.points - found.points[0]).max(axis=1).min() < 1e-6 for one in attractors):
            break  # an orbit that takes longer to a known one than we wait
        attractors.append(found)
        if not _label_arrivals(world, points, labels, attractors, 19 * steps):
            break
    return {
        "labels": labels,
        "attractors": [one.record() for one in attractors],
        "box": [left, right, bottom, top],
    }


def _label_arrivals(world, points, labels, attractors: list[Cycle], patience: int) -> bool:
    """Writes into `labels` which open points end on the last attractor. Returns whether any does.

    Those on it are labelled at once; those near it go on for up to `patience` steps, and count too
    if by then they are not on it but come closer all the time.
    """
    cycle = attractors[-1]
    size = max(1.0, np.abs(cycle.points).max())
    before = int((labels == -2).sum())
    for done in range(20):
        places = np.argwhere(labels == -2)  # (n, 2)
        here = points[tuple(places.T)]
        away = np.abs(here[:, None, :] - cycle.points).max(axis=-1).min(axis=-1)
        labels[tuple(places[away < 1e-3 * size].T)] = len(attractors) - 1
        near = (away >= 1e-3 * size) & (away < NEAR * size)
        if not near.any():
            break
        if done == 19:
            closer = near.copy()
            closer[near] = _approaches(world, here[near], cycle)
            labels[tuple(places[closer].T)] = len(attractors) - 1
            break
        places = places[away >= 1e-3 * size]
        later = several_steps(world, here[away >= 1e-3 * size], patience // 19)
        points[tuple(places.T)] = later
        labels[tuple(places[np.isnan(later).any(axis=1)].T)] = -1
    return int((labels == -2).sum()) < before


def stability_along(world: PlaneMap, orbit) -> dict:
    """Jacobians along an orbit (n + 1, 2): {"spectral_radius" (n,): of each step's Jacobian; "norm"
    (n,): its largest stretch; "norm_product" (n,): ln of the product of the norms so far;
    "product_radius" (n,): ln of the spectral radius of the product of the Jacobians so far (-inf:
    0); "growth": the two growth rates, nats a step (Lyapunov exponents; positive: chaos)}.

    A product of norms below 1 suffices for stability; what decides around a cycle is the spectral
    radius of the product.
    """
    orbit = np.asarray(orbit, dtype=np.float64)
    orbit = orbit[np.isfinite(orbit).all(axis=1)]
    matrices = world.jacobian(orbit[:-1])  # (n, 2, 2)
    norms = np.linalg.norm(matrices, ord=2, axis=(1, 2)) if len(matrices) else np.empty(0)
    product, scale, product_radius = np.eye(2), 0.0, np.empty(len(matrices))
    frame, stretched = np.eye(2), np.zeros(2)
    with np.errstate(divide="ignore"):
        for index, matrix in enumerate(matrices):
            product = matrix @ product
            size = np.abs(product).max()
            if size > 0:
                product, scale = product / size, scale + math.log(size)
            product_radius[index] = np.log(_radius(product)) + scale
            frame, triangle = np.linalg.qr(matrix @ frame)
            stretched += np.log(np.abs(np.diag(triangle)))
        return {
            "spectral_radius": np.array([_radius(matrix) for matrix in matrices]),
            "norm": norms,
            "norm_product": np.cumsum(np.log(norms)),
            "product_radius": product_radius,
            "growth": stretched / max(1, len(matrices)),
        }


def _radius(matrix: np.ndarray) -> float:
    return float(np.abs(np.linalg.eigvals(matrix)).max())
