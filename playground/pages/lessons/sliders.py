"""What the reader moves once the truth is revealed: `slider: SETTING low=… high=… step=…`, a
setting of the step's figure.

The figures of IN_BROWSER follow by the pages' own mathematics in the browser
(playground/web/views/lessons/moved.js draws the same data as the scenes here;
tests/web/test_lesson_sliders.py holds the two together). Any other figure is drawn beforehand for
each of its stops, of which there may be MOST_DRAWN. Nothing is asked of the server while a slider
is moved.
"""

from __future__ import annotations

import math
from typing import Any

from playground.i18n import t
from playground.pages.lessons.asked_figure import AskedFigure
from playground.pages.lessons.scenes import NEEDS_MODEL, models
from playground.pages.lessons.written import WrittenStep, arguments

MOST, MOST_STOPS, MOST_DRAWN = 2, 1000, 24
RULES = ("temperature", "top_k", "top_p", "min_p")
LAW = ("logits", "shares", "order", "u", *RULES)
# figure -> the settings that may stand in it where it is moved in the browser
IN_BROWSER: dict[str, tuple[str, ...]] = {
    "bars": LAW,
    "strip": LAW,
    "green": ("logits", "green", "bias", "temperature"),
    "next": ("prompt", "count", "order", "tokens", *RULES),
    "pair": ("p", "at_once"),
    "bayes": ("prior", "likelihood", "other", "seen"),
    "verdict": ("p", "q", "show"),
    "escape": ("delta_e", "rivals", "top_p", "high", "temperature"),
    "barrier": (
        "logit",
        "delta_e",
        "visits",
        "until",
        "repetition_penalty",
        "frequency_penalty",
    ),
    "inside": ("chance", "draws", "until"),
    "calls": ("token_ms", "steps", "step_ms", "longest", "show"),
    "passes": ("overlap", "longest", "until"),
    "evidence": ("ratio", "green", "tokens", "show"),
    "fading": ("z", "tokens", "until"),
    "chain": ("transition", "start", "after"),
    "unmask": ("words",),
}
LABELS = {
    "temperature": t("temperature T"),
    "top_k": "top-k",
    "top_p": "top-p",
    "min_p": "min-p",
    "u": "u",
    "bias": t("bias"),
    "p": "p",
    "prior": t("prior"),
    "likelihood": t("likelihood"),
    "other": t("likelihood of the other"),
    "delta_e": t("barrier ΔE"),
    "rivals": t("rivals"),
    "repetition_penalty": t("repetition penalty"),
    "frequency_penalty": t("frequency penalty"),
    "chance": t("chance to leave, a draw"),
    "token_ms": t("ms a token"),
    "steps": t("steps"),
    "step_ms": t("ms a step"),
    "overlap": t("overlap"),
    "ratio": t("green part of the vocabulary"),
    "green": t("green part of the text"),
    "z": "z",
    "tokens": t("tokens"),
    "after": t("steps"),
    "words": t("words per step"),
}
# what a setting is where the lesson does not name it
UNSET: dict[str, float] = {
    "temperature": 1,
    "top_k": 0,
    "top_p": 1,
    "min_p": 0,
    "repetition_penalty": 1,
    "frequency_penalty": 0,
    "rivals": 1,
    "bias": 0,
    "u": 0,
    "after": 0,
}


def read_sliders(step: WrittenStep, figure: AskedFigure, model: Any = None) -> dict:
    """What the stage needs to move a step's figure as it is after the reveal; {} where no slider is
    asked for.

    {"sliders": [{"setting", "label", "low", "high", "step", "start"}], "recipe": {"figure",
    "settings", "names", "rows", "law"} or None, "drawn": figures, one a stop, or None}. A figure
    whose `model` is not here yet is not tried. Refused with the line and the reason.
    """
    lines = step.many.get("slider", [])
    if not lines:
        return {}
    if len(lines) > MOST:
        raise step.refuse(t("a step has at most {most} sliders", most=MOST), f"slider {MOST + 1}")
    waits = figure.name in NEEDS_MODEL and model is None
    sliders: list[dict] = []
    for number, text in enumerate(lines, 1):
        try:
            sliders.append(_slider(text, figure.settings))
            if sliders[-1]["setting"] in [one["setting"] for one in sliders[:-1]]:
                raise ValueError(t("two sliders move the same setting"))
            if not waits:
                _try_ends(sliders[-1], figure, model)
        except ValueError as error:
            raise step.refuse(str(error), f"slider {number}") from None
    try:
        if follows_in_browser(figure, sliders):
            return {"sliders": sliders, "recipe": _recipe(figure, model), "drawn": None}
        return {"sliders": sliders, "recipe": None, "drawn": _drawn(sliders, figure)}
    except ValueError as error:
        raise step.refuse(str(error), "slider") from None


