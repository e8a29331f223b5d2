"""The kinds of questions, by name."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from playground.classroom.questions.canvas import PlaceAndWord
from playground.classroom.questions.game import ShannonGame
from playground.classroom.questions.order import Order
from playground.classroom.questions.plain import Choice, Number, Numbers, Pair, Words
from playground.classroom.questions.question import Answer, Question, bad_choice
from playground.classroom.questions.token import NextToken

PLAIN: dict[str, type[Question]] = {
    kind.kind: kind for kind in (Choice, Number, Numbers, Order, Pair, Words)
}
WITH_MODEL: dict[str, Callable[[Mapping[str, Any], Any], Question]] = {
    NextToken.kind: NextToken,
    ShannonGame.kind: ShannonGame,
    PlaceAndWord.kind: PlaceAndWord,
}


def model_of(raw: Mapping[str, Any]) -> tuple[str, str] | None:
    """(name, "causal" or "denoiser") of the model that a question needs, None where it needs none.
    ValueError for an unknown kind."""
    kind = raw.get("kind")
    if not isinstance(kind, str) or (kind not in PLAIN and kind not in WITH_MODEL):
        raise bad_choice("kind", kind, ", ".join((*PLAIN, *WITH_MODEL)))
    if kind in PLAIN or (kind == PlaceAndWord.kind and raw.get("model") is None):
        return None
    return str(raw.get("model"))[:200], "denoiser" if kind == PlaceAndWord.kind else "causal"


def read_question(raw: Mapping[str, Any], model: Any = None) -> Question:
    """The question that a teacher sent, checked. `model`: a session of the model of
    `model_of(raw)`; it is the question's from now on, and closed if the question is refused."""
    try:
        kind = raw["kind"]
        return PLAIN[kind](raw) if kind in PLAIN else WITH_MODEL[kind](raw, model)
    except BaseException:
        if model is not None:
            model.close()
        raise


__all__ = ["Answer", "Question", "model_of", "read_question"]
