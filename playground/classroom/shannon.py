"""Shannon's game of 1951: from which guess was right, what bounds follow for the entropy of the
text.

C. E. Shannon, Prediction and Entropy of Printed English, Bell System Technical Journal 30 (1951),
equation 17: with q_i the share of the words that were right at the i-th guess of an ideal
predictor,

    Σ i (q_i - q_{i+1}) log2 i  <=  H  <=  -Σ q_i log2 q_i.

The lower bound needs q_1 >= q_2 >= ..., which an ideal predictor has in the long run; both need
many words.
"""

from __future__ import annotations

import itertools
import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

FEWEST_WORDS = 50


@dataclass(frozen=True)
class Bounds:
    """Bits a word; `why_none` says why there are none: "few_words", or "order" where q is not in
    falling order."""

    lower: float | None = None
    upper: float | None = None
    why_none: str | None = None

    def record(self) -> dict[str, float | None] | None:
        return None if self.why_none else {"lower": self.lower, "upper": self.upper}


def guess_shares(numbers: Sequence[int]) -> np.ndarray:
    """q (largest number,): q[i - 1] is the share of the guess numbers that are i. Numbers count
    from 1."""
    counts = np.bincount(np.asarray(numbers, dtype=np.int64), minlength=1)[1:]
    return counts / max(1, len(numbers))


def lower_bound(q: Sequence[float]) -> float:
    """Σ i (q_i - q_{i+1}) log2 i in bits, for q in falling order."""
    following = [*q[1:], 0.0]
    return math.fsum(
        i * (here - after) * math.log2(i)
        for i, (here, after) in enumerate(zip(q, following, strict=True), start=1)
    )


def upper_bound(q: Sequence[float]) -> float:
    """-Σ q_i log2 q_i in bits."""
    return math.fsum(-share * math.log2(share) for share in q if share > 0)


def bounds(q: Sequence[float], words: int, rounding: float = 1e-12) -> Bounds:
    """Both bounds from shares of `words` words, or why there are none."""
    if words < FEWEST_WORDS:
        return Bounds(why_none="few_words")
    if any(after > here + rounding for here, after in itertools.pairwise(q)):
        return Bounds(why_none="order")
    return Bounds(lower_bound(q), upper_bound(q))


def bounds_of(numbers: Sequence[int], words: int) -> Bounds:
    """As `bounds`, from guess numbers on `words` different words (a class's are pooled: more
    numbers than words)."""
    return bounds(guess_shares(numbers).tolist(), words)


def rank_of(logits: Any, token: int) -> int:
    """At which guess a model that guesses by falling probability is right; ties go to the lower id.
    logits: (V,)"""
    row = np.asarray(logits)
    ahead = (row > row[token]).sum() + (row[:token] == row[token]).sum()
    return int(ahead) + 1


def bits_of(logits: Any, token: int) -> float:
    """-log2 of the token's probability under softmax(logits), (V,); in float64."""
    row = np.asarray(logits, dtype=np.float64)
    highest = row.max()
    total = highest + math.log(np.exp(row - highest).sum())
    return float(total - row[token]) / math.log(2) + 0.0


def histogram(numbers: Sequence[int]) -> list[list[int]]:
    """[[guess number, how often]] in rising order."""
    return [[number, count] for number, count in sorted(Counter(numbers).items())]
