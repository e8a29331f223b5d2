"""The Exactness block: a chain that the visitor edits, and the distance of each sampler's output
from it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from playground.pages import run
from playground.pages.diffusion.exactness import PRESETS, measure
from playground.pages.diffusion.recorded import recorded
from playground.widgets.diffusion import ExactnessView

FIELDS = ("names", "transition", "initial", "length")


def build_exactness(app: Any) -> None:
    view = ExactnessView(
        {"kind": "whole", "whole": recorded("exactness") or None, "presets": PRESETS},
        elem_id="diffusion-meter",
        server_functions=run.functions(),
    )
    run.bind(
        view,
        "measure",
        app.backend,
        "diffusion",
        lambda asked, handle: measured(asked),
        long=True,
        model=lambda asked: "exact-chain",
    )


def measured(asked: dict[str, Any]) -> Iterator[run.Message]:
    """The messages of a measurement: begin with the chain, a frame for each point or sweep, end."""
    for part in measure(*(asked.get(field) for field in FIELDS)):
        if "chain" in part:
            yield run.begin(**part)
        elif "done" in part:
            yield run.end("done")
        else:
            yield run.frame(part)
