"""Which stretches of a generated text stand word for word in its source."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from .validation import check_count


def copied_spans(
    generated: Sequence[int], source: Sequence[int] | np.ndarray, minimum: int = 2
) -> list[dict]:
    """The generated tokens cut, from the left, into the longest stretches that occur in the source:
    those of at least `minimum` tokens, as {"start", "end" (exclusive), "source_start" (first
    occurrence), "occurrences"}.

    An n-gram model copies n + 1 tokens at every step: only longer stretches say anything about it.
    """
    minimum = check_count(minimum, "minimum", 1)
    generated, origin = [int(token) for token in generated], np.asarray(source)
    spans, start = [], 0
    where: dict[int, np.ndarray] = {}
    while start < len(generated):
        token = generated[start]
        if token not in where:
            where[token] = np.flatnonzero(origin == token)
        found, length = where[token], 0
        while len(found):
            length += 1
            if start + length == len(generated):
                break
            inside = found[found + length < len(origin)]
            longer = inside[origin[inside + length] == generated[start + length]]
            if not len(longer):
                break
            found = longer
        if length >= minimum:
            spans.append(
                {
                    "start": start,
                    "end": start + length,
                    "source_start": int(found[0]),
                    "occurrences": len(found),
                }
            )
        start += max(1, length)
    return spans
