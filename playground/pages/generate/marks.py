"""Looking for a watermark in a text on view: no network is run, its tokens and the key are
enough."""

from __future__ import annotations

import contextlib
from typing import Any

from playground import decoding
from playground.pages import gate
from playground.pages.generate.figures import ready
from playground.pages.generate.request import SCORE_TOKENS, ids_of, object_of, settings_of

LONG = 300  # tokens: of a longer text fewer points of the curve are computed


def watermark(backend: Any, raw: Any) -> dict:
    """{"model", "ids": the text's tokens, "settings"} -> what `detection` says."""
    asked = object_of(raw)
    name, ids = str(asked.get("model"))[:200], ids_of(asked.get("ids"), "ids", SCORE_TOKENS)
    settings = settings_of(asked.get("settings"), 1_000_000)
    ready(backend, name)
    with (
        gate.question(backend, "generate", name),
        contextlib.closing(backend.causal(name)) as model,
    ):
        return detection(model, ids, settings.watermark_ratio, settings.watermark_key)


def detection(model: Any, ids: list[int], ratio: float, key: int, curve: bool = True) -> dict:
    """{"hits": a token each: green, or None where it was not counted, "scored", "green",
    "expected", "z", "p_value", "ratio", "key", "curve": [{"changed", "z", "expected"}]}. A
    beginning-of-text token is no part of the text, as transformers' detector has it."""
    begun = int(bool(ids) and ids[0] == getattr(model, "bos_id", None))
    text, size = ids[begun:], int(model.vocab_size)
    found = decoding.watermark.detect(text, size, ratio, key)
    points = 9 if len(text) <= LONG else 5
    return {
        **found.to_dict(),
        "hits": [None] * begun + found.hits,
        "expected": ratio * found.scored,
        "ratio": ratio,
        "key": key,
        "tokens": len(text),
        **(
            {"curve": decoding.watermark.falling(text, size, ratio, key, points=points)}
            if curve
            else {}
        ),
    }
