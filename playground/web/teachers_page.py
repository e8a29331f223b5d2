"""The page for teachers: TEACHERS.md and its translations beside it, as one light page that prints.
No script but the button's."""

from __future__ import annotations

import functools
import html
from pathlib import Path

from markdown_it import MarkdownIt

from playground.i18n import LANGUAGES, t
from playground.i18n.tables import translated
from playground.paths import ASSETS
from playground.web import WEB

# HTML in the text stays text.
MARKDOWN = MarkdownIt("commonmark", {"html": False}).enable("table")


def teachers_file(language: str = "en") -> Path:
    """The text in a language. Raises ValueError for a language that is not offered."""
    if language not in LANGUAGES:
        raise ValueError(f"language must be one of {', '.join(LANGUAGES)}, got {language!r}")
    name = "TEACHERS.md" if language == "en" else f"TEACHERS.{language}.md"
    # In an installed wheel the text lies among the assets, in a checkout above them.
    inside = ASSETS / name
    return inside if inside.is_file() else ASSETS.parent / name


@functools.cache
def teachers_page(language: str = "en") -> bytes:
    """The page as HTML in UTF-8. Its links are relative to `teachers`, the address at which it is
    served."""
    ways = [f'<a href="./?lang={language}">{_said(t("Open the Playground"), language)}</a>']
    for name, own in LANGUAGES.items():
        here = ' aria-current="page"' if name == language else ""
        ways.append(f'<a href="teachers?lang={name}" lang="{_tag(name)}"{here}>{own}</a>')
    parts = {
        "language": _tag(language),
        "title": _said(t("For teachers"), language),
        "style": (WEB / "teachers" / "page.css").read_text(encoding="utf-8"),
        "ways": "".join(ways),
        "print": _said(t("Print"), language),
        "text": MARKDOWN.render(teachers_file(language).read_text(encoding="utf-8")),
    }
    page = (WEB / "teachers" / "page.html").read_text(encoding="utf-8")
    for name, text in parts.items():
        page = page.replace("{{" + name + "}}", text)
    return page.encode("utf-8")


def _said(message: str, language: str) -> str:
    return html.escape(translated(message, language))


def _tag(language: str) -> str:
    return "zh-Hans" if language == "zh" else language
