"""An n-gram model of a text: greedy and drawn continuation, what could come next, what was copied from the source."""

from __future__ import annotations

from playground.widgets.widget import Widget, source


class ChainText(Widget):
    """Draws {"draft", "figures", "message"}; the shapes are those of playground/pages/chains/text.py. A value {"draft", "offered": str}
    only says that sentence. Server functions `figures`, `hold` and `link`; the event `offer` carries the draft: put its model into
    the visitor's model lists. Scrubbing asks the server for nothing."""

    SCRIPT = source("parts", "transport", "bars", "chain_parts", "chain_text")
    STYLE = source("chain_view", "chain_text", kind="css")
    TEMPLATE = source("chain_text", kind="html")
