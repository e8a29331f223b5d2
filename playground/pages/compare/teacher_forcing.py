"""Teacher forcing against free running: the loss along a given text, and along the text that the
model writes itself from token n on."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

from playground import decoding
from playground.decoding.settings import DecodingSettings
from playground.i18n import t
from playground.pages.compare.request import number_of, object_of, seed_of, text_of, whole_of
from playground.pages.generate.run import labels, wait_for

TOKENS = 200


def run(backend: Any, raw: Any) -> Iterator[dict]:
    """{"tokens": the given text with its losses}, then {"own": the model's text with its losses}
    and done.

    raw: {"model", "text", "from" (how many tokens are given before the model runs free),
        "temperature" (0: greedy), "seed"}."""
    raw = object_of(raw)
    name, text = text_of(raw.get("model"), "model", 200), text_of(raw.get("text"), "text")
    temperature, seed = (
        number_of(raw.get("temperature", 0.0), "temperature", 0, 5),
        seed_of(raw.get("seed")),
    )
    yield {"words": t("Getting the model …"), "progress": 0.0}
    for _ in wait_for(backend, name):
        yield {"words": t("Loading {name} …", name=name)}
    model = backend.causal(name)
    try:
        ids = list(model.encode(text))
        if not 3 <= len(ids) <= TOKENS:
            raise ValueError(
                t(
                    "text must have 3 to {tokens} tokens in this model, got {got}",
                    tokens=TOKENS,
                    got=len(ids),
                )
            )
        start = whole_of(raw.get("from", 5), "given tokens", 1, len(ids) - 1)
        label = labels(model)
        pieces = [str(piece) for piece in decoding.text_pieces(model.decode, ids)]
        forced = losses(model.logits_along(ids[:-1]), ids)
        yield {
            "tokens": [
                {"text": label(token), "piece": piece, "loss": loss}
                for token, piece, loss in zip(ids, pieces, forced, strict=True)
            ],
            "from": start,
            "words": t("Now the model runs free …"),
            "progress": 0.3,
        }
        rules = DecodingSettings(
            max_new_tokens=len(ids) - start, temperature=temperature, seed=seed
        )
        own, fresh = list(ids[:start]), 0
        for step in decoding.generate(model, ids[:start], rules, ignore_end=True):
            own.append(step.token_id)
            fresh += 1
            if step.index % 4 == 3:
                written, fresh = fresh, 0
                yield {
                    "written": written,
                    "progress": 0.3 + 0.6 * (step.index + 1) / (len(ids) - start),
                }
        yield {
            "written": fresh,
            "own": free_run(model, ids, own, start, label),
            "done": True,
            "words": "",
            "progress": 1.0,
        }
    finally:
        model.close()


def free_run(model: Any, ids: list[int], own: list[int], start: int, label: Any) -> dict:
    """The model's own text: loss of its own tokens, and of the given text's tokens at the same
    places (the drift), after the model's own words."""
    rows = model.logits_along(own[:-1])  # (T - 1, V)
    mine, drift = losses(rows, own), losses(rows, ids)
    forced = losses(model.logits_along(ids[:-1]), ids)
    pieces = [str(piece) for piece in decoding.text_pieces(model.decode, own)]
    same = sum(one == other for one, other in zip(ids[start:], own[start:], strict=True))
    return {
        "tokens": [
            {
                "text": label(token),
                "piece": piece,
                "loss": loss,
                "drift": off,
                "same": token == given,
            }
            for token, piece, loss, off, given in zip(own, pieces, mine, drift, ids, strict=True)
        ],
        "from": start,
        "same": same,
        "of": len(ids) - start,
        "mean_forced": mean(forced[start:]),
        "mean_own": mean(mine[start:]),
        "mean_drift": mean(drift[start:]),
    }


def losses(rows: Any, ids: list[int]) -> list[float | None]:
    """−ln P (nats) of each token of `ids` under the row before it; None for the first, and for a
    token of probability 0."""
    found: list[float | None] = [None]
    for place, token in enumerate(ids[1:]):
        values = decoding.distribution.as_float32(rows[place])
        loss = decoding.distribution.Candidates(values, len(values)).surprisal_of(token)
        found.append(loss if math.isfinite(loss) else None)
    return found


def mean(values: list[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return math.fsum(known) / len(known) if known and len(known) == len(values) else None
