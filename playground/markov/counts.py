"""Counting n-grams without a loop over the text: sorted keys, runs, and the successors of each
context in CSR form."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

KEY_LIMIT = 2**62


@dataclass(frozen=True)
class ContextTable:
    """What follows what. contexts (C, m): the contexts that have a successor, in lexicographic
    order of token numbers; successors of context c: tokens[offsets[c]:offsets[c + 1]], ascending,
    with counts[...] occurrences each.
    """

    contexts: np.ndarray  # (C, m) int32, column-major: `find` narrows column by column
    offsets: np.ndarray  # (C + 1,) int64
    tokens: np.ndarray  # (E,) int32
    counts: np.ndarray  # (E,) int64

    def find(self, context) -> int:
        """The row of `context` (m token numbers), or -1 where it has no successor in the text."""
        low, high = 0, len(self.contexts)
        for column, token in enumerate(context):
            part = self.contexts[low:high, column]
            left, right = part.searchsorted([token, token + 1])
            low, high = low + int(left), low + int(right)
            if low == high:
                return -1
        return low

    def successors(self, row: int) -> tuple[np.ndarray, np.ndarray]:
        """(tokens, counts) of one context."""
        inside = slice(self.offsets[row], self.offsets[row + 1])
        return self.tokens[inside], self.counts[inside]

    @property
    def totals(self) -> np.ndarray:
        """(C,): how often each context occurs with a successor."""
        return np.add.reduceat(self.counts, self.offsets[:-1])


def number_tokens(pieces: list[str]) -> tuple[np.ndarray, list[str]]:
    """(numbers int32 (N,), distinct pieces): numbered in the order of their first appearance."""
    number: dict[str, int] = {}
    numbers = np.fromiter(
        (number.setdefault(piece, len(number)) for piece in pieces),
        dtype=np.int32,
        count=len(pieces),
    )
    return numbers, list(number)


def number_characters(text: str) -> tuple[np.ndarray, list[str]]:
    """As `number_tokens`, for the characters of a text (Unicode code points), by a table instead of
    a dictionary."""
    codes = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype=np.uint32)
    seen = np.full(int(codes.max()) + 1, -1, dtype=np.int32)
    positions = np.arange(len(codes) - 1, -1, -1, dtype=np.int32)
    seen[codes[::-1]] = positions  # the last write to a code is its first position
    present = np.flatnonzero(seen >= 0)
    present = present[np.argsort(seen[present])]
    seen[present] = np.arange(len(present), dtype=np.int32)
    return seen[codes], [chr(code) for code in present]


def count_contexts(numbers: np.ndarray, distinct: int, size: int) -> ContextTable:
    """The table of contexts of `size` tokens."""
    windows = np.lib.stride_tricks.sliding_window_view(numbers, size + 1)  # (n, size + 1)
    if float(distinct) ** (size + 1) < KEY_LIMIT:
        keys = pack(windows, distinct)
        keys.sort()
        fresh = np.append(True, keys[1:] != keys[:-1])
        firsts = np.flatnonzero(fresh)
        grams = np.empty((len(firsts), size + 1), dtype=np.int32, order="F")
        rest = keys[firsts]
        for column in range(size, -1, -1):
            rest, grams[:, column] = np.divmod(rest, distinct)
    else:
        keys = pack(windows, distinct)
        order = np.argsort(keys, kind="stable")
        keys = keys[order]
        firsts = np.flatnonzero(np.append(True, keys[1:] != keys[:-1]))
        grams = np.asfortranarray(windows[order[firsts]])
    counts = np.diff(np.append(firsts, len(windows)))
    changed = np.zeros(len(grams), dtype=bool)
    changed[0] = True
    for column in range(size):
        changed[1:] |= grams[1:, column] != grams[:-1, column]
    starts = np.flatnonzero(changed)
    contexts = np.asfortranarray(grams[starts, :size])
    return ContextTable(
        contexts, np.append(starts, len(grams)), np.ascontiguousarray(grams[:, size]), counts
    )


def pack(rows: np.ndarray, distinct: int) -> np.ndarray:
    """One int64 key a row (n,), in the lexicographic order of the rows; re-ranked on the way where
    products would overflow."""
    keys, bound = np.zeros(len(rows), dtype=np.int64), 1
    for column in range(rows.shape[1]):
        if bound * distinct >= KEY_LIMIT:
            keys = np.unique(keys, return_inverse=True)[1].astype(np.int64)
            bound = int(keys.max()) + 1
        keys = keys * distinct + rows[:, column]
        bound *= distinct
    return keys
