"""Unmasking runs as files, and back."""

from __future__ import annotations

from typing import Any

from playground.pages.errors import answered
from playground.takeaway import files
from playground.takeaway.page import to_page
from playground.widgets.diffusion import UnmaskView


@answered
def take(raw: Any) -> dict:
    """The server function behind the menu "Take away"."""
    return files.made(raw, replay_page)


@answered
def open_trace(raw: Any) -> dict:
    """A saved run as the message that the player draws: {"trace": {"trace", "second"?, "note"}}."""
    return {"trace": shown(files.opened(raw, ("unmask", "compare"))["trace"], "opened from a file")}


def shown(trace: dict, note: str) -> dict:
    """The player's value for a checked trace of one run or of two."""
    runs = trace.get("runs") or [trace]
    value: dict[str, Any] = {
        "trace": runs[0],
        "note": " · ".join(filter(None, [runs[0]["model"], runs[0]["start"]["title"], note])),
    }
    return {**value, "second": runs[1]} if len(runs) > 1 else value


def replay_page(trace: dict) -> str:
    """The run as one HTML file that plays it again, step by step, without a network."""
    value = {"kind": "whole", **shown(trace, ""), "at": 0}
    steps = max(len(run["steps"]) for run in trace.get("runs") or [trace])
    note = f"{trace['model']} unmasked this text in {steps} steps. Every figure is in this file: it plays without a network."
    return to_page(UnmaskView, "How this text appeared", note, value)
