"""The teacher's panel as a page of its own, for the teacher's phone. Its modules are those of the
app; the key comes by `class/CODE/take`."""

from __future__ import annotations

import functools
import json

from playground.i18n.tables import settings
from playground.web import WEB, shipped

ENTRY = "views/classroom/phone.js"
STYLES = (
    "classroom/seat.css",
    "charts/class_rows.css",
    "views/classroom/classroom.css",
    "views/classroom/phone.css",
)


@functools.cache
def panel_page(language: str = "en") -> bytes:
    """The page as HTML in UTF-8; `language` is the class's own."""
    files = shipped()
    words = json.dumps({**settings(), "start": language}, ensure_ascii=False)
    parts = {
        "style": "\n".join(files.bodies[path].decode("utf-8") for path in STYLES),
        "languages": words.replace("<", "\\u003c"),
        "entry": files.address(ENTRY),
    }
    page = (WEB / "classroom" / "panel.html").read_text(encoding="utf-8")
    for name, text in parts.items():
        page = page.replace("{{" + name + "}}", text)
    return page.encode("utf-8")
