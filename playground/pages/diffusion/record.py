"""Records what the page shows before anything was run: `python -m playground.pages.diffusion.record
[name ...]`.

Names: unmask, corrupt, exactness, steps, and quality, which is that half of steps that reads no
clock: it may be recorded on a machine that does other work. Without a name all but the last. The
runs are the shipped twin's own; without its weights in assets/models the exact tale stands in, and
says so."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from typing import Any

from playground.backend import get_backend
from playground.pages.diffusion import models
from playground.pages.diffusion.canvas import read_canvas, reading
from playground.pages.diffusion.controls import FIRST, settings_of
from playground.pages.diffusion.corrupt import corrupted
from playground.pages.diffusion.corrupt_block import sentence_for
from playground.pages.diffusion.exactness import PRESETS, collected, measure
from playground.pages.diffusion.recorded import path_of, recorded
from playground.pages.diffusion.runs import Side, trace_of, whole_trace
from playground.pages.diffusion.scores import scorer
from playground.pages.diffusion.timing_block import measured
from playground.pages.diffusion.twin import LeftToRight


def record_unmask(backend: Callable[[], Any]) -> dict:
    """The run that the page begins with, and its left-to-right twin."""
    name = usable(backend)
    denoiser = models.get_denoiser(name, backend)
    canvas = FIRST["canvas"] if name == models.TWIN else models.default_canvas(name)
    side = Side(name, denoiser, read_canvas(canvas, denoiser), settings_of(FIRST))
    twin = LeftToRight(side, backend)
    card, texts = twin.card(), list(twin)
    trace = trace_of(whole_trace(side))
    return {
        "trace": trace,
        "twin": {"card": card, "texts": texts},
        "scores": [scorer(backend)(name, trace["text"])],
        "note": f"{name} · {side.title} · temperature {side.settings.temperature:g} · recorded; press "
        "Run for a new one",
        "at": 9,
        "reading": reading(side.canvas, denoiser),
    }


def record_corrupt(backend: Callable[[], Any]) -> dict:
    name = usable(backend)
    return corrupted(sentence_for(name), models.get_denoiser(name, backend), name, "linear", 7)


def record_exactness(backend: Callable[[], Any]) -> dict:
    chain = PRESETS["weather"]
    return collected(measure(chain["names"], chain["transition"], chain["initial"], 5))


def record_steps(backend: Callable[[], Any]) -> dict:
    pair = "twins" if usable(backend) == models.TWIN else models.TALE
    value: dict[str, Any] = {
        "when": "on a CPU with two cores when this page was made",
        "tokens": [],
        "lengths": [],
    }
    for part in measured(pair, "time", backend):
        for key, field in (("token", "tokens"), ("step", "lengths")):
            if key in part:
                value[field].append(part[key])
    return {**value, "quality": quality_of(pair, backend)}


def record_quality(backend: Callable[[], Any]) -> dict:
    """The recorded times as they are, quality anew."""
    pair = "twins" if usable(backend) == models.TWIN else models.TALE
    return {**recorded("steps"), "quality": quality_of(pair, backend)}


def quality_of(pair: str, backend: Callable[[], Any]) -> list[dict]:
    return [part["quality"] for part in measured(pair, "quality", backend) if "quality" in part]


def usable(backend: Callable[[], Any]) -> str:
    try:
        backend().denoiser(models.TWIN)
    except Exception:
        return models.TALE
    return models.TWIN


RECORDS: dict[str, Callable[[Callable[[], Any]], Any]] = {
    "unmask": record_unmask,
    "corrupt": record_corrupt,
    "exactness": record_exactness,
    "steps": record_steps,
    "quality": record_quality,
}


def main(names: list[str]) -> None:
    for name in names or [one for one in RECORDS if one != "quality"]:
        text = json.dumps(
            RECORDS[name](get_backend), ensure_ascii=False, allow_nan=False, separators=(",", ":")
        )
        path = path_of("steps" if name == "quality" else name)
        path.write_text(text + "\n", encoding="utf-8")
        print(f"{path.name}: {len(text.encode()):,} bytes")


if __name__ == "__main__":
    main(sys.argv[1:])
