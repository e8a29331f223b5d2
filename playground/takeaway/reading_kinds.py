"""The kinds of values in a trace that comes back: each reader gives the value, or a ValueError that
names the place, the value and what is allowed."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any

from playground.i18n import Message

MOST_WORDS = 512  # positions of a canvas
LONGEST_TEXT = 40_000

Reader = Callable[[Any, str], Any]


def anything(value: Any, _where: str) -> Any:
    return value


def shown(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 40 else text[:40] + "…"


def whole_number(low: int, high: int) -> Reader:
    def read(value: Any, where: str) -> int:
        if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
            raise ValueError(
                f"{where} must be a whole number in [{low}, {high}], got {shown(value)}"
            )
        return value

    return read


def real_number(low: float, high: float) -> Reader:
    def read(value: Any, where: str) -> float:
        # JSON's integers have no largest one: such a number is no float
        good = (
            isinstance(value, (int, float))
            and not isinstance(value, bool)
            and abs(value) < 1e300
            and math.isfinite(value)
        )
        if not good or not low <= value <= high:
            raise ValueError(f"{where} must be a number in [{low:g}, {high:g}], got {shown(value)}")
        return value

    return read


def text_up_to(longest: int = LONGEST_TEXT) -> Reader:
    def read(value: Any, where: str) -> str:
        if not isinstance(value, str):
            raise ValueError(f"{where} must be a text, got {type(value).__name__}")
        if len(value) > longest:
            raise ValueError(
                f"{where} must have at most {longest:,} characters, got {len(value):,}"
            )
        return value

    return read


def sentence_up_to(longest: int) -> Reader:
    """A sentence of the page, as text or as the browser was sent it (`i18n.wire`); it is read as
    its English text."""
    plain = text_up_to(longest)

    def read(value: Any, where: str) -> str:
        return plain(str(_message(value, where)) if isinstance(value, list) else value, where)

    return read


def _message(value: Any, where: str, depth: int = 0) -> Any:
    """What a hole holds: [id, values] or [singular, values, plural] as a Message, all else as it
    is."""
    if isinstance(value, (str, int, float)):
        return value
    parts = list_of(anything, 2, 3)(value, where)
    texts = [text_up_to()(part, where) for part in (parts[0], *parts[2:])]
    holes = parts[1]
    if depth > 3 or not isinstance(holes, dict) or len(holes) > 50:
        raise ValueError(f"{where} must be a text or a message with at most 50 holes")
    if len(texts) > 1 and not isinstance(holes.get("n"), (int, float)):
        raise ValueError(f"{where} must say how many by a number n, got {shown(holes.get('n'))}")
    filled = {name: _message(hole, where, depth + 1) for name, hole in holes.items()}
    return Message(texts[0], filled, *texts[1:])


def flag(value: Any, where: str) -> bool:
    if not isinstance(value, bool):
        raise ValueError(f"{where} must be true or false, got {shown(value)}")
    return value


def one_of(*allowed: str) -> Reader:
    def read(value: Any, where: str) -> str:
        if not isinstance(value, str) or value not in allowed:
            raise ValueError(f"{where} must be one of {', '.join(allowed)}, got {shown(value)}")
        return value

    return read


def maybe(reader: Reader) -> Reader:
    return lambda value, where: None if value is None else reader(value, where)


def list_of(reader: Reader, low: int = 0, high: int = MOST_WORDS) -> Reader:
    def read(value: Any, where: str) -> list:
        if not isinstance(value, list):
            raise ValueError(f"{where} must be a list, got {type(value).__name__}")
        if not low <= len(value) <= high:
            raise ValueError(f"{where} must hold {low} to {high} entries, got {len(value)}")
        return [reader(item, f"{where}[{number}]") for number, item in enumerate(value)]

    return read


def object_of(fields: Mapping[str, Reader], optional: Mapping[str, Reader] | None = None) -> Reader:
    def read(value: Any, where: str) -> dict:
        if not isinstance(value, dict):
            raise ValueError(f"{where} must be an object, got {type(value).__name__}")
        missing = [name for name in fields if name not in value]
        if missing:
            raise ValueError(f"{where} must have the field {missing[0]}")
        read_ = {name: reader(value[name], f"{where}.{name}") for name, reader in fields.items()}
        return read_ | {
            name: reader(value[name], f"{where}.{name}")
            for name, reader in (optional or {}).items()
            if name in value
        }

    return read


def plain_settings(value: Any, where: str) -> dict:
    if not isinstance(value, dict) or len(value) > 64:
        raise ValueError(f"{where} must be an object with at most 64 fields")
    for name, item in value.items():
        if name == "order" and isinstance(item, list):  # rules in an order of the visitor's own
            list_of(text_up_to(60), 0, 64)(item, f"{where}.order")
            continue
        if (
            len(name) > 60
            or not (item is None or isinstance(item, (bool, int, float, str)))
            or (isinstance(item, str) and len(item) > 2000)
        ):
            raise ValueError(
                f"{where}.{name[:60]} must be a number, a short text, true, false or null, got "
                f"{shown(item)}"
            )
        if isinstance(item, (int, float)) and not isinstance(item, bool):
            real_number(-1e300, 1e300)(item, f"{where}.{name}")
    return dict(value)


def by_number(reader: Reader, most: int) -> Reader:
    """An object whose keys are whole numbers: {"17": ...}."""

    def read(value: Any, where: str) -> dict:
        if not isinstance(value, dict) or len(value) > most:
            raise ValueError(f"{where} must be an object with at most {most} entries")
        for key in value:
            if not (key.isascii() and key.isdigit() and len(key) <= 16):
                raise ValueError(f"the names in {where} must be whole numbers, got {shown(key)}")
        return {key: reader(item, f"{where}[{key}]") for key, item in value.items()}

    return read


CHANCE, NATS, COUNT, TOKEN = (
    real_number(-1e-6, 1 + 1e-6),
    real_number(-1e-6, 1e9),
    whole_number(0, 2**53),
    whole_number(0, 2**53),
)
NAME = text_up_to(200)
