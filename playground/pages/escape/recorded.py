"""The loop and the experiment that the Escape page opens with, as playground/pages/escape/record.py
recorded them from the shipped model."""

from __future__ import annotations

import json
from functools import cache
from typing import Any

from playground.paths import ASSETS

RECORDED = ASSETS / "examples" / "escape.json"
EXPERIMENT = ASSETS / "examples" / "escape-experiment.json"


@cache
def recorded() -> dict[str, Any]:
    """The record; nothing may be changed in it.

    {"model", "prompt", "vocabulary", "temperature" and "start": what the page opens with, "before":
    text, "lap": texts of its tokens, "places": for each of them {"rows": [[text, logit], ...]
    falling, "loop": its row, "bins": [[logit, count], ...], "ways": {row: text that follows}}}.
    Logits are relative to the loop token's, in nats."""
    return json.loads(RECORDED.read_text(encoding="utf-8"))


@cache
def recorded_experiment() -> dict[str, Any]:
    """{"asked": the request, "found": the last record of each figure} of one whole experiment;
    nothing may be changed in it."""
    return json.loads(EXPERIMENT.read_text(encoding="utf-8"))
