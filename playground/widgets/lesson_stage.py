"""The stage of the lessons: one figure, a question, a guess made on the figure, and the truth drawn
over it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from playground.web import shipped
from playground.widgets.widget import Widget, called, source

CLASSROOM = "views/classroom/session.js"  # of a class that is asked the same question


def style(*paths: str) -> str:
    """The text of style sheets of playground/web, joined in order."""
    return "\n".join(shipped().bodies[path].decode("utf-8") for path in paths)


class LessonStage(Widget):
    """Server functions, see playground/pages/lessons: `opened`, `steps`, `step` and `course`; each
    answers {"error": message} where it refuses."""

    MODULE = "views/lessons/stage.js"
    STYLE = "\n".join(
        (
            style("charts/tiles.css"),
            source("axes", "graph", "trellis"),
            style("views/lessons/stage.css", "views/lessons/asking.css", "views/lessons/votes.css"),
        )
    )

    def __init__(
        self,
        value: Any = None,
        *,
        server: dict[str, Callable[[Any], Any]] | None = None,
        **kwargs: Any,
    ):
        functions = [called(name, function) for name, function in (server or {}).items()]
        kwargs.setdefault("constants", {"classroom": CLASSROOM in shipped().bodies})
        super().__init__(value, server_functions=functions or None, **kwargs)
