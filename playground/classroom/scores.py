"""How a class's guesses stand beside a model's distribution: shares, overlap, surprisal. Exact over
the vocabulary."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np


def shares(counts: Mapping[Any, int]) -> dict[Any, float]:
    """Each answer's share of all answers; empty where nobody answered."""
    n = sum(counts.values())
    return {answer: count / n for answer, count in counts.items()} if n else {}


def overlap(counts: Mapping[Any, int], p: Mapping[Any, float]) -> float:
    """Σ min(p, q) over everything: 1 for the model's own distribution, 0 where the class said
    nothing that the model would. What the class did not say has q = 0 and adds nothing, so the sum
    over the answers is the sum over the vocabulary."""
    return math.fsum(min(q, p[answer]) for answer, q in shares(counts).items())


def surprisal(p: float) -> float:
    """-log2 p in bits, infinite at p = 0."""
    return math.inf if p <= 0 else -math.log2(p) + 0.0  # no -0.0 at p = 1


def mean_surprisal(counts: Mapping[Any, int], p: Mapping[Any, float]) -> float:
    """-Σ q log2 p in bits; infinite where one answer has probability 0; nan where nobody
    answered."""
    q = shares(counts)
    return math.fsum(share * surprisal(p[answer]) for answer, share in q.items()) if q else math.nan


def likeliest(p: np.ndarray, most: int) -> list[int]:
    """The `most` likeliest tokens of p (V,), by falling probability, ties to the lower id."""
    most = min(most, len(p))
    at_least = np.partition(p, len(p) - most)[len(p) - most]
    several = np.flatnonzero(p >= at_least)
    return [int(token) for token in several[np.lexsort((several, -p[several]))][:most]]


def tallied(answers: Iterable[Any]) -> list[tuple[Any, int]]:
    """(answer, count), the most frequent first, then in the order of the answers themselves."""
    return sorted(Counter(answers).items(), key=lambda pair: (-pair[1], pair[0]))


def middle(values: Sequence[float]) -> tuple[float | None, float | None]:
    """(mean, median) of numbers; None where there are none."""
    if not values:
        return None, None
    ordered, half = sorted(values), len(values) // 2
    median = ordered[half] if len(ordered) % 2 else (ordered[half - 1] + ordered[half]) / 2
    return math.fsum(values) / len(values), median
