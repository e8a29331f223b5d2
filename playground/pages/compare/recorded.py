"""What each part shows before anybody has pressed anything: one run of it with the settings it
begins with, recorded by a program."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import lru_cache
from typing import Any

from playground.i18n import wire
from playground.pages.compare import links
from playground.paths import ASSETS

PATH = ASSETS / "examples" / "compare.json"
REWARDS = ASSETS / "examples" / "reward-seeds.json"


@lru_cache(maxsize=1)
def recorded() -> dict[str, dict]:
    """part -> {"request", "frames"} of a run, or {"answers": {name: ...}}; {} where nothing is
    recorded.

    Reward has "hacked" beside them: the same run where drifting is cheap."""
    kept = json.loads(PATH.read_text(encoding="utf-8")) if PATH.is_file() else {}
    if "strategies" in kept:  # the texts that people judge are those of the same four columns
        kept["people"] = {
            "request": request_of("people", links.start("people")),
            "frames": kept["strategies"]["frames"],
        }
    return kept


def measured_rewards() -> dict | None:
    """What `python -m playground.learning --table` measured over several seeds; None where nothing
    was."""
    return json.loads(REWARDS.read_text(encoding="utf-8")) if REWARDS.is_file() else None


def request_of(part: str, values: dict[str, Any]) -> dict[str, Any]:
    """What the part's script asks for with these fields. The script shows a recording only where
    this is what it would ask."""
    if part == "library":
        return {
            **{name: values[name] for name in ("model", "prompt", "tokens", "seed")},
            "column": values["column"][0],
        }
    if part == "forcing":
        return {
            **{name: values[name] for name in ("model", "text", "temperature", "seed")},
            "from": values["given"],
        }
    if part == "classifier":
        words = [word.strip() for word in values["labels"].split(",")]
        return {
            "model": values["model"],
            "template": values["template"],
            "labels": words,
            "texts": values["texts"].split("\n"),
        }
    if part == "sweep":
        grid = {
            values[rule]: [float(one) for one in values[over].split(",")]
            for rule, over in (("vary", "over"), ("and", "and_over"))
        }
        return {
            **{name: values[name] for name in ("model", "prompt", "tokens", "seeds", "seed")},
            "grid": grid,
        }
    return dict(values)


def opening(part: str) -> Callable[[Any], dict]:
    """For a part's script: {"query"} of the address -> {"values": of a link or None, "message",
    "recorded": what to show first or None}."""

    def opened(raw: Any = None) -> dict:
        values, message = links.state_of(part, raw.get("query") if isinstance(raw, dict) else "")
        first = values is None or values == links.start(part)
        return wire(
            {
                "values": values,
                "message": message,
                "recorded": recorded().get(part) if first and not message else None,
            }
        )

    return opened


def link(part: str) -> Callable[[Any], dict]:
    """For a part's script: its fields -> {"query"} or {"problem": sentence}."""

    def written(raw: Any = None) -> dict:
        try:
            return {"query": links.query_of(part, raw)}
        except ValueError as error:
            return wire({"problem": str(error)})

    return written
