"""Home: what this is in one sentence, one animation, doors to the pages."""

from __future__ import annotations

import json
from typing import Any

import gradio as gr

from playground.i18n import t
from playground.pages import load_pages
from playground.pages.home.record import RECORDED
from playground.widgets.home_race import HomeRace

TITLE = t("Home")
SLUG = "home"
DOORS = (
    {
        "slug": "generate",
        "title": "Generate",
        "words": t("Watch a language model choose its next token, and see what every rule cut."),
        "question": t("Which other word nearly stood there?"),
    },
    {
        "slug": "escape",
        "title": "Escape",
        "words": t("A text is stuck in a loop. How hot must the draw be to get out?"),
        "question": t("Why does a little more warmth sometimes change nothing at all?"),
    },
    {
        "slug": "chains",
        "title": "Chains",
        "words": t(
            "Markov chains and hidden Markov models: what lies underneath, small enough to hold."
        ),
        "question": t("When does the past stop mattering?"),
    },
    {
        "slug": "diffusion",
        "title": "Diffusion",
        "words": t("Watch a text appear everywhere at once, and see what that haste costs."),
        "question": t("Can ten words be chosen together without knowing each other?"),
    },
    {
        "slug": "compare",
        "title": "Compare",
        "words": t(
            "Strategies, models and ways of writing side by side, with the scores opened up."
        ),
        "question": t("Is the likeliest text the best one?"),
    },
    {
        "slug": "lessons",
        "title": "Lessons",
        "words": t("Short guided ones that drive the real pages. Predict first, then look."),
        "question": t("What did the handout get wrong?"),
    },
)


def build(app: Any) -> None:

    gr.Markdown(
        t(
            "# See how text is generated\n\nA language model writes by drawing from a probability "
            "distribution, again and again. Here one watches every draw: what was possible, what "
            "each rule cut, and what would have happened otherwise. Every number is exact over "
            "the whole vocabulary."
        )
    )
    there = {page.SLUG for page in load_pages()}
    race = json.loads(RECORDED.read_text(encoding="utf-8")) if RECORDED.is_file() else None
    HomeRace(race, doors=[door for door in DOORS if door["slug"] in there], elem_id="home-race")
    if race is not None:
        gr.Markdown(
            t(
                "*Recorded from the two models that this playground ships, {note}. Same tokenizer, "
                "same network, same start, same fairy tales: only what each word may look at, and "
                "what it was asked to predict, differ.*",
                note=race["note"],
            ),
            elem_classes="small",
        )
