"""The exact law of self-speculative sampling on a short text: every draft, acceptance and replacement, with its probability."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from math import perm

import numpy as np
import torch

from playground.diffusion.run import check_canvas
from playground.diffusion.speculative import Window
from playground.i18n import t

COST_LIMIT = 2_000_000  # canvases times orders times drafts


def speculative_law(
    verifier, canvas, *, window: Window | None = None, order: Sequence[int] | None = None
) -> tuple[np.ndarray, float]:
    """((V ** L,) probabilities of the finished text, last place fastest; the mean number of passes).

    canvas (L,), window and order as for `speculate`; temperature 1. ValueError where there are too many cases to go through.
    """
    start = check_canvas(canvas, verifier)[0]
    if len(start) != 1:
        raise ValueError(t("canvas must be one row, got {got}", got=len(start)))
    return _Cases(verifier, start.shape[1], window, order).law(tuple(start[0].tolist()))


class _Cases:
    def __init__(self, verifier, length, window, order):
        self.verifier, self.length, self.window, self.order = verifier, length, window, order
        self.size = int(verifier.vocab_size)
        self.known: dict[tuple, tuple[np.ndarray, float]] = {}

    def law(self, canvas: tuple[int, ...]) -> tuple[np.ndarray, float]:
        """The law and mean passes from a canvas on."""
        mask = self.verifier.mask_id
        hidden = [i for i, piece in enumerate(canvas) if piece == mask]
        if not hidden:
            law = np.zeros(self.size**self.length)
            law[np.ravel_multi_index(canvas, (self.size,) * self.length)] = 1.0
            return law, 0.0
        if canvas not in self.known:
            count = len(hidden)
            if self.window is not None:
                count = min(count, max(1, self.window(count, self.length)))
            cases = (self.size + 1) ** len(hidden) * perm(len(hidden), count) * self.size**count
            if cases > COST_LIMIT:
                raise ValueError(
                    t(
                        "canvas must leave at most {cost_limit} cases, got {got}",
                        cost_limit=COST_LIMIT,
                        got=cases,
                    )
                )
            parts = [self._one_order(canvas, order, count) for order in self._orders(hidden, count)]
            self.known[canvas] = (
                np.mean([law for law, _ in parts], axis=0),
                1.0 + sum(passes for _, passes in parts) / len(parts),
            )
        return self.known[canvas]

    def _orders(self, hidden: list[int], count: int) -> list[list[int]]:
        """Every order that may come up, equally likely; what stands behind the first `count` places does not matter."""
        if self.order is not None:
            return [[place for place in self.order if place in hidden]]
        return [
            [*first, *(place for place in hidden if place not in first)]
            for first in itertools.permutations(hidden, count)
        ]

    def _one_order(self, canvas, order, count) -> tuple[np.ndarray, float]:
        """The law after a pass in this order and all later ones, and their mean number without this one."""
        before = list(itertools.product(range(self.size), repeat=count - 1))  # accepted drafts
        rows = torch.tensor([canvas] * len(before))
        reading = self.verifier.read(rows)
        pieces = rows.clone()
        if count > 1:
            pieces[:, order[: count - 1]] = torch.tensor(before)
        asked = torch.tensor([order] * len(before))
        q = _probabilities(reading.verify(pieces, asked, count), self.verifier.mask_id)
        p = _probabilities(
            torch.as_tensor(reading.logits)[:1, order[:count]], self.verifier.mask_id
        )
        law, passes = np.zeros(self.size**self.length), 0.0
        reached = {(): 1.0}  # accepted drafts -> probability
        for turn in range(count):
            further: dict[tuple, float] = {}
            for drafts, weight in reached.items():
                row = sum(d * self.size ** (count - 2 - i) for i, d in enumerate(drafts))
                for token in range(self.size):
                    accepted = weight * min(p[0, turn, token], q[row, turn, token])
                    replaced = weight * max(0.0, q[row, turn, token] - p[0, turn, token])
                    if accepted > 0:
                        further[(*drafts, token)] = accepted
                    if replaced > 0:
                        rest, more = self.law(_filled(canvas, order, (*drafts, token)))
                        law, passes = law + replaced * rest, passes + replaced * more
            reached = further
        for drafts, weight in reached.items():
            rest, more = self.law(_filled(canvas, order, drafts))
            law, passes = law + weight * rest, passes + weight * more
        return law, passes


def _filled(canvas: tuple[int, ...], order: Sequence[int], pieces: Sequence[int]) -> tuple:
    filled = list(canvas)
    for place, piece in zip(order, pieces, strict=False):
        filled[place] = piece
    return tuple(filled)


def _probabilities(logits: torch.Tensor, mask_id: int) -> np.ndarray:
    """Float64 softmax; the mask is never drawn where it is one of the words."""
    logits = torch.as_tensor(logits).double().clone()
    if mask_id < logits.shape[-1]:
        logits[..., mask_id] = -torch.inf
    return logits.softmax(-1).numpy()
