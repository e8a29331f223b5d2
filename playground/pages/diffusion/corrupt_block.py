"""The Corrupt block: type a sentence, drag t."""

from __future__ import annotations

from typing import Any

import gradio as gr

from playground.pages import gate
from playground.pages.diffusion import models
from playground.pages.diffusion.corrupt import DRAWN, corrupted, default_text
from playground.pages.diffusion.recorded import recorded
from playground.pages.diffusion.unmask_block import session_of
from playground.pages.errors import sentence_of
from playground.pages.events import sent
from playground.pages.run import QUIET
from playground.widgets.diffusion import CorruptView
from playground.widgets.widget import called


def build_corrupt(app: Any) -> None:
    view = CorruptView(
        None,
        elem_id="diffusion-corrupt",
        constants={
            "first": default_text(),
            "models": models.listed(),
            "sentences": {name: sentence_for(name) for _, name in models.offered()},
            "schedules": list(DRAWN),
        },
        server_functions=[called("opened", lambda _: recorded("corrupt"))],
    )

    def noise(event: gr.EventData, request: gr.Request) -> dict[str, Any]:
        name, asked = sent(event, "model"), sent(event, "asked")
        try:
            with gate.question(app.backend(), "diffusion", name):
                denoiser = models.get_denoiser(name, app.backend, session_of(request))
                values = [sent(event, field) for field in ("schedule", "seed")]
                found = corrupted(sent(event, "text"), denoiser, name, *values, reading=True)
                return {"asked": asked, **found}
        except Exception as error:
            return {"asked": asked, "problem": sentence_of(error)}

    def offers(request: gr.Request) -> dict[str, Any]:
        return {"kind": "models", "models": models.listed(session_of(request))}

    # Gradio reads the annotations of an event's function, and this module's are strings.
    noise.__annotations__ = {"event": gr.EventData, "request": gr.Request}
    offers.__annotations__ = {"request": gr.Request}
    # The view keeps the newest question itself: what "always_last" sends later is the event that was
    # under way, with the old text.
    view.noise(noise, None, view, trigger_mode="multiple", **QUIET)
    view.offers(offers, None, view, queue=False, **QUIET)


def sentence_for(name: str) -> str:
    if name == models.WEATHER:
        return "sunny sunny cloudy rainy rainy cloudy sunny"
    if name == models.TALE:
        return "the frog brought the golden ball to the daughter of the king ."
    if name.startswith("ngram/fox/"):
        return "the brown fox jumped over the lazy dog"
    return default_text()
