"""The forward process of discrete diffusion: schedules, noise matrices, posteriors, and texts
corrupted by them.

t runs from 0 (the text) to 1 (nothing but noise); alpha_bar(t) is the share of the text that is
still known. Matrices are row-stochastic: row = the token before, column = the token after, mask
last.

Sources: D3PM (arXiv 2107.03006) for the matrices and posteriors; MDLM (arXiv 2406.07524) and SEDD
(arXiv 2310.16834) for the schedules; CDCD (arXiv 2211.15089) for time warping.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from playground.i18n import t as tr

SCHEDULES = ("linear", "cosine", "geometric", "linear-sigma", "entropy-linear")

# the total noise sigma(t) of the two schedules that are defined through it, as their sources set it
GEOMETRIC_RANGE = (1e-3, 20.0)
LINEAR_SIGMA_RANGE = (1e-4, 8.0)


def _library(t) -> Any:
    """numpy for numbers and arrays; torch for tensors, found through the tensor itself so that this
    file needs neither."""
    if type(t).__module__.split(".")[0] == "torch":
        import torch

        return torch
    return np


def _check_time(t) -> tuple[Any, Any]:
    xp = _library(t)
    t = t if xp is not np else np.asarray(t, dtype=np.float64)
    if not bool(((t >= 0) & (t <= 1)).all()):
        raise ValueError(tr("t must be in [0, 1], got {got}", got=t.tolist()))
    return t, xp


def alpha_bar(t, schedule: str | Callable[[Any], Any] = "linear") -> Any:
    """Share of the text still known at time t: a number or array (or torch tensor) of the shape of
    t, in [0, 1].

    linear 1 - t (MDLM's log-linear up to its epsilon); cosine 1 - cos(pi (1 - t) / 2) (MaskGIT's
    mask ratio); geometric exp(-s_min^(1-t) s_max^t) (SEDD); linear-sigma exp(-(s_min + t (s_max -
    s_min))) (MDLM's "linear"). entropy-linear has no formula: it is measured on a model
    (`EntropyLinear`); any callable t -> alpha serves as a schedule.
    """
    t, xp = _check_time(t)
    if callable(schedule):
        return schedule(t)
    if schedule == "linear":
        alpha = 1.0 - t
    elif schedule == "cosine":
        alpha = 1.0 - xp.cos(math.pi / 2 * (1.0 - t))
    elif schedule == "geometric":
        low, high = GEOMETRIC_RANGE
        alpha = xp.exp(-(low ** (1.0 - t)) * high**t)
    elif schedule == "linear-sigma":
        low, high = LINEAR_SIGMA_RANGE
        alpha = xp.exp(-(low + t * (high - low)))
    elif schedule == "entropy-linear":
        raise ValueError(
            tr(
                "schedule 'entropy-linear' is measured on a model: pass an EntropyLinear in its "
                "place, or use unmask"
            )
        )
    else:
        raise ValueError(
            tr(
                "schedule must be one of {options}, got {got}",
                options=", ".join(SCHEDULES),
                got=repr(schedule),
            )
        )
    return float(alpha) if xp is np and np.ndim(alpha) == 0 else alpha


def alpha_bar_slope(t, schedule: Any = "linear") -> Any:
    """d alpha_bar / dt, negative; the same shapes. SEDD's Euler step needs it (its d sigma/dt times
    alpha is minus this)."""
    t, xp = _check_time(t)
    if callable(schedule):
        return schedule.slope(t)
    if schedule == "linear":
        slope = -1.0 + 0.0 * t
    elif schedule == "cosine":
        slope = -(math.pi / 2) * xp.sin(math.pi / 2 * (1.0 - t))
    elif schedule == "geometric":
        low, high = GEOMETRIC_RANGE
        slope = -alpha_bar(t, schedule) * low ** (1.0 - t) * high**t * math.log(high / low)
    elif schedule == "linear-sigma":
        low, high = LINEAR_SIGMA_RANGE
        slope = -alpha_bar(t, schedule) * (high - low)
    else:
        alpha_bar(0.5, schedule)  # the error of an unknown or unmeasured schedule is said there
        raise AssertionError
    return float(slope) if xp is np and np.ndim(slope) == 0 else slope


@dataclass(frozen=True)
class EntropyLinear:
    """A schedule measured on a model: alpha_bar(t) such that the model's entropy is t times its
    entropy at full noise.

    masked: shares of masked positions, ascending from 0 to 1;
    entropy: the model's total entropy (nats) at each of them.
    """

    masked: tuple[float, ...]
    entropy: tuple[float, ...]

    def __post_init__(self):
        share, entropy = np.asarray(self.masked), np.asarray(self.entropy)
        if len(share) < 2 or share[0] != 0 or share[-1] != 1 or np.any(np.diff(share) <= 0):
            raise ValueError(tr("masked must rise from 0 to 1, got {got}", got=self.masked))
        if len(entropy) != len(share) or not np.all(np.isfinite(entropy)):
            raise ValueError(
                tr(
                    "entropy must hold {count} finite values, got {got}",
                    count=len(share),
                    got=self.entropy,
                )
            )

    def _curve(self) -> np.ndarray:
        # a measured curve may dip; time may not run backwards, nor stand still
        rising = np.maximum.accumulate(np.asarray(self.entropy, dtype=np.float64))
        rising = (rising - rising[0]) / max(rising[-1] - rising[0], 1e-300)
        share = np.asarray(self.masked, dtype=np.float64)
        return 0.999 * rising + 0.001 * share if rising[-1] > 0.5 else share

    def __call__(self, t):
        alpha = 1.0 - np.interp(np.asarray(t, dtype=np.float64), self._curve(), self.masked)
        return float(alpha) if np.ndim(t) == 0 else alpha

    def slope(self, t):
        t = np.asarray(t, dtype=np.float64)
        low, high = np.maximum(t - 1e-5, 0.0), np.minimum(t + 1e-5, 1.0)
        slope = (self(high) - self(low)) / (high - low)
        return float(slope) if np.ndim(t) == 0 else slope


def reveal_probability(alpha_t, alpha_s):
    """Reverse step of absorbing noise, t -> s < t: a mask is revealed with probability (alpha_s -
    alpha_t) / (1 - alpha_t)."""
    return np.clip(
        (alpha_s - alpha_t) / np.maximum(1.0 - np.asarray(alpha_t, dtype=np.float64), 1e-300),
        0.0,
        1.0,
    )


def remask_limit(alpha_t, alpha_s):
    """ReMDM's largest probability of masking a revealed token again: min(1, (1 - alpha_s) /
    alpha_t)."""
    alpha_t = np.asarray(alpha_t, dtype=np.float64)
    return np.minimum(
        1.0, (1.0 - np.asarray(alpha_s, dtype=np.float64)) / np.maximum(alpha_t, 1e-300)
    )


# --------------------------------------------------------------------------------------------------
# matrices


def _check_alpha(alpha: float, size: int) -> tuple[float, int]:
    if not 0.0 <= float(alpha) <= 1.0:
        raise ValueError(tr("alpha must be in [0, 1], got {got}", got=alpha))
    if int(size) != size or size < 1:
        raise ValueError(tr("V must be a whole number of at least 1, got {got}", got=size))
    return float(alpha), int(size)


def absorbing_matrix(alpha: float, V: int) -> np.ndarray:
    """(V + 1, V + 1), mask last: alpha I + (1 - alpha) (a column of ones at the mask). alpha of a
    step or of a whole stretch."""
    alpha, size = _check_alpha(alpha, V)
    matrix = alpha * np.eye(size + 1)
    matrix[:, size] += 1.0 - alpha
    return matrix


def uniform_matrix(alpha: float, V: int) -> np.ndarray:
    """(V, V): alpha I + (1 - alpha) / V."""
    alpha, size = _check_alpha(alpha, V)
    return alpha * np.eye(size) + (1.0 - alpha) / size


def posterior(
    matrix_t: np.ndarray, matrix_s: np.ndarray, matrix_step: np.ndarray, x_t: int, x_0: int
) -> np.ndarray:
    """q(x_s | x_t, x_0) by Bayes from row-stochastic matrices: step[:, x_t] * bar_s[x_0, :] /
    bar_t[x_0, x_t]; (V,)."""
    total = matrix_t[x_0, x_t]
    if total <= 0:
        raise ValueError(
            tr("x_t={x_t} cannot come from x_0={x_0} under this noise", x_t=x_t, x_0=x_0)
        )
    return matrix_step[:, x_t] * matrix_s[x_0] / total


def uniform_reverse(x_t: np.ndarray, x_0: np.ndarray, alpha_t, alpha_s) -> np.ndarray:
    """p(x_s | x_t) of uniform noise, the posterior averaged over the denoiser's x_0; the closed
    form, no V x V matrix.

    x_t (...,) ids, x_0 (..., V) probabilities, alphas broadcast to x_t's shape; the answer is (...,
    V).
    """
    x_t, x_0 = np.asarray(x_t), np.asarray(x_0, dtype=np.float64)
    size = x_0.shape[-1]
    alpha_t, alpha_s = (
        np.broadcast_to(np.asarray(a, dtype=np.float64), x_t.shape)[..., None]
        for a in (alpha_t, alpha_s)
    )
    step = np.where(alpha_s > 0, alpha_t / np.maximum(alpha_s, 1e-300), 0.0)
    here = np.zeros_like(x_0)
    np.put_along_axis(here, x_t[..., None], 1.0, axis=-1)
    likelihood = step * here + (1.0 - step) / size  # (..., V) of x_s: does it turn into x_t
    evidence = (
        alpha_t * here + (1.0 - alpha_t) / size
    )  # (..., V) of x_0: the same over the whole stretch
    ratio = np.where(evidence > 0, x_0 / np.maximum(evidence, 1e-300), 0.0)
    mixed = likelihood * (alpha_s * ratio + (1.0 - alpha_s) / size * ratio.sum(-1, keepdims=True))
    return mixed / mixed.sum(-1, keepdims=True)


# --------------------------------------------------------------------------------------------------
# evidence


def group_evidence(groups: np.ndarray, known: np.ndarray) -> np.ndarray:
    """(B, L, V): places whose group is known (B, L), -1 where it is not; groups (V,) of the
    words."""
    other = (groups != known[..., None]) & (known[..., None] >= 0)
    return np.where(other, -np.inf, 0.0)


def word_evidence(canvas: np.ndarray, size: int, here: float, other: float) -> np.ndarray:
    """(B, L, V): `here` for the word that stands in canvas (B, L), `other` for all others."""
    evidence = np.full((*canvas.shape, size), other)
    np.put_along_axis(evidence, canvas[..., None], here, axis=-1)
    return evidence
