"""The Compare page: strategies, models and ways of writing side by side, with the scores opened up."""

from __future__ import annotations

from typing import Any

import gradio as gr

from playground.i18n import t
from playground.pages.compare import blocks, endpoints

TITLE, SLUG = t("Compare"), "compare"


def build(app: Any) -> None:

    gr.Markdown(
        t(
            "# Is the likeliest text the best one?\n\nThe same prompt, written several ways at once: put the ways side by side, and open up the scores by "
            "which people judge them."
        )
    )
    with gr.Tabs(elem_id="compare-parts", elem_classes="parts", overflow_behavior="wrap"):
        for title, name, make in blocks.BLOCKS:
            with gr.Tab(title, id=name):
                make(app)
    endpoints.register(app)
