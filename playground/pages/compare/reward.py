"""A network learns from a reward that the visitor chooses: one training at a time, and what it learnt is gone with the run."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from playground.i18n import t
from playground.learning import rewards
from playground.learning.settings import BETA, UPDATES
from playground.learning.shipped import JUDGE, WRITER, scene
from playground.learning.training import MASKS, ROWS, Wish, train
from playground.pages.compare.request import object_of, seed_of
from playground.pages.generate.run import wait_for


def wish_of(raw: Any) -> Wish:
    """{"reward", "words", "length", "expression", "beta", "updates", "seed"}; a bad value is a sentence."""
    raw = object_of(raw)
    return Wish(
        rewards.read(raw),
        BETA.check(raw.get("beta")),
        UPDATES.check(raw.get("updates")),
        seed_of(raw.get("seed")),
    )


def run(backend: Any, raw: Any) -> Iterator[dict]:
    """Frames: {"before"}, {"update"} each, {"after"}, {"credit", "seconds"} as `learning.training.train` makes them, then done."""
    wish = wish_of(raw)
    yield {"words": t("Getting the models …"), "progress": 0.0}
    for name in (WRITER, JUDGE):
        for _ in wait_for(backend, name):
            yield {"words": t("Loading {name} …", name=name)}
    written = {"update": ROWS * MASKS, "before": wish.compared * MASKS}
    for record in train(scene(), wish):
        kind = next(iter(record))
        yield {**record, "written": written.get(kind, 0)}
        if kind == "before":
            yield {"words": t("Training …"), "progress": 0.05}
        elif kind == "update":
            yield {"words": None, "progress": 0.05 + 0.85 * record["update"]["n"] / wish.updates}
        elif kind == "after":
            yield {"words": t("Asking which step earned what …"), "progress": 0.95}
    yield {"done": True, "words": "", "progress": 1.0}
