"""A backend of doubles for the Generate page: a tiny causal model whose tokens are whatever a test
needs."""

from __future__ import annotations

import numpy as np
import torch

from playground.backend.admission import Run, Runs
from playground.backend.catalog import Entry
from playground.backend.errors import ModelUnavailable
from playground.backend.telemetry import Telemetry

WORDS = [
    "The",
    " fox",
    " ran",
    " and",
    " the",
    " dog",
    " slept",
    ".",
    "\n",
    " ",
    " a",
    " very",
    " old",
    " king",
    " sat",
    "!",
]
HOSTILE = [
    '<img src=x onerror="window.__hit=1">',
    "${Object.assign(window,{__hit:2})}",
    "{{value}}",
    "`",
    "\\u00zz",
    "</script><script>window.__hit=3</script>",
    "\u202eright to left\u202c",
    "x" * 10_000,
    "&lt;b&gt;",
    "'\"",
    "\x00\x07",
    " ok",
    " fine",
    " end",
    "\n",
    "javascript:window.__hit=4",
]


class WordModel:
    """Tokens are whole words of a list; logits a fixed random function of the last two tokens."""

    def __init__(self, words, calls=None):
        self.words, self.vocab_size, self.eos_id, self.context_length = (
            list(words),
            len(words),
            None,
            2048,
        )
        self.calls = calls if calls is not None else []
        self.kept = {}

    def encode(self, text):
        return [sum(map(ord, part)) % self.vocab_size for part in text.split()] or [0]

    def decode(self, ids):
        return "".join(self.words[int(token)] for token in ids)

    def next_logits(self, ids):
        self.calls.append(len(ids))
        key = [int(token) for token in ids[-2:]]
        return torch.from_numpy(
            np.random.default_rng(key).standard_normal(self.vocab_size).astype(np.float32) * 1.5
        )

    def logits_along(self, ids):
        return torch.stack([self.next_logits(ids[: place + 1]) for place in range(len(ids))])

    def close(self):
        pass


class DoubleBackend:
    """One model, always there. `state` may be changed to see what a page does while it loads or
    when it fails."""

    def __init__(self, words=WORDS):
        self.words, self.calls, self.state, self.message = words, [], "ready", ""
        self.runs = Runs(Telemetry())

    def catalog(self):
        return [Entry("double", "A double", "causal", 0, "none", ())]

    def status(self, name):
        if name != "double":
            raise ValueError(f"model must be one of double, got {name!r}.")
        return {
            "state": self.state,
            "phase": "",
            "done": 3_000_000,
            "total": 9_000_000,
            "message": self.message,
        }

    prepare = status

    def run(self, visitor, page, model, kind="run"):
        return Run(self.runs, visitor, page, model, kind)

    def stop(self, visitor):
        return self.runs.stop(visitor)

    def causal(self, name):
        if name != "double":
            raise ValueError(f"model must be one of double, got {name!r}.")
        return WordModel(self.words, self.calls)


class AwayBackend(DoubleBackend):
    """A backend none of whose models can be had; places for runs it has."""

    def causal(self, name):
        raise ModelUnavailable(name)

    denoiser = causal
