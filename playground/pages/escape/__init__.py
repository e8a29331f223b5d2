"""Escape: temperature, barriers and the temperature at which a text gets out of its loop."""

from __future__ import annotations

from typing import Any

import gradio as gr

from playground.backend.catalog import offered
from playground.i18n import t
from playground.pages import run
from playground.pages.errors import answered_messages
from playground.pages.escape import answers
from playground.pages.escape.endpoint import escape
from playground.pages.escape.fields import FIELDS, LOOPING
from playground.pages.escape.links import LINK, SLUG, link_of
from playground.pages.escape.recorded import recorded_experiment
from playground.widgets.escape import EscapeCalculator, EscapeLive, EscapeLogits
from playground.widgets.widget import called

__all__ = ["LINK", "SLUG", "TITLE", "build", "escape", "link_of"]

TITLE = t("Escape")


def build(app: Any) -> None:
    """Three parts on one page: the loop with its calculator, real logits, a real loop in the
    model."""
    gr.Markdown(
        t(
            "# How does a text get out of a loop?\n\nAt the **underlined word** of each lap the "
            "model draws. Drag the dot."
        )
    )
    EscapeCalculator(
        constants={
            "rows": {
                name: {**row.control(), "why": row.doc, "off": row.off}
                for name, row in FIELDS.items()
            },
            "defaults": {name: row.default for name, row in FIELDS.items()},
        },
        server_functions=[
            called("opened", answered_messages(answers.opened)),
            called("link", answered_messages(answers.link)),
        ],
        elem_id="escape-calculator",
    )
    EscapeLogits(
        server_functions=[
            called("analyse", answered_messages(lambda asked: answers.analyse(app.backend, asked))),
            called("read", answered_messages(lambda asked: answers.read(app.backend, asked))),
            called("opened", answered_messages(answers.opened_logits)),
        ],
        elem_id="escape-logits",
    )

    live = EscapeLive(
        constants={"models": _models(), "looping": LOOPING, "other": ["once upon a time"]},
        server_functions=[*run.functions(), called("recorded", lambda *_: recorded_experiment())],
        elem_id="escape-live",
    )
    run.bind(live, "run", app.backend, SLUG, answers.experiment(app.backend), long=True)

    app.receive(SLUG, link_of)
    gr.api(escape, api_name="escape")


def _models() -> list[dict[str, str]]:
    return [
        {"id": entry.id, "title": entry.title}
        for entry in offered().values()
        if entry.kind == "causal"
    ]
