"""A trace as a table for spreadsheets."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from playground import traces

HIDDEN = ("masked", "remasked", "grouped")  # states in which no word was decided


def to_csv(trace: Mapping[str, Any]) -> str:
    """A text: one line a step. An unmasking run: one line for each step and position, with the word
    that stands there then."""
    if trace["kind"] in ("decode", "score"):
        return traces.to_csv(trace)
    rows: list[dict] = []
    runs = trace.get("runs") or [trace]
    for name, run in zip("AB", runs, strict=False):
        start = run["start"]
        for number, step in enumerate([start, *run["steps"]]):
            for i, token in enumerate(step["canvas"]):
                hidden = step["state"][i] in HIDDEN
                spelled = step.get("texts", {}).get(str(i))
                word = (
                    ""
                    if hidden
                    else spelled
                    if spelled is not None
                    else start["words"].get(str(token), ["", ""])[0]
                )
                best = (step.get("top") or {i: None})[i]
                rows.append(
                    {
                        **({"run": name} if len(runs) > 1 else {}),
                        "step": number,
                        "position": i,
                        "state": step["state"][i],
                        "token_id": token,
                        "text": word,
                        "confidence": _at(step, "confidence", i),
                        "entropy": _at(step, "entropy", i),
                        "best_id": best[0][0] if best else None,
                        "best_probability": best[0][1] if best else None,
                    }
                )
    return traces.to_csv({"steps": rows})


def _at(step: Mapping[str, Any], name: str, i: int) -> Any:
    return step[name][i] if name in step else None
