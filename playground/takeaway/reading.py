"""Traces that come back: from a file, or from a browser. Each is a stranger's text until every
value in it was looked at.

`read_trace(text)` and `checked(trace)` give a new dict with only the fields that the players draw,
each of the right kind and in its range, or raise ValueError with a sentence that names the place,
its value and what is allowed.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from playground import traces
from playground.takeaway.reading_kinds import (
    CHANCE,
    COUNT,
    MOST_WORDS,
    NAME,
    NATS,
    TOKEN,
    anything,
    by_number,
    flag,
    list_of,
    maybe,
    object_of,
    one_of,
    plain_settings,
    real_number,
    sentence_up_to,
    shown,
    text_up_to,
    whole_number,
)

LONGEST_FILE = 32_000_000  # characters
MOST_STEPS = 2048
STATES = ("masked", "new", "settled", "remasked", "locked", "changed", "grouped")


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
    """`trace` with nothing in it but what a player knows how to draw. Kinds: decode, score, unmask,
    and compare of two unmask runs."""
    traces.check(trace)
    kind = trace["kind"]
    if kind in ("decode", "score"):
        return _decode(trace)
    if kind == "unmask":
        return _unmask(trace, "")
    if kind == "compare" and "runs" in trace:
        runs = list_of(anything, 2, 2)(trace["runs"], "runs")
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


# left to right
# --------------------------------------------------------------------------------------------------

PIECE = object_of({"id": TOKEN, "text": text_up_to(), "piece": text_up_to()})
DECODE_STEP = object_of(
    {
        "index": COUNT,
        "token_id": TOKEN,
        "text": text_up_to(),
        "probability": CHANCE,
        "raw_probability": CHANCE,
        "rank": whole_number(1, 2**53),
        "surprisal": maybe(NATS),
        "entropy": maybe(NATS),
        "raw_entropy": maybe(NATS),
        "u": maybe(real_number(0, 1)),
        "forced": flag,
        "vocab_size": whole_number(1, 2**53),
        "binding": maybe(NAME),
        "stages": list_of(
            object_of(
                {
                    "name": NAME,
                    "kept": COUNT,
                    "removed": COUNT,
                    "removed_mass": CHANCE,
                    "total_variation": CHANCE,
                    "effect": flag,
                }
            ),
            0,
            64,
        ),
        "rows": list_of(
            object_of(
                {
                    "id": TOKEN,
                    "text": text_up_to(),
                    "raw": CHANCE,
                    "final": CHANCE,
                    "rank": whole_number(1, 2**53),
                    "cut": maybe(NAME),
                },
                {"through": list_of(CHANCE, 0, 64)},
            ),
            1,
            1000,
        ),
        "remainder": object_of(
            {"count": COUNT, "raw": CHANCE, "final": CHANCE, "cut_count": COUNT, "cut_raw": CHANCE}
        ),
        "strip": list_of(
            object_of({"id": TOKEN, "text": text_up_to(), "start": CHANCE, "end": CHANCE}), 0, 1000
        ),
    },
    {
        "strip_rest": object_of({"count": COUNT, "start": CHANCE, "end": CHANCE}),
        "piece": text_up_to(),
        "memory": maybe(
            object_of(
                {},
                {
                    "mu": real_number(-1e9, 1e9),
                    "adaptive_sum": real_number(0, 1e6),
                    "adaptive_weight": real_number(0, 1e6),
                },
            )
        ),
        "beyond": COUNT,
        "loop": maybe(
            object_of({"period": whole_number(1, MOST_STEPS), "start": COUNT, "length": COUNT})
        ),
        "finish": maybe(NAME),
        "drawn": maybe(list_of(CHANCE, 2, 2)),
    },
)


def _decode(trace: Mapping[str, Any]) -> dict:
    steps = list_of(DECODE_STEP, 1, MOST_STEPS)(trace["steps"], "steps")
    for number, step in enumerate(steps):
        if step["index"] != number:
            raise ValueError(f"steps[{number}].index must be {number}, got {step['index']}")
        names = [
            stage["name"] for stage in step["stages"] if stage["name"] not in ("logits", "draw")
        ]
        if step["binding"] is not None and step["binding"] not in names:
            raise ValueError(
                f"steps[{number}].binding must be null or a stage of this step "
                f"({', '.join(names)}), got {shown(step['binding'])}"
            )
        step.setdefault("piece", step["text"])
    return {
        "version": traces.VERSION,
        "kind": trace["kind"],
        "model": NAME(trace["model"], "model"),
        "settings": plain_settings(trace["settings"], "settings"),
        "prompt": text_up_to()(trace.get("prompt"), "prompt"),
        "chat": flag(trace.get("chat", False), "chat"),
        "prompt_tokens": list_of(PIECE, 0, 8192)(trace.get("prompt_tokens", []), "prompt_tokens"),
        "notes": list_of(sentence_up_to(1000), 0, 20)(trace.get("notes", []), "notes"),
        "steps": steps,
    }


# everywhere at once
# -------------------------------------------------------------------------------------------------


def _word(value: Any, where: str) -> list:
    pair = list_of(text_up_to(), 2, 2)(value, where)
    return [pair[0], one_of("", "+", ".")(pair[1], f"{where}[1]")]


POINT = list_of(real_number(-1e9, 1e9), 2, 2)
CARD = object_of(
    {
        "model": NAME,
        "title": sentence_up_to(400),
        "mask_id": TOKEN,
        "vocab_size": whole_number(1, 2**53),
        "canvas": list_of(TOKEN, 1),
        "words": by_number(_word, 200_000),
        "state": list_of(one_of(*STATES), 1),
    },
    {
        "prompt": text_up_to(),
        "settings": plain_settings,
        "special": COUNT,
        "frame": list_of(list_of(TOKEN, 0, 64), 2, 2),
        "family": NAME,
        "texts": by_number(text_up_to(), MOST_WORDS),
        "expected": whole_number(0, 100_000),
        "note": sentence_up_to(400),
        "about": maybe(
            object_of(
                {
                    "name": sentence_up_to(300),
                    "text": sentence_up_to(4000),
                    "source": sentence_up_to(1000),
                },
                {"sentences": list_of(sentence_up_to(1000), 0, 10)},
            )
        ),
        "price": real_number(0.01, 1e6),
        "noise": NAME,
        "plane": list_of(POINT, 0, 1000),
    },
)
CANDIDATE = list_of(anything, 2, 2)


def _candidate(value: Any, where: str) -> list:
    token, chance = CANDIDATE(value, where)
    return [TOKEN(token, f"{where}[0]"), CHANCE(chance, f"{where}[1]")]


def _left(value: Any, where: str) -> list:
    entry = list_of(anything, 4, 4)(value, where)
    return [TOKEN(entry[0], f"{where}[0]"), *list_of(CHANCE, 3, 3)(entry[1:], where)]


DRAFT = {"place": COUNT, "draft": TOKEN, "p": CHANCE}
REFUSED = {"turn": COUNT, "q": CHANCE, "replacement": TOKEN, "mass": CHANCE}

POINTS = list_of(maybe(POINT))
VECTORS = object_of(
    {
        "at": POINTS,
        "origin": POINTS,
        "near": list_of(maybe(list_of(TOKEN, 1, 20))),
        "words": by_number(POINT, 20_000),
    },
    {"clamped": list_of(maybe(TOKEN)), "gap": list_of(maybe(NATS))},
)

UNMASK_STEP = object_of(
    {
        "index": COUNT,
        "canvas": list_of(TOKEN, 1),
        "state": list_of(one_of(*STATES), 1),
        "confidence": list_of(maybe(CHANCE)),
        "entropy": list_of(maybe(NATS)),
        "top": list_of(maybe(list_of(_candidate, 1, 100))),
        "calls": COUNT,
        "revealed": COUNT,
    },
    {
        "t": maybe(real_number(-1e9, 1e9)),
        "change": list_of(maybe(CHANCE)),
        "texts": by_number(text_up_to(), MOST_WORDS),
        "phase": maybe(NAME),
        "fresh": flag,
        "drafts": list_of(object_of({**DRAFT, "q": maybe(CHANCE), "accepted": maybe(flag)})),
        "vectors": VECTORS,
        "groups": by_number(list_of(TOKEN, 0, 20), MOST_WORDS),
        "refused": maybe(object_of({**DRAFT, **REFUSED, "left": list_of(_left, 0, 20)})),
    },
)


def _unmask(trace: Mapping[str, Any], where: str) -> dict:
    if trace["kind"] != "unmask":
        raise ValueError(f"{where}kind must be unmask, got {trace['kind']!r}")
    start = CARD(trace.get("start"), f"{where}start")
    steps = list_of(UNMASK_STEP, 0, MOST_STEPS)(trace["steps"], f"{where}steps")
    length = len(start["canvas"])
    for number, step in enumerate([start, *steps]):
        place = f"{where}steps[{number - 1}]" if number else f"{where}start"
        for name in ("canvas", "state", "confidence", "entropy", "top", "change"):
            if name in step and len(step[name]) != length:
                raise ValueError(
                    f"{place}.{name} must hold {length} entries, one for each position, got "
                    f"{len(step[name])}"
                )
        for name in step.get("vectors", {}).keys() - {"words"}:
            if len(step["vectors"][name]) != length:
                raise ValueError(f"{place}.vectors.{name} must hold {length} entries")
    start.setdefault("texts", {})
    return {
        "version": traces.VERSION,
        "kind": "unmask",
        "model": NAME(trace["model"], f"{where}model"),
        "settings": plain_settings(trace["settings"], f"{where}settings"),
        "prompt": text_up_to()(trace.get("prompt") or "", f"{where}prompt"),
        "start": start,
        "steps": steps,
    }
