"""A whole run as plain records: texts before, every update, the same seeds after, and the credit of
each step of one text."""

from __future__ import annotations

import time
from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass
from typing import Any

import torch

from playground.learning import trace
from playground.learning.policy import Policy
from playground.learning.rewards import Reward
from playground.learning.settings import BETA, UPDATES
from playground.parameters import SEED

PROMPTS = ("once upon a time", "the king said :", "in the forest there", "one day the boy")
MASKS, STEPS, ROWS = 24, 6, 32
SEEN = 4  # texts of each update that a page shows, one a prompt
JUDGED = 3  # the judge reads the texts of every third update, for it takes a sixth of the time
# Draws of different purposes share no turn: updates count from 0, the two comparisons and the
# continuations stand far behind.
COMPARED, CONTINUED = 1 << 20, 1 << 21


@dataclass(frozen=True)
class Wish:
    """reward of a text, beta the price of drifting, updates, seed. compared: texts before and
    after; continued: from each canvas, for V."""

    reward: Reward
    beta: float = BETA.default
    updates: int = UPDATES.default
    seed: int = SEED.default
    compared: int = 96
    continued: int = 24
    shown: int = 12


@dataclass(frozen=True)
class Scene:
    """What a run works on. encode a prompt to ids, decode ids to a text, nats (B, L) -> (B,): mean
    nats a piece under a judge."""

    network: Any
    encode: Callable[[str], Sequence[int]]
    decode: Callable[[Sequence[int]], str]
    nats: Callable[[torch.Tensor, int], torch.Tensor]
    begin: Sequence[int]
    mask_id: int

    def canvases(self, rows: int) -> torch.Tensor:
        """(rows, L): the prompts in turn, each cut to the length of the shortest, and 24 hidden
        places."""
        prompts = [list(self.encode(prompt)) for prompt in PROMPTS]
        given = min(map(len, prompts))
        return torch.tensor(
            [
                [*self.begin, *prompts[row % len(prompts)][:given], *[self.mask_id] * MASKS]
                for row in range(rows)
            ]
        )

    def written(self, ids: torch.Tensor) -> list[str]:
        """The text of each row behind what was given."""
        return [self.decode(row[-MASKS:]) for row in ids.tolist()]

    def shown(self, ids: torch.Tensor, rewards: torch.Tensor, most: int) -> list[dict[str, Any]]:
        """The first texts as a page shows them: {"given", "text", "reward"}."""
        return [
            {"given": PROMPTS[row % len(PROMPTS)], "text": text, "reward": paid}
            for row, (text, paid) in enumerate(
                zip(self.written(ids[:most]), rewards.tolist(), strict=False)
            )
        ]

    def rewards(self, ids: torch.Tensor, reward: Reward) -> torch.Tensor:
        return torch.tensor([reward(text) for text in self.written(ids)])


class Watch:
    """Seconds since it was made: by the clock, and those in which the thread that asks was at work.
    Where others are served first, the second stand still."""

    def __init__(self) -> None:
        self.began, self.worked = time.perf_counter(), time.thread_time()

    def read(self) -> dict[str, float]:
        return {
            "seconds": round(time.perf_counter() - self.began, 3),
            "worked": round(time.thread_time() - self.worked, 3),
        }


def train(scene: Scene, wish: Wish, policy: Policy | None = None) -> Generator[dict, None, None]:
    """Records: {"before": texts and means}, {"update": one update, "texts": of it} each, {"after":
    as before}, {"credit": of one text, "seconds", "worked"}.

    policy: what learns, its weights are the caller's; without it they are the generator's own and
        gone with it. "seconds" and "worked" count from the first call up to the last update; all
        records must be asked for by one thread."""
    watch = Watch()
    policy = policy or Policy(scene.network, scene.mask_id)
    yield {"before": compared(scene, policy, wish)}
    canvases = scene.canvases(ROWS)
    for turn in range(wish.updates):
        ids, revealed = policy.rollout(canvases, STEPS, wish.seed, turn)
        rewards = scene.rewards(ids, wish.reward)
        # The rate falls to nothing: what 32 texts teach by chance, which costs fluency and earns
        # nothing, evens out.
        drift = policy.update(revealed, rewards, wish.beta, share=1 - turn / wish.updates)
        yield {
            "update": {
                "n": turn + 1,
                "reward": rewards.mean().item(),
                "hit": (rewards > 0).float().mean().item(),
                "nats": scene.nats(ids, MASKS).mean().item() if turn % JUDGED == 0 else None,
                "drift": drift,
                **watch.read(),
            },
            "texts": scene.shown(ids, rewards, SEEN),
        }
    trained = watch.read()
    yield {"after": compared(scene, policy, wish)}
    yield {"credit": credit(scene, policy, wish), **trained}


def compared(scene: Scene, policy: Policy, wish: Wish) -> dict[str, Any]:
    """Texts on seeds that training does not see, the same ones each time: means over all, the first
    ones as texts."""
    ids, _ = policy.rollout(scene.canvases(wish.compared), STEPS, wish.seed, COMPARED)
    rewards, nats = scene.rewards(ids, wish.reward), scene.nats(ids, MASKS)
    texts = scene.shown(ids, rewards, wish.shown)
    words = [word for text in scene.written(ids) for word in text.split()]
    return {
        "texts": [{**text, "nats": cost} for text, cost in zip(texts, nats.tolist(), strict=False)],
        "of": len(ids),
        "reward": rewards.mean().item(),
        "hit": (rewards > 0).float().mean().item(),
        "nats": nats.mean().item(),
        "nats_error": (nats.std() / len(nats) ** 0.5).item(),
        "distinct": len(set(words)) / max(1, len(words)),
    }


def credit(scene: Scene, policy: Policy, wish: Wish) -> dict[str, Any]:
    """One text of the learnt policy, the best paid of the first ones: its canvases, V of each and
    the credit of each step.

    V of a canvas is a mean over `continued` continuations, `errors` their standard errors; the last
    V is the reward itself."""
    ids, revealed = policy.rollout(scene.canvases(wish.compared), STEPS, wish.seed, COMPARED)
    rewards = scene.rewards(ids, wish.reward)
    row = int(rewards[: wish.shown].argmax())
    states = [step.canvas[row] for step in revealed] + [ids[row]]
    values, errors = [], []
    for step, state in enumerate(states[:-1]):
        many = state.expand(wish.continued, -1)
        ends, _ = policy.rollout(many, STEPS, wish.seed, CONTINUED, step)
        paid = scene.rewards(ends, wish.reward)
        values.append(paid.mean().item())
        errors.append((paid.std() / len(paid) ** 0.5).item())
    values.append(rewards[row].item())
    return {
        "row": row,
        "given": PROMPTS[row % len(PROMPTS)],
        "pieces": _pieces(scene, ids[row, -MASKS:].tolist()),
        "steps": _steps(revealed, row),
        "values": values,
        "errors": [*errors, 0.0],
        "credits": trace.credits(values),
    }


def _pieces(scene: Scene, ids: list[int]) -> list[str]:
    """Each piece with the space before it, where one belongs there."""
    labels = [scene.decode([one]) for one in ids]
    return [one[2:] if one.startswith("##") else " " + one for one in labels]


def _steps(revealed: list[Any], row: int) -> list[int]:
    """At which step each of the 24 places was revealed."""
    found = [0] * MASKS
    for number, step in enumerate(revealed):
        for place in step.where[row, -MASKS:].nonzero()[:, 0].tolist():
            found[place] = number
    return found
