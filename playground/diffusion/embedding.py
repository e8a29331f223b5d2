"""Gaussian noise on embeddings: corruption, rounding, clamping, evidence, and the reverse steps of
Diffusion-LM and CDCD.

Vectors are (..., D), the table of embeddings E is (V, D). Diffusion-LM (arXiv 2205.14217) keeps the
variance: x_t = sqrt(alpha) x_0 + sqrt(1 - alpha) eps. CDCD (arXiv 2211.15089) lets it grow: x_t =
x_0 + t eps, t a standard deviation.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from playground.diffusion.draws import normals
from playground.i18n import t


def embedding_table(denoiser) -> np.ndarray:
    """(V, D) float64: the denoiser's own `embeddings`, else one axis a word, above 256 words fixed
    random unit vectors."""
    own = getattr(denoiser, "embeddings", None)
    size = int(denoiser.vocab_size)
    if own is not None:
        table = np.asarray(own, dtype=np.float64)
        if table.ndim != 2 or len(table) != size or not np.all(np.isfinite(table)):
            raise ValueError(
                t(
                    "embeddings must be finite and ({size}, D), got shape {shape}",
                    size=size,
                    shape=table.shape,
                )
            )
        return table
    if size <= 256:
        return np.eye(size)
    table = normals(0, 0, 0, np.arange(size), 64)
    return table / np.linalg.norm(table, axis=1, keepdims=True)


def corrupt_vectors(x_0: np.ndarray, alpha, noise: np.ndarray) -> np.ndarray:
    """x_t = sqrt(alpha) x_0 + sqrt(1 - alpha) noise; x_0 and noise (..., D), alpha a number or
    (..., 1)."""
    alpha = np.asarray(alpha, dtype=np.float64)
    return np.sqrt(alpha) * x_0 + np.sqrt(1.0 - alpha) * noise


def rounding(x: np.ndarray, table: np.ndarray, tau: float = 1.0) -> np.ndarray:
    """p(w | x) = softmax(x E^T / tau), (..., V); tau = 0 takes the largest, lowest id among
    equals."""
    scores = x @ table.T
    if tau < 0:
        raise ValueError(t("tau must be at least 0, got {got}", got=tau))
    if tau == 0:
        return np.eye(len(table))[scores.argmax(-1)]
    scores = (scores - scores.max(-1, keepdims=True)) / tau
    weights = np.exp(scores)
    return weights / weights.sum(-1, keepdims=True)


def nearest(x: np.ndarray, table: np.ndarray, barred: Iterable[int] = ()) -> np.ndarray:
    """(...,) ids of the nearest embeddings (Euclidean; lowest id among equals): the words that
    clamping snaps to. barred: ids that are none of them."""
    scores = x @ table.T - 0.5 * (table**2).sum(-1)
    scores[..., [i for i in barred if i < len(table)]] = -np.inf
    return scores.argmax(-1)


def plane(table: np.ndarray) -> np.ndarray:
    """(D, 2): the table's first two principal directions, signs fixed; `x @ plane(E)` draws vectors
    flat."""
    _, _, directions = np.linalg.svd(table - table.mean(0), full_matrices=False)
    flat = np.zeros((table.shape[1], 2))
    flat[:, : min(2, len(directions))] = directions[:2].T
    signs = np.sign(flat[np.abs(flat).argmax(0), [0, 1]])
    return flat * np.where(signs == 0, 1.0, signs)


def gaussian_evidence(x: np.ndarray, table: np.ndarray, alpha: float) -> np.ndarray:
    """(..., V): log N(x; sqrt(alpha) e_v, (1 - alpha) I) up to a constant of each position."""
    variance = max(1.0 - alpha, 1e-12)
    return (np.sqrt(alpha) * (x @ table.T) - 0.5 * alpha * (table**2).sum(-1)) / variance


def growing_evidence(x: np.ndarray, table: np.ndarray, deviation) -> np.ndarray:
    """(..., V): log N(x; e_v, t^2 I) up to a constant of each position; deviation broadcasts over
    (..., 1)."""
    return (x @ table.T - 0.5 * (table**2).sum(-1)) / np.asarray(deviation, dtype=np.float64) ** 2


def gaussian_posterior(
    x_t: np.ndarray, x_0: np.ndarray, alpha_t: float, alpha_s: float
) -> tuple[np.ndarray, float]:
    """Mean (..., D) and standard deviation of q(x_s | x_t, x_0) for s < t."""
    step = alpha_t / alpha_s
    mean = (np.sqrt(alpha_s) * (1.0 - step) * x_0 + np.sqrt(step) * (1.0 - alpha_s) * x_t) / (
        1.0 - alpha_t
    )
    return mean, float(np.sqrt(max(0.0, (1.0 - alpha_s) * (1.0 - step) / (1.0 - alpha_t))))


def interpolated_score(x: np.ndarray, expected: np.ndarray, deviation) -> np.ndarray:
    """CDCD's score interpolation: (E[x_0 | x] - x) / t^2."""
    return (expected - x) / np.asarray(deviation, dtype=np.float64) ** 2


def euler_step(x: np.ndarray, expected: np.ndarray, deviation, after) -> np.ndarray:
    """One Euler step of dx = -t score dt from deviation t to `after` < t."""
    deviation, after = np.asarray(deviation, dtype=np.float64), np.asarray(after, dtype=np.float64)
    return x - deviation * interpolated_score(x, expected, deviation) * (after - deviation)


def entropy_linear_grid(deviations: np.ndarray, entropies: np.ndarray, steps: int) -> np.ndarray:
    """(steps + 1,) standard deviations, falling, at which a measured entropy takes evenly spaced
    values (CDCD's time warping).

    deviations (n,) falling, entropies (n,) measured there. The ends are kept; a flat or rising
    stretch gets no time of its own.
    """
    falling = np.minimum.accumulate(np.asarray(entropies, dtype=np.float64))
    span = falling[0] - falling[-1]
    log = np.log(np.asarray(deviations, dtype=np.float64))
    # a thousandth of the time runs evenly in log t, so that equal entropies have an order
    clock = 0.999 * ((falling[0] - falling) / span if span > 1e-9 else 0.0) + 0.001 * (
        log[0] - log
    ) / (log[0] - log[-1])
    return np.exp(np.interp(np.linspace(clock[0], clock[-1], steps + 1), clock, log))
