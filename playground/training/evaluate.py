"""Held-out figures of both models. `quick_figures` is what the log shows during training;
`playground.training.report` prints the rest."""

from __future__ import annotations

import contextlib
import math

import torch
from torch.nn import functional
from transformers import PreTrainedModel

from .text import CLS, MASK, Windows

RATES = (0.15, 0.5, 0.85)


def cut(pieces: torch.Tensor, length: int) -> torch.Tensor:
    """(rows, length): consecutive windows; the rest that does not fill one is dropped."""
    rows = len(pieces) // length
    if rows == 0:
        raise ValueError(f"text must hold at least {length} pieces, got {len(pieces)}")
    return pieces[: rows * length].reshape(rows, length)


def half_precision(device: torch.device, wanted: bool) -> contextlib.AbstractContextManager:
    """Matrix products in bfloat16, if wanted."""
    return torch.autocast(device.type, dtype=torch.bfloat16) if wanted else contextlib.nullcontext()


@torch.no_grad()
def position_losses(
    network: torch.nn.Module, inputs: torch.Tensor, targets: torch.Tensor, rows: int = 32
) -> torch.Tensor:
    """(B, L) cross-entropy of each position, nats, `rows` windows at a time."""
    losses = []
    for start in range(0, len(inputs), rows):
        logits = network(input_ids=inputs[start : start + rows]).logits  # (rows, L, V)
        loss = functional.cross_entropy(
            logits.flatten(0, 1).float(), targets[start : start + rows].flatten(), reduction="none"
        )
        losses.append(loss.view(-1, inputs.shape[1]))
    return torch.cat(losses)  # (B, L)


def masked_loss(
    network: torch.nn.Module, pieces: torch.Tensor, rate: float, length: int = 64, seed: int = 0
) -> float:
    """Mean nats of a hidden piece when a share `rate` is hidden, windows of `length`, independent
    draws with a fixed seed."""
    windows = cut(pieces, length)
    draws = torch.rand(windows.shape, generator=torch.Generator().manual_seed(seed)).to(
        windows.device
    )
    hidden = draws < rate
    losses = position_losses(network, windows.masked_fill(hidden, MASK), windows)
    return losses[hidden].mean().item()


def next_loss(network: torch.nn.Module, pieces: torch.Tensor, length: int = 128) -> float:
    """Mean nats of a piece given those to its left, separate windows of `length` with [CLS] in
    front: every piece is scored."""
    windows = cut(pieces, length - 1)
    inputs = torch.cat([torch.full_like(windows[:, :1], CLS), windows[:, :-1]], dim=1)
    return position_losses(network, inputs, windows).mean().item()


def quick_figures(
    network: PreTrainedModel, text: Windows, limit: int | None = None
) -> dict[str, float]:
    """Diffusion: nats a hidden piece at 15, 50 and 85 %; causal: nats a piece and perplexity a
    piece. Plain text, its first `limit` pieces."""
    training = network.training
    network.eval()
    pieces = text.pieces[: text.plain_length][:limit]
    if network.config.is_decoder:
        loss = next_loss(network, pieces)
        figures = {"loss": loss, "perplexity": math.exp(loss)}
    else:
        figures = {
            f"masked_{rate:.0%}".rstrip("%"): masked_loss(network, pieces, rate) for rate in RATES
        }
        figures = {"loss": sum(figures.values()) / len(figures), **figures}
    network.train(training)
    return figures
