"""Writing a text for one visitor, and scoring one: the work of a run, as messages of
playground/pages/run.py."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from typing import Any

from playground import decoding
from playground.decoding.settings import DecodingSettings
from playground.i18n import t
from playground.pages import run
from playground.pages.generate.request import SCORE_TOKENS, RunRequest, check_prompt_fits, text_of

STRIP = 24


def wait_for(backend: Any, model: str, stop: threading.Event | None = None) -> Iterator[dict]:
    """Progress of a model until it is ready: {"state", "phase", "done", "total"}. Raises the
    backend's error if it cannot be had."""
    while backend.status(model)["state"] != "ready":
        state = backend.status(model)
        if state["state"] in ("absent", "failed"):
            state = backend.prepare(model)
        yield dict(state)
        if stop is not None and stop.is_set():
            return
        time.sleep(0.15)
        if backend.status(model)["state"] == "failed":
            backend.causal(
                model
            ).close()  # raises the reason, place by place; a repaired model is simply there


def weights(backend: Any, model: str, stop: threading.Event) -> Iterator[run.Message]:
    """A progress message with the model's `state` now and then, until its weights are there or the
    run is stopped."""
    for state in wait_for(backend, model, stop):
        total = state.get("total") or 0
        share = min(1.0, state.get("done", 0) / total) if total > 0 else None
        yield run.progress(None, share, state=state)


def labels(model: Any):
    """id -> the token for a label, remembered; bytes of a partial character are written out."""
    known: dict[int, str] = {}
    one = getattr(model, "piece", None) or (lambda token: model.decode([token]))

    def label(token: int) -> str:
        if token not in known:
            known[token] = one(token)
        return known[token]

    return label


def write(
    backend: Any, request: RunRequest, stop: threading.Event, top: int = 20, strip: int = STRIP
) -> Iterator[dict]:
    """`begin` with the prompt's tokens, a `frame` a token, `end` with the reason; before them
    `progress` while weights come in.

    A frame is a step's record with "piece" (what the token adds to the text), "memory" (what the
    rules remembered before the step), "beyond" (where a stop string ended the text: how many
    characters at the end are no part of it) and "loop" ({"period", "start", "length"} of the cycle
    that the text ends in, or None)."""
    yield from weights(backend, request.model, stop)
    if stop.is_set():
        yield run.end("stopped")
        return
    model = backend.causal(request.model)
    guided = "guidance" in request.settings.rules_on()
    negative = backend.causal(request.model) if guided else None  # keeps the other text's cache
    try:
        prompt_ids = (
            model.encode(request.prompt, chat=True)
            if request.chat
            else model.encode(request.prompt)
        )
        label, stream = labels(model), decoding.TextStream(model.decode)
        prompt = [
            {"id": token, "text": label(token), "piece": str(stream.push(token))}
            for token in prompt_ids
        ]
        for token in request.prefix:
            stream.push(token)
        check_prompt_fits(model, prompt_ids)
        yield run.begin(prompt=prompt, notes=notes(model, request), begun=len(request.prefix))
        steps = decoding.generate(
            model,
            prompt_ids,
            request.settings,
            prefix=request.prefix,
            forced=request.forced,
            state=request.memory,
            should_stop=stop.is_set,
            second=negative and decoding.behind_negative(negative, request.settings, prompt_ids),
        )
        written = list(request.prefix)

        reason = None
        while True:
            try:
                step = next(steps)
            except StopIteration as done:
                reason = done.value
                break
            written.append(step.token_id)
            loop = decoding.find_loop(written)
            frame = step.record(label, top, strip, through=True)
            frame["piece"], frame["memory"] = str(stream.push(step.token_id)), step.state
            frame["loop"] = (
                None
                if loop is None
                else {"period": loop.period, "start": loop.start, "length": loop.length}
            )
            frame |= {"beyond": step.beyond} if step.beyond else {}
            yield run.frame(frame)
        yield run.end(reason or "stopped")
    finally:
        model.close()
        if negative is not None:
            negative.close()


def notes(model: Any, request: RunRequest) -> list[str]:
    """The conventions in force, each a sentence."""
    said = []
    if request.chat:
        said.append(t("The prompt stands in the model's chat template."))
    elif getattr(model, "has_chat_template", False):
        said.append(t("The prompt is given raw, without the model's chat template."))
    said.append(
        t("A beginning-of-text token is put in front.")
        if getattr(model, "adds_bos", False) and not request.chat
        else t("No beginning-of-text token is added.")
    )
    if getattr(model, "uncased", False):
        said.append(t("This model reads and writes small letters only."))
    said.extend(getattr(model, "notes", ()))
    return said


def score(backend: Any, raw: Any, stop: threading.Event) -> Iterator[dict]:
    """A given text, teacher-forced: the same frames as a written one, every token forced, under no
    rules.

    The first token has nothing before it and is not scored (unless the model puts a
    beginning-of-text token in front)."""
    model_id, text = str(raw.get("model"))[:200], text_of(raw.get("text"), "text")
    yield from weights(backend, model_id, stop)
    if stop.is_set():
        yield run.end("stopped")
        return
    import numpy as np

    model = backend.causal(model_id)
    try:
        ids = model.encode(text)
        if len(ids) < 2:
            raise ValueError(
                t(
                    "The text must have at least 2 tokens: the first one has nothing before it "
                    "that could predict it."
                )
            )
        if len(ids) > SCORE_TOKENS:
            raise ValueError(
                t(
                    "The text must have at most {most} tokens here, got {count}: score it in "
                    "parts.",
                    most=SCORE_TOKENS,
                    count=len(ids),
                )
            )
        label, stream, plain = labels(model), decoding.TextStream(model.decode), DecodingSettings()
        first = {"id": ids[0], "text": label(ids[0]), "piece": str(stream.push(ids[0]))}
        note = t("The first token is not scored: nothing stands before it.")
        if getattr(model, "adds_bos", False):
            note = t("A beginning-of-text token stands in front, so the first word is scored too.")
        yield run.begin(prompt=[first], notes=[note], begun=0)
        along = getattr(
            model, "rows_along", None
        )  # of another program: asked with the last token too
        rows = along(ids) if along else model.logits_along(ids[:-1])  # (T - 1, V)
        context = np.asarray(ids, np.int64)

        for place in range(1, len(ids)):
            if stop.is_set():
                break
            step = decoding.Step(
                rows[place - 1], context[:place], plain, place - 1, 1, token_id=ids[place]
            )
            frame = step.record(label, strip=STRIP, through=True)
            frame["piece"], frame["memory"], frame["loop"] = (
                str(stream.push(ids[place])),
                None,
                None,
            )
            yield run.frame(frame)
        yield run.end("stopped" if stop.is_set() else "scored")
    finally:
        model.close()
