"""What stands above every page: title, status, glossary, projector, language; and the one-line explanation of whatever control is asked."""

from __future__ import annotations

import hashlib
import json

from playground.paths import ASSETS
from playground.widgets.widget import Widget

WORDS = ASSETS / "words"


def address_of(name: str) -> str:
    """The address of a file of assets/words, relative to the page's base; another one when the file has changed."""
    path = WORDS / name
    return (
        f"gradio_api/file={path.as_posix()}?v={hashlib.sha256(path.read_bytes()).hexdigest()[:12]}"
    )


class Masthead(Widget):
    """Takes no value. The event `language` carries {"name"}: Gradio's own components get their labels by it. assets/words must be served
    as static files."""

    MODULE = "views/shell/masthead.js"
    EVENTS = ("language",)

    def __init__(self, **kwargs):
        constants = {
            "glossary": address_of("glossary.json"),
            "explanations": json.loads((WORDS / "explanations.json").read_text(encoding="utf-8")),
        }
        super().__init__(None, constants=constants, **kwargs)
