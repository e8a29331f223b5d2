"""The race: the causal twin and the diffusion twin write the same number of tokens from the same
prompt, by network calls.

A call is the same on every machine; seconds are not, so a recorded race and a live one agree on who
needs fewer calls and may disagree on who is faster. Seconds are measured, each side's own, and
stand in the small print."""

from __future__ import annotations

import math
import statistics
import time
from collections.abc import Callable, Iterator
from typing import Any

from playground import decoding, diffusion
from playground.decoding.settings import DecodingSettings
from playground.diffusion.samplers import find_sampler
from playground.diffusion.settings import UnmaskSettings
from playground.i18n import t
from playground.metrics import distinct_n, repetition_rate
from playground.pages.compare.request import (
    RACE_SAMPLERS,
    choice_of,
    number_of,
    object_of,
    prompt_ids,
    seed_of,
    text_of,
    whole_of,
)
from playground.pages.compare.rescoring import judged_ids, text_behind
from playground.pages.generate.run import wait_for

TWINS = ("fairy-causal", "fairy-diffusion")
TOKENS, STEPS = 128, 128


def run(backend: Any, raw: Any) -> Iterator[dict]:
    """Frames: {"begin"}, {"left": {...}} and {"right": {...}} as each writes, {"after": quality and
    break-even} and done."""
    raw = object_of(raw)
    prompt = text_of(raw.get("prompt"), "prompt", 1000)
    tokens, steps = (
        whole_of(raw.get("tokens", 32), "tokens", 4, TOKENS),
        whole_of(raw.get("steps", 16), "steps", 1, STEPS),
    )
    sampler = choice_of(raw.get("sampler", "dream"), "sampler", RACE_SAMPLERS)
    temperature, seed = (
        number_of(raw.get("temperature", 0.7), "temperature", 0, 5),
        seed_of(raw.get("seed")),
    )
    judge = text_of(raw.get("judge") or TWINS[0], "judge", 200)
    yield {"words": t("Getting the two models …"), "progress": 0.0}
    for name in dict.fromkeys((*TWINS, judge)):
        for _ in wait_for(backend, name):
            yield {"words": t("Loading {name} …", name=name)}
    causal, denoiser = backend.causal(TWINS[0]), backend.denoiser(TWINS[1])
    try:
        ids, canvas = prompt_ids(causal, prompt, tokens), list(denoiser.encode(prompt))
        if denoiser.mask_id in canvas:
            raise ValueError(
                "prompt must hold words, got a [MASK]: both twins go on from the same words"
            )
        if len(canvas) + tokens > denoiser.context_length:
            raise ValueError(
                f"prompt must have at most {denoiser.context_length - tokens} tokens beside "
                f"{tokens} new ones, got {len(canvas)}"
            )
        yield {
            "begin": {
                "prompt": prompt,
                "tokens": tokens,
                "steps": steps,
                "words": _words(denoiser, canvas + [denoiser.mask_id] * tokens, None),
            },
            "words": "",
        }
        rules = DecodingSettings(temperature=temperature, max_new_tokens=tokens, seed=seed)
        unmasking = UnmaskSettings(
            sampler,
            steps,
            temperature=temperature,
            seed=seed,
            selection="entropy" if sampler == "dream" else None,
        )
        left = Side(decoding.generate(causal, ids, rules, ignore_end=True))
        right = Side(diffusion.unmask(denoiser, [canvas + [denoiser.mask_id] * tokens], unmasking))
        right.price = find_sampler(sampler).price
        yield from race(left, right, causal, denoiser, ids, tokens)
        yield {"words": t("Reading both texts …")}
        yield {
            "after": after(
                backend, judge, prompt, ids, left, right, causal, denoiser, len(canvas), tokens
            ),
            "done": True,
            "words": "",
            "progress": 1.0,
        }
    finally:
        causal.close()
        denoiser.close()


class Side:
    """One writer and its clock, which runs only while it works (seconds). `parts`: how long each of
    its steps took; `price`: what one of its calls costs in ordinary ones."""

    price = 1.0

    def __init__(self, steps: Iterator[Any], clock: Callable[[], float] = time.perf_counter):
        self.steps, self.clock = steps, clock
        self.seconds, self.parts, self.over = 0.0, [], False
        self.ids: list[int] = []
        self.calls = 0

    def step(self) -> Any:
        begun = self.clock()
        found = next(self.steps, None)
        took = self.clock() - begun
        if found is None:
            self.over = True
            return None
        self.seconds += took
        self.parts.append(took)
        return found


