"""A generative model as a classifier: the probabilities of the label words after a question,
calibrated against an empty text.

Source of the calibration: Zhao et al. 2021, "Calibrate Before Use" (there with a content-free
input; here the empty text).
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

import numpy as np

from playground import decoding
from playground.i18n import t
from playground.pages.compare.request import object_of, text_of, texts_of
from playground.pages.compare.rescoring import common_beginning
from playground.pages.generate.run import wait_for

LABELS, TEXTS = 6, 8


def run(backend: Any, raw: Any) -> Iterator[dict]:
    """{"rows": one a text} and done. raw: {"model", "template" (holds {text}), "labels": [str],
    "texts": [str]}."""
    raw = object_of(raw)
    name, template = (
        text_of(raw.get("model"), "model", 200),
        text_of(raw.get("template"), "template", 1000),
    )
    if template.count("{text}") != 1:
        raise ValueError(
            f"template must hold {{text}} exactly once, got it {template.count('{text}')} times"
        )
    words, texts = (
        texts_of(raw.get("labels"), "labels", LABELS, 60),
        texts_of(raw.get("texts"), "texts", TEXTS, 1000),
    )
    words = [word.strip() for word in words]
    if len(words) < 2 or len(set(words)) < len(words):
        raise ValueError(
            t(
                "labels must be at least 2 different words, got {got}",
                got=repr(", ".join(words)[:80]),
            )
        )
    yield {"words": t("Getting the model …"), "progress": 0.0}
    for _ in wait_for(backend, name):
        yield {"words": t("Loading {name} …", name=name)}
    model = backend.causal(name)
    try:
        empty = label_logs(model, template, "", words)
        rows = []
        for place, text in enumerate(texts):
            yield {
                "words": t("Asking: {place} of {count}", place=place + 1, count=len(texts)),
                "progress": (place + 1) / (len(texts) + 1),
            }
            rows.append({"text": text, **judged(label_logs(model, template, text, words), empty)})
        yield {
            "labels": words,
            "empty": {"logs": empty, "shares": shares(empty)},
            "rows": rows,
            "done": True,
            "words": "",
            "progress": 1.0,
        }
    finally:
        model.close()


def label_logs(model: Any, template: str, text: str, words: list[str]) -> list[float]:
    """ln P of each label word (all its tokens) after the question, nats."""
    question = template.replace("{text}", text)
    gap = "" if question[-1:].isspace() else " "
    found = []
    before = list(model.encode(question))
    for word in words:
        ids = list(model.encode(question + gap + word))
        start = min(common_beginning([before, ids]), len(ids) - 1)
        if start < 1:
            raise ValueError(t("template must hold at least 1 token before the label"))
        rows = model.logits_along(ids[:-1])[start - 1 :]  # (label tokens, V)
        parts = []
        for row, token in zip(rows, ids[start:], strict=True):
            values = decoding.distribution.as_float32(row)
            parts.append(decoding.distribution.Candidates(values, len(values)).surprisal_of(token))
        total = -math.fsum(parts)
        if not math.isfinite(total):
            raise ValueError(
                t(
                    "labels must be words that the model can write, got {got} with probability 0",
                    got=repr(word),
                )
            )
        found.append(total)
    return found


def shares(logs: list[float]) -> list[float]:
    """Probabilities made to sum to 1 over the labels."""
    values = np.array(logs) - max(logs)
    return (np.exp(values) / np.exp(values).sum()).tolist()


def judged(logs: list[float], empty: list[float]) -> dict:
    """{"logs", "shares", "calibrated" (each P divided by its P after the empty text, made to sum to
    1), and the winner of both}."""
    calibrated = shares([one - base for one, base in zip(logs, empty, strict=True)])
    plain = shares(logs)
    return {
        "logs": logs,
        "shares": plain,
        "calibrated": calibrated,
        "winner": plain.index(max(plain)),
        "winner_calibrated": calibrated.index(max(calibrated)),
    }
