"""Why networks loop: a map of the plane with its orbit, and a language model's hidden states along a greedy and a drawn text."""

from __future__ import annotations

from playground.widgets.widget import Widget, source


class NetworkLoops(Widget):
    """Draws {"draft": {"plane", "text"}, "figures": {"plane": {"landscape", "orbit"}, "text", "ask"}, "message", "opened"};
    the shapes are those of playground/pages/chains/loops.py. Server functions: `landscape`, `orbit`, `states`, `models`, `link`; `sliders` are
    the maps and their sliders. Scrubbing asks the server for nothing."""

    SCRIPT = source("parts", "transport", "chain_parts", "plane_map", "recurrence")
    STYLE = source("chain_view", "recurrence", kind="css")
    TEMPLATE = source("recurrence", kind="html")
