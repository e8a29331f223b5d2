"""What each noise costs the evidence network on held-out text; the same windows, levels and noise
every time."""

from __future__ import annotations

import torch

from playground.backend.evidence import EvidenceNetwork
from playground.diffusion.noise_bounds import (
    gaussian_bound,
    grouped_bound,
    masked_bound,
    uniform_bound,
)

from .evaluate import cut, half_precision
from .evidence_batches import HIGHEST, KINDS, LOWEST

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
    windows = cut(plain, min(length, len(plain)))
    windows = windows[:: max(1, len(windows) // rows)][:rows]
    found: dict[str, list[torch.Tensor]] = {kind: [] for kind in KINDS}
    for number, pieces in enumerate(windows.split(TOGETHER)):
        generator = torch.Generator().manual_seed(number)
        for kind, value in bounds(network, pieces, draws, generator, bfloat16).items():
            found[kind].append(value)
    figures = {}
    for kind, values in found.items():
        each = torch.cat(values)
        figures[kind] = round(each.mean().item(), 4)
        figures[f"{kind}_error"] = round(each.std().item() / len(each) ** 0.5, 4)
    return figures
