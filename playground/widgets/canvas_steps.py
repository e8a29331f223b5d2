"""Steps, time and quality: measured figures, the visitor's own numbers, and the table of sequential steps."""

from __future__ import annotations

from playground.widgets.widget import Widget, source


class CanvasSteps(Widget):
    """Values: {"whole"} at the start; in a measurement the messages of playground/pages/diffusion/timing.py with a `run` number.
    Events: `measure` with what = "time" | "quality"; `halt`. The sliders ask nobody."""

    STREAMED = True
    SCRIPT = source("parts", "canvas_chart", "canvas_steps")
    STYLE = source("canvas_chart", "canvas_steps", kind="css")
