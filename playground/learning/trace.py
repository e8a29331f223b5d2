"""The loss of TraceRL over a trace, and the credit of its steps.

A trace says at which step each place was revealed. `shrink` joins neighbouring steps to one group,
whose places are all predicted from the canvas before its first step. For a token with probability
ratio rho = pi / pi_old and advantage A

    loss = −min(rho A, clip(rho, 1 ± clip) A) + beta KL(pi | pi_0),

pi_0 the network before it learned. The published code estimates the divergence from the drawn token
alone, by k3 = r − 1 − ln r with r = pi_0 / pi. Its pull on a token that has become too likely stays
below beta, however far it went; here the sum over the whole vocabulary is at hand, whose mean k3
is, and its pull grows with the distance.
Source: arXiv 2509.06949 and its code, Gen-Verse/dLLM-RL.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence

import torch

CLIP = 0.2


def shrink(steps: int, size: int) -> list[range]:
    """Groups of `size` neighbouring steps; the last may be shorter. ValueError for a size below
    1."""
    if size < 1:
        raise ValueError(f"size must be at least 1, got {size}")
    return [range(begin, min(begin + size, steps)) for begin in range(0, steps, size)]


def standardised(rewards: torch.Tensor) -> torch.Tensor:
    """(rewards − mean) / standard deviation, (B,); zeros where all are alike, since nothing is
    learned from those."""
    spread = rewards.std(correction=0)
    return (rewards - rewards.mean()) / spread if spread > 1e-8 else torch.zeros_like(rewards)


def divergence(now: torch.Tensor, first: torch.Tensor) -> torch.Tensor:
    """KL(pi | pi_0) in nats, (n,), from finite log-probabilities (n, V) of all tokens."""
    return (now.exp() * (now - first)).sum(-1)


def loss(
    now: torch.Tensor,
    old: torch.Tensor,
    drift: torch.Tensor,
    advantage: torch.Tensor,
    beta: float,
    clip: float = CLIP,
) -> torch.Tensor:
    """The loss of each token, in the shape of its arguments: log-probabilities under the policy and
    under the one that drew, the divergence from pi_0, the advantage."""
    ratio = (now - old).exp()
    gained = torch.min(ratio * advantage, ratio.clamp(1 - clip, 1 + clip) * advantage)
    return beta * drift - gained


def credits(values: Sequence[float]) -> list[float]:
    """V(s_{k+1}) − V(s_k) of each step; values: V(s_0) … V(s_{K−1}), R. They add up to R −
    V(s_0)."""
    return [after - before for before, after in itertools.pairwise(values)]
