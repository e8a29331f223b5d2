"""The escape calculator: sliders, P(escape) against temperature, the well, the verdict of each rule."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from playground.widgets.widget import Widget, called, source


class EscapeCalculator(Widget):
    """`settings` are the defaults; `calculate(settings)` returns a record or {"problem": sentence}; `opened({"query"})` returns
    {"settings", "record", "message"}, the state that the page's address holds. Nothing is computed while the page is built."""

    SCRIPT = source("parts", "figure_files", "escape_plot", "escape_calculator")
    STYLE = source("escape_plot", "escape_calculator", kind="css")
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
        functions = (
            [called("calculate", calculate), called("opened", opened)]
            if calculate and opened
            else None
        )
        super().__init__(
            value, constants={"settings": settings}, server_functions=functions, **kwargs
        )
