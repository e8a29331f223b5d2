"""Home's first tiles in the head of the page: drawn before Gradio mounts, from the recording, and
taken away by home.js."""

from __future__ import annotations

import json
from typing import Any

from scipy.special import softmax

from playground.pages.home.record import RECORDED
from playground.web import shipped

STYLES = ("charts/tiles.css", "views/home/home.css")


def first_tiles(record: dict[str, Any]) -> dict[str, Any]:
    """{"prompt": str, "tiles": [{"text", "share"}]}: the first step's named tiles and last, without
    a name, all other tokens together.

    record: assets/examples/home.json. Shares are probabilities at the recording's heat; they sum to
    1."""
    step = record["causal"]["steps"][0]
    shares = softmax([*(row[2] / record["heat"] for row in step["rows"]), step["others"]])
    names = [*(row[1] for row in step["rows"]), ""]
    tiles = [
        {"text": text, "share": float(share)} for text, share in zip(names, shares, strict=True)
    ]
    return {"prompt": record["prompt"], "tiles": tiles}


def head() -> str:
    """Elements for the page's head."""
    bodies = shipped().bodies
    nested = "\n".join(bodies[path].decode("utf-8") for path in STYLES)
    own = bodies["views/home/first_paint.css"].decode("utf-8")
    script = bodies["views/home/first_paint.js"].decode("utf-8")
    tiles = first_tiles(json.loads(RECORDED.read_text(encoding="utf-8")))
    data = json.dumps(tiles, ensure_ascii=False).replace("<", "\\u003c")
    return (
        f"<style>#first-paint {{\n{nested}\n}}\n{own}</style>"
        f'<script type="application/json" id="first-paint-record">{data}</script>'
        f"<script>{script}</script>"
    )
