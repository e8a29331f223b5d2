"""The Steps, time, quality block: measured live, with progress and stop, and the visitor's own
numbers beside it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from playground.i18n import mark, t
from playground.pages import run
from playground.pages.diffusion import equal_cost, models
from playground.pages.diffusion.canvas import read_canvas
from playground.pages.diffusion.recorded import recorded
from playground.pages.diffusion.timing import PROMPT, measure_quality, measure_time
from playground.widgets.diffusion import StepsView

PAIRS = [
    (mark("Fairy tales: the two twins (15 M each)"), "twins"),
    (mark("Exact: word pairs of a short tale"), models.TALE),
]
CANVAS = {"twins": "once upon a time there was a [MASK]*40 .", models.TALE: "the king [MASK]*30 ."}


def build_timing(app: Any) -> None:
    view = StepsView(
        {"kind": "whole", "whole": recorded("steps") or None},
        elem_id="diffusion-steps",
        constants={"pairs": PAIRS, "equal_cost": equal_cost.figures()},
        server_functions=run.functions(),
    )
    run.bind(
        view,
        "measure",
        app.backend,
        "diffusion",
        lambda asked, handle: messages(asked, app.backend),
        long=True,
        model=lambda asked: models.TWIN if asked.get("pair") == "twins" else asked.get("pair"),
    )


def messages(asked: dict[str, Any], backend: Any) -> Iterator[run.Message]:
    """begin, then progress (what is measured, of how many), a frame for each figure, end."""
    what, pair = asked.get("what"), asked.get("pair")
    yield run.begin(what=what, pair=pair)
    for part in measured(pair, what, backend):
        if "part" in part:
            yield run.progress(part["part"], of=part["of"])
        else:
            yield run.frame(part)
    yield run.end("done")


def measured(name: Any, what: Any, backend: Any) -> Iterator[dict]:
    if what not in ("time", "quality"):
        raise ValueError(t("what must be one of time, quality, got {got}", got=repr(what)))
    causal, denoiser, prompt = twins(name, backend)
    try:
        if what == "time":
            yield from measure_time(causal, denoiser, prompt)
        else:
            yield from measure_quality(causal, denoiser, read_canvas(CANVAS[name], denoiser))
    finally:
        for model in (causal, denoiser):
            getattr(model, "close", lambda: None)()


def twins(name: Any, backend: Any) -> tuple[Any, Any, str]:
    """(causal model, denoiser, prompt) of a pair. ValueError on another name; the backend's
    sentence where weights are missing."""
    if name == models.TALE:
        return models.tale_model(), models.get_denoiser(models.TALE, backend), "the king"
    if name != "twins":
        raise ValueError(
            t(
                "pair must be one of {options}, got {got}",
                options=", ".join(value for _, value in PAIRS),
                got=repr(name),
            )
        )
    return backend().causal(models.CAUSAL_TWIN), backend().denoiser(models.TWIN), PROMPT
