"""The Diffusion page: a text that appears everywhere at once, what noise does to one, and what the
samplers get right."""

from __future__ import annotations

from typing import Any

import gradio as gr

from playground.i18n import t
from playground.pages.diffusion.corrupt_block import build_corrupt
from playground.pages.diffusion.endpoints import register
from playground.pages.diffusion.exactness_block import build_exactness
from playground.pages.diffusion.noise_costs import build_costs, report
from playground.pages.diffusion.timing_block import build_timing
from playground.pages.diffusion.unmask_block import build_unmask

TITLE, SLUG = t("Diffusion"), "diffusion"


def build(app: Any) -> None:
    gr.Markdown(
        t(
            "# A text that appears everywhere at once\n\nEach call guesses every hidden word and "
            "keeps a few. Blur is doubt."
        )
    )
    with gr.Tabs(elem_id="diffusion-parts", elem_classes="parts"):
        with gr.Tab(t("Unmask"), id="unmask"):
            build_unmask(app)
        with gr.Tab(t("Corrupt"), id="corrupt"):
            build_corrupt(app)
        with gr.Tab(t("Exactness"), id="exactness"):
            build_exactness(app)
        with gr.Tab(t("Steps, time, quality"), id="steps"):
            build_timing(app)
        if measured := report():  # shipped beside the network for every noise
            with gr.Tab(t("What the noise costs"), id="noise"):
                build_costs(measured)
    register(app)
