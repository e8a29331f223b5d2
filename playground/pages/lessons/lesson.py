"""Lessons are Markdown files in assets/lessons/en with front matter; a teacher adds one without code. A translation is a file of the
same name in the folder of its language (assets/lessons/de); a lesson that has none is read in English.

    ---
    title: Temperature
    minutes: 5
    ---
    ## The first step's title
    open: ?tab=generate&temperature=0.5
    look: #generator .rules
    Prose of the step. A figure is computed: {{softmax logits=2,1,.5 temperature=.5 token=0}}.
    question: What happens at T = 2?
    answer: It flattens, to {{softmax logits=2,1,.5 temperature=2 token=0}}.

`open` is the state link of a page, `look` a CSS selector of the control that the step speaks of; both may be left out.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from pathlib import Path

from playground.i18n import LANGUAGES, t
from playground.pages.lessons.figures import filled
from playground.paths import ASSETS

FOLDER = ASSETS / "lessons"
MARKS = ("open", "look", "question", "answer")


@dataclass
class LessonStep:
    title: str
    text: list[str] = field(default_factory=list)  # paragraphs
    open: str = ""
    look: str = ""
    question: str = ""
    answer: str = ""


@dataclass
class Lesson:
    slug: str
    title: str
    minutes: str
    steps: list[LessonStep]

    def record(self) -> dict:
        return asdict(self)


def read_lesson(path: Path) -> Lesson:
    """ValueError, with the file's name, for a file that is no lesson."""
    _, head, body = ([*path.read_text(encoding="utf-8").split("---\n", 2), "", ""])[:3]
    facts = dict(line.split(":", 1) for line in head.strip().splitlines() if ":" in line)
    if "title" not in facts:
        raise ValueError(t("{name} must begin with front matter that has a title", name=path.name))
    steps: list[LessonStep] = []
    try:
        body = filled(body)
    except ValueError as error:
        raise ValueError(f"{path.name}: {error}") from None
    for line in body.splitlines():
        mark, _, rest = line.partition(":")
        if line.startswith("## "):
            steps.append(LessonStep(line[3:].strip()))
        elif steps and mark in MARKS:
            setattr(steps[-1], mark, rest.strip())
        elif steps and line.strip():
            steps[-1].text.append(line.strip())
    if not steps or not all(step.text or step.question for step in steps):
        raise ValueError(t("{name} must have steps (## …) that each say something", name=path.name))
    for step in steps:
        if step.open and not step.open.startswith("?tab="):
            raise ValueError(
                t(
                    "{name}: open must be a state link (?tab=…), got {got}",
                    name=path.name,
                    got=repr(step.open[:40]),
                )
            )
    return Lesson(
        path.stem.partition("-")[2],
        facts["title"].strip(),
        facts.get("minutes", "5").strip(),
        steps,
    )


def lesson_files(language: str = "en") -> list[Path]:
    """The lessons in a language, or in English where it has none of that name; in the order of the files' names."""
    folder = FOLDER / language if language in LANGUAGES else FOLDER / "en"
    english = sorted((FOLDER / "en").glob("*.md"))
    return [path if not (folder / path.name).is_file() else folder / path.name for path in english]


def read_lessons(language: str = "en") -> list[Lesson]:
    return [read_lesson(path) for path in lesson_files(language)]
