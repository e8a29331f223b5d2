"""Maps of the plane h <- h + g(h): orbits, fixed points, cycles, basins and Jacobians, and four worlds to look at.

Points are arrays (..., 2), float64. Jacobians come from autograd, so that any smooth g will do. Source of the terms:
Strogatz, Nonlinear Dynamics and Chaos; growth rates (Lyapunov exponents) by QR: Benettin et al. (1980).
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch

from .validation import check_count

ESCAPED = 1e6  # farther out than this an orbit counts as gone
NEUTRAL = 1e-6  # a modulus this close to 1 neither attracts nor repels


@dataclass(frozen=True)
class PlaneMap:
    """h <- h + g(h); `g` maps float64 tensors (..., 2) to (..., 2). box: (left, right, bottom, top) worth looking at."""

    name: str
    g: Callable[[torch.Tensor], torch.Tensor]
    box: tuple[float, float, float, float] = (-2.0, 2.0, -2.0, 2.0)
    explanation: str = ""

    def step(self, points) -> np.ndarray:
        """The points one step later, (..., 2)."""
        points = torch.as_tensor(np.asarray(points, dtype=np.float64))
        with torch.no_grad():
            return (points + self.g(points)).numpy()

    def orbit(self, start, n: int) -> np.ndarray:
        """(n + 1, ..., 2): start and n steps. An orbit that escapes (beyond 1e6) is NaN from there on."""
        rows = [np.asarray(start, dtype=np.float64)]
        for _ in range(check_count(n, "n")):
            rows.append(_keep(self.step(rows[-1])))
        return np.array(rows)

    def jacobian(self, points, period: int = 1) -> np.ndarray:
        """(..., 2, 2): derivative of `period` steps, d h_{t+period} / d h_t, at the points, by autograd."""
        points = np.asarray(points, dtype=np.float64)
        tensor = torch.tensor(points.reshape(-1, 2), requires_grad=True)
        after = tensor
        for _ in range(period):
            after = after + self.g(after)
        rows = [
            torch.autograd.grad(after[:, axis].sum(), tensor, retain_graph=axis == 0)[0]
            for axis in (0, 1)
        ]
        return torch.stack(rows, dim=1).numpy().reshape(*points.shape[:-1], 2, 2)


@dataclass(frozen=True)
class Cycle:
    """A cycle of `period` points (a fixed point: 1). multipliers: eigenvalues of the product of the Jacobians around it.

    kind: "attracting" (all moduli < 1), "repelling" (all > 1), "saddle" (one of each), "neutral" (a modulus of 1).
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
    """Cycles of exactly this period with a point in the box, found by Newton's method from a grid of starts.

    Newton may miss one between the grid's points: a finer grid finds more. Sorted by their first coordinate. A continuum
    (a circle of neutral cycles) shows as its first few members.
    """
    period = check_count(period, "period", 1, 32)
    left, right, bottom, top = box or world.box
    starts = np.stack(
        np.meshgrid(np.linspace(left, right, grid), np.linspace(bottom, top, grid)), axis=-1
    ).reshape(-1, 2)
    points = starts
    for _ in range(40):
        residual = _several(world, points, period) - points  # (n, 2)
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
    settled = np.abs(_several(world, points, period) - points).max(axis=1) < 1e-9
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
    """The cycle through points (p, 2), in their order, classified by the product of its Jacobians."""
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
    """What one orbit does in the end: {"kind": "fixed point", "cycle", "wandering" or "escaped", "period", "points"}.

    wandering: bounded, but no period up to `longest` within the tolerance (an invariant curve, chaos, or a slow approach).
    """
    point = np.asarray(start, dtype=np.float64)
    for _ in range(transient):
        point = _keep(world.step(point))
        if np.isnan(point).any():
            return {"kind": "escaped", "period": None, "points": []}
    tail = world.orbit(point, longest)
    if np.isnan(tail).any():
        return {"kind": "escaped", "period": None, "points": []}
    away = np.abs(tail[1:] - tail[0]).max(axis=1)
    back = np.flatnonzero(away < tolerance * max(1.0, np.abs(tail).max()))
    if not len(back):
        return {"kind": "wandering", "period": None, "points": tail.tolist()}
    period = int(back[0]) + 1
    return {
        "kind": "fixed point" if period == 1 else "cycle",
        "period": period,
        "points": tail[:period].tolist(),
    }


