"""The page of a student in a class: one file beside the app, with its script and the words of that
in all languages in it, so that it is there after one answer of the server. What it says while it
connects stands in it as text, and is painted before the script runs.

It is the same for every class; its script reads the code from the address. `<base href="../">`
makes that work below a root path.
"""

from __future__ import annotations

import functools
import html
import json
from urllib.parse import quote

from playground.i18n import LANGUAGES, t
from playground.i18n.tables import TRANSLATED, table, translated
from playground.web import WEB, shipped
from playground.web.one_script import one_script, order_of

ENTRY = "classroom/seat.js"
STYLES = ("classroom/seat.css", "charts/class_rows.css")


@functools.cache
def modules() -> tuple[str, ...]:
    """The page's modules, the entry last."""
    return tuple(order_of(shipped(), ENTRY))


@functools.cache
def words(language: str) -> str:
    """The messages of the page's modules in a language, as the address of a table: nothing is
    fetched for it."""
    places = frozenset(f"playground/web/{path}" for path in modules())
    return "data:application/json;charset=utf-8," + quote(
        table(language, places).decode("utf-8"), safe=SAFE
    )


# What an address may hold besides letters and digits; everything that is left alone compresses
# better.
SAFE = "".join(chr(code) for code in range(32, 127) if chr(code) not in '%#&<>"\\') + "".join(
    chr(code) for code in range(0xA0, 0x250)
)


@functools.cache
def seat_page(language: str = "en") -> bytes:
    """The page as HTML in UTF-8. `language` is the class's own: the page speaks it until the
    student chooses another.

    Raises ValueError for a language that is not offered."""
    if language not in LANGUAGES:
        raise ValueError(f"language must be one of {', '.join(LANGUAGES)}, got {language!r}")
    files = shipped()
    settings = {
        "names": LANGUAGES,
        "tables": {name: words(name) for name in TRANSLATED},
        "start": language,
    }
    parts = {
        "style": "\n".join(files.bodies[path].decode("utf-8") for path in STYLES),
        "languages": json.dumps(settings, ensure_ascii=False).replace("<", "\\u003c"),
        "language": "zh-Hans" if language == "zh" else language,
        "class": html.escape(translated(t("Class"), language)),
        "connecting": html.escape(translated(t("Connecting…"), language)),
        "script": one_script(files, ENTRY),
    }
    page = (WEB / "classroom" / "seat.html").read_text(encoding="utf-8")
    for name, text in parts.items():
        page = page.replace("{{" + name + "}}", text)
    return page.encode("utf-8")


def gone_page(language: str = "en") -> bytes:
    """The page where there is no such class: the same one, which says so as soon as it has asked
    for a seat."""
    return seat_page(language)
