"""The Exactness block: a chain that the visitor edits, and the distance of each sampler's output from it."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import Any

import gradio as gr

from playground.pages import gate
from playground.pages.diffusion.meter import PRESETS, measure
from playground.pages.diffusion.recorded import recorded
from playground.pages.errors import sentence_of
from playground.pages.events import sent
from playground.widgets.canvas_meter import CanvasMeter

_runs = itertools.count(1)


def build_meter(app: Any) -> None:
    meter = CanvasMeter(
        {"whole": recorded("meter") or None, "presets": PRESETS}, elem_id="diffusion-meter"
    )
    quiet: dict[str, Any] = {"api_visibility": "private", "show_progress": "hidden"}

    def run(evt: gr.EventData, request: gr.Request) -> Iterator[dict]:
        number = next(_runs)
        try:
            yield {"run": number, "begin": True}
            asked = [sent(evt, field) for field in ("names", "transition", "initial", "length")]
            for part in gate.through(
                app.backend(),
                request,
                "diffusion",
                "exact-chain",
                lambda _: measure(*asked),
                lambda words: {"waiting": words},
                long=True,
            ):
                yield {"run": number, **part}
        except Exception as error:
            yield {"run": number, "problem": sentence_of(error)}

    measuring = meter.measure(run, None, meter, trigger_mode="multiple", **quiet)
    meter.halt(
        gate.halts(app.backend, {"stop": True}),
        None,
        meter,
        cancels=[measuring],
        queue=False,
        **quiet,
    )
