"""Messages of the interface, marked where they stand: English text is the id, `{name}` is a hole.

    raise ValueError(t("{what} must be at most {limit}, got {value}.", what="seed", limit=9,
    value=10)) note = nt("{n} token was cut.", "{n} tokens were cut.", cut)

A `Message` is its English text, so exceptions, logs, the API and tests see plain English. To the
browser it travels as `[id, values]` (`wire`), where web/core/translate.js says it in the visitor's
language by the table of locales/LANGUAGE. Babel finds the marked texts (`python -m playground.i18n
update`). This module imports the standard library alone: the mathematics may use it.
"""

from __future__ import annotations

import math
import numbers
import re
from collections.abc import Mapping
from typing import Any

LANGUAGES = {"en": "English", "es": "Español", "de": "Deutsch", "zh": "中文"}
HOLE = re.compile(r"\{([A-Za-z_]\w*)\}")
EXACT = 2**53  # whole numbers beyond it are not exact in the browser


class Message(str):
    """A sentence of the interface; as a `str` it is its English text.

    Attributes
    ----------
    id: the English text with its holes (of one thing, where there is a plural).
    values: {hole: str, int, float or Message}.
    plural: the English text for several things, None where the message does not count; then
        `values["n"]` is their number.
    """

    id: str
    values: dict[str, Any]
    plural: str | None

    def __new__(cls, id: str, values: Mapping[str, Any] | None = None, plural: str | None = None):
        plain = {name: plain_value(value) for name, value in (values or {}).items()}
        text = id if plural is None or plain["n"] == 1 else plural
        self = super().__new__(cls, filled(text, plain))
        self.id, self.values, self.plural = id, plain, plural
        return self

    def __str__(self) -> Message:
        """Itself: `str(error)` of an exception that holds a Message is that Message."""
        return self

    def __reduce__(self):
        return Message, (self.id, self.values, self.plural)


def t(text: str, /, **values: Any) -> Message:
    """The message `text` with its holes filled. `text` must be a literal: it is found in the
    sources."""
    return Message(text, values)


def nt(singular: str, plural: str, n: int, /, **values: Any) -> Message:
    """The message for `n` things; the hole `{n}` is their number."""
    return Message(singular, {**values, "n": n}, plural)


def paragraph(*sentences: str) -> Message:
    """Sentences one after the other as one Message; empty ones are left out. Each is said in the
    visitor's language by itself."""
    said = {f"s{number}": sentence for number, sentence in enumerate(sentences) if sentence}
    return Message(" ".join(f"{{{name}}}" for name in said), said)


def mark(text: str, /) -> str:
    """`text` itself, found by the extraction: for constants that the browser says later by
    `say(text)`."""
    return text


def plain_value(value: Any) -> Any:
    """What a hole may hold: a Message, a str, or a number that JSON and the browser keep
    exactly."""
    if isinstance(value, (Message, bool)) or not isinstance(value, numbers.Real):
        return value if isinstance(value, Message) else str(value)
    if isinstance(value, numbers.Integral):
        return int(value) if abs(int(value)) <= EXACT else str(int(value))
    return float(value) if math.isfinite(value) else str(float(value))


def english(value: Any) -> str:
    """A value as English text: whole numbers with commas, as the browser writes them."""
    if isinstance(value, float) and value.is_integer() and abs(value) <= EXACT:
        value = int(value)
    return format(value, ",") if isinstance(value, (int, float)) else str(value)


def filled(text: str, values: Mapping[str, Any]) -> str:
    """`text` with its holes filled in English; a hole without a value stays."""
    return HOLE.sub(lambda hole: english(values[hole[1]]) if hole[1] in values else hole[0], text)


def wire(record: Any) -> Any:
    """A record for the browser: each Message in its dicts and lists becomes [id, values] or
    [singular, values, plural]."""
    if isinstance(record, Message):
        values = {name: wire(value) for name, value in record.values.items()}
        return [record.id, values] if record.plural is None else [record.id, values, record.plural]
    if isinstance(record, dict):
        return {key: wire(value) for key, value in record.items()}
    if isinstance(record, (list, tuple)):
        return [wire(value) for value in record]
    return record
