"""The model's own distribution at the step that a class is asked about: computed here, because the
asker holds only rows of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from playground import decoding
from playground.classroom.values import ids_of, number_of, object_of
from playground.decoding.settings import DecodingSettings, memory_of
from playground.i18n import t

LONGEST = 4_096  # tokens of the text so far


@dataclass(frozen=True)
class AskedStep:
    """One step of a text. ids: prompt and text before it. rules: whether p is meant after the
    rules. drawn: the token that was drawn, where the asker says so; None: drawn anew from
    (settings.seed, index), which gives the same."""

    ids: list[int]
    prompt_length: int
    index: int
    settings: DecodingSettings
    memory: dict[str, float] | None = None
    rules: bool = False
    drawn: int | None = None

    @classmethod
    def read(cls, raw: Mapping[str, Any]) -> AskedStep:
        ids = ids_of(raw.get("ids"), "ids", LONGEST)
        given = dict(object_of(raw.get("settings") or {}, "settings"))
        memory, drawn = raw.get("memory"), raw.get("drawn")
        return cls(
            ids,
            int(number_of(raw.get("prompt_length", len(ids)), "prompt_length", 0, len(ids), True)),
            int(number_of(raw.get("index", 0), "index", 0, 1_000_000, True)),
            DecodingSettings.from_dict(given),
            None if memory is None else memory_of(object_of(memory, "memory")),
            raw.get("rules") is True,
            None if drawn is None else int(number_of(drawn, "drawn", 0, 2**31, True)),
        )

    def look(self, model: Any) -> tuple[np.ndarray, int]:
        """(p, drawn): p (V,) float64 over the whole vocabulary, and the drawn token's id. Runs the
        network once, or not at all where the step's logits are kept. ValueError where the model
        does not tell all of its probabilities."""
        logits = getattr(model, "logits_at", model.next_logits)(self.ids)
        if getattr(logits, "shown", None) is not None:
            raise ValueError(
                t(
                    "This model tells only its likeliest tokens, so a class cannot be compared "
                    "with it."
                )
            )
        if self.drawn is not None and self.drawn >= len(logits):
            raise ValueError(t("drawn must be one of the model's tokens."))
        if self.drawn is not None and not self.rules:
            return softmax(logits), self.drawn
        step = decoding.recompute(
            logits, self.ids, self.settings, self.index, self.prompt_length, self.memory
        )
        p = softmax(step.stages[-1].logits if self.rules else logits)
        return p, step.token_id if self.drawn is None else self.drawn


def softmax(logits: Any) -> np.ndarray:
    """Probabilities (V,) in float64 of logits (V,); -inf is 0."""
    values = np.asarray(logits, dtype=np.float64)
    weights = np.exp(values - values.max())
    return weights / weights.sum()
