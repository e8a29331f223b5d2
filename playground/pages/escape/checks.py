"""Numbers that come from outside: checked, or refused by name with their range."""

from __future__ import annotations

import math
from typing import Any

from playground.i18n import t


def number_in(name: str, value: Any, low: float, high: float, whole: bool = False) -> float:
    """`value`, or a ValueError that names field, value and range."""
    fits = (
        isinstance(value, (int, float))
        and not isinstance(value, bool)
        and math.isfinite(value)
        and low <= value <= high
    )
    if not fits or (whole and value != int(value)):
        raise ValueError(
            t(
                "{name} must be {kind} in [{low}, {high}], got {got}",
                name=name,
                kind=t("a whole number") if whole else t("a number"),
                low=f"{low:g}",
                high=f"{high:g}",
                got=str(value)[:40],
            )
        )
    return int(value) if whole else float(value)


def token_id(name: str, value: Any, size: int) -> int | None:
    """A token of a vocabulary of `size`, None for none; ValueError otherwise."""
    if value is None:
        return None
    if (
        isinstance(value, bool)
        or not isinstance(value, (int, float))
        or value != int(value)
        or not 0 <= value < size
    ):
        raise ValueError(
            t(
                "{name} must be a token id in [0, {last}], got {value}",
                name=name,
                last=str(size - 1),
                value=str(value)[:40],
            )
        )
    return int(value)
