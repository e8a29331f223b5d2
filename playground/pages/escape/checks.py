"""A token that comes from outside: checked, or refused by name with its range."""

from __future__ import annotations

from typing import Any

from playground.i18n import t


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
