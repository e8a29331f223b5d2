"""Surprisal and perplexity of probabilities that are given."""

from __future__ import annotations

import math
from collections.abc import Sequence


def surprisals(probabilities: Sequence[float]) -> list[float]:
    """-ln p of each token, nats (infinite for p = 0). ValueError outside [0, 1] and for no token at
    all."""
    values = [float(p) for p in probabilities]
    if not values:
        raise ValueError("probabilities must hold at least one value, got none")
    for p in values:
        if not 0.0 <= p <= 1.0:
            raise ValueError(f"probabilities must be in [0, 1], got {p}")
    return [-math.log(p) if p > 0 else math.inf for p in values]


def perplexity(probabilities: Sequence[float]) -> float:
    """exp of the mean surprisal of the tokens whose probabilities are given; infinite if one of
    them is 0.

    >>> round(perplexity([.9, .8, .6, .4, .3, .2]), 2)
    2.14
    """
    values = surprisals(probabilities)
    mean = math.fsum(values) / len(values)
    return math.exp(mean) if mean < 709 else math.inf
