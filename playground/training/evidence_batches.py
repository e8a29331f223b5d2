"""What the evidence network is shown in training: texts under four kinds of noise, and the loss of
the true pieces.

Rows of a batch stand in the order of KINDS. Half of them have places that are given as they are, a
prefix or anywhere; of these a tenth have the same places hidden instead, which is what guidance
compares with. Noise that gives few words a chance is read in closed form; it equals what
`EvidenceNetwork.read` computes from the evidence of all words.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import torch
from torch.nn import functional

from playground.backend.evidence import IMPOSSIBLE, EvidenceNetwork

from .text import CLS

KINDS = ("gaussian", "uniform", "masks", "groups")
LOWEST, HIGHEST = 0.06, 2.0  # standard deviations of Gaussian noise


class WarpedDeviations:
    """Standard deviations drawn where the loss rises (CDCD's time warping); the loss is measured
    in bins of log sigma."""

    def __init__(self, bins: int = 15, even: float = 0.15):
        self.mean = torch.linspace(0.1, 5.5, bins)  # nats; soon replaced by what is measured
        self.even = even  # share drawn evenly in log sigma

    def draw(self, count: int) -> tuple[torch.Tensor, torch.Tensor]:
        """(bins (count,), deviations (count,))."""
        bins = len(self.mean)
        rising = torch.cummax(self.mean, 0).values
        edges = torch.cat([rising[:1], (rising[1:] + rising[:-1]) / 2, rising[-1:]])
        rise = torch.diff(edges).clamp(min=0.02)
        share = rise / rise.sum() * (1 - self.even) + self.even / bins
        chosen = torch.multinomial(share, count, replacement=True)
        return chosen, self._deviation((chosen + torch.rand(count)) / bins)

    @staticmethod
    def _deviation(place: torch.Tensor) -> torch.Tensor:
        return LOWEST * (HIGHEST / LOWEST) ** place

    def curve(self) -> torch.Tensor:
        """(2, bins): the deviations in the middle of the bins, falling, and the loss in each."""
        middle = (torch.arange(len(self.mean)) + 0.5) / len(self.mean)
        return torch.stack([self._deviation(middle), self.mean]).flip(1)

    def take(self, chosen: torch.Tensor, losses: torch.Tensor) -> None:
        """Move the bins' means towards the losses (N,) met in bins chosen (N,)."""
        count = torch.bincount(chosen, minlength=len(self.mean))
        total = torch.zeros_like(self.mean).index_add_(0, chosen, losses)
        met = count > 5
        self.mean[met] = 0.9 * self.mean[met] + 0.1 * total[met] / count[met]


@dataclass
class Noised:
    """A batch under noise; rows in the order of KINDS, `counts` of each."""

    pieces: torch.Tensor  # (B, L)
    counts: tuple[int, ...]
    given: torch.Tensor  # (B, L) bool: the piece itself stands there
    flat: torch.Tensor  # (B, L) bool: nothing is known
    bins: torch.Tensor  # (G,) of each Gaussian row
    deviation: torch.Tensor  # (G,)
    noise: torch.Tensor  # (G, L, W)
    seen: torch.Tensor  # (U, L): the words of uniform noise
    bonus: torch.Tensor  # (U,): by how much the seen word's evidence is above the others'

    @property
    def starts(self) -> list[int]:
        """The first row of each kind, and the number of rows."""
        return [sum(self.counts[:number]) for number in range(len(self.counts) + 1)]


def draw_noise(
    network: EvidenceNetwork,
    pieces: torch.Tensor,
    shares: tuple[float, ...],
    warp: WarpedDeviations,
) -> Noised:
    """Noise for pieces (B, L) from torch's default generator; shares of the rows as in KINDS."""
    rows, length = pieces.shape
    first = [round(rows * share) for share in shares[:-1]]
    counts = (*first, rows - sum(first))
    given, flat = _draw_given(pieces)
    start = [sum(counts[:number]) for number in range(5)]
    masks, groups = slice(start[2], start[3]), slice(start[3], rows)
    hidden = (torch.randperm(counts[2]) + torch.rand(counts[2])) / max(1, counts[2])
    flat[masks] = torch.rand(counts[2], length) < hidden[:, None].clamp(min=0.02)
    given[masks] = ~flat[masks]
    # first groups appear among masks, then words among groups
    share, early = torch.rand(2, counts[3], 1)
    here = torch.rand(counts[3], length) < share
    flat[groups] |= (early < 0.5) & here & ~given[groups]
    given[groups] |= (early >= 0.5) & here & ~flat[groups]
    given |= pieces == CLS
    flat &= ~given
    bins, deviation = warp.draw(counts[0])
    keep = torch.rand(counts[1]) ** 1.3 * 0.99
    uniform = pieces[start[1] : start[2]]
    random = torch.randint(network.size, uniform.shape)
    return Noised(
        pieces=pieces,
        counts=counts,
        given=given,
        flat=flat,
        bins=bins,
        deviation=deviation,
        noise=torch.randn(counts[0], length, network.width),
        seen=torch.where(torch.rand(uniform.shape) < keep[:, None], uniform, random),
        bonus=torch.log1p(network.size * keep / (1 - keep)),
    )


def _draw_given(pieces: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """(given, flat), (B, L) bool: three rows in ten a prefix, two in ten places anywhere; a tenth
    of these hidden instead."""
    rows, length = pieces.shape
    kind, share = torch.rand(rows, 1), 0.6 * torch.rand(rows, 1)
    prefix = (kind < 0.3) & (torch.arange(length) < share * length)
    anywhere = (kind >= 0.3) & (kind < 0.5) & (torch.rand(rows, length) < share)
    clean, without = prefix | anywhere, torch.rand(rows, 1) < 0.1
    return clean & ~without, clean & without


def vectors_of(network: EvidenceNetwork, batch: Noised) -> torch.Tensor:
    """(G, L, W): the true words' unit vectors under the batch's Gaussian noise."""
    clean = network.table[batch.pieces[: batch.counts[0]]]
    return clean + batch.deviation[:, None, None] * batch.noise


@torch.no_grad()
def read_batch(network: EvidenceNetwork, batch: Noised, vectors: torch.Tensor) -> torch.Tensor:
    """(B, L, D): the network's input; vectors as `vectors_of` gives them."""
    _, uniform, masks, groups, end = batch.starts
    words, mask = network.words, network.words[network.mask_id]
    inputs = mask.expand(*batch.pieces.shape, -1).clone()
    open_ = ~(batch.given | batch.flat)
    where = open_[:uniform]
    if where.any():
        x, variance = vectors[where], (batch.deviation**2)[where.nonzero()[:, 0], None]
        local = torch.softmax(network.share.log() + (x @ network.table.T) / variance, -1)
        over = network.over(local)
        known = over.sum(-1, keepdim=True)
        half = over.bfloat16() @ words.bfloat16()
        inputs[:uniform][where] = (1 - known) * mask + half.float()
    share = network.share[batch.seen]
    grown = share * batch.bonus.exp()[:, None]
    known = ((grown / (1 - share + grown) - share) / (1 - share))[..., None]
    mixed = (1 - known) * mask + known * words[batch.seen]
    inputs[uniform:masks] = torch.where(open_[uniform:masks, :, None], mixed, mask)
    coarse = network.group_table()[network.group[batch.pieces[groups:end]]]
    inputs[groups:end] = torch.where(open_[groups:end, :, None], coarse, mask)
    return torch.where(batch.given[..., None], words[batch.pieces], inputs)


def add_evidence(
    network: EvidenceNetwork,
    batch: Noised,
    vectors: torch.Tensor,
    scores: torch.Tensor,
    where: torch.Tensor,
) -> list[torch.Tensor]:
    """Logits of the places `where` (B, L), none of them given, by kind: scores (N, V + padding) in
    reading order, plus evidence."""
    _, uniform, masks, groups, end = batch.starts
    sizes = [int(where[a:b].sum()) for a, b in zip(batch.starts, batch.starts[1:], strict=False)]
    parts = list(scores.float().split(sizes))
    at = where[:uniform]
    row = at.nonzero()[:, 0]
    weight = (~batch.flat[:uniform])[at].float() / batch.deviation[row] ** 2
    table = functional.pad(network.table, (0, 0, 0, network.padding))
    parts[0] = torch.addmm(parts[0], vectors[at] * weight[:, None], table.T)
    at = where[uniform:masks]
    bonus = batch.bonus[at.nonzero()[:, 0]] * ~batch.flat[uniform:masks][at]
    parts[1] = parts[1].scatter_add(1, batch.seen[at][:, None], bonus[:, None])
    at = where[groups:end]
    mine = network.group[batch.pieces[groups:end][at]]
    other = functional.pad(network.group, (0, network.padding), value=-1) != mine[:, None]
    parts[3] = parts[3].masked_fill(other & ~batch.flat[groups:end][at][:, None], IMPOSSIBLE)
    return parts


@torch.no_grad()
def expected_words(
    network: EvidenceNetwork, batch: Noised, vectors: torch.Tensor, inputs: torch.Tensor
) -> torch.Tensor:
    """(B, L, D): s of the network's own first answer, for self-conditioning."""
    where = ~batch.given
    scores = network.scores(network.states(inputs)[where])
    parts = add_evidence(network, batch, vectors, scores, where)
    found = network.words[batch.pieces]
    padded = functional.pad(network.words, (0, 0, 0, network.padding)).bfloat16()
    found[where] = torch.cat([part.softmax(-1).bfloat16() @ padded for part in parts]).float()
    return found


@dataclass
class Teacher:
    """The masked network as it was before this training: what it answers for masks is learned
    beside the true piece, which is one draw of what could stand there (arXiv 1503.02531)."""

    network: Any  # a BertForMaskedLM
    share: float  # of the masks' loss

    @torch.no_grad()
    def answers(
        self, network: EvidenceNetwork, batch: Noised, scored: torch.Tensor
    ) -> torch.Tensor:
        """(N, V + padding): its probabilities at the places scored (B, L) of the rows of masks."""
        rows = slice(batch.starts[2], batch.starts[3])
        canvas = batch.pieces[rows].masked_fill(batch.flat[rows], network.mask_id)
        states = self.network.bert(canvas).last_hidden_state[scored[rows]]
        logits = self.network.cls(states).float()
        return (functional.pad(logits, (0, network.padding)) + network.barred).softmax(-1)

    def loss(self, answers: torch.Tensor, scores: torch.Tensor, true: torch.Tensor) -> torch.Tensor:
        """(N,) nats: the cross-entropy of the true pieces and of the answers, mixed by `share`."""
        plain = functional.cross_entropy(scores, true, reduction="none")
        taught = functional.cross_entropy(scores, answers, reduction="none")
        return (1 - self.share) * plain + self.share * taught


def losses_of(
    network: EvidenceNetwork,
    batch: Noised,
    scored: torch.Tensor,
    twice: bool,
    warp: WarpedDeviations | None = None,
    teacher: Teacher | None = None,
) -> list[torch.Tensor]:
    """Cross-entropy, nats, of the true pieces at the places scored (B, L), by kind; twice: with
    self-conditioning."""
    vectors = vectors_of(network, batch)
    inputs = read_batch(network, batch, vectors)
    expected = expected_words(network, batch, vectors, inputs) if twice else None
    scores = network.scores(network.states(inputs, expected)[scored])
    answers = None if teacher is None else teacher.answers(network, batch, scored)
    with torch.autocast("cpu", enabled=False):
        parts = add_evidence(network, batch, vectors, scores, scored)
        true = batch.pieces[scored].split([len(part) for part in parts])
        losses = [
            functional.cross_entropy(part, pieces, reduction="none")
            for part, pieces in zip(parts, true, strict=True)
        ]
        if teacher is not None and answers is not None:
            losses[2] = teacher.loss(answers, parts[2], true[2])
    if warp is not None:
        at = scored[: batch.counts[0]] & ~batch.flat[: batch.counts[0]]
        inside = ~batch.flat[: batch.counts[0]][scored[: batch.counts[0]]]
        warp.take(batch.bins[at.nonzero()[:, 0]], losses[0].detach()[inside])
    return losses
