"""Values that strangers sent, read one by one; ValueError with a sentence that names field, value
and what is allowed."""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Mapping, Sequence
from typing import Any

from playground.i18n import t
from playground.parameters import Parameter, short

ANSWER_CHARACTERS = 64
QUESTION_CHARACTERS = 300
FIGURE_CHARACTERS = 2_000
LARGEST = 1e300  # number
CONTROL = ("Cc", "Cf", "Cs", "Co", "Cn")  # of Unicode: nothing that one sees


def object_of(value: Any, name: str) -> Mapping[str, Any]:
    if not isinstance(value, Mapping):
        raise ValueError(
            t("{name} must be an object, got {got}", name=name, got=type(value).__name__)
        )
    return value


def text_of(value: Any, name: str, most: int, empty: bool = False) -> str:
    """A text of at most `most` characters that UTF-8 can write; `empty`: "" and None are
    allowed."""
    if value is None and empty:
        return ""
    if not isinstance(value, str):
        raise ValueError(t("{name} must be a text, got {got}", name=name, got=short(value)))
    if len(value) > most:
        raise ValueError(
            t(
                "{name} must have at most {most} characters, got {got}: shorten it.",
                name=name,
                most=most,
                got=len(value),
            )
        )
    if any("\ud800" <= letter <= "\udfff" for letter in value):
        raise ValueError(t("{name} must be valid Unicode text.", name=name))
    if not empty and not value.strip():
        raise ValueError(t("{name} is empty: write something.", name=name))
    return value


def answer_of(value: Any, name: str = "answer") -> str:
    """A student's words: one line without what cannot be seen, spaces joined, 1 to 64
    characters."""
    said = text_of(value, name, 1_000_000, empty=True)
    seen = "".join(
        " " if letter.isspace() else letter
        for letter in said
        if letter.isspace() or unicodedata.category(letter) not in CONTROL
    )
    said = " ".join(seen.split())
    if not said:
        raise ValueError(t("Your answer is empty: write something."))
    if len(said) > ANSWER_CHARACTERS:
        raise ValueError(
            t("Your answer has more than {most} characters: shorten it.", most=ANSWER_CHARACTERS)
        )
    return said


def word_of(value: Any, name: str = "answer") -> str:
    """A student's word: as `answer_of`, and one alone."""
    said = answer_of(value, name)
    if " " in said:
        raise ValueError(t("One word, please: the next one alone."))
    return said


def number_of(
    value: Any, name: str, low: float | None = None, high: float | None = None, whole: bool = False
) -> float:
    """A number in [low, high], by the check that all settings have; never so large that sums of
    several overflow."""
    least, most = -LARGEST if low is None else low, LARGEST if high is None else high
    return Parameter(name, int if whole else float, None, low=least, high=most).check(value)


def list_of(value: Any, name: str, least: int, most: int) -> list[Any]:
    """A list of `least` to `most` things."""
    if isinstance(value, (str, bytes)) or not isinstance(value, Sequence):
        raise ValueError(t("{name} must be a list, got {got}", name=name, got=short(value)))
    if not least <= len(value) <= most:
        raise ValueError(
            t(
                "{name} must hold {least} to {most} things, got {got}",
                name=name,
                least=least,
                most=most,
                got=len(value),
            )
        )
    return list(value)


def ids_of(value: Any, name: str, most: int) -> list[int]:
    """Token ids; that they are below the vocabulary's size is checked by the model."""
    return [int(number_of(token, name, 0, 2**31, True)) for token in list_of(value, name, 1, most)]


def figure_of(value: Any, name: str = "figure") -> Any:
    """What the asker's page draws beside a question: any small plain data, handed on as it came.

    It goes out to everybody with every state, so it must be data that JSON and UTF-8 can write."""
    try:
        text = "" if _deep(value) else json.dumps(value, ensure_ascii=False, allow_nan=False)
        text.encode()
    except (TypeError, ValueError):
        text = ""
    if not text or len(text) > FIGURE_CHARACTERS:
        raise ValueError(
            t(
                "{name} must have at most {most} characters as JSON.",
                name=name,
                most=FIGURE_CHARACTERS,
            )
        )
    return value


def _deep(value: Any, levels: int = 16) -> bool:
    """Whether lists and objects lie in each other deeper than `levels`."""
    inner = value.values() if isinstance(value, Mapping) else value
    if not isinstance(value, (Mapping, list)):
        return False
    return levels == 0 or any(_deep(one, levels - 1) for one in inner)
