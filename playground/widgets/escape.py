"""The three views of the Escape page: each is a module of playground/web/views/escape."""

from __future__ import annotations

from typing import Any

import gradio as gr

from playground.widgets.plot import library_path
from playground.widgets.widget import Widget, source


class EscapeCalculator(Widget):
    """A loop that writes itself, the marble in its valley, P(escape) against temperature, and the
    theory behind them.

    Constants: `rows`, the controls of playground/pages/escape/fields.py with `why` and `off`, and
        `defaults`. Server functions:
    `opened({"query"})` answers {"settings", "loop", "message"}, what the page's address says and
    the recorded loop; `link(settings)`
    answers {"query"}. Every figure is computed in the browser."""

    MODULE = "views/escape/calculator.js"
    STYLE = source("axes", "escape_calculator", "escape_loop", kind="css")


class EscapeLogits(Widget):
    """Real logits: choose the loop token and the way out, read T_c over the whole vocabulary beside
    the two-token formula.

    Server functions: `analyse({"source", "loop", "escape", "top_p", "temperature", "min_p"})`
    answers a record (pages/escape/logits.py) or {"error": sentence}; `opened({"query"})` answers
    {"source": {"table"} or {"model", "ids", ...}, "table": text for the box, "message"}."""

    MODULE = "views/escape/logits.js"
    STYLE = source("escape_calculator", "escape_logits", kind="css")


class EscapeLive(Widget):
    """A real loop and the many runs that try to leave it: barriers along the cycle, measured shares
    over the predicted curve.

    Its value is one message of playground/pages/run.py at a time; a frame holds some of "pieces",
    "barriers", "shares", "inverted", "visits", "survival" (pages/escape/live.py). Event: `run`.
    Server functions: those of `run.functions()`. Constants: `models` ([{"id", "title"}]), `looping`
    ({model: prompts known to loop}) and `other` (prompts for any other model)."""

    MODULE = "views/escape/live.js"
    EVENTS = ("run",)
    STREAMED = True
    STYLE = source("escape_calculator", "escape_live", kind="css")

    def __init__(self, value: Any = None, **kwargs: Any):
        path = library_path()
        gr.set_static_paths([path])
        super().__init__(value, library=f"gradio_api/file={path.as_posix()}", **kwargs)