def follows_in_browser(figure: AskedFigure, sliders: list[dict]) -> bool:
    own = {*figure.settings, *(one["setting"] for one in sliders)}
    return own <= set(IN_BROWSER.get(figure.name, ()))


def _recipe(figure: AskedFigure, model: Any) -> dict:
    law = None
    if figure.name == "next" and model is not None:
        given = figure.settings
        law = models.whole_law(
            given["prompt"], given.get("count", "6"), given.get("tokens", ""), model
        )
    return {
        "figure": figure.name,
        "settings": figure.settings,
        "names": figure.names,
        "rows": figure.rows,
        "law": law,
    }


def _slider(text: str, settings: dict[str, str]) -> dict:
    setting, _, rest = text.partition(" ")
    given = dict(arguments(rest))
    if set(given) - {"low", "high", "step"} or not {"low", "high", "step"} <= set(given):
        raise ValueError(t("slider: needs low=, high= and step=, and knows nothing else"))
    low, high, by = (_finite(key, given[key]) for key in ("low", "high", "step"))
    if not low < high or not by > 0:
        raise ValueError(t("low must be below high, and step above 0"))
    if setting not in LABELS:
        raise ValueError(
            t(
                "{setting} cannot be moved; what can is {options}",
                setting=setting or "–",
                options=", ".join(LABELS),
            )
        )
    if (high - low) / by > MOST_STOPS:
        raise ValueError(t("a slider has at most {most} stops", most=MOST_STOPS))
    start = _start(setting, settings)
    if not low <= start <= high:
        raise ValueError(
            t(
                "the slider begins where the truth stands: {setting} = {start} must lie from "
                "{low} to {high}",
                setting=setting,
                start=f"{start:g}",
                low=f"{low:g}",
                high=f"{high:g}",
            )
        )
    slider = {"setting": setting, "label": LABELS[setting]}
    slider = {**slider, "low": low, "high": high, "step": by, "start": start}
    if min(abs(stop - start) for stop in stops(slider)) > 1e-9:
        raise ValueError(
            t(
                "the slider begins where the truth stands: it must stop at {setting} = {start}",
                setting=setting,
                start=f"{start:g}",
            )
        )
    return slider


def _start(setting: str, settings: dict[str, str]) -> float:
    """The value in force after the reveal."""
    if setting in settings:
        return _finite(setting, settings[setting])
    if setting not in UNSET:
        raise ValueError(
            t("the figure must name {setting}: the slider begins there", setting=setting)
        )
    return float(UNSET[setting])


def _finite(name: str, raw: str) -> float:
    try:
        value = float(raw)
    except ValueError:
        raise ValueError(t("{name} must be a number, got {got}", name=name, got=raw[:40])) from None
    if not math.isfinite(value):
        raise ValueError(t("{name} must be a number, got {got}", name=name, got=raw[:40]))
    return value


def written(value: float) -> str:
    """As a lesson would write it: a whole number without its point."""
    return str(int(value)) if value.is_integer() else repr(value)


def _try_ends(slider: dict, figure: AskedFigure, model: Any) -> None:
    """The figure must stand at both ends."""
    for end in (slider["low"], slider["high"]):
        figure.draw({**figure.settings, slider["setting"]: written(end)}, model)


def stops(slider: dict) -> list[float]:
    """The values at which a slider can stand."""
    count = math.floor((slider["high"] - slider["low"]) / slider["step"] + 1e-9) + 1
    return [float(f"{slider['low'] + k * slider['step']:.10g}") for k in range(count)]


def _drawn(sliders: list[dict], figure: AskedFigure) -> list[dict]:
    """The figure at every stop of its one slider."""
    if figure.name in NEEDS_MODEL:
        options = ", ".join(IN_BROWSER.get(figure.name, ())) or "–"
        raise ValueError(
            t(
                "a slider never runs the model: the figure {name} moves with {options} alone",
                name=figure.name,
                options=options,
            )
        )
    places = stops(sliders[0])
    if len(sliders) > 1 or len(places) > MOST_DRAWN:
        raise ValueError(
            t(
                "this figure is drawn beforehand for every stop: one slider of at most {most} "
                "stops",
                most=MOST_DRAWN,
            )
        )
    setting = sliders[0]["setting"]
    return [figure.draw({**figure.settings, setting: written(value)}) for value in places]
