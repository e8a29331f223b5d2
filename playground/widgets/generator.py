"""The Generate page's widget: a text as it is written, the distribution of each step, the rules,
the branches.

Its value is one message of playground/pages/run.py at a time, never the whole text. `begin` holds
"prompt" ([{"id", "text", "piece"}]), "notes" (sentences) and "begun" (how many tokens of another
text stand before its own); a frame is a step's record.

Events: `write`, `score` and `attribute` with `evt.request`. Server functions are named in
  playground/pages/generate/__init__.py.
"""

from __future__ import annotations

from playground.web import WEB
from playground.widgets.widget import Widget, source


class Generator(Widget):
    """See the module's docstring for the value. Constants: models, start_model, rules, orders,
    presets, start, examples, longest."""

    MODULE = "views/generate/view.js"
    EVENTS = ("write", "score", "attribute")
    STREAMED = True
    STYLE = (WEB / "charts" / "tiles.css").read_text(encoding="utf-8") + source(
        "generator", "take_away", kind="css"
    )
