"""What went wrong, as the visitor reads it: one sentence, the same on every page."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from playground.i18n import t, wire

NOTHING_FITS = (
    "No text of this model fits the words that stand here: words drawn together need not follow "
    "each other in it. What was drawn stays; take more steps (fewer words a step), or an n-gram "
    "model of the next lower order, which allows more."
)


def sentence_of(error: BaseException) -> str:
    """An error of ours in its own words; what nobody foresaw is named, without its insides."""
    if getattr(error, "lower", None) is not None:  # an exact model's ImpossibleEvidence
        return NOTHING_FITS
    if isinstance(error, ValueError) or type(error).__module__.startswith("playground."):
        return str(error)
    return t(
        "Something went wrong here ({kind}). Nothing of your text is lost; try again.",
        kind=type(error).__name__,
    )


def answered_messages(fn: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """A server function of a view that says its own messages: all that it answers goes through
    `wire`, and an error becomes {"error": [id, values]}."""

    @wraps(fn)
    def answer(raw: Any = None) -> Any:
        try:
            return wire(fn(raw))
        except Exception as error:
            return wire({"error": sentence_of(error)})

    return answer


def answered(fn: Callable[[Any], dict]) -> Callable[[Any], dict]:
    """A server function whose errors become {"error": sentence}: the browser shows it, nothing is
    lost."""

    @wraps(fn)
    def answer(raw: Any = None) -> dict:
        try:
            return fn(raw)
        except Exception as error:
            return {"error": sentence_of(error), "state": "failed", "message": sentence_of(error)}

    return answer
