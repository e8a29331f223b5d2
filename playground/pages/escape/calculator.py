"""What the escape calculator shows at one setting, as plain data: curves, T_c, verdicts and formulas with their numbers."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from playground import decoding
from playground.i18n import Message, nt, paragraph, t
from playground.pages.escape.checks import number_in
from playground.pages.escape.fields import FIELDS, ORDERS

POINTS = 240


def checked(settings: dict[str, Any]) -> dict[str, Any]:
    """`settings` with defaults filled in; ValueError names field, value and range."""
    if not isinstance(settings, dict):
        raise ValueError(
            t("settings must be an object of numbers, got {kind}", kind=type(settings).__name__)
        )
    good = {}
    for name, (default, low, high, whole) in FIELDS.items():
        good[name] = number_in(name, settings.get(name, default), low, high, whole)
    good["order"] = settings.get("order", "transformers")
    if good["order"] not in ORDERS:
        raise ValueError(
            t(
                "order must be one of {options}, got {got}",
                options=", ".join(ORDERS),
                got=str(good["order"])[:40],
            )
        )
    return good


def calculate(settings: dict[str, Any]) -> dict[str, Any]:
    """The record that the calculator draws. Probabilities are of one draw; temperatures in units of logits (nats)."""
    s = checked(settings)
    barrier = decoding.escape.penalized_barrier(
        s["loop_logit"], s["delta_e"], s["visits"], s["repetition_penalty"], s["frequency_penalty"]
    )
    temperature_first = s["order"] == "transformers"
    critical = (
        decoding.escape.critical_temperature(barrier, s["top_p"], s["rivals"])
        if temperature_first and barrier > 0 and s["top_p"] < 1
        else math.inf
    )
    finite = critical if math.isfinite(critical) and critical > 0 else None
    grid = _grid(s["temperature"], finite)
    rules = {"top_k": s["top_k"], "top_p": s["top_p"], "min_p": s["min_p"]}
    curves = {
        "arrhenius": decoding.escape_curves.arrhenius(barrier, grid),
        "two_state": decoding.escape_curves.escape_curve(barrier, grid),
        "exact": decoding.escape_curves.escape_curve(barrier, grid, s["rivals"]),
    }
    for rule, off in (("top_p", 1.0), ("min_p", 0.0), ("top_k", 0)):
        if rules[rule] != off:
            curves[rule] = decoding.escape_curves.escape_curve(
                barrier, grid, s["rivals"], order=s["order"], **{rule: rules[rule]}
            )
    escape = float(
        decoding.escape_curves.escape_curve(
            barrier, np.array([s["temperature"]]), s["rivals"], order=s["order"], **rules
        )[0]
    )
    highest = max(float(curve.max()) for name, curve in curves.items() if name != "arrhenius")
    return {
        "settings": s,
        "temperatures": _plain(grid),
        "curves": {name: _plain(curve) for name, curve in curves.items()},
        "top": min(1.0, 1.08 * max(highest, escape, 0.02)),
        "escape": escape,
        "barrier": barrier,
        "critical": finite,
        "sentence": _sentence(s, barrier, critical, escape),
        "marble": _marble(s, barrier, escape),
        "well": decoding.escape_curves.well(barrier, s["rivals"]),
        "verdicts": _verdicts(s, barrier, critical),
        "formulas": _formulas(s, barrier, critical, escape),
        "by_top_p": _by_top_p(s, barrier),
        "by_barrier": _by_barrier(s),
        "by_visit": _by_visit(s),
    }


def _grid(temperature: float, critical: float | None) -> np.ndarray:
    """The temperatures of the curves, (n,)."""
    near = 2.2 * critical if critical and critical < 40 else 0
    grid = np.linspace(0, max(2.0, 1.6 * temperature, near), POINTS)
    if critical is None:
        return grid
    # the drop to 0 stands where it is, not between two grid points
    return np.sort(np.concatenate([grid, [critical * (1 - 1e-9), critical * (1 + 1e-9)]]))


def _plain(values: np.ndarray) -> list[float]:
    return [float(f"{v:.6g}") for v in values]


def _by_top_p(s: dict, barrier: float) -> dict:
    pole = 1 / (s["rivals"] + 1)
    grid = np.linspace(pole, 1, 160)[1:-1]
    values = [
        decoding.escape.critical_temperature(barrier, float(p), s["rivals"])
        if barrier > 0
        else math.inf
        for p in grid
    ]
    shown = [v if math.isfinite(v) and v < 1e3 else None for v in values]
    near = sorted(v for v in shown if v is not None)
    return {
        "x": _plain(grid),
        "y": shown,
        "pole": pole,
        "top": 1.5 * near[int(0.8 * len(near))] if near else 1.0,
    }


def _by_barrier(s: dict) -> dict:
    grid = np.linspace(0, max(6.0, 1.5 * s["delta_e"]), 60)
    values = [
        decoding.escape.critical_temperature(float(d), s["top_p"], s["rivals"])
        if d > 0 and s["top_p"] < 1
        else None
        for d in grid
    ]
    return {
        "x": _plain(grid),
        "y": [v if v is not None and math.isfinite(v) else None for v in values],
    }


def _by_visit(s: dict) -> dict:
    visits = list(range(0, max(12, s["visits"] + 2)))
    return {
        "visits": visits,
        "repetition": [
            decoding.escape.penalized_barrier(
                s["loop_logit"], s["delta_e"], v, s["repetition_penalty"], 0.0
            )
            for v in visits
        ],
        "frequency": [
            decoding.escape.penalized_barrier(
                s["loop_logit"], s["delta_e"], v, 1.0, s["frequency_penalty"]
            )
            for v in visits
        ],
    }


def _sentence(s: dict, barrier: float, critical: float, escape: float) -> Message:
    if barrier <= 0:
        return t(
            "The barrier is **{barrier}**: the loop token is no longer the likeliest, so there is no loop to escape from. "
            "One draw leaves it with probability **{chance}**.",
            barrier=f"{barrier:.2f}",
            chance=f"{escape:.4g}",
        )
    if s["temperature"] == 0:
        return t(
            "At **T = 0** the likeliest token is always taken: the loop is never left, whatever the other rules say."
        )
    return paragraph(_top_p_sentence(s, critical), _draws_sentence(escape))


def _top_p_sentence(s: dict, critical: float) -> str:
    """What top-p does to the loop; empty where it is off."""
    p, temperature = s["top_p"], s["temperature"]
    if s["order"] != "transformers":
        return t(
            "With **temperature last**, top-p and min-p judge the distribution before temperature touches it: no temperature changes "
            "what they keep, so **there is no T_c**."
        )
    if p >= 1:
        return ""
    if math.isinf(critical):
        return t(
            "**No temperature escapes** with top-p = {p}: the loop token holds more than {share} at every temperature, "
            "and that alone reaches top-p.",
            p=f"{p:g}",
            share=f"{1 / (s['rivals'] + 1):.3g}",
        )
    figures = {"temperature": f"{temperature:g}", "critical": f"{critical:.3f}"}
    if temperature > critical:
        return t(
            "T = {temperature} is above the nucleus escape temperature **T_c = {critical}**.",
            **figures,
        )
    return t(
        "T = {temperature} is at or below the nucleus escape temperature **T_c = {critical}**.",
        **figures,
    )


def _draws_sentence(escape: float) -> Message:
    if escape == 0:
        return t("One draw leaves the loop with probability **exactly 0**.")
    half = math.log(2) / -math.log1p(-escape) if escape < 1 else 0
    return t(
        "One draw leaves the loop with probability **{chance}**: after **{draws}** draws on average, half of all runs within {half}.",
        chance=f"{escape:.4g}",
        draws=round(1 / escape, 1),
        half=max(1, math.ceil(half)),
    )


def _marble(s: dict, barrier: float, escape: float) -> Message:
    if escape == 0:
        return t(
            "A lid lies on the valley: the marble cannot leave. Only a hotter draw, a looser rule or a penalty lifts it."
        )
    if barrier <= 0:
        return t("The way out lies lower than the loop: the marble rolls out by itself.")
    return t(
        "The marble hops out in one of {draws} draws. The arc is as thick as that is likely; the hump is only drawn, a draw jumps.",
        draws=round(1 / escape),
    )


def _verdicts(s: dict, barrier: float, critical: float) -> list[dict]:
    """A row for each rule: {"rule", "condition" that an escape needs, "numbers" here, "verdict": "allows", "forbids" or "off"}."""
    temperature, first = s["temperature"], s["order"] == "transformers"
    rows = [
        {
            "rule": t("temperature"),
            "condition": "T > 0",
            "numbers": f"T = {temperature:g}",
            "verdict": "allows" if temperature > 0 or barrier <= 0 else "forbids",
        }
    ]

    def row(rule: str, condition: str, numbers: str, on: bool, **rules: Any) -> None:
        at = decoding.escape_curves.escape_curve(
            barrier, np.array([temperature]), s["rivals"], order=s["order"], **rules
        )[0]
        allows = at > 0 or temperature == 0
        rows.append(
            {
                "rule": rule,
                "condition": condition,
                "numbers": numbers if on else "",
                "verdict": "off" if not on else "allows" if allows else "forbids",
            }
        )

    row("top-k", "k ≥ 2", f"k = {s['top_k']}", s["top_k"] > 0, top_k=s["top_k"])
    numbers = f"T_c = {critical:.3f}" if math.isfinite(critical) else t("no T_c")
    row(
        "top-p",
        "T > T_c" if first else t("P(loop) < p at T = 1"),
        numbers,
        s["top_p"] < 1,
        top_p=s["top_p"],
    )
    row("min-p", "e^(−ΔE/T) ≥ α", _min_p_numbers(s, barrier), s["min_p"] > 0, min_p=s["min_p"])
    return rows


def _min_p_numbers(s: dict, barrier: float) -> str:
    first = s["order"] == "transformers"
    effective = s["temperature"] if first else 1.0
    needed = (
        decoding.escape.min_p_critical_temperature(barrier, s["min_p"])
        if s["min_p"] > 0 and barrier > 0
        else 0.0
    )
    ratio = math.exp(-barrier / effective) if effective > 0 else 0.0
    sign = "≥" if ratio >= s["min_p"] else "<"
    at_least = f", T ≥ {needed:.3f}" if first and math.isfinite(needed) and needed else ""
    return f"{min(ratio, 1):.3g} {sign} {s['min_p']:g}{at_least}"


def _formulas(s: dict, barrier: float, critical: float, escape: float) -> list[dict]:
    """Lines of {"name", "symbols", "numbers"}: each formula, and what it gives at these settings."""
    lines = [
        *_penalty_formula(s, barrier),
        *_chance_formulas(s, barrier),
        *_critical_formulas(s, barrier, critical),
    ]
    if 0 < escape < 1:
        lines.append(
            {
                "name": t("draws until it leaves (all rules)"),
                "symbols": t("mean 1/P"),
                "numbers": f"1 / {escape:.4g} = {1 / escape:,.2f}",
            }
        )
    return lines


def _penalty_formula(s: dict, barrier: float) -> list[dict]:
    z, theta, f, v = (
        s[name] for name in ("loop_logit", "repetition_penalty", "frequency_penalty", "visits")
    )
    if not v or (theta == 1 and not f):
        return []
    once = f"{z:g}/{theta:g}" if z > 0 else f"{z:g}·{theta:g}"
    return [
        {
            "name": nt("barrier after {n} visit", "barrier after {n} visits", v),
            "symbols": t("ΔE' = penalised z_loop − z_out"),
            "numbers": f"({once} − {f:g}·{v}) − ({z - s['delta_e']:g}) = {barrier:.4g}",
        }
    ]


def _chance_formulas(s: dict, barrier: float) -> list[dict]:
    temperature, n = s["temperature"], s["rivals"]
    if temperature <= 0:
        return []
    at = np.array([temperature])
    return [
        {
            "name": t("Arrhenius (approximation)"),
            "symbols": "P ≈ e^(−ΔE/T)",
            "numbers": f"e^(−{barrier:.3g}/{temperature:g}) = {float(decoding.escape_curves.arrhenius(barrier, at)[0]):.4g}",
        },
        {
            "name": t("exact, two tokens"),
            "symbols": "P = 1 / (1 + e^(ΔE/T))",
            "numbers": f"1 / (1 + e^({barrier:.3g}/{temperature:g})) = {float(decoding.escape_curves.escape_curve(barrier, at)[0]):.4g}",
        },
        {
            "name": nt("exact, {n} rival", "exact, {n} rivals", n),
            "symbols": "P = N / (N + e^(ΔE/T))",
            "numbers": f"{n} / ({n} + e^({barrier:.3g}/{temperature:g})) = {float(decoding.escape_curves.escape_curve(barrier, at, n)[0]):.4g}",
        },
    ]


def _critical_formulas(s: dict, barrier: float, critical: float) -> list[dict]:
    n, p = s["rivals"], s["top_p"]
    if s["order"] != "transformers":
        return [
            {
                "name": t("nucleus escape temperature"),
                "symbols": t("T_c = ΔE / ln(N·p/(1−p)) needs temperature before top-p"),
                "numbers": t("none in this order"),
            }
        ]
    lines = []
    if p < 1 and barrier > 0:
        odds = n * p / (1 - p)
        lines.append(
            {
                "name": t("nucleus escape temperature"),
                "symbols": "T_c = ΔE / ln(N·p/(1−p))",
                "numbers": f"{barrier:.3g} / ln({odds:.4g}) = {critical:.4g}"
                if math.isfinite(critical)
                else t("ln({odds}) ≤ 0: no temperature escapes", odds=f"{odds:.4g}"),
            }
        )
    if s["min_p"] > 0 and barrier > 0:
        needed = decoding.escape.min_p_critical_temperature(barrier, s["min_p"])
        lines.append(
            {
                "name": t("min-p escape temperature"),
                "symbols": "T_c = ΔE / ln(1/α)",
                "numbers": f"{barrier:.3g} / ln({1 / s['min_p']:.4g}) = {needed:.4g}",
            }
        )
    return lines
