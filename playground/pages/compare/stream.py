"""Between the page's widgets and its work: long runs frame by frame, quick answers, and every error as a sentence."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Iterator
from typing import Any

import gradio as gr

from playground.pages import gate
from playground.pages.compare.request import object_of
from playground.pages.errors import sentence_of
from playground.pages.events import sent
from playground.widgets.widget import called

QUIET = {"show_progress": "hidden", "api_visibility": "private"}


def run_events(
    app: Any, widget: Any, work: Callable[[Any, Any], Iterator[dict]], model: str | None = None
) -> None:
    """`go` streams the frames of `work(backend, request)`, `halt` ends them. A run ends by itself at the house's limit of seconds.

    model: whose run it is where the request names none."""

    def start(event: gr.EventData, request: gr.Request) -> Iterator[dict]:
        raw = sent(event, "request")
        run = str(raw.get("run"))[:64] if isinstance(raw, dict) else ""
        for frame in frames(app.backend(), request, raw, work, model):
            yield {"run": run, "frame": frame}

    going = widget.go(start, None, widget, trigger_mode="multiple", **QUIET)
    widget.halt(gate.halts(app.backend), None, None, cancels=[going], queue=False, **QUIET)


def written(frame: dict) -> int:
    """How many tokens were written since the frame before: for the log and the figures of the host, not for the browser."""
    return frame.pop("written", 0)


def model_of(asked: dict, otherwise: str | None = None) -> Any:
    """The model under whose name a request is logged, and which ZeroGPU loads before it: its own, the first of several, or `otherwise`."""
    several = asked.get("models")
    return asked.get("model") or (
        several[0] if isinstance(several, list) and several else otherwise
    )


def frames(
    backend: Any,
    request: Any,
    raw: Any,
    work: Callable[[Any, Any], Iterator[dict]],
    model: str | None = None,
) -> Iterator[dict]:
    """The frames of a run, within the house's limits; an error becomes {"problem": sentence}."""
    try:
        asked = object_of(raw)
        yield from gate.through(
            backend,
            request,
            "compare",
            model_of(asked, model),
            lambda _: work(backend, asked),
            lambda words: {"words": words},
            long=True,
            tokens=written,
        )
    except GeneratorExit:
        raise
    except Exception as error:
        yield {"problem": sentence_of(error)}


def answer(app: Any, name: str, work: Callable[[Any, Any], dict]) -> Callable[[Any], dict]:
    """A server function: `work(backend, request)`, or {"problem": sentence}."""

    def reply(raw: Any = None) -> dict:
        try:
            asked = object_of(raw)
            with gate.question(app.backend(), "compare", model_of(asked)):
                return work(app.backend(), asked)
        except Exception as error:
            return {"problem": sentence_of(error)}

    return called(name, reply)


def later(module: str, name: str) -> Callable[[Any, Any], Any]:
    """A function of this folder, imported when it is first called: the page is there before torch is."""

    def call(backend: Any, raw: Any) -> Any:
        return getattr(importlib.import_module(f"playground.pages.compare.{module}"), name)(
            backend, raw
        )

    return call
