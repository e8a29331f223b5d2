"""What a class's questions ask of a model: read and begun with it, and prepared for the reveal. All
of it runs in a thread, in a place among all runs."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from playground.classroom.questions import Answer, Question, model_of, read_question
from playground.i18n import t

Models = Callable[[], Any]


def read_with_model(models: Models, raw: Any) -> Question:
    """The question, with the model that it needs; runs in a thread."""
    needed = model_of(raw)
    if needed is None:
        return read_question(raw)
    name, kind = needed
    backend = models()
    if backend.status(name)["state"] != "ready":
        raise ValueError(
            t("The model is not loaded: write a text with it first, or wait until it is there.")
        )
    with backend.run(None, "class", _label(backend, name), "question"):
        question = read_question(raw, getattr(backend, kind)(name))
        question.asks = name
        try:
            question.begin()
        except BaseException:
            question.close()
            raise
        return question


def prepare_reveal(models: Models, question: Question, answers: list[Answer]) -> None:
    """What the reveal needs of a model; runs in a thread, in a place among all runs where a network
    is asked."""
    if not question.asks:
        return question.prepare(answers)
    backend = models()
    with backend.run(None, "class", _label(backend, question.asks), "question"):
        return question.prepare(answers)


def _label(models: Any, name: str) -> str:
    """A model's name for the figures of the host, which strangers' names must not fill."""
    return name if any(entry.id == name for entry in models.catalog()) else "other"
