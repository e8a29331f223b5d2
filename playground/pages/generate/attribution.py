"""Which earlier tokens count for the token on view: each is left out once. One run for the page,
one answer for programs."""

from __future__ import annotations

import contextlib
import math
from collections.abc import Iterator
from typing import Any

from playground import decoding
from playground.i18n import t
from playground.pages import run
from playground.pages.generate.request import ids_of, object_of, text_of
from playground.pages.generate.run import labels, weights

MOST = 512  # tokens before the one on view: the work grows with their square
TOGETHER = 8  # contexts asked at once


def attribution_work(backend: Any) -> Any:
    """What a run of the event `attribute` does."""

    def work(asked: dict, handle: run.Handle) -> Iterator[run.Message]:
        return attribute(backend, asked, handle.stopped)

    return work


def attribute(backend: Any, raw: Any, stop: Any) -> Iterator[run.Message]:
    """{"model", "ids": all tokens before the one on view, "token": its id} -> `begin` with its
    probability and how many follow, a frame for each token left out (`LeftOut.record`), `end`."""
    asked = object_of(raw)
    name, context = str(asked.get("model"))[:200], ids_of(asked.get("ids"), "ids", 8192)
    token = token_of(asked.get("token"))
    short_enough(context)
    yield from weights(backend, name, stop)
    if stop.is_set():
        yield run.end("stopped")
        return
    begun = False
    with contextlib.closing(sessions(backend, name, len(context))) as model:
        for answered in decoding.attribution.leave_one_out(model, context, token, TOGETHER):
            if not begun:
                yield run.begin(probability=math.exp(answered[0].whole), count=len(context))
                begun = True
            for one in answered:
                yield run.frame(one.record())
            if stop.is_set():
                yield run.end("stopped")
                return
    yield run.end("done")


def attribution_of(
    backend: Any,
    model: str,
    prompt: str,
    chat: bool = False,
    ids: Any = None,
    token: int = -1,
) -> Iterator[int | dict]:
    """How many contexts were asked, now and then, at the end the whole answer: for /attribution."""
    prompt, written = text_of(prompt, "prompt"), ids_of(ids, "ids")
    if token != -1:
        token_of(token)
    with contextlib.closing(sessions(backend, model, TOGETHER)) as network:
        prompt_ids = network.encode(prompt, chat=True) if chat else network.encode(prompt)
        context = [*prompt_ids, *written]
        short_enough(context)
        if token == -1:
            token = int(network.next_logits(context).argmax())
        label = labels(network)
        found: list[decoding.attribution.LeftOut] = []
        for answered in decoding.attribution.leave_one_out(network, context, token, TOGETHER):
            found += answered
            yield len(answered)
        yield {
            "model": model,
            "prompt": prompt,
            "prompt_ids": prompt_ids,
            "ids": written,
            "token_id": token,
            "text": label(token),
            "probability": math.exp(found[0].whole),
            "tokens": [
                {**one.record(), "text": label(one.token_id)}
                for one in sorted(found, key=lambda one: one.place)
            ],
        }


def sessions(backend: Any, model: str, contexts: int) -> decoding.together.Together:
    """As many sessions of the model as are of use for so many contexts."""
    return decoding.together.Together(
        [backend.causal(model) for _ in range(max(1, min(TOGETHER, contexts)))]
    )


def short_enough(context: list[int]) -> None:
    if len(context) > MOST:
        raise ValueError(
            t(
                "At most {most} tokens can be left out one after another here, got {count}: look "
                "at an earlier word.",
                most=MOST,
                count=len(context),
            )
        )


def token_of(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value < 2**31:
        raise ValueError(
            t(
                "token must be a whole number of at least 0, got {got}",
                got=repr(value)[:40],
            )
        )
    return value
