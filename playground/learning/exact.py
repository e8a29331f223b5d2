"""A policy so small that every trace can be enumerated: two words, three places, two steps.

Step 1 reveals places 0 and 2 together, step 2 place 1. Each (canvas, place) has logits of its own.
Everything is exact: the expected reward J and its gradient, V of each canvas, and the mean and
spread of what `trace.loss` estimates from single traces.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch

from playground.diffusion.draws import normals
from playground.learning import trace
from playground.parameters import Parameter

Canvas = tuple[int | None, ...]
WORDS, PLACES = 2, 3
STEPS = ((0, 2), (1,))
BLANK: Canvas = (None,) * PLACES


@dataclass
class Path:
    """One trace. states: s_0, s_1, s_2. tokens: of each step, the log-probabilities of what it drew
    (with gradient)."""

    states: list[Canvas]
    tokens: list[list[torch.Tensor]]
    reward: float

    @property
    def chance(self) -> torch.Tensor:
        return torch.stack([one for step in self.tokens for one in step]).sum().exp()


class Toy:
    """A tabular policy with a reward for each of the eight texts; float64."""

    def __init__(self, rewards: Mapping[tuple[int, ...], float], logits: torch.Tensor):
        """logits (6, 2): places 0 and 2 of the blank canvas, then place 1 after each of the four
        outcomes of step 1."""
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

    def estimates(self, by_credit: bool) -> list[torch.Tensor]:
        """Of each trace in the order of `paths`: −gradient of `trace.loss` (beta 0), the draws'
        policy being the present one, (6, 2).

        by_credit: a token's advantage is its step's credit; otherwise R − V(s_0), the same for the
            whole trace."""
        found = []
        for path in self.paths():
            values = self.values(path)
            whole = path.reward - values[0]
            advantages = trace.credits(values) if by_credit else [whole] * len(STEPS)
            gained = torch.zeros((), dtype=torch.float64)
            for drawn, advantage in zip(path.tokens, advantages, strict=True):
                now = torch.stack(drawn)
                lost = trace.loss(
                    now, now.detach(), torch.zeros_like(now), torch.full_like(now, advantage), 0.0
                )
                gained = gained - lost.sum()
            # traces with the same first step share its part of the graph
            found.append(torch.autograd.grad(gained, self.logits, retain_graph=True)[0])
        return found

    def estimated(self, by_credit: bool) -> tuple[torch.Tensor, float]:
        """(the mean of `estimates` over all traces (6, 2), the standard deviation of one trace's,
        over all its numbers together)."""
        chances = torch.stack([path.chance.detach() for path in self.paths()])
        single = torch.stack(self.estimates(by_credit))
        mean = torch.einsum("t,tij->ij", chances, single)
        spread = torch.einsum("t,tij->", chances, (single - mean) ** 2).clamp(min=0).sqrt()
        return mean, spread.item()


KIND = Parameter("reward", str, "alike", choices=("alike", "second", "turn"))
REWARDS = {
    "alike": lambda text: float(len(set(text)) == 1),
    "second": lambda text: sum(text) / PLACES,
    "turn": lambda text: float(text[0] != text[1] != text[2]),
}


def toy(kind: str, seed: int) -> Toy:
    """Pays by `kind`: all places alike, the share of the second word, or the two words in turn;
    logits drawn with `seed`."""
    texts = itertools.product(range(WORDS), repeat=PLACES)
    drawn = normals(seed, 0, 0, np.arange(6), WORDS)
    logits = torch.tensor(drawn, dtype=torch.float64, requires_grad=True)
    return Toy({text: REWARDS[kind](text) for text in texts}, logits)


def record(kind: str, seed: int) -> dict[str, Any]:
    """All there is to see of a toy, as plain data; words are 0 and 1, a hidden place None.

    {"paths": [{"states", "chance", "reward", "values", "credits"}], "rows": [{"canvas", "place",
    "chance" of word 1, "gradient", "whole", "credit"}], "spread": {"whole", "credit"}}. The last
    three of a row belong to the logit of word 1, that of word 0 has their negatives: d E[R] / d
    logit, and the mean over all traces of what is learnt from one, paid as a whole or by credit."""
    made = toy(kind, seed)
    gradient = made.gradient()
    (whole, whole_spread), (credit, credit_spread) = made.estimated(False), made.estimated(True)
    paths = []
    for path in made.paths():
        values = made.values(path)
        paths.append(
            {
                "states": [list(state) for state in path.states],
                "chance": path.chance.item(),
                "reward": path.reward,
                "values": values,
                "credits": trace.credits(values),
            }
        )
    places: list[tuple[Canvas, int]] = [(BLANK, place) for place in STEPS[0]]
    places += [((one, None, two), 1) for one in range(WORDS) for two in range(WORDS)]
    rows = [
        {
            "canvas": list(state),
            "place": place,
            "chance": made.law(state, place)[1].exp().item(),
            "gradient": gradient[row, 1].item(),
            "whole": whole[row, 1].item(),
            "credit": credit[row, 1].item(),
        }
        for row, (state, place) in enumerate(places)
    ]
    return {
        "paths": paths,
        "rows": rows,
        "spread": {"whole": whole_spread, "credit": credit_spread},
    }
