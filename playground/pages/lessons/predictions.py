"""What a step asks for: `predict: KIND …` with its truth, which is computed. The classroom asks the
same object.

A prediction is plain data: {"kind", "truth"} and, by kind,

- tap: "items" (the parts of the figure), "truth" an index
- drag: "items", "start", "truth" (a number a part), "low", "high"
- mark: "low", "high", "step", "truth" a number of the figure's x axis
- order: "items" as the stage lays them out, "truth" the indices in their right order, "by": "value"
  where the figure orders them
- card: "truth" true or false
- choice: "items", "truth" an index
- number: "low", "high", "step", "unit", "truth"
"""

from __future__ import annotations

import math
import random
from typing import Any

from playground.i18n import t
from playground.pages.lessons.written import Refused, WrittenStep, arguments

SETTINGS = {
    "tap": {"truth"},
    "drag": {"step"},
    "mark": {"truth", "step"},
    "order": set(),
    "card": set(),
    "choice": set(),
    "number": {"truth", "low", "high", "step", "unit"},
}
RULES = ("drawn", "likeliest", "risen", "stays")  # which part of the figure is meant
FITS = {
    "tap": ("bars", "strip", "graph", "words"),
    "drag": ("bars",),
    "mark": ("curve",),
    "order": ("bars",),
}


def read_prediction(step: WrittenStep, figure: dict | None, after: dict | None) -> dict | None:
    """The prediction of a step whose figure is `figure` before and `after` after the reveal.
    Refused with the line and the reason."""
    kind, _, rest = step.said("predict").partition(" ")
    if not kind:
        return None
    if kind in ("card", "choice"):
        return _chosen(step, kind, rest.strip())
    if kind == "order" and step.items:
        return _ordered(step)
    try:
        given = dict(arguments(rest))
    except ValueError as error:
        raise step.refuse(str(error), "predict") from None
    if not set(given) <= SETTINGS[kind]:
        unknown = ", ".join(sorted(set(given) - SETTINGS[kind]))
        options = ", ".join(sorted(SETTINGS[kind])) or t("it has no settings")
        raise step.refuse(
            t(
                "predict: {kind} has no {setting}: {options}",
                kind=kind,
                setting=unknown,
                options=options,
            ),
            "predict",
        )
    drawn = (figure or {}).get("kind")
    if kind in FITS and drawn not in FITS[kind]:
        raise step.refuse(
            t(
                "predict: {kind} does not fit this figure, it needs one of {options}",
                kind=kind,
                options=", ".join(FITS[kind]),
            ),
            "predict",
        )
    try:
        return {"kind": kind, **READ[kind](given, figure or {}, after or figure or {})}
    except ValueError as error:
        raise step.refuse(str(error), "predict") from None


def _chosen(step: WrittenStep, kind: str, rest: str) -> dict:
    if kind == "card":
        if rest not in ("true", "false"):
            raise step.refuse(
                t("predict: card must say true or false, got {got}", got=rest or "–"), "predict"
            )
        return {"kind": "card", "truth": rest == "true"}
    right = [at for at, (_, marked) in enumerate(step.items) if marked]
    if not 2 <= len(step.items) <= 6 or len(right) != 1:
        raise step.refuse(
            t("predict: choice needs two to six lines - ( ) …, one of them - (x) …"), "predict"
        )
    return {"kind": "choice", "items": [item for item, _ in step.items], "truth": right[0]}


def _ordered(step: WrittenStep) -> dict:
    """Items of a list in their right order, laid out in another: the same one for everybody."""
    words = [item for item, _ in step.items]
    if not 3 <= len(words) <= 8 or len(set(words)) < len(words):
        raise step.refuse(
            t("predict: order needs three to eight different lines, in their right order"), "items"
        )
    laid = list(range(len(words)))
    shuffle = random.Random(len(step.title) + len(words))
    while laid == sorted(laid):
        shuffle.shuffle(laid)
    return {
        "kind": "order",
        "items": [words[at] for at in laid],
        "truth": [laid.index(at) for at in range(len(words))],
    }


def parts_of(figure: dict) -> list[str]:
    """What of a figure can be tapped, dragged or ordered."""
    if figure["kind"] == "bars":
        return [row["name"] for row in figure["rows"]]
    if figure["kind"] == "strip":
        return [tile["text"] for tile in figure["tiles"]]
    if figure["kind"] == "graph":
        return list(figure["names"])
    rows = figure["rows"] if "row" not in figure else [figure["rows"][figure["row"]]]
    return [word["text"] for row in rows for word in row]


