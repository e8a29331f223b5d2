"""The link of a page as a QR code, large enough for a projector, in a dialog; one for all pages."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from playground.widgets.widget import Widget, called, source

TEMPLATE = """
<dialog class="qr-dialog" aria-labelledby="qr-title">
  <div class="qr-head"><h2 id="qr-title">This page as a QR code</h2><button type="button" data-part="close">Close</button></div>
  <p class="problem" data-part="problem" role="alert" hidden></p>
  <div class="qr-picture" data-part="picture"></div>
  <p class="qr-note" data-part="note"></p>
  <a class="qr-address" data-part="address"></a>
</dialog>
"""


class LinkPicture(Widget):
    """Opens when a script says `show_qr(address)`. `squares(address)` gives the rows of the code as text of 0 and 1."""

    TEMPLATE = TEMPLATE
    SCRIPT = source("parts", "link_picture")
    STYLE = source("link_picture", kind="css")

    def __init__(self, squares: Callable[[Any], list[str]], **kwargs: Any):
        def answer(address: Any) -> dict:
            try:
                return {"rows": squares(address)}
            except ValueError as error:
                return {"error": str(error)}

        super().__init__(None, server_functions=[called("squares", answer)], **kwargs)
