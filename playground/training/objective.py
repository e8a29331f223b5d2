"""What each of the two models is asked to predict, and how much each position counts."""

from __future__ import annotations

import torch
from torch.nn import functional
from transformers import BertForMaskedLM, BertLMHeadModel

from .text import CLS, MASK

LOWEST_RATE = 0.02  # mask rates are drawn from (LOWEST_RATE, 1]


def stratified_rates(rows: int, device: torch.device | str = "cpu") -> torch.Tensor:
    """(rows,) mask rates, uniform in (LOWEST_RATE, 1]: one from each of `rows` equal parts, in
    random order.

    Compared with independent draws the mean stays the same and the variance of the loss between
    batches falls.
    """
    part = torch.randperm(rows, device=device)
    within = torch.rand(rows, device=device)
    return LOWEST_RATE + (1 - LOWEST_RATE) * (part + 1 - within) / rows


def hide_causal(
    window: torch.Tensor, noise: float
) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    """(inputs, targets, weights), each (B, L): every position predicts the next piece.

    `noise` is the share of input pieces replaced by [MASK] (word dropout: the model cannot lean on
    any single piece, which matters when it reads the same text a hundred times). The targets stay
    whole.
    """
    targets = torch.roll(window, -1, dims=1)
    weights = torch.ones(window.shape, device=window.device)
    weights[:, -1] = 0
    inputs = window
    if noise > 0:
        hidden = (torch.rand(window.shape, device=window.device) < noise) & (window != CLS)
        inputs = window.masked_fill(hidden, MASK)
    return inputs, targets, weights / weights.sum()


def hide_diffusion(
    window: torch.Tensor, weighting: str
) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    """(inputs, targets, weights), each (B, L): absorbing noise at one rate a row; hidden pieces are
    predicted.

    weighting "bound": every row counts the same, so a piece weighs 1/(number hidden in its row):
    the continuous-time bound of a linear schedule (Sahoo et al. 2024, "Simple and Effective Masked
    Diffusion Language Models", eq. 10). "token": every hidden piece the same.
    """
    rates = stratified_rates(window.shape[0], window.device)
    hidden = (torch.rand(window.shape, device=window.device) < rates[:, None]) & (window != CLS)
    weights = hidden.float()
    if weighting == "bound":
        weights = weights / weights.sum(dim=1, keepdim=True).clamp(min=1)
    return window.masked_fill(hidden, MASK), window, weights / weights.sum().clamp(min=1e-9)


def piece_losses(
    states: torch.Tensor, matrix: torch.Tensor, bias: torch.Tensor, targets: torch.Tensor
) -> torch.Tensor:
    """(N,) cross-entropy, nats, of the pieces `targets` (N,) given the head's states (N, D) and the
    output matrix (V, D).

    The matrix is padded to a multiple of 64 rows whose probability is zero: a matrix product with
    an odd number of columns takes several times as long on tensor cores.
    """
    padding = -len(matrix) % 64
    logits = functional.linear(
        states,
        functional.pad(matrix, (0, 0, 0, padding)),
        functional.pad(bias, (0, padding), value=-1e4),
    )
    return functional.cross_entropy(logits.float(), targets, reduction="none")


def weighted_loss(
    network: BertForMaskedLM | BertLMHeadModel,
    inputs: torch.Tensor,
    targets: torch.Tensor,
    weights: torch.Tensor,
    losses_of=piece_losses,
) -> torch.Tensor:
    """Sum over positions of weight × cross-entropy, nats; the output layer runs only where the
    weight is not zero."""
    scored = weights.flatten() > 0
    states = network.bert(input_ids=inputs).last_hidden_state.flatten(0, 1)[scored]  # (N, D)
    head = network.cls.predictions
    losses = losses_of(
        head.transform(states), head.decoder.weight, head.decoder.bias, targets.flatten()[scored]
    )
    return (losses * weights.flatten()[scored]).sum()
