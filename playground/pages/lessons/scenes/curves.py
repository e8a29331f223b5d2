"""Figures over two axes: how something changes with the temperature, with the visits of a loop,
with the length of a text."""

from __future__ import annotations

import math
from itertools import accumulate

import numpy as np

from playground import decoding, markov
from playground.i18n import t
from playground.pages.lessons.figures import numbers

POINTS = 160
MAPS = ("contraction", "limit_cycle", "near_isometry", "chaos")  # by name: the module brings torch


def _short(value: float) -> float:
    """Six digits: a line on a screen has no more, and a lesson travels in one answer."""
    return float(f"{value:.6g}")


def curve_of(x, y, x_name, y_name, lines, rules=(), shade=None) -> dict:
    """The record of a figure over two axes."""
    return {
        "kind": "curve",
        "x": [float(v) for v in x],
        "y": [float(v) for v in y],
        "x_name": x_name,
        "y_name": y_name,
        "lines": lines,
        "rules": list(rules),
        "shade": shade,
    }


def line_of(x, y, look: str, name="", dots: bool = False) -> dict:
    """`look` is a colour of the pages: "free" (grey), "final", "chosen", "escape" or "loop"."""
    return {
        "x": [_short(v) for v in x],
        "y": [None if v is None else _short(v) for v in y],
        "look": look,
        "name": name,
        "dots": dots,
    }


def escape(
    delta_e: str, rivals: str = "1", top_p: str = "1", high: str = "5", temperature: str = ""
) -> dict:
    """The chance that one draw leaves a loop, by temperature. With top_p below 1 the way out is
    closed up to T_c."""
    depth, ways, p = float(delta_e), int(rivals), float(top_p)
    hot = np.linspace(0.02, float(high), POINTS)
    free = [decoding.escape.two_state_escape_probability(depth, float(v), ways) for v in hot]
    axes = ([0, float(high)], [0, max(free)], t("temperature T"), t("chance that one draw leaves"))
    rules = (
        [{"x": float(temperature), "label": t("T = {value}", value=float(temperature))}]
        if temperature
        else []
    )
    if p >= 1:
        return curve_of(*axes, [line_of(hot, free, "escape")], rules)
    closed = decoding.escape.critical_temperature(depth, p, ways)
    open_from = [v if at > closed else None for at, v in zip(hot, free, strict=True)]
    shut = min(closed, float(high))
    lines = [
        line_of(hot, free, "free", t("without top-p")),
        line_of([0, shut], [0, 0], "escape"),
        line_of(hot, open_from, "escape", t("with top-p")),
    ]
    if math.isfinite(closed) and closed < float(high):
        rules.append({"x": closed, "label": t("opens at T = {value}", value=round(closed, 3))})
    return curve_of(*axes, lines, rules, {"to": shut, "label": t("closed: exactly 0")})


def barrier(
    logit: str,
    delta_e: str,
    visits: str = "6",
    until: str = "",
    repetition_penalty: str = "1",
    frequency_penalty: str = "0",
) -> dict:
    """What is left of a loop's barrier after each visit; `until` cuts the line off there."""
    longest = int(visits)
    last = int(until) if until else longest
    penalties = (float(repetition_penalty), float(frequency_penalty))
    left = [
        decoding.escape.penalized_barrier(float(logit), float(delta_e), visit, *penalties)
        for visit in range(longest + 1)
    ]
    low = min(0.0, *left)
    return curve_of(
        [0, longest],
        [low, max(left)],
        t("visits of the loop token"),
        t("barrier ΔE"),
        [line_of(range(last + 1), left[: last + 1], "loop", dots=True)],
    )


def inside(chance: str, draws: str, until: str = "") -> dict:
    """The chance that so many draws, each of which leaves with `chance`, have all stayed."""
    longest = int(draws)
    last = int(until) if until else longest
    stayed = [(1 - float(chance)) ** k for k in range(longest + 1)]
    return curve_of(
        [0, longest],
        [0, 1],
        t("draws"),
        t("chance of having stayed"),
        [line_of(range(last + 1), stayed[: last + 1], "loop", dots=longest <= 40)],
    )


def calls(
    token_ms: str, steps: str, step_ms: str, longest: str = "200", show: str = "both"
) -> dict:
    """Seconds by the length of the text: left to right one call a token, at once a fixed number of
    calls. `show=left`: the first alone."""
    end = float(longest)
    one, all_ = float(token_ms) / 1000, float(steps) * float(step_ms) / 1000
    lines = [line_of([0, end], [0, one * end], "final", t("left to right"))]
    rules = []
    if show == "both":
        lines.append(line_of([0, end], [all_, all_], "chosen", t("at once")))
        crossing = all_ / one
        if crossing <= end:
            rules.append({"x": crossing, "label": t("{count} tokens", count=round(crossing))})
    elif show != "left":
        raise ValueError(t("show must be left or both, got {got}", got=show))
    high = max(one * end, all_)
    return curve_of([0, end], [0, high], t("tokens"), t("seconds"), lines, rules)


def push(factors: str, laps: str = "4", until: str = "") -> dict:
    """How large a small push has become along a cycle whose points stretch it by these factors in
    turn."""
    around = numbers(factors)
    steps = int(laps) * len(around)
    size = list(
        accumulate([around[k % len(around)] for k in range(steps)], float.__mul__, initial=1.0)
    )
    last = int(until) if until else steps
    return curve_of(
        [0, steps],
        [0, max(size)],
        t("steps along the cycle"),
        t("size of the push"),
        [line_of(range(last + 1), size[: last + 1], "final", dots=True)],
    )


def orbit(map: str, steps: str = "30", x: str = "1.6", y: str = "1.2") -> dict:
    """A point of the plane under one of the maps of the Chains page, step by step."""
    if map not in MAPS:
        raise ValueError(
            t("map must be one of {options}, got {got}", options=", ".join(MAPS), got=map)
        )
    world = getattr(markov.plane_maps, map)()
    path = world.orbit([float(x), float(y)], int(steps))
    left, right, bottom, top = world.box
    return curve_of(
        [left, right],
        [bottom, top],
        "h₁",
        "h₂",
        [line_of(path[:, 0], path[:, 1], "final", dots=True)],
    )
