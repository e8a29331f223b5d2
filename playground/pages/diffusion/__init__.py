"""The Diffusion page: a text that appears everywhere at once, what noise does to one, and what the samplers get right."""

from __future__ import annotations

from typing import Any

import gradio as gr

from playground.pages.diffusion.corrupt_block import build_corrupt
from playground.pages.diffusion.endpoints import register
from playground.pages.diffusion.meter_block import build_meter
from playground.pages.diffusion.timing_block import build_timing
from playground.pages.diffusion.unmask_block import build_unmask

TITLE, SLUG = "Diffusion", "diffusion"


def build(app: Any) -> None:

    gr.Markdown(
        "# A text that appears everywhere at once\n\nA diffusion model does not write from left to right: it looks at a whole canvas of hidden words "
        "and uncovers the ones it is sure of, step by step. Press Run, or drag the timeline below the text."
    )
    with gr.Tabs(elem_id="diffusion-parts", elem_classes="parts"):
        with gr.Tab("Unmask", id="unmask"):
            build_unmask(app)
        with gr.Tab("Corrupt", id="corrupt"):
            build_corrupt(app)
        with gr.Tab("Exactness", id="exactness"):
            build_meter(app)
        with gr.Tab("Steps, time, quality", id="steps"):
            build_timing(app)
    register(app)
