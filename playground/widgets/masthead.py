"""What stands above every page: title, status, glossary, projector, language; and the one-line
explanation of whatever control is asked."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from typing import Any

from playground.paths import ASSETS
from playground.widgets.link_picture import answered_squares
from playground.widgets.widget import Widget, called

WORDS = ASSETS / "words"


def address_of(name: str) -> str:
    """The address of a file of assets/words, relative to the page's base; another one when the file
    has changed."""
    path = WORDS / name
    return (
        f"gradio_api/file={path.as_posix()}?v={hashlib.sha256(path.read_bytes()).hexdigest()[:12]}"
    )


class Masthead(Widget):
    """Takes no value. `squares(address)` gives the rows of a QR code: the address of a class is
    drawn by it. `reachable(address)` gives that address as other devices reach it, None where they
    do not (by default it stays as it is). The event `language` carries {"name"}: Gradio's own
    components get their labels by it. assets/words must be served as static files."""

    MODULE = "views/shell/masthead.js"
    EVENTS = ("language",)

    def __init__(
        self,
        squares: Callable[[Any], list[str]],
        reachable: Callable[[Any], str | None] = lambda address: address,
        **kwargs: Any,
    ):
        constants = {
            "glossary": address_of("glossary.json"),
            "explanations": json.loads((WORDS / "explanations.json").read_text(encoding="utf-8")),
        }
        functions = [
            called("squares", answered_squares(squares)),
            called("reachable", lambda address: {"address": reachable(address)}),
        ]
        super().__init__(None, constants=constants, server_functions=functions, **kwargs)
