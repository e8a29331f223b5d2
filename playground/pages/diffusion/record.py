"""Records what the page shows before anything was run: `python -m playground.pages.diffusion.record [name ...]`.

The runs are the shipped twin's own; without its weights in assets/models the exact tale stands in, and says so."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from typing import Any

from playground.pages.diffusion import models
from playground.pages.diffusion.canvas import read_canvas
from playground.pages.diffusion.recorded import path_of
from playground.pages.diffusion.runs import Side, whole_trace


def record_unmask(backend: Callable[[], Any]) -> dict:
    """One run of the default canvas by the default sampler."""
    from playground.pages.diffusion.controls import LINK, settings_of

    values = LINK.defaults()
    name = usable(backend)
    denoiser = models.get_denoiser(name, backend)
    values["canvas"] = models.default_canvas(name)
    side = Side(name, denoiser, read_canvas(values["canvas"], denoiser), settings_of(values))
    return {"trace": whole_trace(side), "note": f"{name} · {side.title} · recorded; press Run for a new one", "at": 9}


def usable(backend: Callable[[], Any]) -> str:
    try:
        backend().denoiser(models.TWIN)
    except Exception:
        return models.TALE
    return models.TWIN


RECORDS: dict[str, Callable[[Callable[[], Any]], Any]] = {"unmask": record_unmask}


def main(names: list[str]) -> None:
    from playground.backend import get_backend

    for name in names or list(RECORDS):
        text = json.dumps(RECORDS[name](get_backend), ensure_ascii=False, allow_nan=False, separators=(",", ":"))
        path_of(name).write_text(text + "\n", encoding="utf-8")
        print(f"{path_of(name).name}: {len(text.encode()):,} bytes")


if __name__ == "__main__":
    main(sys.argv[1:])
