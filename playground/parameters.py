"""One row for every number, switch or choice that a visitor can set: name, range, unit, label and
meaning, said once.

A module of the mathematics lists its rows as `Parameter`s. Its settings check their fields by them;
the page makes its controls of them, links and endpoints their fields and documentation. This module
imports nothing of the project but its messages.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from playground.i18n import Message, t


@dataclass(frozen=True)
class Parameter:
    """One row of the table.

    name: of the field.
    type: bool, int, float or str.
    default: what it begins with.
    off: the value at which it does nothing, None where there is none.
    low, high: the allowed range, ends included unless open_low or open_high; None on text and
        switches.
    unit: of the number, for sentences ("bits").
    label: on the page.
    doc: one clause for API pages, without range and off-value.
    step: of the control.
    shown: (low, high) of the control where it offers less than is allowed.
    choices: of a text.
    optional: None is a value of its own ("the sampler's default").
    note: stands behind the range where the off-value alone does not say enough.
    """

    name: str
    type: type
    default: Any
    off: Any = None
    low: float | None = None
    high: float | None = None
    unit: str = ""
    label: str = ""
    doc: str = ""
    step: float | None = None
    shown: tuple[float, float] | None = None
    choices: tuple[str, ...] = ()
    open_low: bool = False
    open_high: bool = False
    optional: bool = False
    note: str = ""

    def check(self, value: Any, name: str = "") -> Any:
        """The value as the parameter's own type. None is the default (or None itself, where that is
        a value; without a
        default it is refused).

        name: what the sentence calls it where that is not the parameter's own name
            ("columns[2].top_p").
        Raises ValueError with the sentence of `error` on anything else than an allowed value."""
        if value is None:
            if self.default is None and not self.optional:
                raise self.error(value, name)
            return None if self.optional else self.default
        if self.type is bool:
            if value is not True and value is not False:
                raise self.error(value, name)
            return value
        if self.type is str:
            if not isinstance(value, str) or (self.choices and value not in self.choices):
                raise self.error(value, name)
            return value
        return self._number(value, name)

    def _number(self, value: Any, name: str) -> int | float:
        # numbers of numpy and torch are numbers too; a text that looks like one, a truth value or a
        # list is not
        if isinstance(value, (bool, str)) or not hasattr(value, "__float__"):
            raise self.error(value, name)
        try:
            number = float(value)
            if not math.isfinite(number) or (self.type is int and number != math.floor(number)):
                raise self.error(value, name)
            exact = int(value) if self.type is int else number
        except (TypeError, OverflowError):
            raise self.error(value, name) from None
        below = self.low is not None and (exact < self.low or (self.open_low and exact == self.low))
        above = self.high is not None and (
            exact > self.high or (self.open_high and exact == self.high)
        )
        if below or above:
            raise self.error(value, name)
        return exact

    def error(self, value: Any, name: str = "") -> ValueError:
        """The one sentence for a bad value: field, allowed values, and what was given."""
        allowed, got = self.allowed(), short(value)
        return ValueError(
            t(
                "{name} must be {allowed}, got {got}",
                name=name or self.name,
                allowed=allowed,
                got=got,
            )
        )

    def allowed(self) -> Message:
        """The allowed values in words: "a number in [0, 1] (1 turns it off)"."""
        if self.type is bool:
            return t("true or false")
        if self.type is str:
            options = ", ".join(self.choices)
            return t("one of {options}", options=options) if options else t("a text")
        low = "-∞" if self.low is None else written(self.low)
        high = "∞" if self.high is None else written(self.high)
        span = f"{'[('[self.open_low]}{low}, {high}{'])'[self.open_high]}"
        kind = (
            t("a number of {unit} in {range}", unit=self.unit, range=span)
            if self.unit
            else t("a whole number in {range}", range=span)
            if self.type is int
            else t("a number in {range}", range=span)
        )
        note = self.note
        if not note and self.off is not None:
            note = t("{value} turns it off", value=written(self.off))
        return t("{kind} ({note})", kind=kind, note=note) if note else kind

    def described(self) -> str:
        """Meaning and allowed values, for an API page."""
        return f"{self.doc}; {self.allowed()}" if self.doc else str(self.allowed())

    def control(self) -> dict[str, Any]:
        """What a control of the page needs, as plain data: the range of its slider and, lowest to
        highest, what is allowed."""
        low, high = self.shown or (self.low, self.high)
        return {
            "kind": "switch" if self.type is bool else "text" if self.type is str else "number",
            "field": self.name,
            "label": self.label or self.name,
            "low": low,
            "high": high,
            "step": self.step,
            "lowest": self.low,
            "highest": self.high,
            "open_low": self.open_low,
            "open_high": self.open_high,
            "whole": self.type is int,
        }


@dataclass(frozen=True)
class TextParameter(Parameter):
    """A text of at most `longest` characters."""

    longest: int = 2000

    def check(self, value: Any, name: str = "") -> str:
        if value is None:
            return self.default
        if not isinstance(value, str) or len(value) > self.longest:
            raise self.error(value, name)
        return value

    def allowed(self) -> Message:
        return t("a text of at most {longest} characters", longest=self.longest)

    def control(self) -> dict[str, Any]:
        return {**super().control(), "longest": self.longest}


@dataclass(frozen=True)
class LinesParameter(TextParameter):
    """Some short texts, one a line, as one text; empty lines count nothing. A line end within one
    is written \\n, a tab \\t, a backslash \\\\. A list of plain texts is taken too, and becomes its
    lines."""

    most: int = 64

    def check(self, value: Any, name: str = "") -> str:
        if isinstance(value, (list, tuple)) and all(isinstance(one, str) for one in value):
            value = "\n".join(map(line_of, value))
        lines = super().check(value, name).split("\n")
        if len(lines) > self.most:
            raise self.error(value, name)
        return "\n".join(line for line in lines if line.strip("\r"))

    def allowed(self) -> Message:
        return t(
            "at most {most} texts, one a line (\\n stands for a line end), together at most "
            "{longest} characters",
            most=self.most,
            longest=self.longest,
        )

    def control(self) -> dict[str, Any]:
        return {**super().control(), "kind": "lines"}


_ESCAPES = {"\\": "\\\\", "\n": "\\n", "\t": "\\t", "\r": "\\r"}


def line_of(text: str) -> str:
    """A text as one line of a LinesParameter."""
    return "".join(_ESCAPES.get(mark, mark) for mark in text)


def texts_of(lines: str) -> tuple[str, ...]:
    """The texts of a LinesParameter's value.

    >>> texts_of("wolf\\n\\\\n\\n: ")
    ('wolf', '\\n', ': ')
    """
    read = {written[1]: plain for plain, written in _ESCAPES.items()}
    return tuple(
        re.sub(r"\\([ntr\\])", lambda found: read[found[1]], line)
        for line in lines.split("\n")
        if line
    )


def table(*rows: Parameter) -> dict[str, Parameter]:
    """Rows by their names; ValueError if two bear one name."""
    found = {row.name: row for row in rows}
    if len(found) < len(rows):
        raise ValueError("two parameters bear the same name")
    return found


def short(value: Any, longest: int = 60) -> str:
    """A stranger's value in a sentence: as Python writes it, cut where it is long."""
    text = repr(value)
    return text if len(text) <= longest else text[: longest - 1] + "…"


