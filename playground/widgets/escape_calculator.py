"""The escape calculator: sliders, P(escape) against temperature, the well, the verdict of each rule."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import gradio as gr

from playground.widgets.plot import library_path
from playground.widgets.widget import Widget, called, source


class EscapeCalculator(Widget):
    """`settings` are the defaults; `calculate(settings)` returns a record or {"problem": sentence}; `opened({"query"})` returns
    {"settings", "record", "message"}, the state that the page's address holds. Nothing is computed while the page is built."""

    SCRIPT = source("parts", "figure", "escape_calculator")
    STYLE = source("escape_calculator", kind="css")
    TEMPLATE = '<div class="widget escape"></div>'

    def __init__(
        self,
        value: Any = None,
        *,
        settings: dict[str, Any] | None = None,
        calculate: Callable[[dict], dict] | None = None,
        opened: Callable[[dict], dict] | None = None,
        **kwargs: Any,
    ):
        path = library_path()
        gr.set_static_paths([path])
        functions = [called("calculate", calculate), called("opened", opened)] if calculate and opened else None
        super().__init__(
            value, library=f"gradio_api/file={path.as_posix()}", constants={"settings": settings}, server_functions=functions, **kwargs
        )