def _tap(given: dict, figure: dict, after: dict) -> dict:
    items, truth = parts_of(figure), given.get("truth", "")
    if truth in RULES:
        return {"items": items, "truth": _part(truth, figure, after)}
    if truth not in items:
        raise ValueError(
            t(
                "truth must be drawn, likeliest, risen, stays or one of {options}, got {got}",
                options=", ".join(items),
                got=truth or "–",
            )
        )
    return {"items": items, "truth": items.index(truth)}


def _values(figure: dict) -> list[float]:
    if figure["kind"] == "bars":
        return [row["value"] for row in figure["rows"]]
    if figure["kind"] == "strip":
        return [tile["share"] for tile in figure["tiles"]]
    if figure["kind"] == "graph" and figure["shares"]:
        return figure["shares"]
    raise ValueError(t("this figure has no values to compare"))


def _part(rule: str, figure: dict, after: dict) -> int:
    if rule == "drawn":
        if after.get("drawn") is None:
            raise ValueError(t("nothing is drawn in this figure: it needs u="))
        if after["drawn"] >= len(parts_of(figure)):
            raise ValueError(t("u falls on all other tokens: choose another"))
        return parts_of(figure).index(parts_of(after)[after["drawn"]])
    if rule == "stays":
        if not after.get("path"):
            raise ValueError(t("nobody walks in this figure: it needs greedy=1"))
        return int(after["path"][-1])
    values = _values(after)
    if rule == "risen":
        before = _values(figure)
        values = [now - was for now, was in zip(values, before, strict=True)]
    return max(range(len(values)), key=lambda at: values[at])


def _drag(given: dict, figure: dict, after: dict) -> dict:
    if after is figure:
        raise ValueError(t("predict: drag needs a line then: with what the figure becomes"))
    if parts_of(figure) != parts_of(after):
        raise ValueError(t("the figure must have the same parts before and after"))
    low, high = min(figure["low"], after["low"]), max(figure["high"], after["high"])
    return {
        "items": parts_of(figure),
        "start": _values(figure),
        "truth": _values(after),
        "low": low,
        "high": high,
        "step": _number(given, "step", (high - low) / 100),
    }


def _number(given: dict[str, Any], name: str, default: float | None = None) -> float:
    raw = given.get(name)
    if raw is None:
        if default is None:
            raise ValueError(t("{name} is missing", name=name))
        return default
    try:
        value = float(str(raw).replace("−", "-"))
    except ValueError:
        raise ValueError(
            t("{name} must be a number, got {got}", name=name, got=str(raw)[:40])
        ) from None
    if not math.isfinite(value):
        raise ValueError(t("{name} must be finite: a choice can say never", name=name))
    return value


def _mark(given: dict, figure: dict, after: dict) -> dict:
    low, high = figure["x"]
    return _within(
        {
            "low": low,
            "high": high,
            "step": _number(given, "step", (high - low) / 100),
            "truth": _number(given, "truth"),
        }
    )


def _within(asked: dict) -> dict:
    if not asked["low"] < asked["high"] or not asked["step"] > 0:
        raise ValueError(t("low must be below high, and step above 0"))
    if not asked["low"] <= asked["truth"] <= asked["high"]:
        raise ValueError(
            t(
                "the truth, {truth}, must lie from {low} to {high}",
                truth=str(asked["truth"]),
                low=str(asked["low"]),
                high=str(asked["high"]),
            )
        )
    return asked


def _ruler(given: dict, figure: dict, after: dict) -> dict:
    low, high = _number(given, "low", 0.0), _number(given, "high", 1.0)
    asked = {
        "low": low,
        "high": high,
        "step": _number(given, "step", (high - low) / 100),
        "truth": _number(given, "truth"),
    }
    return {**_within(asked), "unit": given.get("unit", "").replace("_", " ")}


def _by_value(given: dict, figure: dict, after: dict) -> dict:
    values, names = _values(after), parts_of(figure)
    laid = sorted(range(len(names)), key=lambda at: names[at])
    right = sorted(laid, key=lambda at: -values[at])
    return {
        "items": [names[at] for at in laid],
        "truth": [laid.index(at) for at in right],
        "by": "value",
    }


READ = {"tap": _tap, "drag": _drag, "mark": _mark, "order": _by_value, "number": _ruler}


def public(prediction: dict | None) -> dict | None:
    """The same without what is to be guessed."""
    if prediction is None:
        return None
    return {key: value for key, value in prediction.items() if key != "truth"}


__all__ = ["Refused", "parts_of", "public", "read_prediction"]
