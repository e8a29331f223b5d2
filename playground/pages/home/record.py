"""Records Home's first words from the shipped models: `python -m playground.pages.home.record`.

They move before any weights are there. What is recorded is what a visitor with this seed and heat
would see live.
"""

from __future__ import annotations

import json
from typing import Any

import numpy as np

from playground import decoding
from playground.backend import get_backend
from playground.pages.home.live import CAUSAL, DENOISER, canvas_logits, causal_logits, surest
from playground.paths import ASSETS

RECORDED = ASSETS / "examples" / "home.json"
PROMPT = "Once upon a time there was a"
LENGTH = 6  # words that are played
HEAT = 0.8
SEED = 20  # picked by eye from eighty: chance takes likely words and an unlikely one
ROWS = 7  # tiles that have a name; one more holds all others


def tiles_of(logits: np.ndarray, heat: float, rows: int = ROWS) -> tuple[np.ndarray, float]:
    """(ids of the `rows` likeliest tokens, log of the others' mass: logsumexp of their logits ÷
    heat). logits (V,), float64."""
    order = np.lexsort((np.arange(len(logits)), -logits))
    others = logits[order[rows:]] / heat
    top = others.max()
    return order[:rows], float(top + np.log(np.exp(others - top).sum()))


def drawn(logits: np.ndarray, heat: float, u: float) -> int:
    """The token on which u falls, in falling order of the logits, equals by rising id."""
    order = np.lexsort((np.arange(len(logits)), -logits))
    weights = np.exp((logits[order] - logits[order[0]]) / heat)
    sums = np.cumsum(weights)
    return int(order[min(np.searchsorted(sums, u * sums[-1], side="right"), len(order) - 1)])


def recorded_steps(model: Any, ids: list[int]) -> list[dict]:
    """LENGTH draws at HEAT with the random numbers of SEED; each with its tiles."""

    steps = []
    for step in range(LENGTH):
        logits = causal_logits(model, ids).astype(np.float64)
        top, others = tiles_of(logits, HEAT)
        u = decoding.step.random_numbers(SEED, step)[0]
        token = drawn(logits, HEAT, u)
        steps.append(
            {
                "rows": [[int(i), model.piece(int(i)), round(float(logits[i]), 4)] for i in top],
                "others": round(others, 4),
                "u": u,
                "token": token,
            }
        )
        ids = [*ids, token]
    return steps


def widest(model: Any, ids: list[int]) -> list[str]:
    """What the left-to-right model writes when it always takes the likeliest token."""
    words = []
    for _ in range(LENGTH):
        best = int(causal_logits(model, ids).argmax())
        words.append(model.piece(best))
        ids = [*ids, best]
    return words


def widest_everywhere(model: Any, canvas: list[int]) -> list[str]:
    """The same of the diffusion twin: the surest mask first, each time its likeliest word."""
    canvas = list(canvas)
    blanks = [position for position, token in enumerate(canvas) if token == model.mask_id]
    for _ in blanks:
        masks = [position for position in blanks if canvas[position] == model.mask_id]
        logits = canvas_logits(model, canvas)
        at, _guesses = surest(logits.astype(np.float64), masks)
        canvas[at] = int(logits[at].argmax())
    return [model.piece(canvas[position]) for position in blanks]


def record() -> dict:

    backend = get_backend()
    with backend.causal(CAUSAL) as causal, backend.denoiser(DENOISER) as denoiser:
        ids = causal.encode(PROMPT)
        framed = denoiser.encode(PROMPT + " " + " ".join(["[MASK]"] * LENGTH) + ".")
        return {
            "prompt": PROMPT,
            "length": LENGTH,
            "seed": SEED,
            "heat": HEAT,
            "vocabulary": causal.vocab_size,
            "causal": {
                "model": CAUSAL,
                "parameters": backend.entry(CAUSAL).parameters,
                "ids": ids,
                "steps": recorded_steps(causal, ids),
                "widest": widest(causal, ids),
            },
            "masks": {
                "model": DENOISER,
                "parameters": backend.entry(DENOISER).parameters,
                "canvas": framed,
                "mask": denoiser.mask_id,
                "widest": widest_everywhere(denoiser, framed),
            },
        }


def main() -> None:
    text = json.dumps(record(), ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    RECORDED.write_text(text + "\n", encoding="utf-8")
    print(f"{RECORDED.name}: {len(text):,} characters")


if __name__ == "__main__":
    main()
