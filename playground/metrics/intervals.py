"""Intervals of what was measured: Wilson, bootstrap, jackknife."""

from __future__ import annotations

import math
import statistics
from collections.abc import Callable, Sequence

import numpy as np


def _check_confidence(confidence: float) -> None:
    if not 0 < confidence < 1:
        raise ValueError(f"confidence must be in (0, 1), got {confidence}")


def wilson_interval(successes: int, total: int, confidence: float = 0.95) -> tuple[float, float]:
    """Wilson's score interval for a share; (0, 1) before the first trial. ValueError unless 0 <=
    successes <= total."""
    _check_confidence(confidence)
    if not 0 <= successes <= total:
        raise ValueError(f"successes must be in [0, {total}], got {successes}")
    if total == 0:
        return 0.0, 1.0
    # scipy's binomtest gives the same, with a test that nobody asked for: a hundred times the work
    # of a live curve's frame
    z = statistics.NormalDist().inv_cdf(0.5 + confidence / 2)
    share, scale = successes / total, 1 + z * z / total
    centre = (share + z * z / (2 * total)) / scale
    half = z * math.sqrt(share * (1 - share) / total + z * z / (4 * total * total)) / scale
    low = max(0.0, centre - half) if successes else 0.0
    return low, min(1.0, centre + half) if successes < total else 1.0


def bootstrap_interval(
    values: Sequence[float],
    statistic: Callable[[np.ndarray], float] = np.mean,
    confidence: float = 0.95,
    resamples: int = 2000,
    seed: int = 0,
) -> tuple[float, float]:
    """Percentile bootstrap interval of a statistic of independent values (Efron 1979); the same
    seed gives the same interval."""
    _check_confidence(confidence)
    data = np.asarray(values, dtype=float)
    if data.ndim != 1 or len(data) == 0:
        raise ValueError(f"values must be a list of at least one number, got shape {data.shape}")
    draws = np.random.Generator(np.random.Philox(key=[seed, 0])).integers(
        len(data), size=(resamples, len(data))
    )
    results = np.array([float(statistic(data[row])) for row in draws])
    low, high = np.quantile(results, [0.5 - confidence / 2, 0.5 + confidence / 2])
    return float(low), float(high)


def jackknife_interval(
    items: Sequence, statistic: Callable[[list], float], confidence: float = 0.95
) -> tuple[float, float]:
    """Interval of a statistic of a whole list by leaving out one item at a time: value ± t·se, se²
    = (n-1)/n Σ(θ_i - mean θ)².

    For statistics that a resample with repeated items would distort (distinct-n, self-BLEU).
    Source: Tukey 1958; Efron & Stein 1981. ValueError for fewer than 2 items.
    """
    _check_confidence(confidence)
    items = list(items)
    n = len(items)
    if n < 2:
        raise ValueError(f"items must hold at least two for a jackknife, got {n}")
    from scipy.stats import t

    value = float(statistic(items))
    parts = np.array([float(statistic(items[:i] + items[i + 1 :])) for i in range(n)])
    half = float(t.ppf(0.5 + confidence / 2, n - 1)) * math.sqrt(
        (n - 1) / n * float(((parts - parts.mean()) ** 2).sum())
    )
    return value - half, value + half
