"""A course is a list of steps of lessons with a page for the teacher: a Markdown file in
assets/lessons/en/courses.

--- title: How a model chooses minutes: 45 aim: Everybody can say what a model computes and what
chance decides. --- ## What comes next minutes: 8 steps: what-comes-next 1-4 Ask for hands before
each reveal.
asked: Does the model know the end of the sentence?
reply: No: it weighs one token, and begins again.
"""

from __future__ import annotations

import re
from dataclasses import asdict, dataclass, field
from pathlib import Path

from playground.i18n import t
from playground.pages.lessons.lesson import files_of
from playground.pages.lessons.written import Line, Refused, read_head, text_of

KEYS = ("minutes", "steps", "asked", "reply")
STEPS = re.compile(r"^([a-z0-9-]+)(?:\s+(\d{1,2})(?:-(\d{1,2}))?)?$")


@dataclass
class Part:
    """`steps` are (lesson, step from 0) in the order in which they are shown."""

    title: str
    line: int
    minutes: int = 0
    steps: list[tuple[str, int]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    asked: list[list[str]] = field(default_factory=list)  # question, reply


@dataclass
class Course:
    slug: str
    title: str
    minutes: int
    aim: str
    needs: str
    parts: list[Part]

    def record(self) -> dict:
        return asdict(self)


def read_course(path: Path, lengths: dict[str, int]) -> Course:
    """ValueError, with the file's name, the line and the reason, for a file that is no course.
    `lengths`: the steps of each lesson."""
    try:
        facts, lines = read_head(text_of(path), ("title", "minutes", "aim"))
        parts = _parts(lines, lengths)
        minutes, needed = int(facts["minutes"]), sum(part.minutes for part in parts)
        if needed > minutes:
            raise Refused(
                t(
                    "the parts take {needed} minutes, the course has {minutes}",
                    needed=needed,
                    minutes=minutes,
                ),
                1,
            )
    except Refused as refused:
        raise refused.within(path.name) from None
    return Course(
        path.stem.partition("-")[2],
        facts["title"],
        minutes,
        facts["aim"],
        facts.get("needs", ""),
        parts,
    )


def _parts(lines: list[Line], lengths: dict[str, int]) -> list[Part]:
    parts: list[Part] = []
    for line in lines:
        text = line.text.strip()
        if not text:
            continue
        if text.startswith("## "):
            parts.append(Part(text[3:].strip(), line.number))
            continue
        if not parts:
            raise Refused(
                t("a part begins with ## and its title, got {got}", got=text[:60]), line.number
            )
        key, colon, value = text.partition(":")
        if colon and key in KEYS:
            _take(parts[-1], key, value.strip(), line.number, lengths)
        elif colon and re.fullmatch(r"[a-z]+", key):
            raise Refused(
                t("there is no line {key}: {options}", key=key, options=", ".join(KEYS)),
                line.number,
            )
        else:
            parts[-1].notes.append(text)
    if not parts:
        raise Refused(t("a course must have parts: ## and a title"), 1)
    for part in parts:
        if not part.steps or not part.minutes:
            raise Refused(t("a part needs minutes: and steps:"), part.line)
        if any(len(pair) < 2 for pair in part.asked):
            raise Refused(t("each asked: needs its reply:"), part.line)
    return parts


def _take(part: Part, key: str, value: str, number: int, lengths: dict[str, int]) -> None:
    if key == "minutes":
        if not value.isdigit() or not 1 <= int(value) <= 300:
            raise Refused(
                t("minutes must be a whole number from 1 to 300, got {got}", got=value), number
            )
        part.minutes = int(value)
    elif key == "asked":
        part.asked.append([value])
    elif key == "reply":
        if not part.asked or len(part.asked[-1]) != 1:
            raise Refused(t("reply: stands under the question that it answers (asked:)"), number)
        part.asked[-1].append(value)
    else:
        part.steps += _steps(value, number, lengths)


def _steps(value: str, number: int, lengths: dict[str, int]) -> list[tuple[str, int]]:
    """`temperature 2-4` as steps, counted from 1 in the file and from 0 here; a lesson's name alone
    is all of it."""
    found = STEPS.match(value)
    if not found or found.group(1) not in lengths:
        raise Refused(
            t(
                "steps: names a lesson and its steps (temperature 2-4); the lessons are "
                "{options}, got {got}",
                options=", ".join(lengths),
                got=value[:60],
            ),
            number,
        )
    slug, first, last = found.groups()
    count = lengths[slug]
    begin = int(first or 1)
    end = int(last or first or count)
    if not 1 <= begin <= end <= count:
        raise Refused(
            t(
                "{lesson} has the steps 1 to {count}, got {got}",
                lesson=slug,
                count=count,
                got=value[:60],
            ),
            number,
        )
    return [(slug, step - 1) for step in range(begin, end + 1)]


def read_courses(language: str, lengths: dict[str, int]) -> list[Course]:
    return [read_course(path, lengths) for path in files_of(language, "*.md", "courses")]
