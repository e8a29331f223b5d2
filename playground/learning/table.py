"""What the part on the page begins with, over several seeds: who earns, how the texts read, how
long it takes."""

from __future__ import annotations

import statistics
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

from playground.learning.policy import Policy
from playground.learning.training import Scene, Watch, Wish, compared, train

TEXTS = 384  # judged before and after each run, more than the page does


def measured(scene: Scene, wish: Wish, seeds: Sequence[int], texts: int = TEXTS) -> Iterator[dict]:
    """One row a seed: {"seed", "before", "after": {"hit", "nats", "nats_error", "reward",
    "distinct"}, "difference" in nats and its "error", "seconds", "whole"}. Both times are the
    processor's, of one thread: up to the last update, and of all that the page does."""
    for seed in seeds:
        mine = replace(wish, seed=seed)
        policy = Policy(scene.network, scene.mask_id)
        before = _figures(compared(scene, policy, replace(mine, compared=texts)))
        watch, seconds = Watch(), 0.0
        for record in train(scene, mine, policy):
            seconds = record.get("worked", seconds)
        whole = watch.read()["worked"]
        after = _figures(compared(scene, policy, replace(mine, compared=texts)))
        yield {
            "seed": seed,
            "before": before,
            "after": after,
            "difference": round(after["nats"] - before["nats"], 4),
            "error": round((after["nats_error"] ** 2 + before["nats_error"] ** 2) ** 0.5, 4),
            "seconds": round(seconds, 1),
            "whole": round(whole, 1),
        }


def table(wish: Wish, rows: list[dict], texts: int = TEXTS) -> dict[str, Any]:
    """What the page quotes: the rows, and [mean, standard error] over the seeds of what moved."""
    return {
        "settings": {"beta": wish.beta, "updates": wish.updates},
        "texts": texts,
        "seeds": [row["seed"] for row in rows],
        "rows": rows,
        "hit": [_mean([row[when]["hit"] for row in rows]) for when in ("before", "after")],
        "nats": _mean([row["difference"] for row in rows]),
        "seconds": _mean([row["seconds"] for row in rows], 1),
        "whole": _mean([row["whole"] for row in rows], 1),
    }


def _figures(means: dict[str, Any]) -> dict[str, float]:
    names = ("reward", "hit", "nats", "nats_error", "distinct")
    return {name: round(means[name], 4) for name in names}


def _mean(values: list[float], digits: int = 4) -> list[float]:
    error = statistics.stdev(values) / len(values) ** 0.5 if len(values) > 1 else 0.0
    return [round(statistics.mean(values), digits), round(error, digits)]
