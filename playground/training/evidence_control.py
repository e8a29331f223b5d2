"""What control costs: texts of which something is wanted beside texts of the same canvas without
the wish, by the network for every noise; see `playground.diffusion.controlled`.

Four of the six tasks of Diffusion-LM (arXiv 2205.14217) run. Syntax trees and spans of them need a
parser to be judged by, and none is shipped.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import torch
from torch.nn import functional

from playground.diffusion.controlled import ControlSettings, Wanted, contains, write_towards

from .text import SPECIAL

PROMPT = "once upon a time there was a"
END = "and lived happily ever after ."
LENGTH = 32
SENTENCE = 20  # places of the task of length
WORDS = ("wolf", "bear", "fox")
STOPS = (".", "!", "?", ";")
# Short lists of common words of the tales. A word of a list may play another part in a sentence.
PARTS = {
    "determiner": "the a his her their this that every one",
    "adjective": "old young poor rich great little beautiful golden good wicked white black",
    "noun": "king queen prince princess man woman boy girl house forest castle wolf bear tree",
    "verb": "saw took found had gave loved heard sent brought met called asked",
    "preposition": "in into from with by under over near through",
    "conjunction": "and but for so",
    "stop": ".",
}
PATTERN = (
    "adjective noun conjunction determiner noun verb determiner adjective noun preposition "
    "determiner noun conjunction determiner noun verb determiner noun preposition determiner "
    "adjective noun stop"
).split()

Encode = Callable[[str], list[int]]


@dataclass
class Task:
    """One wish. `allowed` (L, V) bool of the canvas with it, `free` (L, V) without; `met`: (B, L)
    texts -> (B,) bool. `wanted` where the wish is followed by gradient."""

    name: str
    allowed: torch.Tensor
    free: torch.Tensor
    met: Callable[[torch.Tensor], torch.Tensor]
    wanted: Wanted | None = None


def canvas_of(encode: Encode, size: int, length: int) -> torch.Tensor:
    """(length, V) bool: the prompt is given, any word may follow."""
    allowed = torch.ones(length, size, dtype=torch.bool)
    allowed[:, : len(SPECIAL)] = False
    for place, piece in enumerate(encode(PROMPT)):
        give(allowed, place, [piece])
    return allowed


def give(allowed: torch.Tensor, place: int, pieces: list[int]) -> None:
    """Only pieces may stand at the place of allowed (L, V), in place."""
    allowed[place] = False
    allowed[place, pieces] = True


def tasks(encode: Encode, size: int) -> list[Task]:
    """Words contained, parts of speech, length, infilling."""
    canvas = canvas_of(encode, size, LENGTH)
    begin = len(encode(PROMPT))
    words = torch.tensor([single(encode, word) for word in WORDS])
    found = [
        Task(
            "words",
            canvas,
            canvas,
            lambda texts: torch.isin(texts[:, begin:], words).any(1),
            contains(words),
        )
    ]
    parts = canvas[: begin + len(PATTERN)].clone()
    for place, part in enumerate(PATTERN, begin):
        give(parts, place, [single(encode, word) for word in PARTS[part].split()])
    found.append(_by_evidence("parts", parts, canvas[: len(parts)]))
    sentence = canvas[:SENTENCE].clone()
    stops = [single(encode, stop) for stop in STOPS]
    sentence[begin:, stops] = False
    give(sentence, SENTENCE - 1, stops[:1])
    found.append(_by_evidence("length", sentence, canvas[:SENTENCE]))
    filled, end = canvas.clone(), encode(END)
    for place, piece in enumerate(end, LENGTH - len(end)):
        give(filled, place, [piece])
    found.append(_by_evidence("infilling", filled, canvas))
    return found


def single(encode: Encode, word: str) -> int:
    """The piece of a word that is one piece."""
    pieces = encode(word)
    if len(pieces) != 1:
        raise ValueError(f"word must be one piece of the vocabulary, got {word!r}")
    return pieces[0]


def _by_evidence(name: str, allowed: torch.Tensor, free: torch.Tensor) -> Task:
    """A wish that rules words out, place by place."""
    places = torch.arange(len(allowed))
    return Task(name, allowed, free, lambda texts: allowed[places, texts].all(1))


def measure_task(
    network: Any, causal: Any, task: Task, settings: ControlSettings, texts: int
) -> dict[str, Any]:
    """Share of texts that meet the wish and their nats a piece under the causal network, with the
    wish and without. network: a `backend.evidence.EvidenceNetwork`."""
    row: dict[str, Any] = {"task": task.name, "by": "gradient" if task.wanted else "evidence"}
    for name, allowed, wanted in (
        ("with", task.allowed, task.wanted),
        ("without", task.free, None),
    ):
        rows = allowed.expand(texts, -1, -1)
        *_, last = write_towards(network, rows, wanted, settings)
        nats = nats_of(causal, last.words, int((allowed.sum(-1) > 1).nonzero()[0, 0]))
        row[name] = {
            "success": round(task.met(last.words).float().mean().item(), 4),
            "nats": round(nats.mean().item(), 4),
            "error": round(nats.std().item() / texts**0.5, 4) if texts > 1 else None,
            "distinct": round(sum(len(set(r)) / len(r) for r in last.words.tolist()) / texts, 4),
            "ids": last.words[0].tolist(),
        }
    return row


@torch.no_grad()
def nats_of(causal: Any, texts: torch.Tensor, begin: int) -> torch.Tensor:
    """(B,): mean nats a piece of texts (B, L) from place `begin` on, given all to the left."""
    logits = causal(input_ids=texts).logits[:, :-1]
    losses = functional.cross_entropy(
        logits.flatten(0, 1), texts[:, 1:].flatten(), reduction="none"
    )
    return losses.view(len(texts), -1)[:, max(0, begin - 1) :].mean(1)


def one_run(
    network: Any, task: Task, settings: ControlSettings, decode: Callable[[Any], str]
) -> list[dict]:
    """The steps of one text: the deviation of its noise, p(c | x) before each update and after the
    last, and the nearest words."""
    steps = []
    for step in write_towards(network, task.allowed[None], task.wanted, settings):
        steps.append(
            {
                "deviation": round(step.deviation, 4),
                "chances": [round(each.exp().item(), 5) for each in step.wanted],
                "text": decode(step.words[0]),
            }
        )
    return steps


def control_report(
    network: Any, causal: Any, encode: Encode, decode: Any, texts: int, steps: int = 64
) -> dict[str, Any]:
    """{"tasks": a row each, "run": one text step by step, "words", "prompt", "end", "steps",
    "texts"}."""
    settings = ControlSettings(steps=steps)
    every = tasks(encode, network.size)
    rows = []
    for task in every:
        row = measure_task(network, causal, task, settings, texts)
        for side in ("with", "without"):
            row[side]["text"] = decode(row[side].pop("ids"))
        print(row, flush=True)
        rows.append(row)
    return {
        "tasks": rows,
        "run": one_run(network, every[0], replace(settings, seed=1), decode),
        "words": list(WORDS),
        "prompt": PROMPT,
        "end": END,
        "pattern": PATTERN,
        "steps": steps,
        "texts": texts,
    }
