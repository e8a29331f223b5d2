"""A hidden Markov model: its parameters, the trellis with forward, backward, posterior and Viterbi, and learning step by step."""

from __future__ import annotations

from playground.widgets.widget import Widget, source


class Trellis(Widget):
    """Draws {"draft", "figures", "learning", "message"}; the shapes are those of playground/pages/chains/hidden.py.

    The server functions `figures(draft)`, `learn(draft)` and `link(draft)` answer {"ok": True, ...} or {"ok": False, "error": sentence};
    `presets` is the list of examples, each with its `symbols` and `observations`. Stepping and opening a cell ask the server for nothing."""

    SCRIPT = source("parts", "transport", "chain_parts", "chain_figures", "trellis", "chain_hidden")
    STYLE = source("chain_view", "trellis", kind="css")
    TEMPLATE = source("trellis", kind="html")
