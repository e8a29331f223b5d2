"""Real logits: choose the loop token and the way out, read T_c over the whole vocabulary beside the two-token formula."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from playground.widgets.widget import Widget, called, source


class EscapeLogits(Widget):
    """`analyse(request)` returns a record or {"problem": sentence}; request is {"source", "loop", "escape", "top_p", "temperature",
    "min_p"}. `opened({"query"})` returns {"source": {"table"} | {"model", "ids", ...}, "table": text for the box, "message"}."""

    SCRIPT = source("parts", "escape_logits")
    STYLE = source("escape_calculator", "escape_logits", kind="css")
    TEMPLATE = '<div class="widget escape-logits"></div>'

    def __init__(
        self,
        value: Any = None,
        *,
        analyse: Callable[[dict], dict] | None = None,
        opened: Callable[[dict], dict] | None = None,
        **kwargs: Any,
    ):
        functions = (
            [called("analyse", analyse), called("opened", opened)] if analyse and opened else None
        )
        super().__init__(value, server_functions=functions, **kwargs)
