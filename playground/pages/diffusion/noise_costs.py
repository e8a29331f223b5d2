"""What the noise costs: the report that is shipped beside the network for every noise.

It is measured by `tests.benchmarks.noises`. Where no such network or no report is shipped, or the
report cannot be read, the page has no such part.
"""

from __future__ import annotations

import json
from typing import Any

from playground.backend.catalog import EVIDENCE, evidence_folder
from playground.widgets.diffusion import CostsView

REPORT = "report.json"


def report() -> dict[str, Any]:
    """The shipped report, {} where there is none or it holds no bounds."""
    folder = evidence_folder(EVIDENCE)
    try:
        found = json.loads((folder / REPORT).read_text(encoding="utf-8")) if folder else {}
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) and found.get("noises") else {}


def build_costs(measured: dict[str, Any]) -> None:
    """The view of a report."""
    shown = {key: measured.get(key) for key in ("noises", "windows", "length", "control")}
    CostsView(shown, elem_id="diffusion-costs")
