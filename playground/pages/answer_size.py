"""How large an answer may be: a program that asks for every table of a long run would get tens of
megabytes, of which nobody hears before they have arrived. What is larger than LARGEST is refused in
a sentence that says which field to lower, and to what.
"""

from __future__ import annotations

import json
from typing import Any

from playground.i18n import t

LARGEST = 8_000_000  # bytes of JSON
# bytes of a number with all its digits, its sign, its exponent and what stands between it and the
# next
CELL = 24


def most_cells(tables: int, besides: int = 0) -> int:
    """How many cells each of `tables` tables may have so that they and `besides` bytes stay below
    LARGEST."""
    return (LARGEST - besides) // (tables * CELL)


class Size:
    """Counts the bytes of an answer's steps while they are collected.

    field: what makes each of them long, `value`: how many rows of it each step has, `steps`: the
        steps that were asked for."""

    def __init__(self, field: str, value: int, steps: int):
        self.field, self.value, self.steps = field, value, steps
        self.bytes = self.count = 0

    def add(self, record: Any) -> None:
        """One more step. Raises ValueError, naming the field, its value and what would fit, as soon
        as the answer is too large."""
        self.bytes += len(json.dumps(record)) + 2
        self.count += 1
        if self.bytes > LARGEST:
            raise ValueError(self._sentence())

    def _sentence(self) -> str:
        room = self.value * self.count // max(self.steps, self.count)
        least = t(
            "An answer holds at most {most} MB, and these were reached at step {step} of {steps}.",
            most=LARGEST // 1_000_000,
            step=self.count,
            steps=max(self.steps, self.count),
        )
        if self.value == 0:
            return least + " " + t("Ask for fewer than {step} steps.", step=self.count)
        return (
            least
            + " "
            + t(
                "{field} must be at most {most} for so many steps, got {got}.",
                field=self.field,
                most=max(0, room - 1),
                got=self.value,
            )
        )
