"""The Compare page: strategies, models and ways of writing side by side, with the scores opened
up."""

from __future__ import annotations

from typing import Any

import gradio as gr

from playground.i18n import t
from playground.pages.compare import blocks, endpoints

TITLE, SLUG = t("Compare"), "compare"


# The four places of the page, and which parts each holds; a part keeps the name by which links know
# it.
PLACES = (
    (t("Ways of writing"), "writing", ("strategies", "beams", "sweep")),
    (t("Contexts"), "contexts", ("contexts",)),
    (t("Judges"), "judges", ("scores", "people", "forcing", "classifier")),
    (t("Lab"), "lab", ("race", "drafts", "reward", "masking", "library")),
)


def build(app: Any) -> None:
    gr.Markdown(t("# Is the likeliest text the best one?"))
    parts = {name: (title, make) for title, name, make in blocks.BLOCKS}
    with gr.Tabs(elem_id="compare-parts", elem_classes="parts", overflow_behavior="wrap"):
        for title, place, names in PLACES:
            with gr.Tab(title, id=place):
                if len(names) == 1:
                    parts[names[0]][1](app)
                else:
                    _inner(app, place, [(name, *parts[name]) for name in names])
    endpoints.register(app)


def _inner(app: Any, place: str, parts: list[tuple]) -> None:
    with gr.Tabs(
        elem_id=f"compare-{place}", elem_classes="parts choices", overflow_behavior="wrap"
    ):
        for name, title, make in parts:
            with gr.Tab(title, id=name):
                make(app)
