"""A sweep: every combination of some settings, each with several seeds, to one table."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import Any

from playground import decoding
from playground.i18n import t
from playground.pages.compare.batch_writers import rounds
from playground.pages.compare.links import RULE_NAMES
from playground.pages.compare.request import (
    NEW_TOKENS,
    object_of,
    prompt_ids,
    seed_of,
    text_of,
    whole_of,
)
from playground.pages.compare.strategies import (
    BATCH,
    RUNS,
    column_of,
    lane_of,
    row_of,
    surprise,
)
from playground.pages.generate.run import wait_for

POINTS = 40


def grid_of(raw: Any, tokens: int, seed: int) -> list[tuple[dict, Any]]:
    """{rule: [values]} -> [(the point's values, its Column)], the last rule fastest."""
    grid = object_of(raw, "grid")
    for rule, values in grid.items():
        if rule not in RULE_NAMES:
            raise ValueError(
                t(
                    "grid must hold rules among {options}, got {got}",
                    options=", ".join(RULE_NAMES),
                    got=repr(str(rule)[:40]),
                )
            )
        if not isinstance(values, list) or not values or len(set(map(str, values))) < len(values):
            raise ValueError(
                t(
                    "grid.{rule} must be a list of different values, got {got}",
                    rule=rule,
                    got=str(values)[:60],
                )
            )
    if not grid:
        raise ValueError(
            t(
                "grid must hold at least 1 rule among {options}, got none",
                options=", ".join(RULE_NAMES),
            )
        )
    size = 1
    for values in grid.values():
        size *= len(values)
    if size > POINTS:
        raise ValueError(
            t("grid must have at most {points} points, got {got}", points=POINTS, got=size)
        )
    points = [dict(zip(grid, values, strict=True)) for values in itertools.product(*grid.values())]
    return [
        (point, column_of({"kind": "sampling", **point}, place, tokens, seed))
        for place, point in enumerate(points)
    ]


def run(backend: Any, raw: Any) -> Iterator[dict]:
    """{"row": ...} for each point of the grid as soon as it is measured, then done. The same
    request gives the same rows."""
    raw = object_of(raw)
    tokens, seeds = (
        whole_of(raw.get("tokens", 30), "tokens", 1, NEW_TOKENS),
        whole_of(raw.get("seeds", 4), "seeds", 1, RUNS),
    )
    seed = seed_of(raw.get("seed"))
    points = grid_of(raw.get("grid"), tokens, seed)
    name, prompt = text_of(raw.get("model"), "model", 200), text_of(raw.get("prompt"), "prompt")
    yield {
        "begin": {
            "rules": list(points[0][0]),
            "points": len(points),
            "model": name,
            "prompt": prompt,
            "seed": seed,
            "seeds": seeds,
        },
        "words": t("Getting the model …"),
        "progress": 0.0,
    }
    for _ in wait_for(backend, name):
        yield {"words": t("Loading {name} …", name=name)}
    model, together = backend.causal(name), None
    try:
        ids = prompt_ids(model, prompt, tokens)
        together = decoding.together.Together(
            [backend.causal(name) for _ in range(min(BATCH, seeds * len(points)))]
        )
        abreast = max(1, BATCH // seeds)
        for first in range(0, len(points), abreast):
            some = points[first : first + abreast]
            lanes = [
                [
                    lane_of(model, ids, column, number)
                    for number in range(1 if column.deterministic else seeds)
                ]
                for _, column in some
            ]
            fresh = 0
            for number, grown in enumerate(
                rounds(together, [lane for group in lanes for lane in group]), 1
            ):
                fresh += len(grown)
                if number % 4 == 0:
                    written, fresh = fresh, 0
                    yield {
                        "written": written,
                        "progress": (first + len(some) * number / tokens) / len(points) * 0.98,
                        "words": t(
                            "Point {value} to {value2} of {count}, token {number} of at most "
                            "{tokens}",
                            value=first + 1,
                            value2=first + len(some),
                            count=len(points),
                            number=number,
                            tokens=tokens,
                        ),
                    }
            yield {"written": fresh}
            for (point, column), group in zip(some, lanes, strict=True):
                texts = [model.decode(lane.ids) for lane in group]
                scores = [surprise(model, model, lane, prompt, ids) for lane in group]
                yield {
                    "row": {
                        "values": point,
                        **row_of(column, [lane.ids for lane in group], texts, scores, seeds),
                    }
                }
        yield {"done": True, "words": "", "progress": 1.0}
    finally:
        model.close()
        if together is not None:
            together.close()
