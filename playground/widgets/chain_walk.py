"""The Markov chain as one sees it: graph, matrix and history side by side, on one timeline."""

from __future__ import annotations

from playground.widgets.widget import Widget, source


class ChainWalk(Widget):
    """Draws {"draft": what the visitor edits, "figures": what follows from it, "message": str}.

    draft: {"states": [str], "transition": [[float]], "start": index or -1 (every state alike), "mode": "sampled" | "greedy", "seed": int,
    "preset": slug or ""}. figures: see playground/pages/chains/walk.py. The server functions `figures(draft)` and `link(draft)` answer
    {"ok": True, ...} or {"ok": False, "error": sentence}; `presets` is the list of example chains. Playing asks the server for nothing."""

    MODULE = "views/chains/walk.js"
    STYLE = source("chain_view", kind="css")
