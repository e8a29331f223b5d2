"""Lessons: short guided ones that drive the real pages."""

from __future__ import annotations

from functools import lru_cache
from typing import Any
from urllib.parse import parse_qsl

import gradio as gr

from playground.i18n import LANGUAGES, t
from playground.pages.lessons.lesson import lesson_files, read_lesson
from playground.pages.links import Number, PageLink, Text
from playground.widgets.lesson_reader import LessonReader

TITLE = t("Lessons")
SLUG = "lessons"
LINK = PageLink(SLUG, {"lesson": Text("", longest=80), "step": Number(0, 0, 50, whole=True)})


def build(app: Any) -> None:
    gr.Markdown(
        t(
            "# Lessons\n\nEach takes a few minutes and drives the real pages. Where a question stands, guess before you look: the surprise is the lesson."
        )
    )
    LessonReader(opened=opened, elem_id="lesson-reader")


@lru_cache(maxsize=len(LANGUAGES))
def shelf(language: str = "en") -> tuple[list[dict], list[str]]:
    """All lessons with their figures computed, and a sentence for each file that is none: a teacher's slip takes no other lesson away."""

    lessons, problems = [], []
    for path in lesson_files(language):
        try:
            lessons.append(read_lesson(path).record())
        except ValueError as error:
            problems.append(str(error))
    return lessons, problems


def opened(request: Any) -> dict:
    """{"lessons", "at": {"lesson", "step"}, "message"} for the address that the page was opened with, in the page's language."""
    query, language = "", "en"
    if isinstance(request, dict):
        query, language = request.get("query", ""), str(request.get("language", "en"))
    params = dict(parse_qsl(str(query)[:20_000].lstrip("?")))
    values, sentence = LINK.decode(params) if LINK.given(params) else (LINK.defaults(), "")
    lessons, problems = shelf(language if language in LANGUAGES else "en")
    known = [lesson["slug"] for lesson in lessons]
    if values["lesson"] and values["lesson"] not in known:
        sentence = f"lesson must be one of {', '.join(known)}, got {values['lesson'][:40]!r}: the first one is open."
    return {
        "lessons": lessons,
        "at": {"lesson": values["lesson"], "step": values["step"]},
        "message": " ".join([sentence, *problems]).strip(),
    }
