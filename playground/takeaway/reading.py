"""Traces that come back: from a file, or from a browser. Each is a stranger's text until every value in it was looked at.

`read_trace(text)` and `checked(trace)` give a new dict with only the fields that the players draw, each of the right kind and
in its range, or raise ValueError with a sentence that names the place, its value and what is allowed.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any

from playground import traces

LONGEST_FILE = 32_000_000  # characters
MOST_STEPS = 2048
MOST_WORDS = 512  # positions of a canvas
LONGEST_TEXT = 40_000
STATES = ("masked", "new", "settled", "remasked", "locked", "changed")

Reader = Callable[[Any, str], Any]


def read_trace(text: Any) -> dict:
    """The checked trace in the text of a JSON file."""
    if not isinstance(text, str):
        raise ValueError(f"this is not a trace: it must be a text, got {type(text).__name__}")
    if len(text) > LONGEST_FILE:
        raise ValueError(
            f"a trace must have at most {LONGEST_FILE:,} characters, got {len(text):,}"
        )
    return checked(traces.from_json(text.removeprefix("\ufeff")))


def checked(trace: Any) -> dict:
    """`trace` with nothing in it but what a player knows how to draw. Kinds: decode, score, unmask, and compare of two unmask runs."""
    traces.check(trace)
    kind = trace["kind"]
    if kind in ("decode", "score"):
        return _decode(trace)
    if kind == "unmask":
        return _unmask(trace, "")
    if kind == "compare" and "runs" in trace:
        runs = _list(_any, 2, 2)(trace["runs"], "runs")
        read = [_unmask(traces.check(run), f"runs[{number}].") for number, run in enumerate(runs)]
        return {
            "version": traces.VERSION,
            "kind": "compare",
            "model": read[0]["model"],
            "settings": {},
            "prompt": read[0]["prompt"],
            "steps": [],
            "runs": read,
        }
    raise ValueError(f"kind must be decode, score or unmask to be played here, got {kind!r}")


# kinds of values ----------------------------------------------------------------------------------------------------


def _any(value: Any, _where: str) -> Any:
    return value


def _shown(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 40 else text[:40] + "…"


def _whole(low: int, high: int) -> Reader:
    def read(value: Any, where: str) -> int:
        if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
            raise ValueError(
                f"{where} must be a whole number in [{low}, {high}], got {_shown(value)}"
            )
        return value

    return read


def _number(low: float, high: float) -> Reader:
    def read(value: Any, where: str) -> float:
        # JSON's integers have no largest one: such a number is no float
        good = (
            isinstance(value, (int, float))
            and not isinstance(value, bool)
            and abs(value) < 1e300
            and math.isfinite(value)
        )
        if not good or not low <= value <= high:
            raise ValueError(
                f"{where} must be a number in [{low:g}, {high:g}], got {_shown(value)}"
            )
        return value

    return read


def _text(longest: int = LONGEST_TEXT) -> Reader:
    def read(value: Any, where: str) -> str:
        if not isinstance(value, str):
            raise ValueError(f"{where} must be a text, got {type(value).__name__}")
        if len(value) > longest:
            raise ValueError(
                f"{where} must have at most {longest:,} characters, got {len(value):,}"
            )
        return value

    return read


def _flag(value: Any, where: str) -> bool:
    if not isinstance(value, bool):
        raise ValueError(f"{where} must be true or false, got {_shown(value)}")
    return value


def _one_of(*allowed: str) -> Reader:
    def read(value: Any, where: str) -> str:
        if not isinstance(value, str) or value not in allowed:
            raise ValueError(f"{where} must be one of {', '.join(allowed)}, got {_shown(value)}")
        return value

    return read


def _maybe(reader: Reader) -> Reader:
    return lambda value, where: None if value is None else reader(value, where)


def _list(reader: Reader, low: int = 0, high: int = MOST_WORDS) -> Reader:
    def read(value: Any, where: str) -> list:
        if not isinstance(value, list):
            raise ValueError(f"{where} must be a list, got {type(value).__name__}")
        if not low <= len(value) <= high:
            raise ValueError(f"{where} must hold {low} to {high} entries, got {len(value)}")
        return [reader(item, f"{where}[{number}]") for number, item in enumerate(value)]

    return read


def _object(fields: Mapping[str, Reader], optional: Mapping[str, Reader] | None = None) -> Reader:
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


def _settings(value: Any, where: str) -> dict:
    if not isinstance(value, dict) or len(value) > 64:
        raise ValueError(f"{where} must be an object with at most 64 fields")
    for name, item in value.items():
        if name == "order" and isinstance(item, list):  # rules in an order of the visitor's own
            _list(_text(60), 0, 64)(item, f"{where}.order")
            continue
        if (
            len(name) > 60
            or not (item is None or isinstance(item, (bool, int, float, str)))
            or (isinstance(item, str) and len(item) > 2000)
        ):
            raise ValueError(
                f"{where}.{name[:60]} must be a number, a short text, true, false or null, got {_shown(item)}"
            )
        if isinstance(item, (int, float)) and not isinstance(item, bool):
            _number(-1e300, 1e300)(item, f"{where}.{name}")
    return dict(value)


CHANCE, NATS, COUNT, TOKEN = (
    _number(-1e-6, 1 + 1e-6),
    _number(-1e-6, 1e9),
    _whole(0, 2**53),
    _whole(0, 2**53),
)
NAME = _text(200)

# left to right ------------------------------------------------------------------------------------------------------

PIECE = _object({"id": TOKEN, "text": _text(), "piece": _text()})
DECODE_STEP = _object(
    {
        "index": COUNT,
        "token_id": TOKEN,
        "text": _text(),
        "probability": CHANCE,
        "raw_probability": CHANCE,
        "rank": _whole(1, 2**53),
        "surprisal": _maybe(NATS),
        "entropy": _maybe(NATS),
        "raw_entropy": _maybe(NATS),
        "u": _maybe(_number(0, 1)),
        "forced": _flag,
        "vocab_size": _whole(1, 2**53),
        "binding": _maybe(NAME),
        "stages": _list(
            _object(
                {
                    "name": NAME,
                    "kept": COUNT,
                    "removed": COUNT,
                    "removed_mass": CHANCE,
                    "total_variation": CHANCE,
                    "effect": _flag,
                }
            ),
            0,
            64,
        ),
        "rows": _list(
            _object(
                {
                    "id": TOKEN,
                    "text": _text(),
                    "raw": CHANCE,
                    "final": CHANCE,
                    "rank": _whole(1, 2**53),
                    "cut": _maybe(NAME),
                },
                {"through": _list(CHANCE, 0, 64)},
            ),
            1,
            1000,
        ),
        "remainder": _object(
            {"count": COUNT, "raw": CHANCE, "final": CHANCE, "cut_count": COUNT, "cut_raw": CHANCE}
        ),
        "strip": _list(
            _object({"id": TOKEN, "text": _text(), "start": CHANCE, "end": CHANCE}), 0, 1000
        ),
    },
    {
        "strip_rest": _object({"count": COUNT, "start": CHANCE, "end": CHANCE}),
        "piece": _text(),
        "memory": _maybe(
            _object(
                {},
                {
                    "mu": _number(-1e9, 1e9),
                    "adaptive_sum": _number(0, 1e6),
                    "adaptive_weight": _number(0, 1e6),
                },
            )
        ),
        "beyond": COUNT,
        "loop": _maybe(_object({"period": _whole(1, MOST_STEPS), "start": COUNT, "length": COUNT})),
        "finish": _maybe(NAME),
        "drawn": _maybe(_list(CHANCE, 2, 2)),
    },
)


def _decode(trace: Mapping[str, Any]) -> dict:
    steps = _list(DECODE_STEP, 1, MOST_STEPS)(trace["steps"], "steps")
    for number, step in enumerate(steps):
        if step["index"] != number:
            raise ValueError(f"steps[{number}].index must be {number}, got {step['index']}")
        names = [
            stage["name"] for stage in step["stages"] if stage["name"] not in ("logits", "draw")
        ]
        if step["binding"] is not None and step["binding"] not in names:
            raise ValueError(
                f"steps[{number}].binding must be null or a stage of this step ({', '.join(names)}), got {_shown(step['binding'])}"
            )
        step.setdefault("piece", step["text"])
    return {
        "version": traces.VERSION,
        "kind": trace["kind"],
        "model": NAME(trace["model"], "model"),
        "settings": _settings(trace["settings"], "settings"),
        "prompt": _text()(trace.get("prompt"), "prompt"),
        "chat": _flag(trace.get("chat", False), "chat"),
        "prompt_tokens": _list(PIECE, 0, 8192)(trace.get("prompt_tokens", []), "prompt_tokens"),
        "notes": _list(_text(1000), 0, 20)(trace.get("notes", []), "notes"),
        "steps": steps,
    }


# everywhere at once -------------------------------------------------------------------------------------------------


def _by_number(reader: Reader, most: int) -> Reader:
    """An object whose keys are whole numbers: {"17": ...}."""

    def read(value: Any, where: str) -> dict:
        if not isinstance(value, dict) or len(value) > most:
            raise ValueError(f"{where} must be an object with at most {most} entries")
        for key in value:
            if not (key.isascii() and key.isdigit() and len(key) <= 16):
                raise ValueError(f"the names in {where} must be whole numbers, got {_shown(key)}")
        return {key: reader(item, f"{where}[{key}]") for key, item in value.items()}

    return read


def _word(value: Any, where: str) -> list:
    pair = _list(_text(), 2, 2)(value, where)
    return [pair[0], _one_of("", "+", ".")(pair[1], f"{where}[1]")]


CARD = _object(
    {
        "model": NAME,
        "title": _text(400),
        "mask_id": TOKEN,
        "vocab_size": _whole(1, 2**53),
        "canvas": _list(TOKEN, 1),
        "words": _by_number(_word, 200_000),
        "state": _list(_one_of(*STATES), 1),
    },
    {
        "prompt": _text(),
        "settings": _settings,
        "special": COUNT,
        "frame": _list(_list(TOKEN, 0, 64), 2, 2),
        "family": NAME,
        "texts": _by_number(_text(), MOST_WORDS),
        "expected": _whole(0, 100_000),
        "note": _text(400),
        "about": _maybe(
            _object(
                {"name": NAME, "text": _text(4000), "source": _text(1000)},
                {"sentences": _list(_text(1000), 0, 10)},
            )
        ),
        "price": _number(0.01, 1e6),
    },
)
CANDIDATE = _list(_any, 2, 2)


def _candidate(value: Any, where: str) -> list:
    token, chance = CANDIDATE(value, where)
    return [TOKEN(token, f"{where}[0]"), CHANCE(chance, f"{where}[1]")]


def _left(value: Any, where: str) -> list:
    entry = _list(_any, 4, 4)(value, where)
    return [TOKEN(entry[0], f"{where}[0]"), *_list(CHANCE, 3, 3)(entry[1:], where)]


DRAFT = {"place": COUNT, "draft": TOKEN, "p": CHANCE}
REFUSED = {"turn": COUNT, "q": CHANCE, "replacement": TOKEN, "mass": CHANCE}

UNMASK_STEP = _object(
    {
        "index": COUNT,
        "canvas": _list(TOKEN, 1),
        "state": _list(_one_of(*STATES), 1),
        "confidence": _list(_maybe(CHANCE)),
        "entropy": _list(_maybe(NATS)),
        "top": _list(_maybe(_list(_candidate, 1, 100))),
        "calls": COUNT,
        "revealed": COUNT,
    },
    {
        "t": _maybe(_number(-1e9, 1e9)),
        "change": _list(_maybe(CHANCE)),
        "texts": _by_number(_text(), MOST_WORDS),
        "phase": _maybe(NAME),
        "fresh": _flag,
        "drafts": _list(_object({**DRAFT, "q": _maybe(CHANCE), "accepted": _maybe(_flag)})),
        "refused": _maybe(_object({**DRAFT, **REFUSED, "left": _list(_left, 0, 20)})),
    },
)


def _unmask(trace: Mapping[str, Any], where: str) -> dict:
    if trace["kind"] != "unmask":
        raise ValueError(f"{where}kind must be unmask, got {trace['kind']!r}")
    start = CARD(trace.get("start"), f"{where}start")
    steps = _list(UNMASK_STEP, 0, MOST_STEPS)(trace["steps"], f"{where}steps")
    length = len(start["canvas"])
    for number, step in enumerate([start, *steps]):
        place = f"{where}steps[{number - 1}]" if number else f"{where}start"
        for name in ("canvas", "state", "confidence", "entropy", "top", "change"):
            if name in step and len(step[name]) != length:
                raise ValueError(
                    f"{place}.{name} must hold {length} entries, one for each position, got {len(step[name])}"
                )
    start.setdefault("texts", {})
    return {
        "version": traces.VERSION,
        "kind": "unmask",
        "model": NAME(trace["model"], f"{where}model"),
        "settings": _settings(trace["settings"], f"{where}settings"),
        "prompt": _text()(trace.get("prompt") or "", f"{where}prompt"),
        "start": start,
        "steps": steps,
    }
