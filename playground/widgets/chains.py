"""The five views of the Chains page: each is a module of playground/web/views/chains."""

from __future__ import annotations

from playground.widgets.widget import Widget, source


class ChainWalk(Widget):
    """The Markov chain as one sees it: graph, matrix and history side by side, on one timeline.

    Draws {"draft": what the visitor edits, "figures": what follows from it, "message": str}. draft:
    {"states": [str],
    "transition": [[float]], "start": index or -1 (every state alike), "mode": "sampled" | "greedy",
    "seed": int, "preset": slug or ""}.
    figures: see playground/pages/chains/walk.py. The server functions `figures(draft)` and
        `link(draft)` answer {"ok": True, ...} or
    {"ok": False, "error": sentence}; `presets` is the list of example chains. Playing asks the
    server for nothing."""

    MODULE = "views/chains/walk.js"
    STYLE = source("chain_view", "graph", kind="css")


class ChainText(Widget):
    """An n-gram model of a text: greedy and drawn continuation, what could come next, what was
    copied from the source.

    Draws {"draft", "figures", "message"}; the shapes are those of playground/pages/chains/text.py.
    A value {"draft", "offered": str} only says that sentence. Server functions `figures`, `hold`
    and `link`; the event `offer` carries the draft: put its model into the visitor's model lists.
    Scrubbing asks the server for nothing."""

    MODULE = "views/chains/text.js"
    EVENTS = ("offer",)
    STYLE = source("chain_view", "graph", "chain_text", kind="css")


class ChainRates(Widget):
    """A chain in continuous time: rate matrix, P(t), the forward equation, one run and many runs.

    Draws {"draft", "figures", "message"}; the shapes are those of playground/pages/chains/rates.py.
    Server functions `figures(draft)` and `link(draft)`; `presets` are the examples. Playing asks
    the server for nothing."""

    MODULE = "views/chains/rates.js"
    STYLE = source("chain_view", "graph", "trellis", kind="css")


class HiddenMarkov(Widget):
    """A hidden Markov model: its parameters, the trellis with forward, backward, posterior and
    Viterbi, and learning step by step.

    Draws {"draft", "figures", "learning", "message"}; the shapes are those of
    playground/pages/chains/hidden.py. The server functions `figures(draft)`, `learn(draft)` and
    `link(draft)` answer {"ok": True, ...} or {"ok": False, "error": sentence}; `presets` is the
    list of examples, their observations as symbol numbers. Stepping and opening a cell ask the
    server for nothing."""

    MODULE = "views/chains/hidden.js"
    STYLE = source("chain_view", "graph", "trellis", kind="css")


class NetworkLoops(Widget):
    """Why networks loop: a map of the plane with its orbit, and a language model's hidden states
    along a greedy and a drawn text.

    Draws {"draft": {"plane", "text"}, "figures": {"plane": {"landscape", "orbit"}, "text", "ask"},
    "message", "opened"}; the shapes are those of playground/pages/chains/loops.py. Server
    functions: `landscape`, `orbit`, `states`, `models`, `link`; `sliders` are the maps and their
    sliders. Scrubbing asks the server for nothing."""

    MODULE = "views/chains/loops.js"
    STYLE = source("chain_view", "graph", "recurrence", kind="css")
