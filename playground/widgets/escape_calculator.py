"""The escape calculator: sliders, P(escape) against temperature, the well, the verdict of each rule."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import gradio as gr

from playground.widgets.plot import library_path
from playground.widgets.widget import Widget, called, source


class EscapeCalculator(Widget):
    """Value: {"settings": {...}, "record": {...} or absent}. `calculate(settings)` returns a record or {"problem": sentence}.

    The page that holds it reads the settings of the moment through the server function itself (it sees every one)."""

    SCRIPT = source("parts", "figure", "escape_calculator")
    STYLE = source("escape_calculator", kind="css")
    TEMPLATE = '<div class="widget escape"></div>'

    def __init__(self, value: dict[str, Any] | None = None, *, calculate: Callable[[dict], dict] | None = None, **kwargs: Any):
        path = library_path()
        gr.set_static_paths([path])
        functions = [called("calculate", calculate)] if calculate else None
        super().__init__(value, library=f"gradio_api/file={path.as_posix()}", server_functions=functions, **kwargs)
