"""What moves a distribution: two prompts under one model, or two models after one prompt."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from playground import decoding
from playground.pages.compare.request import prompt_ids, text_of
from playground.pages.generate.run import labels

ROWS = 15
ALIGNED = 400  # tokens of each side whose texts are compared; the mass behind them is given


def two_prompts(backend: Any, raw: Any) -> dict:
    """{"model", "first", "second"} -> rows of the likeliest tokens of both, the most risen and
    fallen, KL both ways. All over the whole vocabulary."""
    name = text_of(raw.get("model"), "model", 200)
    first, second = text_of(raw.get("first"), "first"), text_of(raw.get("second"), "second")
    model = backend.causal(name)
    try:
        before, after = (
            _log_probabilities(model, prompt_ids(model, text, 1, field))
            for text, field in ((first, "first"), (second, "second"))
        )
        return {"model": name, **moved(before, after, labels(model))}
    finally:
        model.close()


def moved(before: np.ndarray, after: np.ndarray, label: Any) -> dict:
    """From two rows of log-probabilities (V,), float64: bars, risen, fallen, KL(second‖first) and
    back (nats), total variation."""
    p, q = np.exp(before), np.exp(after)
    change = q - p
    shown = sorted(
        {*_largest(p, ROWS), *_largest(q, ROWS)},
        key=lambda token: (-max(p[token], q[token]), token),
    )[: ROWS + 5]

    def row(token: int) -> dict:
        return {
            "id": int(token),
            "text": label(int(token)),
            "first": float(p[token]),
            "second": float(q[token]),
        }

    rest = np.ones(len(p), bool)
    rest[shown] = False
    return {
        "rows": [row(token) for token in shown],
        "rest": {
            "count": int(rest.sum()),
            "first": float(p[rest].sum()),
            "second": float(q[rest].sum()),
        },
        "risen": [row(token) for token in _largest(change, 10) if change[token] > 0],
        "fallen": [row(token) for token in _largest(-change, 10) if change[token] < 0],
        "kl_second_first": divergence(after, before),
        "kl_first_second": divergence(before, after),
        "total_variation": float(np.abs(change).sum() / 2),
        "entropy_first": entropy(before),
        "entropy_second": entropy(after),
        "vocab_size": len(p),
    }


def divergence(first: np.ndarray, second: np.ndarray) -> float | None:
    """KL(first‖second) = Σ p·(ln p − ln q) in nats over the whole vocabulary; None where it is
    infinite."""
    there = first > -math.inf
    value = float(np.sum(np.exp(first[there]) * (first[there] - second[there])))
    return max(value, 0.0) if math.isfinite(value) else None


def entropy(row: np.ndarray) -> float:
    """−Σ p ln p, nats."""
    there = row > -math.inf
    return float(-np.sum(np.exp(row[there]) * row[there]))


def two_models(backend: Any, raw: Any) -> dict:
    """{"models": [a, b], "prompt"} -> the likeliest next texts of both, aligned by what the token
    says.

    Two vocabularies are not one: tokens of the same text (spaces at the ends and capitals set
    aside) are added up on each side. The ALIGNED likeliest tokens of each side are compared; the
    rest's mass is given, and no KL is (it would need one vocabulary)."""
    names = raw.get("models")
    if not isinstance(names, list) or len(names) != 2:
        raise ValueError(
            "models must be a list of 2 models, got "
            f"{len(names) if isinstance(names, list) else type(names).__name__}"
        )
    names, prompt = (
        [text_of(name, f"models[{place}]", 200) for place, name in enumerate(names)],
        text_of(raw.get("prompt"), "prompt"),
    )
    sides = []
    for name in names:
        model = backend.causal(name)
        try:
            sides.append(
                (
                    _log_probabilities(model, prompt_ids(model, prompt, 1)),
                    labels(model),
                    model.vocab_size,
                )
            )
        finally:
            model.close()
    groups = [grouped(row, label) for row, label, _ in sides]
    order = sorted(
        {*groups[0][0], *groups[1][0]},
        key=lambda text: (-max(groups[0][0].get(text, 0), groups[1][0].get(text, 0)), text),
    )[: ROWS + 5]
    return {
        "models": names,
        "rows": [
            {"text": text, "first": groups[0][0].get(text), "second": groups[1][0].get(text)}
            for text in order
        ],
        "shared": len(set(groups[0][0]) & set(groups[1][0])),
        "compared": [len(groups[0][0]), len(groups[1][0])],
        "vocab_sizes": [size for *_, size in sides],
        "beyond": [groups[0][1], groups[1][1]],
        "entropies": [entropy(row) for row, *_ in sides],
    }


def grouped(row: np.ndarray, label: Any) -> tuple[dict[str, float], float]:
    """(text -> probability of all compared tokens with that text, mass of the tokens that were not
    compared)."""
    p = np.exp(row)
    found: dict[str, float] = {}
    tokens = _largest(p, ALIGNED)
    for token in tokens:
        text = label(int(token)).strip().lower() or label(int(token))
        found[text] = found.get(text, 0.0) + float(p[token])
    return found, max(0.0, 1.0 - float(p[tokens].sum()))


def _log_probabilities(model: Any, ids: list[int]) -> np.ndarray:
    logits = decoding.distribution.as_float32(model.next_logits(ids)).astype(np.float64)
    top = logits.max()
    return logits - top - math.log(float(np.exp(logits - top).sum()))


def _largest(values: np.ndarray, count: int) -> list[int]:
    return (
        decoding.distribution.Candidates(values.astype(np.float32), len(values))
        .largest(count)
        .tolist()
    )
