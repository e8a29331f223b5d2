"""A chain in continuous time: rate matrix, P(t), the forward equation, one run and a crowd of runs."""

from __future__ import annotations

from playground.widgets.widget import Widget, source


class ChainRates(Widget):
    """Draws {"draft", "figures", "message"}; the shapes are those of playground/pages/chains/rates.py.

    Server functions `figures(draft)` and `link(draft)`; `presets` are the examples. Playing asks the server for nothing."""

    SCRIPT = source(
        "parts", "transport", "chain_parts", "chain_graph", "chain_figures", "chain_rates"
    )
    STYLE = source("chain_view", "trellis", kind="css")
    TEMPLATE = source("chain_rates", kind="html")
