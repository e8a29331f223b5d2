"""Records the text that the Generate page shows before any weights are there: `python -m
playground.pages.generate.record MODEL`.

The text is written by the real model with the page's own first settings, and lands in
assets/examples/MODEL.json."""

from __future__ import annotations

import sys
import threading

from playground import traces
from playground.backend import get_backend
from playground.pages.generate import EXAMPLES
from playground.pages.generate.presets import START
from playground.pages.generate.request import RunRequest
from playground.pages.generate.run import write

ROWS = 12  # fewer rows than a live step has: the file is part of the page's first second
STRIP = 16


def record(model: str, prompt: str = "Once upon a time", length: int = 48) -> dict:
    """The trace of one text, with fewer rows a step; the remainder rows stay exact."""
    settings = {**START, "max_new_tokens": length}
    request = RunRequest.read(
        {"run": "record", "model": model, "prompt": prompt, "settings": settings}
    )
    start, frames, finish = {}, [], None
    for message in write(get_backend(), request, threading.Event(), top=ROWS, strip=STRIP):
        if message["kind"] == "begin":
            start = message
        frames += message.get("frames", [])
        finish = message.get("reason", finish)
    return traces.new_trace(
        "decode",
        model,
        settings,
        prompt,
        frames,
        prompt_tokens=start["prompt"],
        notes=start["notes"],
        chat=False,
        finish=finish,
    )


def main(models: list[str]) -> None:
    for model in models:
        path = EXAMPLES / f"{model}.json"
        path.write_text(traces.to_json(traces.check(record(model))), encoding="utf-8")
        print(f"{path.relative_to(EXAMPLES.parents[1])}: {path.stat().st_size / 1000:.0f} kB")


if __name__ == "__main__":
    main(sys.argv[1:] or ["smollm2-135m"])
