"""The Escape page's loop of one token and N equal rivals at one setting, for programs: chance, T_c,
and both in a sentence.

The page itself computes them in the browser (web/views/escape/law.js), so that a moved control asks
nobody; tests/web/test_escape_law.py holds the two to the same figures and the same words."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from playground import decoding
from playground.i18n import Message, paragraph, t
from playground.pages.escape.fields import FIELDS


def checked(settings: dict[str, Any]) -> dict[str, Any]:
    """`settings` with defaults filled in; ValueError names field, value and range."""
    if not isinstance(settings, dict):
        raise ValueError(
            t("settings must be an object of numbers, got {kind}", kind=type(settings).__name__)
        )
    return {name: row.check(settings.get(name, row.default)) for name, row in FIELDS.items()}


def calculate(settings: dict[str, Any]) -> dict[str, Any]:
    """{"settings", "escape": P of one draw, "barrier": after penalties (nats), "critical": T_c or
    None, "sentence"}."""
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
    rules = {"top_k": s["top_k"], "top_p": s["top_p"], "min_p": s["min_p"]}
    escape = float(
        decoding.escape_curves.escape_curve(
            barrier, np.array([s["temperature"]]), s["rivals"], order=s["order"], **rules
        )[0]
    )
    return {
        "settings": s,
        "escape": escape,
        "barrier": barrier,
        "critical": critical if math.isfinite(critical) and critical > 0 else None,
        "sentence": _sentence(s, barrier, critical, escape),
    }


def _sentence(s: dict, barrier: float, critical: float, escape: float) -> Message:
    if barrier <= 0:
        return t(
            "The barrier is **{barrier}**: the loop token is no longer the likeliest, so there is "
            "no loop to escape from. One draw leaves it with probability **{chance}**.",
            barrier=f"{barrier:.2f}",
            chance=f"{escape:.4g}",
        )
    if s["temperature"] == 0:
        return t(
            "At **T = 0** the likeliest token is always taken: the loop is never left, whatever "
            "the other rules say."
        )
    return paragraph(_top_p_sentence(s, critical), _draws_sentence(escape))


def _top_p_sentence(s: dict, critical: float) -> str:
    """What top-p does to the loop; empty where it is off."""
    p, temperature = s["top_p"], s["temperature"]
    if s["order"] != "transformers":
        return t(
            "With **temperature last**, top-p and min-p judge the distribution before temperature "
            "touches it: no temperature changes what they keep, so **there is no T_c**."
        )
    if p >= 1:
        return ""
    if math.isinf(critical):
        return t(
            "**No temperature escapes** with top-p = {p}: the loop token holds more than {share} "
            "at every temperature, and that alone reaches top-p.",
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
        "One draw leaves the loop with probability **{chance}**: after **{draws}** draws on "
        "average, half of all runs within {half}.",
        chance=f"{escape:.4g}",
        draws=round(1 / escape, 1),
        half=max(1, math.ceil(half)),
    )
