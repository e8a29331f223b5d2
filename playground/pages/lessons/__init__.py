"""Lessons: a stage on which one figure at a time asks for a guess, and two courses made of such
steps."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from urllib.parse import parse_qsl

from playground.i18n import LANGUAGES, t
from playground.pages import gate
from playground.pages.errors import answered_messages
from playground.pages.lessons.course import Course, read_course
from playground.pages.lessons.lesson import (
    Lesson,
    LessonStep,
    drawn_step,
    files_of,
    language_of,
    lesson_files,
    read_lesson,
)
from playground.pages.lessons.old_links import step_of_old
from playground.pages.lessons.scenes.models import MODEL
from playground.pages.links import Number, PageLink, Text
from playground.widgets.lesson_stage import LessonStage

TITLE = t("Lessons")
SLUG = "lessons"
MOST_STEPS = 200  # of a lesson or a course
LINK = PageLink(
    SLUG,
    {
        "lesson": Text("", longest=80),
        "course": Text("", longest=80),
        "step": Number(0, 0, MOST_STEPS, whole=True),  # links of before, counted from 0
        "at": Number(0, 0, MOST_STEPS, whole=True),  # counted from 1
    },
)


def build(app: Any) -> None:
    server = Server(app.backend)
    LessonStage(
        elem_id="lesson-stage",
        server={
            "opened": answered_messages(opened),
            "steps": answered_messages(steps),
            "step": answered_messages(server.step),
            "course": answered_messages(course),
        },
    )
    app.at_start(shelf)


@dataclass
class Shelf:
    """All lessons and courses of a language, and a sentence for each file that is none: a teacher's
    slip takes nothing else away."""

    lessons: dict[str, Lesson]
    courses: dict[str, Course]
    problems: list[str]


@lru_cache(maxsize=len(LANGUAGES))
def shelf(language: str = "en") -> Shelf:
    found = Shelf({}, {}, [])
    for path in lesson_files(language):
        try:
            lesson = read_lesson(path, language_of(path))
        except ValueError as error:
            found.problems.append(str(error))
            continue
        found.lessons[lesson.slug] = lesson
    lengths = {slug: len(lesson.steps) for slug, lesson in found.lessons.items()}
    for path in files_of(language, "*.md", "courses"):
        try:
            one = read_course(path, lengths)
        except ValueError as error:
            found.problems.append(str(error))
            continue
        found.courses[one.slug] = one
    return found


def shelf_of(request: Any) -> Shelf:
    language = request.get("language") if isinstance(request, dict) else None
    return shelf(language if isinstance(language, str) and language in LANGUAGES else "en")


def opened(request: Any) -> dict:
    """{"lessons", "courses", "at": {"lesson", "course", "step"}, "message"} for the address that
    the page was opened with, in its language."""
    query = request.get("query", "") if isinstance(request, dict) else ""
    params = dict(parse_qsl(str(query)[:20_000].lstrip("?")))
    values, sentence = LINK.decode(params) if LINK.given(params) else (LINK.defaults(), "")
    found = shelf_of(request)
    for field, known in (("lesson", found.lessons), ("course", found.courses)):
        if values[field] and values[field] not in known:
            options = ", ".join(known)
            sentence = t(
                "{field} must be one of {options}, got {got}: the first lesson is open.",
                field=field,
                options=options,
                got=repr(values[field][:40]),
            )
    step = values["at"] - 1 if values["at"] else step_of_old(values["lesson"], values["step"])
    return {
        "lessons": [
            {
                "slug": lesson.slug,
                "title": lesson.title,
                "minutes": lesson.minutes,
                "count": len(lesson.steps),
            }
            for lesson in found.lessons.values()
        ],
        "courses": [
            {
                "slug": one.slug,
                "title": one.title,
                "steps": [list(place) for part in one.parts for place in part.steps],
            }
            for one in found.courses.values()
        ],
        "at": {"lesson": values["lesson"], "course": values["course"], "step": max(0, step)},
        "message": sentence,
        "problems": found.problems,
    }


def _lesson(request: Any) -> Lesson:
    lessons = shelf_of(request).lessons
    slug = request.get("lesson") if isinstance(request, dict) else None
    if not isinstance(slug, str) or slug not in lessons:
        raise ValueError(
            t(
                "{field} must be one of {options}, got {got}",
                field="lesson",
                options=", ".join(lessons),
                got=repr(slug)[:40],
            )
        )
    return lessons[slug]


def steps(request: Any) -> dict:
    """{"steps"}: all steps of a lesson; the figures of those that need the model are asked for by
    `step`."""
    return {"steps": [step.record() for step in _lesson(request).steps]}


def course(request: Any) -> dict:
    """{"course"}: what the teacher's page says."""
    courses = shelf_of(request).courses
    slug = request.get("course") if isinstance(request, dict) else None
    if not isinstance(slug, str) or slug not in courses:
        raise ValueError(
            t(
                "{field} must be one of {options}, got {got}",
                field="course",
                options=", ".join(courses),
                got=repr(slug)[:40],
            )
        )
    return {"course": courses[slug].record()}


class Server:
    """What needs the shared backend."""

    def __init__(self, backend: Callable[[], Any]):
        self.backend = backend

    def step(self, request: Any) -> dict:
        """{"step"}: one step with its figure computed by the model."""
        lesson = _lesson(request)
        at = request.get("step")
        if isinstance(at, bool) or not isinstance(at, int) or not 0 <= at < len(lesson.steps):
            raise ValueError(
                t(
                    "{lesson} has the steps 1 to {count}, got {got}",
                    lesson=lesson.slug,
                    count=len(lesson.steps),
                    got=repr(at)[:40],
                )
            )
        return {"step": self.computed(lesson.steps[at]).record()}

    def computed(self, step: LessonStep) -> LessonStep:
        """The step, its figure drawn once for all visitors."""
        if not step.needs_model or step.written is None or step.figure is not None:
            return step
        backend = self.backend()
        with (
            gate.question(backend, SLUG, MODEL),
            contextlib.closing(backend.causal(MODEL)) as model,
        ):
            drawn = drawn_step(step.written, model)
        step.figure, step.then, step.predict = drawn.figure, drawn.then, drawn.predict
        return step
