"""Hidden states along a text: their projection to the plane, which moments resemble one another,
and the period of a loop."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from playground.i18n import t

from .validation import check_count


@dataclass(frozen=True)
class Projection:
    """points (T, k); axes (k, D), orthonormal; mean (D,); shares (k,): part of the variance that
    each axis explains."""

    points: np.ndarray
    axes: np.ndarray
    mean: np.ndarray
    shares: np.ndarray

    def project(self, states) -> np.ndarray:
        """Other states (T', D) in the same plane, (T', k): two runs side by side."""
        return (np.asarray(states, dtype=np.float64) - self.mean) @ self.axes.T


def principal_projection(states, components: int = 2) -> Projection:
    """Principal components of states (T, D): the plane in which they spread most. Each axis points
    to where its largest entry is positive, so the same states give the same picture. Missing
    directions (T or D too small) are zeros.
    """
    states = _states(states)
    check_count(components, "components", 1)
    mean = states.mean(axis=0)
    centred = states - mean
    _, singular, axes = np.linalg.svd(centred, full_matrices=False)
    found = min(components, int((singular > 1e-12 * max(1.0, np.abs(states).max())).sum()))
    chosen = np.zeros((components, states.shape[1]))
    chosen[:found] = axes[:found]
    for axis in chosen[:found]:
        axis *= np.sign(axis[np.abs(axis).argmax()])
    shares = np.zeros(components)
    shares[:found] = singular[:found] ** 2 / (singular**2).sum() if found else 0
    return Projection(centred @ chosen.T, chosen, mean, shares)


def recurrence_matrix(states, centred: bool = False) -> np.ndarray:
    """Cosine similarity of every two moments, (T, T), in [-1, 1]; 1 on the diagonal, 0 beside a
    state of length 0.

    centred: after the mean state is subtracted. Hidden states of transformers share a large common
        part that makes all cosines high; without it the loops stand out.
    """
    states = _states(states)
    if centred:
        states = states - states.mean(axis=0)
    length = np.linalg.norm(states, axis=1, keepdims=True)
    unit = np.divide(states, length, out=np.zeros_like(states), where=length > 0)
    similarity = np.clip(unit @ unit.T, -1, 1)
    np.fill_diagonal(similarity, 1)
    return similarity


def loop_period(similarity, threshold: float = 0.95, laps: float = 2.0) -> dict:
    """The loop at the end of a run, from its recurrence matrix (T, T).

    {"period": the smallest lag p at which every moment, back to "start", resembles the one p
    earlier (similarity >= threshold) for at least `laps` - 1 periods, or null; "start": first
    moment of the first lap; "similarity": its mean over the loop}. A run that stands still has
    period 1.
    """
    similarity = np.asarray(similarity)
    length = len(similarity)
    for period in range(1, length):
        alike = np.diagonal(similarity, -period)  # alike[t]: moments t + period and t
        if len(alike) < (laps - 1) * period:
            break
        unlike = np.flatnonzero(alike < threshold)
        first = int(unlike[-1]) + 1 if len(unlike) else 0
        if len(alike) - first >= max(1, (laps - 1) * period):
            return {"period": period, "start": first, "similarity": float(alike[first:].mean())}
    return {"period": None, "start": None, "similarity": None}


def token_period(ids: Sequence[int], laps: float = 2.0) -> dict:
    """The same for tokens, exactly: {"period", "start"} of the loop with which the ids end (null
    without one)."""
    tokens = np.asarray(list(ids), dtype=np.int64)
    found = (
        loop_period((tokens[:, None] == tokens[None, :]).astype(float), 1.0, laps)
        if len(tokens)
        else {"period": None, "start": None}
    )
    return {"period": found["period"], "start": found["start"]}


def _states(states) -> np.ndarray:
    states = np.asarray(states, dtype=np.float64)
    if states.ndim != 2 or states.size == 0:
        raise ValueError(
            t("states must have shape (positions, dimensions), got {got}", got=states.shape)
        )
    if not np.isfinite(states).all():
        raise ValueError(t("states must be finite numbers"))
    return states
