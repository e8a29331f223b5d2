"""Between the page's widgets and its work: long runs over the protocol of `playground.pages.run`,
quick answers, every error as a sentence."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from playground.i18n import wire
from playground.pages import gate
from playground.pages import run as runs
from playground.pages.compare.request import object_of
from playground.pages.errors import sentence_of
from playground.widgets.widget import called

PASSING = frozenset({"words", "progress", "texts_now", "written"})


def run_events(
    app: Any,
    widget: Any,
    work: Callable[[Any, Any], Iterator[dict]],
    model: str | None = None,
    long: bool | str = True,
) -> None:
    """`go` streams what `work(backend, request)` yields. model: whose run it is where the request
    names none. long: its kind."""
    runs.bind(
        widget,
        "go",
        app.backend,
        "compare",
        lambda asked, handle: messages(work(app.backend(), asked)),
        **{**kind_of_run(model), "long": long},
    )


def kind_of_run(model: str | None = None) -> dict[str, Any]:
    """How a comparison counts among the runs of the host."""
    return {"long": True, "model": lambda asked: model_of(asked, model), "tokens": written}


def messages(records: Iterator[dict]) -> Iterator[runs.Message]:
    """The records of a comparison as messages. How many records there are that tell only how far it
    is depends on the clock, so they are no frames: a run that is asked for again counts its frames.
    Their tokens count with the next frame."""
    held = 0
    for record in records:
        held += record.get("written", 0)
        if PASSING.issuperset(record):
            texts = {key: value for key, value in record.items() if key == "texts_now"}
            if record.keys() - {"written"}:
                yield runs.progress(record.get("words"), record.get("progress"), **texts)
        else:
            yield runs.frame({**record, "written": held})
            held = 0


def written(record: dict) -> int:
    """How many tokens were written since the record before: for the log and the figures of the
    host."""
    return record.get("written", 0)


def model_of(asked: Mapping[str, Any], otherwise: str | None = None) -> Any:
    """The model under whose name a request is logged, and which ZeroGPU loads before it: its own,
    the first of several, or `otherwise`."""
    several = asked.get("models")
    return asked.get("model") or (
        several[0] if isinstance(several, list) and several else otherwise
    )


def answer(app: Any, name: str, work: Callable[[Any, Any], dict]) -> Callable[[Any], dict]:
    """A server function: `work(backend, request)`, or {"problem": sentence}."""

    def reply(raw: Any = None) -> dict:
        try:
            asked = object_of(raw)
            with gate.question(app.backend(), "compare", model_of(asked)):
                return wire(work(app.backend(), asked))
        except Exception as error:
            return wire({"problem": sentence_of(error)})

    return called(name, reply)


def later(module: str, name: str) -> Callable[[Any, Any], Any]:
    """A function of this folder, imported when it is first called: the page is there before torch
    is."""

    def call(backend: Any, raw: Any) -> Any:
        return getattr(importlib.import_module(f"playground.pages.compare.{module}"), name)(
            backend, raw
        )

    return call
