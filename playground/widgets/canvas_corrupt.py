"""What noise does to a text: t on a slider, three kinds of noise, schedules, matrix, posterior, and the plane of the vectors."""

from __future__ import annotations

from playground.widgets.widget import Widget, source


class CanvasCorrupt(Widget):
    """Draws what playground/pages/diffusion/corrupt.py `corrupted` returns, or {"problem": sentence}. Dragging t makes no request."""

    SCRIPT = source("parts", "canvas_words", "canvas_chart", "canvas_corrupt")
    STYLE = source("canvas_words", "canvas_chart", "canvas_corrupt", kind="css")
