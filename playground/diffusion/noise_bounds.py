"""What each noise costs: upper bounds (NELBO) of -log p(text), nats a piece, of a denoiser that
reads evidence of any kind.

Every function takes `answer`, (B, L, V) evidence -> (B, L, V) log p(x_i | all evidence), and texts
(B, L); it returns an unbiased estimate for each text (B,), so that their mean has a standard
error. Levels of noise are stratified: draw j of `draws` falls into the j-th part of the range. All
random numbers come from `generator`.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import torch

Answer = Callable[[torch.Tensor], torch.Tensor]
EXCLUDED = (
    -1e4
)  # evidence of words that are ruled out; finite, so that a network may compute with it


def _levels(draws: int, rows: int, generator: torch.Generator) -> torch.Tensor:
    """(draws, B) in [0, 1): row j inside the j-th of `draws` equal parts."""
    return (torch.arange(draws)[:, None] + torch.rand(draws, rows, generator=generator)) / draws


def evidence_of_words(pieces: torch.Tensor, where: torch.Tensor, size: int) -> torch.Tensor:
    """(B, L, V): pieces (B, L) certain at the places `where`, nothing known elsewhere."""
    evidence = torch.zeros(*pieces.shape, size)
    evidence[where] = EXCLUDED
    return evidence.scatter_(2, pieces[..., None], 0.0)


def evidence_of_groups(
    pieces: torch.Tensor, where: torch.Tensor, group: torch.Tensor
) -> torch.Tensor:
    """(B, L, V): the pieces' groups certain at the places `where`; group (V,) of each word."""
    other = group != group[pieces][..., None]
    return torch.where(other & where[..., None], EXCLUDED, 0.0)


def _true(log: torch.Tensor, pieces: torch.Tensor) -> torch.Tensor:
    """(B, L): minus the log-probabilities of the true pieces."""
    return -log.gather(2, pieces[..., None])[..., 0]


def _hide(level: torch.Tensor, length: int, generator: torch.Generator) -> torch.Tensor:
    """(B, L) bool: 1 to L places hidden, as many as level (B,) in [0, 1) says, which ones is
    random."""
    count = (level * length).long() + 1
    rank = torch.rand(len(level), length, generator=generator).argsort(1).argsort(1)
    return rank < count[:, None]


def masked_bound(
    answer: Answer, pieces: torch.Tensor, size: int, draws: int, generator: torch.Generator
) -> torch.Tensor:
    """(B,): absorbing noise, which is the any-order bound: the mean over k of the mean loss of k
    hidden places."""
    total = torch.zeros(len(pieces))
    for level in _levels(draws, len(pieces), generator):
        hidden = _hide(level, pieces.shape[1], generator)
        loss = _true(answer(evidence_of_words(pieces, ~hidden, size)), pieces)
        total += (loss * hidden).sum(1) / hidden.sum(1)
    return total / draws


def grouped_bound(
    answer: Answer, pieces: torch.Tensor, group: torch.Tensor, draws: int, generator
) -> torch.Tensor:
    """(B,): first the groups (V,) of all words in any order, then the words in any order, all
    groups known (HDLM)."""
    total = torch.zeros(len(pieces))
    groups = int(group.max()) + 1
    for level in _levels(draws, len(pieces), generator):
        hidden = _hide(level, pieces.shape[1], generator)
        log = answer(evidence_of_groups(pieces, ~hidden, group))
        coarse = torch.zeros(*pieces.shape, groups).index_add_(2, group, log.exp())
        loss = _true(coarse.clamp_(min=1e-30).log(), group[pieces])
        total += (loss * hidden).sum(1) / hidden.sum(1)
        known = evidence_of_groups(pieces, hidden, group)
        known = torch.where(
            hidden[..., None], known, evidence_of_words(pieces, ~hidden, len(group))
        )
        loss = _true(answer(known), pieces)
        total += (loss * hidden).sum(1) / hidden.sum(1)
    return total / draws


