"""The link of a page as a QR code, large enough for a projector, and as lines for another site; one
dialog for all pages."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from playground.widgets.widget import Widget, called, source


class LinkPicture(Widget):
    """Opens when a view says `showQr(address)`. `squares(address)` gives the rows of the code as
    text of 0 and 1; `figures` are those that another site can show alone
    (`playground.pages.embedding.choices`)."""

    MODULE = "views/shell/link_picture.js"
    STYLE = source("link_picture", kind="css")

    def __init__(self, squares: Callable[[Any], list[str]], figures: list[dict], **kwargs: Any):
        functions = [called("squares", answered_squares(squares))]
        constants = {"figures": figures}
        super().__init__(None, constants=constants, server_functions=functions, **kwargs)


def answered_squares(squares: Callable[[Any], list[str]]) -> Callable[[Any], dict]:
    """`squares` as a server function: {"rows"}, or {"error"} with the sentence of what it
    refused."""

    def answer(address: Any) -> dict:
        try:
            return {"rows": squares(address)}
        except ValueError as error:
            return {"error": str(error)}

    return answer
