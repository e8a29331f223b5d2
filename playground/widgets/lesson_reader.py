"""A lesson: narrow text beside the living page, one step at a time, with a question to predict before the answer shows."""

from __future__ import annotations

from playground.widgets.widget import Widget, source


class LessonReader(Widget):
    """Value: {"lessons": [Lesson.record(), ...], "at": {"lesson": slug, "step": int} or absent}."""

    SCRIPT = source("parts", "lesson_reader")
    STYLE = source("lesson_reader", kind="css")
    TEMPLATE = '<div class="widget lessons"></div>'
