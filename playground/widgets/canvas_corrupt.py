"""What noise does to a text: t on a slider, three kinds of noise, schedules, matrix, posterior, and the plane of the vectors."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from playground.widgets.widget import Widget, called, source


class CanvasCorrupt(Widget):
    """Draws what playground/pages/diffusion/corrupt.py `corrupted` returns, or {"problem": sentence}. Dragging t makes no request.

    `opened(nothing)` returns what stands there first: 80 kB that a visitor who never opens this part need not load."""

    SCRIPT = source("parts", "canvas_words", "canvas_chart", "canvas_corrupt")
    STYLE = source("canvas_words", "canvas_chart", "canvas_corrupt", kind="css")

    def __init__(
        self, value: Any = None, *, opened: Callable[[Any], Any] | None = None, **kwargs: Any
    ):
        super().__init__(
            value, server_functions=[called("opened", opened)] if opened else None, **kwargs
        )
