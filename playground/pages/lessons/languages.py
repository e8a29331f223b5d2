"""What a translation must share with its English file: the steps, their figures, what they ask and
what is true."""

from __future__ import annotations

import re
from pathlib import Path

from playground.pages.lessons import lesson as lessons
from playground.pages.lessons.course import read_course
from playground.pages.lessons.written import controls

KEPT = ("open", "figure", "then", "predict")
WORDS_OF_TEXT = re.compile(r"\bnames=\S+")


def differences(language: str) -> tuple[list[str], int]:
    """Sentences about every file of a language that is no lesson or differs from English, and how
    many files the language has."""
    problems: list[str] = []
    english = {path.name: path for path in (lessons.FOLDER / "en").glob("*.md")}
    own = sorted((lessons.FOLDER / language).glob("*.md"))
    for path in own:
        if path.name not in english:
            problems.append(f"{path.name}: no English lesson has this name")
            continue
        problems += _compared(path, english[path.name], language)
    lengths = {}
    for path in english.values():
        try:
            lesson = lessons.read_lesson(path)
        except ValueError as error:
            problems += [str(error)] if language == "en" and str(error) not in problems else []
            continue
        lengths[lesson.slug] = len(lesson.steps)
    courses = sorted((lessons.FOLDER / language / "courses").glob("*.md"))
    for path in courses:
        problems += _course(path, language, lengths)
    return problems, len(own) + len(courses)


def _course(path: Path, language: str, lengths: dict[str, int]) -> list[str]:
    english = lessons.FOLDER / "en" / "courses" / path.name
    try:
        mine = read_course(path, lengths)
        if not english.is_file():
            return [f"courses/{path.name}: no English course has this name"]
        first = read_course(english, lengths)
    except ValueError as error:
        return [f"courses/{error}"]
    same = [(part.minutes, part.steps, len(part.asked)) for part in mine.parts] == [
        (part.minutes, part.steps, len(part.asked)) for part in first.parts
    ]
    if same and mine.minutes == first.minutes:
        return []
    return [
        f"courses/{path.name}: minutes, steps and questions must be those of the English course"
    ]


def _compared(path: Path, english: Path, language: str) -> list[str]:
    try:
        mine, first = lessons.read_lesson(path, language), lessons.read_lesson(english)
    except ValueError as error:
        return [str(error)]
    if len(mine.steps) != len(first.steps):
        return [f"{path.name}: {len(mine.steps)} steps, in English {len(first.steps)}"]
    problems = []
    for one, other in zip(mine.steps, first.steps, strict=True):
        lines, wanted_lines = one.written, other.written
        assert lines is not None and wanted_lines is not None, "read_lesson keeps them"
        here = f"{path.name}, line {lines.line}"
        for key in KEPT:
            if WORDS_OF_TEXT.sub("", lines.said(key)) != WORDS_OF_TEXT.sub(
                "", wanted_lines.said(key)
            ):
                problems.append(f"{here}: the line {key} differs from the English one")
        if lines.many.get("slider") != wanted_lines.many.get("slider"):
            problems.append(f"{here}: the lines slider differ from the English ones")
        if len(controls(lines)) != len(controls(wanted_lines)):
            problems.append(f"{here}: another number of controls in [[ ]]")
        if bool(one.question) != bool(other.question):
            problems.append(f"{here}: a question is missing or too many")
        asked, wanted = one.predict, other.predict
        if asked and wanted and asked["kind"] in ("choice", "order"):
            # an order is shuffled by its words: its right order is the file's own in every language
            same = asked["kind"] == "order" or asked["truth"] == wanted["truth"]
            if len(asked["items"]) != len(wanted["items"]) or not same:
                problems.append(f"{here}: the items are not those of the English step")
        if lines.said("names").count(",") != wanted_lines.said("names").count(","):
            problems.append(f"{here}: names has another number of names")
    return problems
