"""Texts of which something is wanted, written by a network that was not trained for it: Gaussian
noise on unit vectors is taken away step by step, and after each step the vectors are moved towards
what is wanted (Diffusion-LM, arXiv 2205.14217).

The deviation of the noise falls along the network's own grid (`entropy_linear_grid`); x_s is drawn
from q(x_s | x_t, x_0 hat) of noise that grows, x_t = x_0 + t eps. What is wanted of a place may
also be hard evidence: words that may not stand there. Such wishes are met by every text.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import torch

from playground.diffusion.control import log_contains, steer
from playground.diffusion.embedding import entropy_linear_grid

Wanted = Callable[[torch.Tensor], torch.Tensor]  # probabilities (B, L, V) -> log p(c | x) (B,)


@dataclass(frozen=True)
class ControlSettings:
    """How a text is written and steered. `updates` Adagrad updates of size `rate` follow each
    step, none in the last share `free` of the steps, and none where p(c | x) is `enough` already:
    Adagrad makes a small gradient as large as a large one, and would only disturb such a text."""

    steps: int = 64
    updates: int = 3
    rate: float = 0.1
    enough: float = 0.5
    weight: float = 0.01  # of staying near the step's own mean
    free: float = 0.1
    clamp: bool = True
    seed: int = 0


@dataclass
class ControlStep:
    """One step. `wanted`: log p(c | x), (B,) each, after the step and after each update; [] where
    nothing is wanted. A text that was not moved keeps its value."""

    index: int
    deviation: float
    words: torch.Tensor  # (B, L) the nearest allowed word of each expected origin
    wanted: list[torch.Tensor] = field(default_factory=list)


def contains(words: torch.Tensor) -> Wanted:
    """At least one of words (S,) stands somewhere."""
    return lambda law: log_contains(law, words)


def write_towards(
    network, allowed: torch.Tensor, wanted: Wanted | None, settings: ControlSettings
) -> Iterator[ControlStep]:
    """The steps of B texts.

    network: `log_posterior(evidence, earlier)`, `table` (V, W) of unit vectors and `curve`, as
    `backend.evidence` has them. allowed (B, L, V) bool: which words may stand at each place; a
    place with one word is given. ValueError where a place has none.
    """
    if not bool(allowed.any(-1).all()):
        raise ValueError("allowed must leave a word at every place")
    table = network.table
    ruled_out = torch.where(allowed, 0.0, -1e4)
    given = allowed.sum(-1) == 1
    deviations, nats = network.curve.cpu().double().numpy()
    grid = entropy_linear_grid(deviations, nats, settings.steps)
    generator = torch.Generator().manual_seed(settings.seed)
    shape = (*allowed.shape[:2], table.shape[1])
    x = float(grid[0]) * torch.randn(shape, generator=generator)
    law = None

    def answer(vectors: torch.Tensor, deviation: float) -> torch.Tensor:
        evidence = (vectors @ table.T / deviation**2).masked_fill(given[..., None], 0.0)
        evidence = evidence - evidence.amax(-1, keepdim=True)
        return network.log_posterior(evidence + ruled_out, law).exp()

    for k in range(settings.steps):
        now, after = float(grid[k]), float(grid[k + 1])
        with torch.no_grad():
            law = answer(x, now)
            origin = law @ table
            words = (origin @ table.T + ruled_out).argmax(-1)
            if settings.clamp:
                origin = table[words]
            kept = (after / now) ** 2
            mean = kept * x + (1 - kept) * origin
            deviation = after * (1 - kept) ** 0.5
            x = mean + deviation * torch.randn(shape, generator=generator)
        step = ControlStep(k, now, words)
        if wanted is not None:

            def likely(vectors: torch.Tensor, level: float = after) -> torch.Tensor:
                return wanted(answer(vectors, level))

            free = k + 1 > settings.steps * (1 - settings.free)
            x, step.wanted = _moved(x, mean, deviation, likely, settings, free)
        yield step


def _moved(
    x: torch.Tensor,
    mean: torch.Tensor,
    deviation: float,
    likely: Wanted,
    settings: ControlSettings,
    free: bool,
) -> tuple[torch.Tensor, list[torch.Tensor]]:
    """(x (B, L, W) with the texts moved that are not likely enough, log p(c | x) (B,) before each
    update and after the last)."""
    with torch.no_grad():
        first = likely(x)
    unsure = first.exp() < settings.enough
    if free or not settings.updates or not bool(unsure.any()):
        return x, [first]
    found: list[torch.Tensor] = []

    def watched(vectors: torch.Tensor) -> torch.Tensor:
        found.append(likely(vectors))
        return found[-1]

    least = max(deviation, 1e-6)
    moved, _ = steer(x, mean, least, watched, settings.updates, settings.rate, settings.weight)
    kept = [torch.where(unsure, each.detach(), first) for each in found]
    return torch.where(unsure[:, None, None], moved, x), kept
