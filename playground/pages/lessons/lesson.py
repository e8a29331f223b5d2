"""Lessons are Markdown files in assets/lessons/en; a teacher adds one without code. A translation
is a file of the same name in the folder of its language (assets/lessons/de); a lesson that has none
is read in English. What a file may say stands in assets/lessons/README.md and in `written.py`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from playground.i18n import LANGUAGES, t
from playground.pages.lessons.asked_figure import AskedFigure
from playground.pages.lessons.predictions import public, read_prediction
from playground.pages.lessons.scenes import NEEDS_MODEL
from playground.pages.lessons.sliders import read_sliders
from playground.pages.lessons.written import (
    Refused,
    WrittenStep,
    read_head,
    read_steps,
    text_of,
)
from playground.paths import ASSETS

FOLDER = ASSETS / "lessons"


@dataclass
class LessonStep:
    """What the stage shows: text, question and `figure`; and what waits for the reveal: answer,
    `then` and the prediction's truth."""

    title: str
    text: list[str] = field(default_factory=list)  # paragraphs
    open: str = ""
    figure: dict | None = None  # before the reveal
    then: dict | None = None  # after it, where it changes
    question: str = ""
    predict: dict | None = None
    answer: str = ""
    needs_model: bool = False
    moves: dict = field(default_factory=dict)  # see sliders.py; {} where nothing is moved
    written: WrittenStep | None = None

    def record(self) -> dict:
        """Plain data in two parts: what is on view at once, and `hidden`, which is drawn when it is
        revealed."""
        return {
            "title": self.title,
            "text": self.text,
            "open": self.open,
            "figure": self.figure,
            "question": self.question,
            "predict": public(self.predict),
            "needs_model": self.needs_model and self.figure is None,
            "hidden": {
                "answer": self.answer,
                "then": self.then,
                "truth": None if self.predict is None else self.predict["truth"],
                "moves": self.moves or None,
            },
        }


@dataclass
class Lesson:
    slug: str
    title: str
    minutes: str
    steps: list[LessonStep]

    def record(self) -> dict:
        return {
            "slug": self.slug,
            "title": self.title,
            "minutes": self.minutes,
            "steps": [step.record() for step in self.steps],
        }


def _drawn(written: WrittenStep, key: str, model: Any = None) -> dict | None:
    """The figure of a step, or with key "then" what it becomes: the same figure with other settings
    or words."""
    if not written.said("figure") or (
        key == "then" and not written.said("then") and "then words" not in written.many
    ):
        return None
    asked = AskedFigure.read(written, key == "then")
    return asked.draw(asked.settings, model)


def _moved(written: WrittenStep, model: Any = None) -> dict:
    """What of the revealed figure the reader may move."""
    if "slider" not in written.many:
        return {}
    if not written.said("figure"):
        raise written.refuse(t("a slider moves a figure, and this step has none"), "slider")
    asked = AskedFigure.read(written, after=True)
    return read_sliders(written, asked, model)


def drawn_step(written: WrittenStep, model: Any = None) -> LessonStep:
    """The step with its figures and its truth computed. One that needs the model waits for it where
    `model` is None."""
    step = LessonStep(
        written.title,
        written.text,
        written.said("open"),
        question=written.said("question"),
        answer=written.said("answer"),
        needs_model=written.said("figure").partition(" ")[0] in NEEDS_MODEL,
        written=written,
    )
    for key in ("figure", "then"):
        try:
            setattr(step, key, _drawn(written, key, model) or None)
        except ValueError as error:
            place = key if key in written.lines else "then words"
            raise written.refuse(str(error), place) from None
    if step.needs_model and model is None:
        step.predict = _kind_alone(written)
        step.moves = _moved(written)
        return step
    step.predict = read_prediction(written, step.figure, step.then)
    step.moves = _moved(written, model)
    return step


def _kind_alone(written: WrittenStep) -> dict | None:
    """A prediction on a figure that is not computed yet; one without a figure is whole."""
    kind = written.said("predict").split(" ")[0]
    if kind in ("", "card", "choice", "number") or (kind == "order" and written.items):
        return read_prediction(written, None, None)
    return {"kind": kind, "truth": None}


def read_lesson(path: Path, language: str = "en") -> Lesson:
    """ValueError, with the file's name, the line and the reason, for a file that is no lesson."""
    try:
        facts, lines = read_head(text_of(path), ("title",))
        steps = [drawn_step(written) for written in read_steps(lines, language)]
    except Refused as refused:
        raise refused.within(path.name) from None
    return Lesson(path.stem.partition("-")[2], facts["title"], facts.get("minutes", "5"), steps)


def files_of(language: str, pattern: str, folder: str = "") -> list[Path]:
    """The files in a language, or in English where it has none of that name; in the order of their
    names."""
    english = FOLDER / "en" / folder
    own = FOLDER / (language if language in LANGUAGES else "en") / folder
    return [
        own / path.name if (own / path.name).is_file() else path
        for path in sorted(english.glob(pattern))
    ]


def lesson_files(language: str = "en") -> list[Path]:
    return files_of(language, "*.md")


def language_of(path: Path) -> str:
    """The language of a lesson's or a course's file: the folder below assets/lessons."""
    return next((name for name in path.relative_to(FOLDER).parts if name in LANGUAGES), "en")


def read_lessons(language: str = "en") -> list[Lesson]:
    return [read_lesson(path, language_of(path)) for path in lesson_files(language)]
