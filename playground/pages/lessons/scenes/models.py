"""Figures that the shipped model computes: what comes next, and a text that it writes. Asked for
when their step is opened."""

from __future__ import annotations

from typing import Any

import numpy as np

from playground import decoding
from playground.i18n import t
from playground.pages.home.live import coded
from playground.pages.lessons.figures import settings_of
from playground.pages.lessons.scenes.bars import place_of

MODEL = "fairy-causal"
LONGEST = 96  # tokens of a text in a lesson


def following(
    prompt: str, count: str = "6", u: str = "", tokens: str = "", model: Any = None, **rules: str
) -> dict:
    """The likeliest tokens after the prompt (or the `tokens` that are named), all others together
    in a last row, after the rules."""
    ids = model.encode(prompt.replace("_", " "))
    stages = decoding.apply_stages(model.next_logits(ids), ids, settings_of(rules), len(ids))
    shares = np.asarray(stages[-1].probs, np.float64)
    best = np.argsort(-shares, kind="stable")
    shown = [int(i) for i in best[: int(count)] if shares[i] > 0]
    if tokens:
        shown = [model.encode(f"the {word}")[-1] for word in tokens.split(",")]
    others = int((shares > 0).sum() - (shares[shown] > 0).sum())
    rows = [{"name": model.decode([i]).strip() or "␣", "value": float(shares[i])} for i in shown]
    rest = (
        {"value": float(1 - sum(row["value"] for row in rows)), "count": others} if others else None
    )
    drawn = place_of([*(row["value"] for row in rows), *([rest["value"]] if rest else [])], u)
    return {
        "kind": "bars",
        "rows": rows,
        "low": 0.0,
        "high": 1.0,
        "drawn": drawn,
        "rest": rest,
        "text": prompt.replace("_", " "),
    }


def whole_law(prompt: str, count: str, tokens: str, model: Any) -> dict:
    """What a browser needs to let the rules act anew: all logits (V,) as float32 in base64, and the
    `rows` [id, text] that are shown."""
    logits = np.asarray(model.next_logits(model.encode(prompt.replace("_", " "))), np.float32)
    shown = [int(i) for i in np.argsort(-logits.astype(np.float64), kind="stable")[: int(count)]]
    if tokens:
        shown = [model.encode(f"the {word}")[-1] for word in tokens.split(",")]
    rows = [[i, model.decode([i]).strip() or "␣"] for i in shown]
    return {"logits": coded(logits), "rows": rows, "named": bool(tokens)}


def writes(
    prompt: str, length: str = "40", mark: str = "", model: Any = None, **rules: str
) -> dict:
    """What the model writes after the prompt; `mark=loop` shows the loop that the text ends in, if
    it does, `mark=green` the tokens that are green under the watermark's key."""
    size = int(length)
    if not 1 <= size <= LONGEST:
        raise ValueError(
            t("length must be from 1 to {longest}, got {got}", longest=LONGEST, got=length)
        )
    settings = settings_of({"max_new_tokens": length, **rules})
    ids = [
        step.token_id
        for step in decoding.generate(model, model.encode(prompt.replace("_", " ")), settings)
    ]
    loop = decoding.find_loop(ids) if mark == "loop" else None
    row = [{"text": word, "mark": "given"} for word in prompt.replace("_", " ").split()]
    row += [{"text": model.decode([i]).strip() or "␣", "mark": ""} for i in ids]
    if mark == "green":
        hits = decoding.watermark.detect(
            ids, model.vocab_size, settings.watermark_ratio, settings.watermark_key
        ).hits
        for word, hit in zip(row[-len(ids) :], hits, strict=True):
            word["mark"] = "green" if hit else ""
    given = len(row) - len(ids)
    found = None if loop is None else {"start": given + loop.start, "period": loop.period}
    return {"kind": "words", "rows": [row], "loop": found}
