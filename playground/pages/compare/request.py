"""What the browser or a program asks for, checked: a bad value is a ValueError that names field,
value and range."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from playground.backend.limits import limits
from playground.i18n import t
from playground.parameters import SEED, Parameter

PROMPT_CHARACTERS = min(limits().max_compared_characters, limits().max_prompt_characters)
RACE_SAMPLERS = ("dream", "mdlm", "llada", "maskgit", "self-verifying", "self-speculative")
NEW_TOKENS = min(limits().max_compared_tokens, limits().max_new_tokens)


def object_of(value: Any, name: str = "request") -> Mapping[str, Any]:
    if not isinstance(value, Mapping):
        raise ValueError(
            t("{name} must be an object, got {got}", name=name, got=type(value).__name__)
        )
    return value


def text_of(value: Any, name: str, longest: int = PROMPT_CHARACTERS, empty: bool = False) -> str:
    if not isinstance(value, str):
        raise ValueError(t("{name} must be a text, got {got}", name=name, got=type(value).__name__))
    if not empty and not value.strip():
        raise ValueError(t("{name} must hold at least 1 word, got an empty text", name=name))
    if len(value) > longest:
        raise ValueError(
            t(
                "{name} must have at most {longest} characters, got {got}",
                name=name,
                longest=longest,
                got=len(value),
            )
        )
    return value


def texts_of(value: Any, name: str, most: int, longest: int = PROMPT_CHARACTERS) -> list[str]:
    """A list of 1 to `most` texts."""
    if not isinstance(value, list) or not 1 <= len(value) <= most:
        raise ValueError(
            f"{name} must be a list of 1 to {most} texts, got "
            f"{len(value) if isinstance(value, list) else type(value).__name__}"
        )
    return [text_of(one, f"{name}[{place}]", longest) for place, one in enumerate(value)]


def whole_of(value: Any, name: str, low: int, high: int) -> int:
    return Parameter(name, int, None, low=low, high=high).check(value)


def number_of(value: Any, name: str, low: float, high: float) -> float:
    return Parameter(name, float, None, low=low, high=high).check(value)


def choice_of(value: Any, name: str, options: tuple[str, ...]) -> str:
    return Parameter(name, str, None, choices=options).check(value)


def seed_of(value: Any) -> int:
    return SEED.check(value)


def prompt_ids(model: Any, prompt: str, tokens: int, name: str = "prompt") -> list[int]:
    """The prompt's ids; they and `tokens` more must fit the model."""
    ids = list(model.encode(prompt))
    longest = getattr(model, "context_length", None)
    if longest is not None and len(ids) + tokens > longest:
        raise ValueError(
            t(
                "{name} must have at most {value} tokens beside {tokens} new ones in this model, "
                "got {got}",
                name=name,
                value=longest - tokens,
                tokens=tokens,
                got=len(ids),
            )
        )
    return ids
