"""Writing a text for one visitor: a generator of small plain frames, and scoring one."""

from __future__ import annotations

import threading
import time
from collections.abc import Generator, Iterator
from typing import Any

from playground import decoding
from playground.decoding.settings import DecodingSettings
from playground.pages.generate.request import SCORE_TOKENS, RunRequest, room_for, text_of

FRAME_SECONDS = 0.03  # frames that come faster than a screen paints travel together
STRIP = 24


class Runs:
    """The runs at work by their random names: whoever knows the name may end the run (the page's Stop carries no session)."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._runs: dict[str, tuple[Any, threading.Event]] = {}

    def begin(self, name: str, run: Any) -> threading.Event:
        """`run`: the backend's (it has `stop()`). ValueError where the name is at work already: it would be nobody's to end."""
        halt = threading.Event()
        with self._lock:
            if name in self._runs:
                raise ValueError("run must be a name that is not at work already")
            self._runs[name] = (run, halt)
        return halt

    def stop(self, name: str) -> bool:
        with self._lock:
            found = self._runs.get(name)
        if found is None:
            return False
        found[1].set()
        found[0].stop()
        return True

    def knows(self, name: str) -> bool:
        return name in self._runs

    def end(self, name: str) -> None:
        with self._lock:
            self._runs.pop(name, None)


def wait_for(backend: Any, model: str, stop: threading.Event | None = None) -> Iterator[dict]:
    """Progress of a model until it is ready: {"state", "phase", "done", "total"}. Raises the backend's error if it cannot be had."""
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


def labels(model: Any):
    """id -> the token for a label, remembered; bytes of a partial character are written out."""
    known: dict[int, str] = {}
    one = getattr(model, "piece", None) or (lambda token: model.decode([token]))

    def label(token: int) -> str:
        if token not in known:
            known[token] = one(token)
        return known[token]

    return label


def together(frames: Generator[dict, None, Any]) -> Generator[dict, None, Any]:
    """{"frames": [...]}: frames that come faster than a screen paints travel together. Returns what `frames` returns."""
    waiting, sent = [], 0.0
    while True:
        try:
            waiting.append(next(frames))
        except StopIteration as done:
            if waiting:
                yield {"frames": waiting}
            return done.value
        now = time.monotonic()
        if now - sent >= FRAME_SECONDS:
            yield {"frames": waiting}
            waiting, sent = [], now


def write(
    backend: Any, request: RunRequest, stop: threading.Event, top: int = 20, strip: int = STRIP
) -> Iterator[dict]:
    """{"start"}, then {"frames": [record, ...]} as the text grows, then {"end"}; before them {"progress"} while weights come in.

    A frame is a step's record with "piece" (what the token adds to the text), "memory" (what the rules remembered before the
    step) and "loop" ({"period", "start", "length"} of the cycle that the text ends in, or None)."""
    for progress in wait_for(backend, request.model, stop):
        yield {"progress": progress}
    if stop.is_set():
        yield {"end": "stopped"}
        return

    model = backend.causal(request.model)
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
        room_for(model, prompt_ids)
        yield {
            "start": {"prompt": prompt, "notes": notes(model, request), "at": len(request.prefix)}
        }
        steps = decoding.generate(
            model,
            prompt_ids,
            request.settings,
            prefix=request.prefix,
            forced=request.forced,
            state=request.memory,
            should_stop=stop.is_set,
        )
        written = list(request.prefix)

        def each() -> Generator[dict, None, str | None]:
            while True:
                try:
                    step = next(steps)
                except StopIteration as done:
                    return done.value
                written.append(step.token_id)
                loop = decoding.find_loop(written)
                frame = step.record(label, top, strip)
                frame["piece"], frame["memory"] = str(stream.push(step.token_id)), step.state
                frame["loop"] = (
                    None
                    if loop is None
                    else {"period": loop.period, "start": loop.start, "length": loop.length}
                )
                yield frame

        reason = yield from together(each())
        yield {"end": reason or "stopped"}
    finally:
        model.close()


def notes(model: Any, request: RunRequest) -> list[str]:
    """The conventions in force, each a sentence."""
    said = []
    if request.chat:
        said.append("The prompt stands in the model's chat template.")
    elif getattr(model, "has_chat_template", False):
        said.append("The prompt is given raw, without the model's chat template.")
    said.append(
        "A beginning-of-text token is put in front."
        if getattr(model, "adds_bos", False) and not request.chat
        else "No beginning-of-text token is added."
    )
    if getattr(model, "uncased", False):
        said.append("This model reads and writes small letters only.")
    said.extend(getattr(model, "notes", ()))
    return said


def score(backend: Any, raw: Any, stop: threading.Event) -> Iterator[dict]:
    """A given text, teacher-forced: the same frames as a written one, every token forced, under no rules.

    The first token has nothing before it and is not scored (unless the model puts a beginning-of-text token in front)."""
    model_id, text = str(raw.get("model"))[:200], text_of(raw.get("text"), "text")
    for progress in wait_for(backend, model_id, stop):
        yield {"progress": progress}
    import numpy as np

    model = backend.causal(model_id)
    try:
        ids = model.encode(text)
        if len(ids) < 2:
            raise ValueError(
                "The text must have at least 2 tokens: the first one has nothing before it that could predict it."
            )
        if len(ids) > SCORE_TOKENS:
            raise ValueError(
                f"The text must have at most {SCORE_TOKENS} tokens here, got {len(ids):,}: score it in parts."
            )
        label, stream, plain = labels(model), decoding.TextStream(model.decode), DecodingSettings()
        first = {"id": ids[0], "text": label(ids[0]), "piece": str(stream.push(ids[0]))}
        told = "The first token is not scored: nothing stands before it."
        if getattr(model, "adds_bos", False):
            told = "A beginning-of-text token stands in front, so the first word is scored too."
        yield {"start": {"prompt": [first], "notes": [told], "at": 0}}
        rows = model.logits_along(ids[:-1])  # (T - 1, V)
        context = np.asarray(ids, np.int64)

        def each() -> Generator[dict, None, None]:
            for place in range(1, len(ids)):
                if stop.is_set():
                    return
                step = decoding.Step(
                    rows[place - 1], context[:place], plain, place - 1, 1, token_id=ids[place]
                )
                frame = step.record(label, strip=STRIP)
                frame["piece"], frame["memory"], frame["loop"] = (
                    str(stream.push(ids[place])),
                    None,
                    None,
                )
                yield frame

        yield from together(each())
        yield {"end": "stopped" if stop.is_set() else "scored"}
    finally:
        model.close()
