"""A lesson: narrow text beside the living page, one step at a time, with a question to predict before the answer shows."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from playground.widgets.widget import Widget, called, source


class LessonReader(Widget):
    """`opened({"query"})` returns {"lessons": [Lesson.record(), ...], "at": {"lesson": slug, "step": int}, "message": sentence}."""

    MODULE = "views/lessons/reader.js"
    STYLE = source("lesson_reader", kind="css")

    def __init__(
        self, value: Any = None, *, opened: Callable[[dict], dict] | None = None, **kwargs: Any
    ):
        super().__init__(
            value, server_functions=[called("opened", opened)] if opened else None, **kwargs
        )