def uniform_bound(
    answer: Answer,
    pieces: torch.Tensor,
    size: int,
    draws: int,
    generator: torch.Generator,
    steps: int = 200,
) -> torch.Tensor:
    """(B,): uniform noise in `steps` steps, alpha falling evenly from 1 to 0: the sum of KL(q(x_s
    | x_t, x_0) | p(x_s | x_t))."""
    total = torch.zeros(len(pieces))
    for level in _levels(draws, len(pieces), generator):
        step = (level * steps).floor()
        alpha_t, alpha_s = 1 - (step + 1) / steps, 1 - step / steps
        keep = torch.rand(pieces.shape, generator=generator) < alpha_t[:, None]
        random = torch.randint(size, pieces.shape, generator=generator)
        seen = torch.where(keep, pieces, random)
        evidence = uniform_evidence(seen, alpha_t, size)
        truth = torch.nn.functional.one_hot(pieces, size).float()
        wanted = _reverse(truth, seen, alpha_t, alpha_s)
        offered = _reverse(answer(evidence).exp(), seen, alpha_t, alpha_s)
        gap = wanted * (wanted.clamp(min=1e-30).log() - offered.clamp(min=1e-30).log())
        total += gap.sum(-1).mean(1) * steps
    return total / draws


def uniform_evidence(seen: torch.Tensor, alpha: torch.Tensor, size: int) -> torch.Tensor:
    """(B, L, V): log q(seen | x_0) less its value for all other words; seen (B, L), alpha (B,)
    below 1."""
    bonus = torch.log1p(size * alpha / (1 - alpha))
    evidence = torch.zeros(*seen.shape, size)
    return evidence.scatter_(2, seen[..., None], bonus[:, None, None].expand(*seen.shape, 1))


def _reverse(
    origin: torch.Tensor, seen: torch.Tensor, alpha_t: torch.Tensor, alpha_s: torch.Tensor
) -> torch.Tensor:
    """(B, L, V): p(x_s | x_t = seen), the posterior averaged over origin (B, L, V); see
    `noise.uniform_reverse`."""
    size = origin.shape[-1]
    here = torch.nn.functional.one_hot(seen, size).float()
    t, s = alpha_t[:, None, None], alpha_s[:, None, None]
    ratio = origin / (t * here + (1 - t) / size)
    step = t / s
    law = (step * here + (1 - step) / size) * (s * ratio + (1 - s) / size * ratio.sum(-1, True))
    return law / law.sum(-1, keepdim=True)


def gaussian_bound(
    answer: Answer,
    pieces: torch.Tensor,
    table: torch.Tensor,
    draws: int,
    generator: torch.Generator,
    lowest: float = 0.06,
    highest: float = 2.0,
) -> torch.Tensor:
    """(B,): Gaussian noise on table (V, W), in continuous time (Kingma et al. 2021, arXiv
    2107.00630).

    1/2 int |e - x_0 hat|^2 d(1/sigma^2) between the two deviations, by draws of log sigma, plus
    the loss of the words at the lowest and the divergence from N(0, highest^2 I) at the highest.
    """
    clean, span = table[pieces], math.log(highest / lowest)
    total = torch.zeros(len(pieces))
    for level in _levels(draws, len(pieces), generator):
        deviation = lowest * (level * span).exp()[:, None, None]
        log = answer(noisy_evidence(clean, table, deviation, generator))
        error = ((clean - log.exp() @ table) ** 2).sum(-1).mean(1)
        total += span * error / deviation[:, 0, 0] ** 2
    end = torch.full((len(pieces), 1, 1), lowest)
    last = _true(answer(noisy_evidence(clean, table, end, generator)), pieces).mean(1)
    prior = 0.5 * (clean**2).sum(-1).mean(1) / highest**2
    return total / draws + last + prior


def noisy_evidence(
    clean: torch.Tensor, table: torch.Tensor, deviation: torch.Tensor, generator: torch.Generator
) -> torch.Tensor:
    """(B, L, V): evidence of vectors clean (B, L, W) under noise of deviation (B, 1, 1); table (V,
    W) of unit vectors."""
    noise = torch.randn(clean.shape, generator=generator)
    return ((clean + deviation * noise) @ table.T) / deviation**2
