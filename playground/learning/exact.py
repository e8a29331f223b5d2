"""A policy so small that every trace can be enumerated: two words, three places, two steps.

Step 1 reveals places 0 and 2 together, step 2 place 1. Each (canvas, place) has logits of its own. Everything is exact: the
expected reward J and its gradient, V of each canvas, and the mean of what `trace.loss` estimates from single traces.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import torch

from playground.learning import trace

Canvas = tuple[int | None, ...]
WORDS, PLACES = 2, 3
STEPS = ((0, 2), (1,))
BLANK: Canvas = (None,) * PLACES


@dataclass
class Path:
    """One trace. states: s_0, s_1, s_2. tokens: of each step, the log-probabilities of what it drew (with gradient)."""

    states: list[Canvas]
    tokens: list[list[torch.Tensor]]
    reward: float

    @property
    def chance(self) -> torch.Tensor:
        return torch.stack([one for step in self.tokens for one in step]).sum().exp()


class Toy:
    """A tabular policy with a reward for each of the eight texts; float64."""

    def __init__(self, rewards: Mapping[tuple[int, ...], float], logits: torch.Tensor):
        """logits (6, 2): places 0 and 2 of the blank canvas, then place 1 after each of the four outcomes of step 1."""
        self.rewards, self.logits = dict(rewards), logits

    def law(self, state: Canvas, place: int) -> torch.Tensor:
        """log p of the two words."""
        row = STEPS[0].index(place) if state == BLANK else 2 + 2 * state[0] + state[2]  # type: ignore[operator]
        return torch.log_softmax(self.logits[row], 0)

    def paths(self, step: int = 0, state: Canvas = BLANK) -> Iterator[Path]:
        """Every trace from a canvas on."""
        if step == len(STEPS):
            yield Path([state], [], self.rewards[state])  # type: ignore[index]
            return
        places = STEPS[step]
        for words in itertools.product(range(WORDS), repeat=len(places)):
            drawn = [
                self.law(state, place)[word] for place, word in zip(places, words, strict=True)
            ]
            given = dict(zip(places, words, strict=True))
            after = tuple(given.get(place, word) for place, word in enumerate(state))
            for rest in self.paths(step + 1, after):
                yield Path([state, *rest.states], [drawn, *rest.tokens], rest.reward)

    def value(self, step: int, state: Canvas) -> torch.Tensor:
        """V(state): the expected reward from there on."""
        if step == len(STEPS):
            return torch.tensor(self.rewards[state], dtype=torch.float64)  # type: ignore[index]
        return sum(
            (
                torch.stack([one for part in path.tokens for one in part]).sum().exp() * path.reward
                for path in self.paths(step, state)
            ),
            torch.zeros((), dtype=torch.float64),
        )

    def gradient(self) -> torch.Tensor:
        """The gradient of E[R] in the logits, (6, 2)."""
        return torch.autograd.grad(self.value(0, BLANK), self.logits)[0]

    def values(self, path: Path) -> list[float]:
        return [self.value(step, state).item() for step, state in enumerate(path.states)]

    def estimated(self, by_credit: bool) -> torch.Tensor:
        """The mean over all traces of −gradient of `trace.loss` (beta 0), the draws' policy being the present one.

        by_credit: a token's advantage is its step's credit; otherwise R − V(s_0), the same for the whole trace."""
        total = torch.zeros((), dtype=torch.float64)
        for path in self.paths():
            values = self.values(path)
            whole = path.reward - values[0]
            advantages = trace.credits(values) if by_credit else [whole] * len(STEPS)
            for drawn, advantage in zip(path.tokens, advantages, strict=True):
                now = torch.stack(drawn)
                lost = trace.loss(
                    now, now.detach(), torch.zeros_like(now), torch.full_like(now, advantage), 0.0
                )
                total = total - path.chance.detach() * lost.sum()
        return torch.autograd.grad(total, self.logits)[0]
