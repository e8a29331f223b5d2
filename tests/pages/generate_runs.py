"""Runs of the Generate page over the double of a model."""

import threading

from playground.pages.generate import presets

GO = threading.Event


def request(**more):
    return {
        "run": "r",
        "model": "double",
        "prompt": "The fox",
        "settings": {**presets.START, "max_new_tokens": 12},
        **more,
    }


def collect(news):
    start, frames, end = None, [], None
    for item in news:
        if item["kind"] == "begin":
            start = item
        end = item.get("reason", end)
        frames += item.get("frames", [])
    return start, frames, end
