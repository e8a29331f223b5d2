"""Steps, time and quality, measured: what a token costs left to right, what a step costs in a
canvas, and what few steps cost.

Generators of plain messages; the models come in as arguments."""

from __future__ import annotations

import statistics
import time
from collections import deque
from collections.abc import Callable, Iterator
from typing import Any

from playground import decoding, diffusion
from playground.decoding.settings import DecodingSettings
from playground.diffusion.samplers import find_sampler, rule_for
from playground.diffusion.settings import UnmaskSettings
from playground.i18n import t
from playground.metrics import distinct_n

STEP_COUNTS = (1, 2, 4, 8, 16, 32)
TOKENS = 48  # measured left to right
LENGTHS = (16, 32, 64, 128)
SEEDS = 6
# (sampler, window) beside random order: what drafts and checks make of as many calls
CHECKED = (
    ("self-speculative", 1),
    ("self-speculative", 8),
    ("self-speculative", 16),
    ("self-verifying", 16),
)
PROMPT = "once upon a time"


def measure_time(
    causal: Any,
    denoiser: Any,
    prompt: str,
    clock: Callable[[], float] = time.perf_counter,
    lengths: tuple[int, ...] = LENGTHS,
    tokens: int = TOKENS,
) -> Iterator[dict]:
    """{"token": {"index", "ms" (mean so far), "seconds"}} for each token, then {"step": {"length",
    "ms" (median of 5)}}."""

    yield {"part": t("one token after the other"), "of": tokens}
    begun = before = clock()
    times: list[float] = []
    for step in decoding.generate(
        causal, causal.encode(prompt), DecodingSettings(max_new_tokens=tokens, seed=0)
    ):
        now = clock()
        times.append(now - before)
        before = now
        if len(times) > 1:  # the first one reads the prompt
            yield {
                "token": {
                    "index": int(step.index),
                    "ms": 1000 * statistics.mean(times[1:]),
                    "seconds": now - begun,
                }
            }
    for length in lengths:
        canvas = [[int(denoiser.mask_id)] * length]
        times, before = [], clock()
        for _ in diffusion.unmask(
            denoiser, canvas, UnmaskSettings("llada", min(6, length), selection="random")
        ):
            now = clock()
            times.append(now - before)
            before = now
        # the first step pays for what is made once
        yield {"step": {"length": length, "ms": 1000 * statistics.median(times[1:] or times)}}


def measure_quality(
    causal: Any,
    denoiser: Any,
    canvas: Any,
    counts: tuple[int, ...] = STEP_COUNTS,
    seeds: int = SEEDS,
) -> Iterator[dict]:
    """{"quality": {"sampler", "steps", "perplexity", "perplexity_spread", "distinct",
    "distinct_spread", "calls", "example"}} for random order (llada) at each number of steps, then
    for drafts and checks, as far as the denoiser can: mean and standard deviation over `seeds` runs
    of the canvas; the perplexity is the causal model's, the first token of a text not scored.
    "calls" is the mean cost in ordinary calls of the network."""

    masks = sum(i == int(denoiser.mask_id) for i in canvas.ids)
    plans = [("llada", count) for count in dict.fromkeys(min(count, masks) for count in counts)]
    plans += [(sampler, window) for sampler, window in CHECKED if _runs(sampler, denoiser)]
    yield {"part": t("quality against steps"), "of": len(plans)}
    for sampler, steps in plans:
        rows = [list(canvas.ids)] * seeds
        selection = "random" if sampler == "llada" else None
        settings = UnmaskSettings(sampler, steps, selection=selection, seed=0)
        last = deque(
            diffusion.unmask(denoiser, rows, settings, locked=[list(canvas.locked)] * seeds),
            maxlen=1,
        )[0]  # steps hold whole tables
        texts = [denoiser.decode(row[canvas.seen]) for row in last.canvas.tolist()]
        scores = [text_perplexity(causal, text) for text in texts]
        kinds = [float(distinct_n([text], 2)) for text in texts]
        yield {
            "quality": {
                "sampler": sampler,
                "steps": steps,
                "perplexity": statistics.mean(scores),
                "perplexity_spread": _spread(scores),
                "distinct": statistics.mean(kinds),
                "distinct_spread": _spread(kinds),
                "calls": round(float(last.calls.mean()) * find_sampler(sampler).price, 2),
                "example": texts[0],
            }
        }


def _runs(sampler: str, denoiser: Any) -> bool:
    try:
        rule_for(UnmaskSettings(sampler, 1)).refuse_denoiser(denoiser)
    except ValueError:
        return False
    return True


def text_perplexity(causal: Any, text: str) -> float:
    """exp of the mean surprisal of the tokens after the first, under a causal model."""
    import numpy as np

    ids = list(causal.encode(text))
    if len(ids) < 2:
        return float("nan")
    logits = np.asarray(causal.logits_along(ids), dtype=np.float64)[:-1]  # (T - 1, V)
    top = logits.max(-1, keepdims=True)
    surprisal = (
        np.log(np.exp(logits - top).sum(-1)) + top[:, 0] - logits[np.arange(len(logits)), ids[1:]]
    )
    return float(np.exp(min(700.0, surprisal.mean())))


def _spread(values: list[float]) -> float:
    return statistics.stdev(values) if len(values) > 1 else 0.0
