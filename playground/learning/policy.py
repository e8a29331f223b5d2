"""A masked network whose last block and head are a copy that may learn; what it writes, and its
update.

The blocks below stay as they are, so their states at each step of a rollout are kept and an update
runs one block only.
"""

from __future__ import annotations

import copy
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch.nn import functional

from playground.diffusion.draws import ORDER, TOKEN, uniforms
from playground.learning import trace

RATE = 6e-4
NEVER = 5  # ids below it ([PAD], [UNK], [CLS], [SEP], [MASK]) are never written


@dataclass
class Revealed:
    """One step of a rollout: the canvas before it (B, L), the states that enter the last block (B,
    L, D), which places were revealed (B, L), their tokens and log-probabilities (n,) in the order
    of `where`."""

    canvas: torch.Tensor
    states: torch.Tensor
    where: torch.Tensor
    tokens: torch.Tensor
    logs: torch.Tensor


class Policy:
    """`network`: a BertForMaskedLM, which is read and never changed. rate: of the first update."""

    def __init__(self, network: Any, mask_id: int, rate: float = RATE):
        self.rate = rate
        self.network, self.mask_id = network.eval().requires_grad_(False), mask_id
        self.first = network.bert.encoder.layer[-1], network.cls.predictions.transform
        self.learnt = tuple(copy.deepcopy(part).requires_grad_(True) for part in self.first)
        self.parameters = [one for part in self.learnt for one in part.parameters()]
        self.optimizer = torch.optim.AdamW(
            self.parameters, lr=rate, betas=(0.9, 0.95), weight_decay=0
        )

    @torch.no_grad()
    def below(self, canvas: torch.Tensor) -> torch.Tensor:
        """What enters the last block, (B, L, D)."""
        with _short_numbers():
            states = self.network.bert.embeddings(input_ids=canvas)
            for layer in self.network.bert.encoder.layer[:-1]:
                states = _alone(layer(states))
        return states

    def logs(self, states: torch.Tensor, where: torch.Tensor, first: bool = False) -> torch.Tensor:
        """log p of every token at the places `where` (B, L), (n, V); of the network before it
        learned if `first`."""
        block, transform = self.first if first else self.learnt
        decoder = self.network.cls.predictions.decoder
        with _short_numbers():
            logits = functional.linear(
                transform(_alone(block(states))[where]), decoder.weight, decoder.bias
            )
        logits = logits.float()
        never = torch.arange(logits.shape[-1]) < NEVER
        return torch.log_softmax(logits.masked_fill(never, -torch.inf), -1)

    @torch.no_grad()
    def rollout(
        self, canvas: torch.Tensor, steps: int, seed: int, turn: int = 0, begin: int = 0
    ) -> tuple[torch.Tensor, list[Revealed]]:
        """Fills every hidden place in the steps `begin` … `steps` − 1, equally many a step, at
        temperature 1: (ids, trace).

        A draw depends on (seed, turn, step, row, place) alone. Every row must have as many hidden
        places as the first."""
        ids, revealed = canvas.clone(), []
        row, place = np.arange(len(ids))[:, None], np.arange(ids.shape[1])
        for step in range(begin, steps):
            hidden = ids == self.mask_id
            left = int(hidden[0].sum())
            now = -(-left // (steps - step))
            count = turn * steps + step
            keys = torch.from_numpy(uniforms(seed, count, row, place, ORDER))
            order = keys.masked_fill(~hidden, 2.0).argsort(1)[:, :now]
            where = torch.zeros_like(hidden).scatter_(1, order, True)
            states = self.below(ids)
            logs = self.logs(states, where)
            dice = torch.from_numpy(uniforms(seed, count, row, place, TOKEN))[where]
            tokens = drawn(logs, dice)
            kept = logs.gather(1, tokens[:, None])[:, 0]
            revealed.append(Revealed(ids.clone(), states, where, tokens, kept))
            ids[where] = tokens
        return ids, revealed

    def update(
        self,
        revealed: list[Revealed],
        rewards: torch.Tensor,
        beta: float,
        size: int = 1,
        share: float = 1.0,
    ) -> float:
        """One step of the optimizer on a trace, `size` steps joined to a group; the mean KL(pi |
        pi_0), nats a piece, before it.

        share: of the first update's rate."""
        for group in self.optimizer.param_groups:
            group["lr"] = self.rate * share
        advantage = trace.standardised(rewards)
        groups = trace.shrink(len(revealed), size)
        drift = 0.0
        for group in groups:
            head = revealed[group[0]]
            where = torch.stack([revealed[step].where for step in group]).any(0)
            tokens = _whole(revealed, group)[where]
            logs = self.logs(head.states, where)
            now = logs.gather(1, tokens[:, None])[:, 0]
            with torch.no_grad():
                first = self.logs(head.states, where, first=True)
            away = trace.divergence(logs[:, NEVER:], first[:, NEVER:])
            # the policy that drew is the present one; within a group of several steps it is asked
            # from the group's canvas
            old = head.logs if len(group) == 1 else now.detach()
            each = advantage[:, None].expand(where.shape)[where].to(now.dtype)
            (trace.loss(now, old, away, each, beta).mean() / len(groups)).backward()
            drift += away.mean().item() / len(groups)
        torch.nn.utils.clip_grad_norm_(self.parameters, 1.0)
        self.optimizer.step()
        self.optimizer.zero_grad()
        return drift


def _short_numbers() -> Any:
    """bfloat16 for products of matrices where the processor has instructions for them: half the
    time, other draws now and then."""
    has = torch.cpu._is_avx512_bf16_supported() or torch.cpu._is_amx_tile_supported()
    return torch.autocast("cpu", torch.bfloat16, enabled=has)


def drawn(logs: torch.Tensor, dice: torch.Tensor) -> torch.Tensor:
    """The token (n,) in whose part of [0, 1) the number `dice` (n,) falls; logs (n, V). No token of
    chance 0 is drawn."""
    sums = logs.double().exp().cumsum(1)
    found = torch.searchsorted(sums, dice[:, None] * sums[:, -1:], right=True)[:, 0]
    return found.clamp(max=logs.shape[1] - 1)


def _whole(revealed: list[Revealed], group: range) -> torch.Tensor:
    """(B, L): what each of the group's steps wrote, at its places."""
    ids = torch.zeros_like(revealed[group[0]].canvas)
    for step in group:
        ids[revealed[step].where] = revealed[step].tokens
    return ids


def _alone(output: Any) -> torch.Tensor:
    return output[0] if isinstance(output, tuple) else output