def race(
    left: Side, right: Side, causal: Any, denoiser: Any, prompt: list[int], tokens: int
) -> Iterator[dict]:
    """Whoever has made fewer network calls goes next (left to right first): the same race on every
    machine."""
    stream = decoding.TextStream(causal.decode)
    for token in prompt:
        stream.push(token)
    shown = 0  # tokens that diffusion has revealed
    while not (left.over and right.over):
        if not left.over and (right.over or left.calls <= right.calls):
            found = left.step()
            if found is not None:
                left.ids.append(found.token_id)
                left.calls += 1
                yield {
                    "written": 1,
                    "left": {
                        "piece": str(stream.push(found.token_id)),
                        "seconds": left.seconds,
                        "calls": left.calls,
                        "tokens": len(left.ids),
                        "over": len(left.ids) == tokens,
                    },
                    "progress": 0.95 * (len(left.ids) + shown) / (2 * tokens),
                }
        else:
            found = right.step()
            if found is not None:
                record = found.record(row=0)
                right.ids = record["canvas"]
                right.calls = math.ceil(right.price * record["calls"])
                before, shown = (
                    shown,
                    sum(token != denoiser.mask_id for token in record["canvas"][-tokens:]),
                )
                words = _words(denoiser, record["canvas"], record["state"])
                yield {
                    "written": max(0, shown - before),
                    "right": {
                        "words": words,
                        "seconds": right.seconds,
                        "calls": right.calls,
                        "tokens": shown,
                    },
                    "progress": 0.95 * (len(left.ids) + shown) / (2 * tokens),
                }
            else:
                yield {"right": {"over": True}}


def _words(denoiser: Any, canvas: list[int], states: list[str] | None) -> list[dict]:
    states = states or ["masked" if token == denoiser.mask_id else "locked" for token in canvas]
    return [
        {"text": "" if token == denoiser.mask_id else denoiser.piece(token), "state": state}
        for token, state in zip(canvas, states, strict=True)
    ]


def after(
    backend: Any,
    judge: str,
    prompt: str,
    ids: list[int],
    left: Side,
    right: Side,
    causal: Any,
    denoiser: Any,
    start: int,
    tokens: int,
) -> dict:
    """Quality of both texts under one judge, tokens a second, and from how many tokens on the steps
    of diffusion pay."""
    texts = [
        text_behind(causal, prompt, ids, left.ids),
        text_behind(denoiser, prompt, right.ids[:start], right.ids[start:]),
    ]
    model = backend.causal(judge)
    try:
        quality = [
            {
                "text": text,
                "perplexity": _perplexity(model, prompt, text),
                "distinct2": distinct_n([text], 2),
                "repetition": repetition_rate(text),
            }
            for text in texts
        ]
    finally:
        model.close()
    token_seconds = statistics.median(left.parts)
    return {
        "judge": judge,
        "quality": quality,
        "seconds": [left.seconds, right.seconds],
        "calls": [left.calls, right.calls],
        "tokens_per_second": [tokens / left.seconds, tokens / right.seconds],
        "token_seconds": token_seconds,
        "step_seconds": statistics.median(right.parts),
        "break_even": break_even(token_seconds, right.seconds),
        "tokens": tokens,
    }


def break_even(token_seconds: float, diffusion_seconds: float) -> float:
    """Tokens for which left to right takes as long as the diffusion run: its whole time ÷ the time
    of one token. 0.05 s and 6 s: 120."""
    return diffusion_seconds / token_seconds


def _perplexity(model: Any, prompt: str, text: str) -> float | None:
    """Of the judge's tokens for the text behind the prompt; None where there is none, or one is
    impossible."""
    if not text.strip():
        return None
    context, written = judged_ids(model, prompt, text)
    scored = [
        token["surprisal"]
        for token in decoding.score(model, [*context, *written]).tokens[len(context) :]
    ]
    if not scored or None in scored:
        return None
    mean = math.fsum(scored) / len(scored)
    return math.exp(mean) if mean < 700 else None
