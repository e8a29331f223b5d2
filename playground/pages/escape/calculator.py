"""What the escape calculator shows at one setting, as plain data: curves, T_c, verdicts and formulas with their numbers."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from playground import decoding
from playground.i18n import nt
from playground.i18n import t as tr
from playground.pages.escape.fields import FIELDS, ORDERS

POINTS = 240


def checked(settings: dict[str, Any]) -> dict[str, Any]:
    """`settings` with defaults filled in; ValueError names field, value and range."""
    if not isinstance(settings, dict):
        raise ValueError(
            tr("settings must be an object of numbers, got {got}", got=type(settings).__name__)
        )
    good = {}
    for name, (default, low, high, whole) in FIELDS.items():
        value = settings.get(name, default)
        kind = "a whole number" if whole else "a number"
        fits = (
            isinstance(value, (int, float))
            and not isinstance(value, bool)
            and math.isfinite(value)
            and low <= value <= high
        )
        if not fits or (whole and value != int(value)):
            raise ValueError(
                tr(
                    "{name} must be {kind} in [{low}, {high}], got {got}",
                    name=name,
                    kind=kind,
                    low=f"{low:g}",
                    high=f"{high:g}",
                    got=str(value)[:40],
                )
            )
        good[name] = int(value) if whole else float(value)
    good["order"] = settings.get("order", "transformers")
    if good["order"] not in ORDERS:
        raise ValueError(
            tr(
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
    last = max(2.0, 1.6 * s["temperature"], 2.2 * finite if finite and finite < 40 else 0)
    grid = np.linspace(0, last, POINTS)
    if finite is not None:  # the drop to 0 stands where it is, not between two grid points
        grid = np.sort(np.concatenate([grid, [finite * (1 - 1e-9), finite * (1 + 1e-9)]]))
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


def _sentence(s: dict, barrier: float, critical: float, escape: float) -> str:
    p, t = s["top_p"], s["temperature"]
    if barrier <= 0:
        return tr(
            "The barrier is **{barrier}**: the loop token is no longer the likeliest, so there "
            "is no loop to escape from. One draw leaves it with probability **{escape}**.",
            barrier=f"{barrier:.2f}",
            escape=float(f"{escape:.4g}"),
        )
    if t == 0:
        return tr(
            "At **T = 0** the likeliest token is always taken: the loop is never left, whatever "
            "the other rules say."
        )
    parts = []
    if s["order"] != "transformers":
        parts.append(
            tr(
                "With **temperature last**, top-p and min-p judge the distribution before "
                "temperature touches it: no temperature changes what they keep, so **there is no "
                "T_c**."
            )
        )
    elif p < 1 and math.isinf(critical):
        share = 1 / (s["rivals"] + 1)
        parts.append(
            tr(
                "**No temperature escapes** with top-p = {value}: the loop token holds more than "
                "{share} at every temperature, and that alone reaches top-p.",
                value=p,
                share=float(f"{share:.3g}"),
            )
        )
    elif p < 1:
        side = "above" if t > critical else tr("at or below")
        parts.append(
            tr(
                "T = {value} is {side} the nucleus escape temperature **T_c = {critical}**.",
                value=t,
                side=side,
                critical=f"{critical:.3f}",
            )
        )
    if escape == 0:
        parts.append(tr("One draw leaves the loop with probability **exactly 0**."))
    else:
        half = math.log(2) / -math.log1p(-escape) if escape < 1 else 0
        parts.append(
            tr(
                "One draw leaves the loop with probability **{escape}**: after **{value}** draws on "
                "average, half of all runs within {value2}.",
                escape=float(f"{escape:.4g}"),
                value=f"{1 / escape:,.1f}",
                value2=max(1, math.ceil(half)),
            )
        )
    return " ".join(parts)


def _marble(s: dict, barrier: float, escape: float) -> str:
    if escape == 0:
        return tr(
            "A lid lies on the valley: the marble cannot leave. Only a hotter draw, a looser "
            "rule or a penalty lifts it."
        )
    if barrier <= 0:
        return tr("The way out lies lower than the loop: the marble rolls out by itself.")
    return tr(
        "The marble hops out in one of {value} draws. The arc is as thick as that is likely; "
        "the hump is only drawn, a draw jumps.",
        value=f"{1 / escape:,.0f}",
    )


def _verdicts(s: dict, barrier: float, critical: float) -> list[dict]:
    t, first = s["temperature"], s["order"] == "transformers"
    effective = t if first else 1.0
    rows = [
        {
            "rule": "temperature",
            "condition": "T > 0",
            "numbers": f"T = {t:g}",
            "verdict": "allows" if t > 0 or barrier <= 0 else "forbids",
        }
    ]

    def row(rule: str, condition: str, numbers: str, on: bool, **rules: Any) -> None:
        at = decoding.escape_curves.escape_curve(
            barrier, np.array([t]), s["rivals"], order=s["order"], **rules
        )[0]
        rows.append(
            {
                "rule": rule,
                "condition": condition,
                "numbers": numbers if on else "",
                "verdict": "off" if not on else "allows" if at > 0 or t == 0 else "forbids",
            }
        )

    row("top-k", "k ≥ 2", f"k = {s['top_k']}", s["top_k"] > 0, top_k=s["top_k"])
    numbers = f"T_c = {critical:.3f}" if math.isfinite(critical) else "no T_c"
    row(
        "top-p",
        "T > T_c" if first else "P(loop) < p at T = 1",
        numbers,
        s["top_p"] < 1,
        top_p=s["top_p"],
    )
    needed = (
        decoding.escape.min_p_critical_temperature(barrier, s["min_p"])
        if s["min_p"] > 0 and barrier > 0
        else 0.0
    )
    ratio = math.exp(-barrier / effective) if effective > 0 else 0.0
    row(
        "min-p",
        "e^(−ΔE/T) ≥ α",
        f"{min(ratio, 1):.3g} vs {s['min_p']:g}"
        + (f", T ≥ {needed:.3f}" if first and math.isfinite(needed) and needed else ""),
        s["min_p"] > 0,
        min_p=s["min_p"],
    )
    return rows


def _formulas(s: dict, barrier: float, critical: float, escape: float) -> list[dict]:
    t, n, p = s["temperature"], s["rivals"], s["top_p"]
    lines = []
    if s["visits"] and (s["repetition_penalty"] != 1 or s["frequency_penalty"]):
        z, theta, f, v = (
            s["loop_logit"],
            s["repetition_penalty"],
            s["frequency_penalty"],
            s["visits"],
        )
        once = f"{z:g}/{theta:g}" if z > 0 else f"{z:g}·{theta:g}"
        lines.append(
            {
                "name": nt("barrier after {n} visit", "barrier after {n} visits", v),
                "symbols": tr("ΔE' = penalised z_loop − z_out"),
                "numbers": f"({once} − {f:g}·{v}) − ({z - s['delta_e']:g}) = {barrier:.4g}",
            }
        )
    if t > 0:
        two = float(decoding.escape_curves.escape_curve(barrier, np.array([t]))[0])
        lines += [
            {
                "name": "Arrhenius (approximation)",
                "symbols": "P ≈ e^(−ΔE/T)",
                "numbers": f"e^(−{barrier:.3g}/{t:g}) = {float(decoding.escape_curves.arrhenius(barrier, np.array([t]))[0]):.4g}",
            },
            {
                "name": tr("exact, two tokens"),
                "symbols": "P = 1 / (1 + e^(ΔE/T))",
                "numbers": f"1 / (1 + e^({barrier:.3g}/{t:g})) = {two:.4g}",
            },
            {
                "name": f"exact, {n} rival{'s' if n > 1 else ''}",
                "symbols": "P = N / (N + e^(ΔE/T))",
                "numbers": f"{n} / ({n} + e^({barrier:.3g}/{t:g})) = {float(decoding.escape_curves.escape_curve(barrier, np.array([t]), n)[0]):.4g}",
            },
        ]
    if s["order"] != "transformers":
        lines.append(
            {
                "name": tr("nucleus escape temperature"),
                "symbols": "T_c = ΔE / ln(N·p/(1−p)) needs temperature before top-p",
                "numbers": tr("none in this order"),
            }
        )
    elif p < 1 and barrier > 0:
        odds = n * p / (1 - p)
        value = (
            f"{barrier:.3g} / ln({odds:.4g}) = {critical:.4g}"
            if math.isfinite(critical)
            else tr("ln({odds}) ≤ 0: no temperature escapes", odds=float(f"{odds:.4g}"))
        )
        lines.append(
            {
                "name": tr("nucleus escape temperature"),
                "symbols": "T_c = ΔE / ln(N·p/(1−p))",
                "numbers": value,
            }
        )
    if s["min_p"] > 0 and barrier > 0 and s["order"] == "transformers":
        lines.append(
            {
                "name": tr("min-p escape temperature"),
                "symbols": "T_c = ΔE / ln(1/α)",
                "numbers": f"{barrier:.3g} / ln({1 / s['min_p']:.4g}) = {decoding.escape.min_p_critical_temperature(barrier, s['min_p']):.4g}",
            }
        )
    if 0 < escape < 1:
        lines.append(
            {
                "name": tr("draws until it leaves (all rules)"),
                "symbols": "mean 1/P",
                "numbers": f"1 / {escape:.4g} = {1 / escape:,.2f}",
            }
        )
    return lines
