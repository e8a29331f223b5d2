"""Has the text fallen into a cycle? A strict detector for the end of a token sequence, and what
happens along the cycle."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from playground.decoding.distribution import Candidates, as_float32
from playground.i18n import t


class Loop(NamedTuple):
    """The cycle at the end of a sequence.

    period: tokens a lap.
    start: position of the first token of the first lap.
    length: tokens from there to the end.
    repeats: complete laps.
    """

    period: int
    start: int
    length: int
    repeats: int


def find_loop(
    ids: Sequence[int], min_repeats: int = 3, min_length: int = 8, max_period: int | None = None
) -> Loop | None:
    """The cycle that the sequence ends in, with the shortest period; None if there is none.

    Strict: every token from `start` on equals the one a period before it, at least `min_repeats`
    complete laps and at least `min_length` tokens long ("ha ha ha" is not yet a loop). The last lap
    may be incomplete.

    >>> find_loop([9, 1, 2, 3, 1, 2, 3, 1, 2, 3])
    Loop(period=3, start=1, length=9, repeats=3)
    >>> find_loop([1, 2, 3, 4, 1, 2, 3, 4]) is None
    True
    """
    if min_repeats < 2:
        raise ValueError(t("min_repeats must be at least 2, got {got}", got=min_repeats))
    text = np.asarray(ids, dtype=np.int64)
    size = len(text)
    longest = min(size // min_repeats, max_period or size)
    if longest < 1:
        return None
    # a period must bring the last token back: all other lags are out at once
    lags = (
        size
        - 1
        - np.flatnonzero(text[size - 1 - longest : size - 1] == text[-1])[::-1]
        - (size - 1 - longest)
    )
    for lag in lags.tolist():
        tail = (min_repeats - 1) * lag
        if not np.array_equal(text[size - tail :], text[size - tail - lag : size - lag]):
            continue
        differs = np.flatnonzero(text[lag:] != text[:-lag])
        start = int(differs[-1]) + 1 if len(differs) else 0
        length = size - start
        if length >= min_length and length // lag >= min_repeats:
            return Loop(lag, start, length, length // lag)
    return None


def loop_tokens(ids: Sequence[int], loop: Loop, count: int) -> list[int]:
    """The `count` tokens with which the cycle goes on after the sequence's end."""
    size = len(ids)
    return [int(ids[size - loop.period + place % loop.period]) for place in range(count)]


def along_loop(logits: Any, tokens: Sequence[int]) -> list[dict[str, float]]:
    """Entropy (nats) and P(loop token) of the network's own distribution at each of the cycle's
    tokens.

    logits: (n, V), row t the prediction of tokens[t]. As a loop settles, the entropy falls and
        P(loop token) rises.
    """
    facts = []
    for place, token in enumerate(tokens):
        values = as_float32(logits[place])
        candidates = Candidates(values, len(values))
        facts.append(
            {
                "index": place,
                "token_id": int(token),
                "entropy": candidates.entropy,
                "loop_probability": float(candidates.probability_of(np.array([token]))[0]),
            }
        )
    return facts