def written(number: Any) -> str:
    """A limit as a person writes it: 0.5, 0.000001, 1000000, 2^53."""
    if isinstance(number, (int, float)) and number >= 2**31 and math.log2(number).is_integer():
        return f"2^{int(math.log2(number))}"
    if isinstance(number, float) and (number == 0 or 1e-12 < abs(number) < 1e15):
        return f"{number:.12f}".rstrip("0").rstrip(".")
    return repr(number)


def unknown(name: str, known: Iterable[str], what: Message) -> ValueError:
    """The sentence for a field that does not exist."""
    names = ", ".join(known)
    return ValueError(
        t(
            "{name} is not {what}; the settings are {names}",
            name=short(name)[1:-1],
            what=what,
            names=names,
        )
    )


# A whole number that JavaScript and JSON carry exactly, so that a seed is the same in a link, a
# saved file and a program.
LARGEST_SEED = 2**53  # a browser's number holds it exactly
SEED = Parameter(
    "seed",
    int,
    0,
    low=0,
    high=LARGEST_SEED,
    label=t("seed"),
    doc="the same seed gives the same text: a draw depends on the seed and the step alone",
    step=1,
)


def following_seed(seed: int, by: int = 1) -> int:
    """The seed `by` after one, for the second text of a series: behind the largest seed comes 0
    again."""
    return (seed + by) % (2**53 + 1)
