"""The one gate before every network: who may run when is the backend's to say (`backend.run`), here
it becomes messages on a page.

- `through(...)` around a page's stream of frames: waits for a place (and says so), counts, ends at
  the limits;
- `run(...)` and `question(...)` as `with` statements around an endpoint's whole run or a single
  answer;
- `halts(...)` ends a visitor's runs when Stop is pressed.

What is refused is a LimitExceeded whose sentence names the limit; pages show it as they show every
other error.
"""

from __future__ import annotations

import contextlib
import secrets
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from typing import Any

from playground.backend import RunStopped, zero_gpu
from playground.backend.admission import Run
from playground.backend.catalog import offered
from playground.backend.openai_engine import engines
from playground.i18n import t
from playground.pages import calls

LOOK = 0.5  # seconds between two looks at the queue


def visitor_of(request: Any) -> str:
    """The page's session; a program that names none is a visitor of its own at each call."""
    return getattr(request, "session_hash", None) or secrets.token_hex(8)


def name_of(model: Any) -> str:
    """A model's name for the log and the figures: names that nobody offers would fill them without
    end."""

    if isinstance(model, str) and (model in offered() or model in engines()):
        return model
    return (
        "n-gram"
        if isinstance(model, str) and model.startswith("ngram/")
        else "exact"
        if str(model).startswith("exact-")
        else "other"
    )


def run(backend: Any, request: Any, page: str, model: Any, long: bool | str = False) -> Run:
    """`with gate.run(...) as run:` around a whole run of an endpoint; `run.step()` at each token or
    pass. long: see `admission`, where it names the kind of the run itself."""
    kind = long if isinstance(long, str) else "long" if long else "run"
    return calls.belongs(backend.run(visitor_of(request), page, name_of(model), kind))


def whole(backend: Any, run: Any, model: Any, work: Callable[[], Iterator[int | dict]]) -> dict:
    """The answer of an endpoint's run, inside `with gate.run(...) as run`; on ZeroGPU one call with
    the GPU.

    `work()` yields how many tokens or passes were done since it last did, and at the end its
    answer. Between two of them the run ends at its limits, or when it is stopped."""
    zero_gpu.load(backend, model)
    answer: dict = {}
    with contextlib.closing(zero_gpu.stream(work, zero_gpu.RUN_SECONDS)) as items:
        for item in items:
            if isinstance(item, dict):
                answer = item
            else:
                run.step(item)
    return answer


def question(backend: Any, page: str, model: Any) -> AbstractContextManager:
    """`with gate.question(...):` around one answer of a network."""
    return backend.run(None, page, name_of(model), "question")


def through(
    backend: Any,
    request: Any,
    page: str,
    model: Any,
    work: Callable[[Any], Iterator[dict]],
    waiting: Callable[[str], dict],
    long: bool | str = False,
    tokens: Callable[[dict], int] = lambda frame: 1,
    ends_itself: bool = False,
) -> Iterator[dict]:
    """The frames of `work(run)`, once the visitor has a place; until then `waiting(sentence)` now
    and then.

    Ends quietly when the run is stopped; raises LimitExceeded beyond a limit. `tokens(frame)`: what
    a frame counts for.
    ends_itself: `work` hears of the stop in another way and has last words, which still go out."""
    mine = run(backend, request, page, model, long)
    with contextlib.ExitStack() as ends:
        try:
            while number := mine.enter(LOOK):
                yield waiting(
                    t("All places are taken: you are number {number} in the queue.", number=number)
                )
        except BaseException as error:
            mine.leave()
            if mine.stopped and isinstance(error, RunStopped):
                return
            raise
        ends.push(mine.__exit__)
        zero_gpu.load(backend, model)
        seconds = zero_gpu.LONG_SECONDS if long else zero_gpu.RUN_SECONDS
        frames = ends.enter_context(
            contextlib.closing(zero_gpu.stream(lambda: work(mine), seconds))
        )
        try:
            for frame in frames:
                if not (mine.stopped and ends_itself):
                    mine.step(tokens(frame))
                yield frame
        except RunStopped:
            if not mine.stopped:  # a model that was put away: the visitor reads why
                raise


def make_way(backend: Any, request: Any, page: str) -> None:
    """The visitor's runs on a page end at their next step: another begins there in their place."""
    for mine in backend.runs.of(visitor_of(request)):
        if mine.page == page:
            mine.stop()


def halts(backend: Callable[[], Any], answer: Any = None) -> Callable[..., Any]:
    """An event's function that stops every run of the visitor at its next step, so that the next
    one need not wait for it."""
    import gradio as gr

    def halt(request: gr.Request) -> Any:
        backend().stop(visitor_of(request))
        return answer() if callable(answer) else answer

    halt.__annotations__ = {"request": gr.Request}
    return halt
