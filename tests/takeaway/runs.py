"""Runs to take away: the recorded ones of the app, and the same with hostile words."""

import copy
import json
from pathlib import Path

EXAMPLES = Path(__file__).parents[2] / "assets" / "examples"
HOSTILE = [
    "<img src=x onerror=alert(1)>",
    "${alert(1)}",
    "</script><script>alert(1)</script>",
    "`\\u00zz",
    "<!--<script>",
    "\u202eright to left\u2028",
    "=1+1",
    "x" * 10_000,
    "中文",
    "\U0001f600",
    "\ud83d",
    "",
]


def text_run() -> dict:
    return json.loads((EXAMPLES / "fairy-causal.json").read_text(encoding="utf-8"))


def unmask_run() -> dict:
    return json.loads((EXAMPLES / "diffusion-unmask.json").read_text(encoding="utf-8"))["trace"]


def two_runs() -> dict:
    other = unmask_run()
    other["steps"] = other["steps"][:5]
    return {
        "version": 1,
        "kind": "compare",
        "model": "fairy-diffusion",
        "settings": {},
        "steps": [],
        "runs": [unmask_run(), other],
    }


def score_run() -> dict:
    run = copy.deepcopy(text_run())
    run.update(kind="score", prompt_tokens=run["prompt_tokens"][:1])
    for step in run["steps"]:
        step.update(forced=True, u=None)
    return run


def hostile_text_run() -> dict:
    run = text_run()
    for step, word in zip(run["steps"], HOSTILE, strict=False):
        step["text"] = step["piece"] = word
        for row, other in zip(step["rows"], HOSTILE, strict=False):
            row["text"] = other
    run["prompt"] = run["prompt_tokens"][0]["piece"] = HOSTILE[2]
    run["model"] = HOSTILE[0]
    return run


def hostile_unmask_run() -> dict:
    run = unmask_run()
    words = run["start"]["words"]
    for n, key in enumerate(words):
        words[key] = [HOSTILE[n % len(HOSTILE)], ""]
    run["start"]["title"] = run["model"] = HOSTILE[2]
    return run
