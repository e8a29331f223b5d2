"""Texts of the Generate page as files, and back."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from playground.pages.generate import presets
from playground.pages.generate.request import NEW_TOKENS, settings_of
from playground.takeaway import files
from playground.takeaway.page import to_page
from playground.widgets.generator import Generator


def file_functions(models: list[dict]) -> tuple[Callable[[Any], dict], Callable[[Any], dict]]:
    """The server functions `take` and `open_trace` of the menu "Take away"; `models` are the page's
    own constants."""

    def take(raw: Any) -> dict:
        return files.made(raw, lambda trace: replay_page(trace, models))

    def open_trace(raw: Any) -> dict:
        answer = files.opened(raw, ("decode", "score"))
        try:
            answer["trace"]["settings"] = settings_of(
                answer["trace"]["settings"], 1_000_000
            ).to_dict()
        except ValueError as error:
            raise ValueError(f"This file could not be opened: {error}.") from None
        return answer

    return take, open_trace


def replay_page(trace: dict, models: list[dict]) -> str:
    """The text as one HTML file that plays it again, step by step, without a network."""

    name = next((one["title"] for one in models if one["id"] == trace["model"]), trace["model"])
    known = [one for one in models if one["id"] == trace["model"]] or [
        {
            "id": trace["model"],
            "title": name,
            "note": "",
            "chat": False,
            "uncased": False,
        }
    ]
    verb = "read" if trace["kind"] == "score" else "wrote"
    rules = presets.PRESETS["pure sampling"] if trace["kind"] == "score" else trace["settings"]
    constants = {
        "models": known,
        "start_model": trace["model"],
        **presets.constants(),
        "start": {**presets.START, **rules},
        "examples": presets.EXAMPLES[:1],
        "longest": NEW_TOKENS,
        "score_example": "",
    }
    note = f"{name} {verb} this text in {len(trace['steps'])} steps. Every figure is in this file: it plays without a network."
    return to_page(
        Generator,
        "How this text was written" if verb == "wrote" else "How surprising this text is",
        note,
        None,
        constants,
        {"opening": {"replay": trace, "models": {trace["model"]: {"state": "ready"}}}},
    )
