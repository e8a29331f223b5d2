"""The Steps, time, quality block: measured live, with progress and stop, and the visitor's own numbers beside it."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import Any

import gradio as gr

from playground.i18n import t
from playground.pages import gate
from playground.pages.diffusion import models
from playground.pages.diffusion.canvas import read_canvas
from playground.pages.diffusion.recorded import recorded
from playground.pages.diffusion.timing import PROMPT, measure_quality, measure_time
from playground.pages.errors import sentence_of
from playground.pages.events import sent
from playground.widgets.canvas_steps import CanvasSteps

PAIRS = [
    (t("Fairy tales: the two twins (15 M each)"), "twins"),
    (t("Exact: word pairs of a short tale"), models.TALE),
]
CANVAS = {"twins": "once upon a time there was a [MASK]*40 .", models.TALE: "the king [MASK]*30 ."}
_runs = itertools.count(1)


def build_timing(app: Any) -> None:
    pair = gr.Dropdown(
        PAIRS,
        value="twins",
        label=t("Left-to-right model and its diffusion twin"),
        filterable=False,
        elem_id="timing-pair",
    )
    view = CanvasSteps({"whole": recorded("steps") or None}, elem_id="diffusion-steps")
    quiet: dict[str, Any] = {"api_visibility": "private", "show_progress": "hidden"}

    def run(name: str, evt: gr.EventData, request: gr.Request) -> Iterator[dict]:
        number = next(_runs)
        try:
            yield {
                "run": number,
                "begin": str(sent(evt, "what", "")),
                "pair": next((title for title, value in PAIRS if value == name), ""),
            }
            for part in gate.through(
                app.backend(),
                request,
                "diffusion",
                models.TWIN if name == "twins" else name,
                lambda _: measured(name, sent(evt, "what"), app.backend),
                lambda words: {"part": words, "of": 0},
                long=True,
            ):
                yield {"run": number, **part}
            yield {"run": number, "done": True}
        except Exception as error:
            yield {"run": number, "problem": sentence_of(error)}

    event = view.measure(run, pair, view, trigger_mode="multiple", **quiet)
    view.halt(
        gate.halts(app.backend, {"stop": True}), None, view, cancels=[event], queue=False, **quiet
    )


def measured(name: Any, what: Any, backend: Any) -> Iterator[dict]:
    if what not in ("time", "quality"):
        raise ValueError(t("what must be one of time, quality, got {got}", got=repr(what)))
    causal, denoiser, prompt = twins(name, backend)
    try:
        if what == "time":
            yield from measure_time(causal, denoiser, prompt)
        else:
            yield from measure_quality(causal, denoiser, read_canvas(CANVAS[name], denoiser))
    finally:
        for model in (causal, denoiser):
            getattr(model, "close", lambda: None)()


def twins(name: Any, backend: Any) -> tuple[Any, Any, str]:
    """(causal model, denoiser, prompt) of a pair. ValueError on another name; the backend's sentence where weights are missing."""
    if name == models.TALE:
        return models.tale_model(), models.get_denoiser(models.TALE, backend), "the king"
    if name != "twins":
        raise ValueError(
            t(
                "pair must be one of {options}, got {got}",
                options=", ".join((value for _, value in PAIRS)),
                got=repr(name),
            )
        )
    return backend().causal(models.CAUSAL_TWIN), backend().denoiser(models.TWIN), PROMPT