def basins(
    world: PlaneMap, resolution: int = 80, steps: int = 400, longest: int = 12, box=None
) -> dict:
    """Where each starting point of a grid ends.

    {"labels": (resolution, resolution) ints, bottom row first: the number of an attractor, -1 escaped, -2 bounded but on
    none of them; "attractors": Cycle records; "box"}. Attractors are searched among what the grid's own orbits reach.
    """
    resolution = check_count(resolution, "resolution", 2, 400)
    left, right, bottom, top = box or world.box
    points = np.stack(
        np.meshgrid(np.linspace(left, right, resolution), np.linspace(bottom, top, resolution)),
        axis=-1,
    )
    for _ in range(check_count(steps, "steps", 1)):
        points = _keep(world.step(points))  # (R, R, 2)
    labels = np.where(np.isnan(points).any(axis=-1), -1, -2)
    attractors: list[Cycle] = []
    for _ in range(longest):
        open_ones = np.argwhere(labels == -2)
        if not len(open_ones):
            break
        # the middle one of the open points: a start whose orbit nobody has explained yet
        end = settle(
            world, points[tuple(open_ones[len(open_ones) // 2])], transient=steps, longest=longest
        )
        if end["period"] is None:
            break
        attractors.append(describe_cycle(world, np.array(end["points"])))
        places = attractors[-1].points  # (p, 2)
        distance = np.abs(points[:, :, None, :] - places).max(axis=-1).min(axis=-1)
        reached = (labels == -2) & (distance < 1e-3 * max(1.0, np.abs(places).max()))
        if not reached.any():
            break
        labels[reached] = len(attractors) - 1
    return {
        "labels": labels,
        "attractors": [one.record() for one in attractors],
        "box": [left, right, bottom, top],
    }


def stability_along(world: PlaneMap, orbit) -> dict:
    """Jacobians along an orbit (n + 1, 2): {"spectral_radius" (n,): of each step's Jacobian; "norm" (n,): its largest stretch;
    "norm_product" (n,): ln of the product of the norms so far; "product_radius" (n,): ln of the spectral radius of the product
    of the Jacobians so far (-inf: 0); "growth": the two growth rates, nats a step (Lyapunov exponents; positive: chaos)}.

    A product of norms below 1 suffices for stability; what decides around a cycle is the spectral radius of the product.
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


def _several(world: PlaneMap, points: np.ndarray, count: int) -> np.ndarray:
    for _ in range(count):
        points = _keep(world.step(points))
    return points


def _keep(points: np.ndarray) -> np.ndarray:
    """Points that left for good (or overflowed) become NaN."""
    with np.errstate(invalid="ignore"):
        gone = ~(np.abs(points).max(axis=-1) < ESCAPED)
    return np.where(gone[..., None], math.nan, points)


# worlds ----------------------------------------------------------------------------------------------------------------


def _turn(points: torch.Tensor, angle: float) -> torch.Tensor:
    cosine, sine = math.cos(angle), math.sin(angle)
    return points @ torch.tensor([[cosine, sine], [-sine, cosine]], dtype=points.dtype)


def contraction(rate: float = 0.8, angle: float = 0.6) -> PlaneMap:
    """h <- rate R(angle) tanh(h) + c: no two points get farther apart (rate < 1), so there is one fixed point and no cycle."""
    shift = torch.tensor([0.5, 0.2], dtype=torch.float64)
    return PlaneMap(
        "contraction",
        lambda h: rate * _turn(torch.tanh(h), angle) + shift - h,
        explanation="Every pair of points comes closer at each step: one fixed point attracts the whole plane.",
    )


def limit_cycle(period: int = 5, pull: float = 0.3, lock: float = 0.2) -> PlaneMap:
    """In polar form r <- r + pull r (1 - r^2), angle <- angle + 2 pi / period - lock / period sin(period angle): the unit circle
    attracts; with lock > 0 one cycle of `period` points on it attracts and one between them repels. lock 0: all neutral.
    """

    def g(h: torch.Tensor) -> torch.Tensor:
        squared = (h * h).sum(dim=-1, keepdim=True)
        # sin(period angle) r^period and cos likewise as polynomials: smooth at the origin, no arctangent
        real, imaginary = h[..., :1], h[..., 1:]
        power_real, power_imaginary = real, imaginary
        for _ in range(period - 1):
            power_real, power_imaginary = (
                power_real * real - power_imaginary * imaginary,
                power_real * imaginary + power_imaginary * real,
            )
        angle = 2 * math.pi / period - lock / period * power_imaginary / (1e-9 + squared) ** (
            period / 2
        )
        grown = h * (1 + pull * (1 - squared))
        cosine, sine = torch.cos(angle), torch.sin(angle)
        turned = torch.cat(
            [
                cosine * grown[..., :1] - sine * grown[..., 1:],
                sine * grown[..., :1] + cosine * grown[..., 1:],
            ],
            dim=-1,
        )
        return turned - h

    return PlaneMap(
        "limit cycle",
        g,
        (-1.8, 1.8, -1.8, 1.8),
        explanation="Not a contraction: the origin repels, and orbits close into a cycle that attracts its surroundings.",
    )


def near_isometry(strength: float = 0.05) -> PlaneMap:
    """h <- h + strength tanh(W h), W a quarter turn with just enough damping that the Jacobian at 0 has spectral radius 1 (up to
    strength^4 / 8): a small residual step hardly changes distances.
    """
    weights = torch.tensor([[-strength / 2, 1.0], [-1.0, -strength / 2]], dtype=torch.float64)
    return PlaneMap(
        "near-isometry",
        lambda h: strength * torch.tanh(h @ weights.T),
        explanation="Small residual steps: the Jacobian is close to the identity, so distances hardly change.",
    )


def chaos(a: float = 1.4, b: float = 0.3) -> PlaneMap:
    """The Henon map x <- 1 - a x^2 + y, y <- b x (Henon 1976)."""

    def g(h: torch.Tensor) -> torch.Tensor:
        x, y = h[..., :1], h[..., 1:]
        return torch.cat([1 - a * x * x + y, b * x], dim=-1) - h

    return PlaneMap(
        "chaos",
        g,
        (-1.6, 1.6, -1.0, 1.0),
        explanation="Bounded, never repeating: neighbours part exponentially fast (the Henon map).",
    )


WORLDS: dict[str, Callable[..., PlaneMap]] = {
    "contraction": contraction,
    "limit cycle": limit_cycle,
    "near-isometry": near_isometry,
    "chaos": chaos,
}
