"""Maps of the plane h <- h + g(h): steps, orbits and Jacobians, and four worlds to look at.

Points are arrays (..., 2), float64. Jacobians come from autograd, so that any smooth g will do.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch

from .validation import check_count

ESCAPED = 1e6  # farther out than this an orbit counts as gone


@dataclass(frozen=True)
class PlaneMap:
    """h <- h + g(h); `g` maps float64 tensors (..., 2) to (..., 2). box: (left, right, bottom, top)
    worth looking at."""

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
        """(n + 1, ..., 2): start and n steps. An orbit that escapes (beyond 1e6) is NaN from there
        on."""
        rows = [np.asarray(start, dtype=np.float64)]
        for _ in range(check_count(n, "n")):
            rows.append(keep_bounded(self.step(rows[-1])))
        return np.array(rows)

    def jacobian(self, points, period: int = 1) -> np.ndarray:
        """(..., 2, 2): derivative of `period` steps, d h_{t+period} / d h_t, at the points, by
        autograd."""
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


def several_steps(world: PlaneMap, points: np.ndarray, count: int) -> np.ndarray:
    for _ in range(count):
        points = keep_bounded(world.step(points))
    return points


def keep_bounded(points: np.ndarray) -> np.ndarray:
    """Points that left for good (or overflowed) become NaN."""
    with np.errstate(invalid="ignore"):
        gone = ~(np.abs(points).max(axis=-1) < ESCAPED)
    return np.where(gone[..., None], math.nan, points)


# worlds
# --------------------------------------------------------------------------------------------------


def _turn(points: torch.Tensor, angle: float) -> torch.Tensor:
    cosine, sine = math.cos(angle), math.sin(angle)
    return points @ torch.tensor([[cosine, sine], [-sine, cosine]], dtype=points.dtype)


def contraction(rate: float = 0.8, angle: float = 0.6) -> PlaneMap:
    """h <- rate R(angle) tanh(h) + c: no two points get farther apart (rate < 1), so there is one
    fixed point and no cycle."""
    shift = torch.tensor([0.5, 0.2], dtype=torch.float64)
    return PlaneMap(
        "contraction",
        lambda h: rate * _turn(torch.tanh(h), angle) + shift - h,
        explanation="Every pair of points comes closer at each step: one fixed point attracts the whole "
        "plane.",
    )


def limit_cycle(period: int = 5, pull: float = 0.3, lock: float = 0.2) -> PlaneMap:
    """In polar form r <- r + pull r (1 - r^2), angle <- angle + 2 pi / period - lock / period
    sin(period angle): the unit circle attracts; with lock > 0 one cycle of `period` points on it
    attracts and one between them repels. lock 0: all neutral.
    """

    def g(h: torch.Tensor) -> torch.Tensor:
        squared = (h * h).sum(dim=-1, keepdim=True)
        # sin(period angle) r^period and cos likewise as polynomials: smooth at the origin, no
        # arctangent
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
        explanation="Not a contraction: the origin repels, and orbits close into a cycle that attracts "
        "its surroundings.",
    )


def near_isometry(strength: float = 0.05) -> PlaneMap:
    """h <- h + strength tanh(W h), W a quarter turn with just enough damping that the Jacobian at 0
    has spectral radius 1 (up to strength^4 / 8): a small residual step hardly changes distances.
    """
    weights = torch.tensor([[-strength / 2, 1.0], [-1.0, -strength / 2]], dtype=torch.float64)
    return PlaneMap(
        "near-isometry",
        lambda h: strength * torch.tanh(h @ weights.T),
        explanation="Small residual steps: the Jacobian is close to the identity, so distances hardly "
        "change.",
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
        explanation="The Hénon map. At a = 1.4 and b = 0.3 neighbours part exponentially fast, yet it has "
        "two fixed points, and about a third of the box escapes.",
    )


WORLDS: dict[str, Callable[..., PlaneMap]] = {
    "contraction": contraction,
    "limit cycle": limit_cycle,
    "near-isometry": near_isometry,
    "chaos": chaos,
}
