"""Checks shared by every chain: names, probability rows, seeds, and the one way in which a walk
draws its numbers."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from playground.parameters import LARGEST_SEED

# a row this close to 1 was rounded by whoever typed it; anything further off is a mistake to be
# shown
ROUNDING = 1e-6


class ImpossibleObservations(ValueError):
    """The model gives these observations probability 0. `position`: the first, from 0, at which no
    state is left (the sentence counts from 1)."""

    def __init__(self, position: int, symbol: str, sequence: int | None = None):
        self.position, self.symbol = position, symbol
        where = f"position {position + 1}"
        if sequence is not None:
            where += f" of sequence {sequence + 1}"
        super().__init__(
            f"observations have probability 0 under this model: at {where} no state that can be "
            f"reached emits {symbol!r}; give one of them a positive emission or transition there, "
            "or mark it missing (-1)"
        )


def as_names(
    names: Sequence[str] | None, count: int, field: str, each: str = "row of the matrix"
) -> tuple[str, ...]:
    """The names as strings, or "0", "1", ... where none are given. Any string is a name, empty and
    repeated ones too.

    Raises ValueError when their number is not `count`.
    """
    if names is None:
        return tuple(str(index) for index in range(count))
    if isinstance(names, str):
        raise ValueError(f"{field} must be a list of {count} names, got one string {names!r}")
    names = tuple(str(name) for name in names)
    if len(names) != count:
        raise ValueError(f"{field} must have {count} names, one a {each}, got {len(names)}")
    return names


def name_of_row(names: Sequence[str] | None, index: int) -> str:
    """How an error calls row `index`: by its name, and by its number too where the name alone would
    not find it.

    Numbers are counted from 1, as columns are.
    """
    if names is None:
        return str(index + 1)
    name = names[index]
    alone = name.strip() and list(names).count(name) == 1
    return repr(name) if alone else f"{name!r} (number {index + 1})"


def _plain(value: float) -> str:
    return f"{float(value):.10g}"


def check_rows(
    rows, field: str, names: Sequence[str] | None = None, columns: int | None = None
) -> np.ndarray:
    """A float64 copy (R, C) of probability rows. Rows within 1e-6 of 1 are divided by their sum
    (rounding of the input).

    Raises ValueError that names the row, its sum and the remedy: `transition row 'sunny' sums to
    1.1; it must sum to 1: divide it by 1.1, giving [0.8181818182, 0.1818181818]`.
    """
    try:
        rows = np.array(rows, dtype=np.float64)
    except (TypeError, ValueError):
        raise ValueError(
            f"{field} must be a rectangular table of numbers, got {_short(rows)}"
        ) from None
    if rows.ndim != 2 or rows.size == 0:
        raise ValueError(
            f"{field} must have two dimensions and at least one entry, got shape {rows.shape}"
        )
    if columns is not None and rows.shape[1] != columns:
        raise ValueError(
            f"{field} must have {columns} columns, got {rows.shape[1]} (shape {rows.shape})"
        )
    bad = ~np.isfinite(rows) | (rows < 0)
    if bad.any():
        row, column = np.argwhere(bad)[0]
        raise ValueError(
            f"{field} row {name_of_row(names, row)} holds {rows[row, column]} in column "
            f"{column + 1}; every entry must be a probability in [0, 1]"
        )
    sums = rows.sum(axis=1)
    off = np.abs(sums - 1) > ROUNDING
    if off.any():
        row = int(np.flatnonzero(off)[0])
        called = f"{field} row {name_of_row(names, row)}" if len(rows) > 1 or names else field
        if sums[row] == 0:
            raise ValueError(
                f"{called} sums to 0; it must sum to 1: give it at least one positive entry"
            )
        shown = ", ".join(_plain(value) for value in (rows[row] / sums[row])[:8]) + (
            ", ..." if rows.shape[1] > 8 else ""
        )
        more = int(off.sum()) - 1
        raise ValueError(
            f"{called} sums to {_plain(sums[row])}; it must sum to 1: divide it by "
            f"{_plain(sums[row])}, giving [{shown}]"
            + (f" ({more} more row{'s' * (more > 1)} like this)" if more else "")
        )
    rounded = np.abs(sums - 1) > 1e-12
    rows[rounded] /= sums[rounded, None]
    return rows


def check_distribution(values, field: str, count: int) -> np.ndarray:
    """A float64 copy (count,) of one probability distribution. Raises ValueError as
    `check_rows`."""
    try:
        values = np.array(values, dtype=np.float64)
    except (TypeError, ValueError):
        raise ValueError(
            f"{field} must be a list of {count} numbers, got {_short(values)}"
        ) from None
    if values.shape != (count,):
        raise ValueError(
            f"{field} must have {count} entries, one a state, got shape {values.shape}"
        )
    return check_rows(values[None, :], field)[0]


def normalised(rows) -> np.ndarray:
    """Rows (R, C) divided by their sums: what "normalise" does at a click. A row of zeros becomes
    uniform.

    Raises ValueError on negative or non-finite entries.
    """
    rows = np.array(rows, dtype=np.float64)
    if rows.ndim != 2 or rows.size == 0 or not np.isfinite(rows).all() or (rows < 0).any():
        raise ValueError("rows must be a table of finite numbers, none of them negative")
    largest = rows.max(axis=1, keepdims=True)
    rows = np.where(
        largest > 0, rows / np.where(largest > 0, largest, 1), 1.0
    )  # by the largest first: no overflow
    return rows / rows.sum(axis=1, keepdims=True)


def check_count(value, field: str, minimum: int = 0, maximum: int | None = None) -> int:
    """`value` as an int; ValueError unless it is a whole number in [minimum, maximum]."""
    whole = isinstance(value, (int, np.integer)) and not isinstance(value, bool)
    if not whole or value < minimum or (maximum is not None and value > maximum):
        allowed = f"of at least {minimum}" if maximum is None else f"from {minimum} to {maximum}"
        raise ValueError(f"{field} must be a whole number {allowed}, got {value!r}")
    return int(value)


def uniforms(seed: int, count: int, start: int = 0, stream: int = 0) -> np.ndarray:
    """Draws u in [0, 1), float64, (count,): number i belongs to step `start + i` and depends on
    (seed, stream, step) alone.

    The generator is counter-based (Philox), so a later step is reached without drawing the earlier
    ones.
    """
    seed = check_count(seed, "seed", 0, LARGEST_SEED)
    bits = np.random.Philox(key=[seed, stream])
    bits.advance(start // 4)  # one counter tick of Philox makes four 64-bit numbers, one a draw
    return np.random.Generator(bits).random(start % 4 + count)[start % 4 :]


def draw(cumulative: np.ndarray, u: float) -> int:
    """The state whose interval of the cumulative distribution (K,) holds u. Never a state of
    probability 0."""
    return int(np.searchsorted(cumulative, u * cumulative[-1], side="right"))


def _short(value) -> str:
    text = repr(value)
    return text if len(text) <= 60 else text[:57] + "..."
