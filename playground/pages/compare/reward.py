"""A network learns from a reward that the visitor chooses: one training at a time, and what it
learnt belongs to that page alone."""

from __future__ import annotations

import base64
import contextlib
import json
from collections.abc import Iterator
from typing import Any

from playground.i18n import t
from playground.learning import exact, rewards
from playground.learning.aside import aside
from playground.learning.policy import Policy
from playground.learning.settings import BETA, UPDATES
from playground.learning.shipped import JUDGE, WRITER, scene
from playground.learning.training import MASKS, ROWS, Wish, train
from playground.learning.weights import learnt_file
from playground.pages import run as runs
from playground.pages.compare.learnt import LEARNT
from playground.pages.compare.request import object_of, seed_of
from playground.pages.generate.run import wait_for


def wish_of(raw: Any) -> Wish:
    """{"reward", "words", "length", "expression", "beta", "updates", "seed"}; a bad value is a
    sentence."""
    raw = object_of(raw)
    return Wish(
        rewards.read(raw),
        BETA.check(raw.get("beta")),
        UPDATES.check(raw.get("updates")),
        seed_of(raw.get("seed")),
    )


def run(backend: Any, raw: Any) -> Iterator[dict]:
    """Frames: {"before"}, {"update"} each, {"after"}, {"credit", "seconds", "worked"} as
    `learning.training.train` makes them, then done. What was learnt when it ends or is stopped
    waits for `weights` under the run's name, `raw["run"]`."""
    wish = wish_of(raw)
    yield {"words": t("Getting the models …"), "progress": 0.0}
    for name in (WRITER, JUDGE):
        for _ in wait_for(backend, name):
            yield {"words": t("Loading {name} …", name=name)}
    written = {"update": ROWS * MASKS, "before": wish.compared * MASKS}
    shipped = scene()
    policy = Policy(shipped.network, shipped.mask_id)
    updates = 0
    try:
        with contextlib.closing(aside(train(shipped, wish, policy))) as records:
            for record in records:
                kind = next(iter(record))
                updates += kind == "update"
                texts = record.pop("texts", None)
                yield {**record, "written": written.get(kind, 0)}
                yield from messages_of(record, wish, texts)
    finally:
        if updates and isinstance(raw.get("run"), str):
            LEARNT.keep(raw["run"], learnt_file(policy, about(raw, updates)))
    yield {"done": True, "words": "", "progress": 1.0}


def messages_of(record: dict, wish: Wish, texts: list[dict] | None) -> Iterator[dict]:
    """What is said of the run after a record of it; the texts of an update are seen while it runs
    and not kept."""
    if "before" in record:
        yield {"words": t("Training …"), "progress": 0.05}
    elif "update" in record:
        share = record["update"]["n"] / wish.updates
        yield {"words": None, "progress": 0.05 + 0.85 * share, "texts_now": texts}
    elif "after" in record:
        yield {"words": t("Asking which step earned what …"), "progress": 0.95}


def about(raw: Any, updates: int) -> dict[str, str]:
    """The metadata of the file: which network it belongs to, and what was asked for."""
    asked = ("reward", "words", "length", "expression", "beta", "seed")
    wish = {name: raw[name] for name in asked if raw.get(name) is not None}
    return {"network": WRITER, "updates": str(updates), "wish": json.dumps(wish)}


def weights(backend: Any, raw: Any) -> dict:
    """{"run": name} -> {"file": base64} of what the visitor's training learnt. It is handed out
    once and is nowhere else then. {"going": True} while a stopped training is still within its last
    update: ask again."""
    name = str(object_of(raw).get("run"))[: runs.LONGEST_NAME]
    data = LEARNT.take(name, lambda: runs.HANDLES.going(name))
    if data is None:
        return {"going": True}
    return {"file": base64.b64encode(data).decode("ascii")}


def toy(backend: Any, raw: Any) -> dict:
    """{"reward", "seed"} -> the enumerated policy, see `learning.exact.record`."""
    raw = object_of(raw)
    return exact.record(exact.KIND.check(raw.get("reward")), seed_of(raw.get("seed", 0)))
