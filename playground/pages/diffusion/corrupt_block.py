"""The Corrupt block: type a sentence, drag t."""

from __future__ import annotations

from typing import Any

import gradio as gr

from playground.i18n import t
from playground.pages import gate
from playground.pages.diffusion import models
from playground.pages.diffusion.corrupt import DRAWN, corrupted, default_text
from playground.pages.diffusion.recorded import recorded
from playground.pages.diffusion.unmask_block import session_of
from playground.pages.errors import sentence_of
from playground.widgets.canvas_corrupt import CanvasCorrupt


def build_corrupt(app: Any) -> None:
    with gr.Row(equal_height=True):
        text = gr.Textbox(
            default_text(),
            label=t("Text, up to 24 tokens"),
            max_length=1000,
            scale=6,
            elem_id="corrupt-text",
        )
        model = gr.Dropdown(
            models.offered(),
            value=models.TWIN,
            label=t("Words and vectors of"),
            scale=3,
            min_width=190,
            filterable=False,
        )
        schedule = gr.Dropdown(
            list(DRAWN),
            value="linear",
            label=t("Schedule"),
            scale=2,
            min_width=130,
            filterable=False,
        )
        seed = gr.Number(7, label=t("Seed"), minimum=0, precision=0, scale=1, min_width=90)
    view = CanvasCorrupt(opened=lambda _: recorded("corrupt"), elem_id="diffusion-corrupt")
    inputs = [text, model, schedule, seed]

    def show_corrupted(written: str, name: str, by: str, number: Any, request: gr.Request) -> Any:
        try:
            with gate.question(app.backend(), "diffusion", name):
                return corrupted(
                    written,
                    models.get_denoiser(name, app.backend, session_of(request)),
                    name,
                    by,
                    number,
                )
        except Exception as error:
            return {"problem": sentence_of(error)}

    quiet: dict[str, Any] = {"api_visibility": "private", "show_progress": "hidden"}

    def other_model(name: str, written: str) -> Any:
        untouched = {default_text(), *(sentence_for(known) for _, known in models.offered())}
        return sentence_for(name) if written in untouched else gr.skip()

    def fresh_models(request: gr.Request) -> Any:
        return gr.update(choices=models.offered(session_of(request)))

    model.focus(fresh_models, None, model, queue=False, **quiet)
    model.input(other_model, [model, text], text, **quiet).then(
        show_corrupted, inputs, view, **quiet
    )
    gr.on(
        [text.submit, text.blur, schedule.input, seed.change],
        show_corrupted,
        inputs,
        view,
        trigger_mode="always_last",
        **quiet,
    )


def sentence_for(name: str) -> str:
    if name == models.WEATHER:
        return "sunny sunny cloudy rainy rainy cloudy sunny"
    if name == models.TALE:
        return "the frog brought the golden ball to the daughter of the king ."
    if name.startswith("ngram/fox/"):
        return "the brown fox jumped over the lazy dog"
    return default_text()
