"""Lessons: short guided ones that drive the real pages."""

from __future__ import annotations

from typing import Any

import gradio as gr

from playground.pages.lessons.lesson import lesson_files, read_lesson
from playground.pages.links import Number, PageLink, Text
from playground.widgets.lesson_reader import LessonReader

TITLE = "Lessons"
SLUG = "lessons"
LINK = PageLink(SLUG, {"lesson": Text("", longest=80), "step": Number(0, 0, 50, whole=True)})


def build(app: Any) -> None:
    gr.Markdown("# Lessons\n\nEach takes a few minutes and drives the real pages. Where a question stands, guess before you look: the surprise is the lesson.")
    lessons, problems = [], []
    for path in lesson_files():
        try:
            lessons.append(read_lesson(path).record())
        except ValueError as error:                       # a teacher's slip must not take the other lessons away
            problems.append(str(error))
    message = gr.Markdown(" ".join(problems), visible=bool(problems), elem_classes="problem")
    reader = LessonReader({"lessons": lessons}, elem_id="lesson-reader")

    def restore(request: gr.Request):
        params = dict(request.query_params) if request else {}
        if not LINK.given(params):
            return gr.skip(), gr.skip()
        values, sentence = LINK.decode(params)
        known = [lesson["slug"] for lesson in lessons]
        if values["lesson"] and values["lesson"] not in known:
            sentence = f"lesson must be one of {', '.join(known)}, got {values['lesson'][:40]!r}: the first one is open."
        return {"lessons": lessons, "at": {"lesson": values["lesson"], "step": values["step"]}}, gr.update(value=sentence, visible=bool(sentence))

    app.demo.load(restore, None, [reader, message], api_visibility="private", show_progress="hidden")
