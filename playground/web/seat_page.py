"""The page of a student in a class: one light page beside the app, with the words of its modules in all languages in it.

It is the same for every class; its modules read the code from the address. `<base href="../">` makes that work below a root path.
"""

from __future__ import annotations

import functools
import json
import posixpath
from urllib.parse import quote

from playground.i18n import LANGUAGES
from playground.i18n.tables import TRANSLATED, table
from playground.web import IMPORT, WEB, shipped

ENTRY = "classroom/seat.js"
STYLES = ("classroom/seat.css", "charts/class_rows.css")


@functools.cache
def modules() -> tuple[str, ...]:
    """The page's modules, the entry first, then what they import in the order in which it is met."""
    files, found, waiting = shipped(), [], [ENTRY]
    while waiting:
        path = waiting.pop(0)
        if path in found:
            continue
        found.append(path)
        text = files.bodies[path].decode("utf-8")
        waiting += [
            posixpath.normpath(posixpath.join(posixpath.dirname(path), hit[2]))
            for hit in IMPORT.finditer(text)
        ]
    return tuple(found)


@functools.cache
def words(language: str) -> str:
    """The messages of the page's modules in a language, as the address of a table: nothing is fetched for it."""
    places = frozenset(f"playground/web/{path}" for path in modules())
    return "data:application/json;charset=utf-8," + quote(
        table(language, places).decode("utf-8"), safe=SAFE
    )


# What an address may hold besides letters and digits; everything that is left alone compresses better.
SAFE = "".join(chr(code) for code in range(32, 127) if chr(code) not in '%#&<>"\\') + "".join(
    chr(code) for code in range(0xA0, 0x250)
)


@functools.cache
def seat_page(language: str = "en") -> bytes:
    """The page as HTML in UTF-8. `language` is the class's own: the page speaks it until the student chooses another.

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
        "preloads": "".join(
            f'<link rel="modulepreload" href="{files.address(path)}">' for path in modules()
        ),
        "languages": json.dumps(settings, ensure_ascii=False).replace("<", "\\u003c"),
        "entry": files.address(ENTRY),
    }
    page = (WEB / "classroom" / "seat.html").read_text(encoding="utf-8")
    for name, text in parts.items():
        page = page.replace("{{" + name + "}}", text)
    return page.encode("utf-8")


def gone_page(language: str = "en") -> bytes:
    """The page where there is no such class: the same one, which says so as soon as it has asked for a seat."""
    return seat_page(language)
