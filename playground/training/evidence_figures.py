"""What each noise costs the evidence network on held-out text; the same windows, levels and noise
every time."""

from __future__ import annotations

from typing import Any

import torch

from playground.backend.evidence import EvidenceNetwork
from playground.diffusion.noise_bounds import (
    gaussian_bound,
    grouped_bound,
    masked_bound,
    uniform_bound,
)

from .evaluate import cut, half_precision, position_losses
from .evidence_batches import HIGHEST, KINDS, LOWEST
from .text import CLS, MASK, PAD

TOGETHER = 4  # windows at a time: their evidence is TOGETHER x length x V numbers


@torch.no_grad()
def bounds(
    network: EvidenceNetwork,
    pieces: torch.Tensor,
    draws: int,
    generator: torch.Generator,
    bfloat16: bool = False,
) -> dict[str, torch.Tensor]:
    """{kind: (B,) upper bound, nats a piece} of texts (B, L)."""
    ends = {"lowest": LOWEST, "highest": HIGHEST}
    size = network.size

    def answer(evidence: torch.Tensor) -> torch.Tensor:
        with half_precision(torch.device("cpu"), bfloat16):
            return network.log_posterior(evidence)

    return {
        "gaussian": gaussian_bound(answer, pieces, network.table, draws, generator, **ends),
        "uniform": uniform_bound(answer, pieces, size, draws, generator),
        "masks": masked_bound(answer, pieces, size, draws, generator),
        "groups": grouped_bound(answer, pieces, network.group, draws, generator),
    }


def heldout_bounds(
    network: EvidenceNetwork,
    plain: torch.Tensor,
    rows: int,
    draws: int,
    bfloat16: bool = False,
    length: int = 64,
) -> dict[str, float]:
    """{kind: mean bound, kind_error: its standard error} over `rows` windows spread evenly over
    the text plain (N,)."""
    windows = spread_windows(plain, rows, length)
    figures = {}
    for kind, each in bounds_of_windows(network, windows, draws, bfloat16).items():
        figures[kind], figures[f"{kind}_error"] = mean_and_error(each)
    return figures


def spread_windows(plain: torch.Tensor, rows: int, length: int = 64) -> torch.Tensor:
    """(rows, length): windows spread evenly over the text plain (N,)."""
    windows = cut(plain, min(length, len(plain)))
    return windows[:: max(1, len(windows) // rows)][:rows]


def bounds_of_windows(
    network: EvidenceNetwork, windows: torch.Tensor, draws: int, bfloat16: bool = False
) -> dict[str, torch.Tensor]:
    """{kind: (B,) bound of each of windows (B, L)}; a few at a time, each few with their own
    seed."""
    found: dict[str, list[torch.Tensor]] = {kind: [] for kind in KINDS}
    for number, pieces in enumerate(windows.split(TOGETHER)):
        generator = torch.Generator().manual_seed(number)
        for kind, value in bounds(network, pieces, draws, generator, bfloat16).items():
            found[kind].append(value)
    return {kind: torch.cat(values) for kind, values in found.items()}


@torch.no_grad()
def any_order_of_windows(
    network: Any, windows: torch.Tensor, draws: int, bfloat16: bool = False
) -> torch.Tensor:
    """(B,): the bound of a network of masks alone (a BertForMaskedLM) on windows (B, L), which is
    its mean loss over all orders in which the pieces may be revealed, one after another."""
    size = network.config.vocab_size

    def answer(evidence: torch.Tensor) -> torch.Tensor:
        given = evidence.amin(-1) < 0
        canvas = torch.where(given, evidence.argmax(-1), MASK)
        with half_precision(torch.device("cpu"), bfloat16):
            logits = network(input_ids=canvas).logits.float()
        logits[..., [MASK, PAD]] = -torch.inf  # no text holds them
        return logits.log_softmax(-1)

    found = []
    for number, pieces in enumerate(windows.split(TOGETHER)):
        generator = torch.Generator().manual_seed(number)
        found.append(masked_bound(answer, pieces, size, draws, generator))
    return torch.cat(found)


@torch.no_grad()
def left_to_right_of_windows(causal: Any, windows: torch.Tensor) -> torch.Tensor:
    """(B,): mean nats a piece given those to its left, exact; [CLS] stands in front of windows (B,
    L)."""
    inputs = torch.cat([torch.full_like(windows[:, :1], CLS), windows[:, :-1]], dim=1)
    return position_losses(causal, inputs, windows).mean(1)


def mean_and_error(each: torch.Tensor) -> tuple[float, float]:
    """Mean of (N,) and its standard error."""
    return round(each.mean().item(), 4), round(each.std().item() / len(each) ** 0.5, 4)
