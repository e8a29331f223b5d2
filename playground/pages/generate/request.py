"""What the browser asks for, checked: every value comes from a stranger."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from playground.backend.limits import limits
from playground.decoding import settings
from playground.decoding.settings import MAX_NEW_TOKENS, DecodingSettings

PROMPT_CHARACTERS = limits().max_prompt_characters
NEW_TOKENS = limits().max_new_tokens
SCORE_TOKENS = limits().max_score_tokens


def object_of(value: Any, name: str = "request") -> Mapping[str, Any]:
    if not isinstance(value, Mapping):
        raise ValueError(f"{name} must be an object, got {type(value).__name__}")
    return value


def text_of(value: Any, name: str, longest: int = PROMPT_CHARACTERS) -> str:
    """A non-empty text of at most `longest` characters."""
    if not isinstance(value, str):
        raise ValueError(f"{name} must be a text, got {type(value).__name__}")
    if not value.strip():
        raise ValueError(f"The {name} is empty: write a few words, or take one of the examples.")
    if len(value) > longest:
        raise ValueError(
            f"The {name} must have at most {longest:,} characters, got {len(value):,}: shorten it."
        )
    return value


def check_prompt_fits(model: Any, prompt_ids: Sequence[int]) -> None:
    """ValueError where the prompt fills the model's context, so that not one token could be
    written."""
    longest = getattr(model, "context_length", None)
    if longest is not None and len(prompt_ids) >= longest:
        raise ValueError(
            f"The prompt has {len(prompt_ids):,} tokens, and this model's context holds "
            f"{longest:,}: shorten the prompt."
        )


def ids_of(value: Any, name: str, longest: int = 4096) -> list[int]:
    """A list of token ids; that they are below the vocabulary's size is checked by the model."""
    if value is None:
        return []
    if not isinstance(value, (list, tuple)):
        raise ValueError(f"{name} must be a list of token ids, got {type(value).__name__}")
    if len(value) > longest:
        raise ValueError(f"{name} must hold at most {longest:,} token ids, got {len(value):,}")
    for token in value:
        if isinstance(token, bool) or not isinstance(token, int) or token < 0:
            raise ValueError(
                f"{name} must hold whole numbers of at least 0, got {str(token)[:40]!r}"
            )
    return list(value)


def settings_of(value: Any, longest: int = NEW_TOKENS) -> Any:
    """DecodingSettings of a plain dict; a bad field raises ValueError with its name, its value and
    the range."""

    given = DecodingSettings.from_dict(dict(object_of(value or {}, "settings")))
    replace(MAX_NEW_TOKENS, high=longest).check(given.max_new_tokens)
    return given


def memory_of(value: Any) -> dict[str, float] | None:
    """What rules carried from the step before (mirostat: {"mu": bits}), or None."""
    return None if value is None else settings.memory_of(object_of(value, "memory"))


@dataclass
class RunRequest:
    """One text to write. prefix: ids written before (a branch); forced: ids that the visitor chose
    to come next."""

    run: str
    model: str
    prompt: str
    settings: Any
    chat: bool = False
    prefix: list[int] = field(default_factory=list)
    forced: list[int] = field(default_factory=list)
    memory: dict[str, float] | None = None

    @classmethod
    def read(cls, raw: Any) -> RunRequest:
        raw = object_of(raw)
        settings = settings_of(raw.get("settings"))
        prefix, forced = ids_of(raw.get("prefix"), "prefix"), ids_of(raw.get("forced"), "forced")
        if len(prefix) + len(forced) > NEW_TOKENS:
            raise ValueError(
                f"the text must have at most {NEW_TOKENS} tokens, got "
                f"{len(prefix) + len(forced)}: begin a new one"
            )
        return cls(
            str(raw.get("run"))[:64],
            str(raw.get("model"))[:200],
            text_of(raw.get("prompt"), "prompt"),
            settings,
            bool(raw.get("chat")),
            prefix,
            forced,
            memory_of(raw.get("memory")),
        )


@dataclass
class StepRequest:
    """One step to be looked at again: its context, and the rules to look at it with."""

    model: str
    ids: list[int]
    prompt_length: int
    index: int
    settings: Any
    memory: dict[str, float] | None = None

    @classmethod
    def read(cls, raw: Any) -> StepRequest:
        raw = object_of(raw)
        ids = ids_of(raw.get("ids"), "ids", 8192)
        if not ids:
            raise ValueError("ids must hold at least one token id, got none")
        prompt_length, index = raw.get("prompt_length"), raw.get("index")
        for name, value, high in (
            ("prompt_length", prompt_length, len(ids)),
            ("index", index, 1_000_000),
        ):
            if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= high:
                raise ValueError(
                    f"{name} must be a whole number in [0, {high}], got {str(value)[:40]!r}"
                )
        return cls(
            str(raw.get("model"))[:200],
            ids,
            prompt_length,
            index,
            settings_of(raw.get("settings"), 1_000_000),
            memory_of(raw.get("memory")),
        )
