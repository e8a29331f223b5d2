"""Home: a machine for words that is played; a module of playground/web/views/home."""

from __future__ import annotations

from playground.web import shipped
from playground.widgets.widget import Widget


def style(*paths: str) -> str:
    """The text of style sheets of playground/web, joined in order."""
    return "\n".join(shipped().bodies[path].decode("utf-8") for path in paths)


class HomeMachine(Widget):
    """Tiles, ball and sentence. `constants`: the recording, see playground/pages/home/record.py;
    there is no value.

    Server functions, see playground/pages/home/live.py: `look` and `fill` ask a model for what may
    come next, `vocabulary` for the texts of all tokens, `film` draws a GIF of what was played,
    `door` writes the link of Generate with that sentence. Each answers {"error": message} where it
    refuses."""

    MODULE = "views/home/home.js"
    STYLE = style("charts/tiles.css", "views/home/home.css")
