"""The parts of the page in their order: each is a widget and what answers it."""

from __future__ import annotations

from typing import Any

import gradio as gr

from playground.pages.compare.stream import later, run_events

PROMPT = "once upon a time there was a king who had"


def models_of(kind: str = "causal") -> list[list[str]]:
    """[[id, title]] of the models on offer."""
    from playground.backend.catalog import offered

    return [[entry.id, entry.title] for entry in offered().values() if entry.kind == kind]


def say(words: str) -> None:
    gr.Markdown(words)


def strategies(app: Any) -> None:
    from playground.widgets.compare_strategies import CompareStrategies

    say("Greedy takes the likeliest token, beam search the likeliest text it can find, sampling what the dice say. Give each column its rules, write them all in one batch, "
        "and see what you pay for what.")
    widget = CompareStrategies(None, elem_id="compare-strategies", models=models_of(), prompt=PROMPT)
    run_events(app, widget, later("strategies", "run"))


BLOCKS = (("Strategies", "strategies", strategies),)
