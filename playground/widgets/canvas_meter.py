"""The exactness meter: a chain to edit, curves of distance against words a step, Gibbs against sweeps."""

from __future__ import annotations

from playground.widgets.widget import Widget, source


class CanvasMeter(Widget):
    """Values: {"whole", "presets"} at the start; in a measurement the messages of playground/pages/diffusion/meter.py `measure`
    with a `run` number. Events: `measure` with names, transition, initial, length; `halt`."""

    SCRIPT = source("parts", "canvas_chart", "canvas_meter")
    STYLE = source("canvas_chart", "canvas_meter", kind="css")
