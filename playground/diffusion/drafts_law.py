"""The exact law of a speculative sampler on a short text: every order, draft, acceptance and
replacement, with its probability."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from playground.diffusion.samplers.speculative import acceptance, residual


def passes(law: Any) -> Iterator[np.ndarray]:
    """The probabilities of all canvases before the first pass, after it, and so on, until no mask
    is left.

    law: a `playground.diffusion.enumeration` law of a speculative sampler.
    """
    probability, masks = law.first(), np.array([(law.start == law.mask_id).sum()])
    while True:
        yield probability
        canvases, codes = law.canvases(probability)
        masked = canvases == law.mask_id
        if not masked.any():
            return
        after = np.zeros_like(probability)
        for pattern in np.unique(masked, axis=0):
            mine = (masked == pattern).all(1)
            left = np.nonzero(pattern)[0].tolist()
            if not left:
                after[codes[mine]] += probability[codes[mine]]
                continue
            count = int(law.rule.window(np.array([len(left)]), masks)[0])
            _Pass(law, canvases[mine], left).spread(after, probability[codes[mine]], count)
        probability = after


class _Pass:
    """One pass over canvases (n, L) that mask the same places.

    What is on its way: places in their order -> (rows of the canvases, ids of the drafts so far,
    weights). Where the verifier does not care in which order the drafts before came, the places
    stand in the order of the text, and what is equal is added up.
    """

    def __init__(self, law, canvases: np.ndarray, left: list[int]):
        self.law, self.canvases, self.left = law, canvases, left
        run = law.run(canvases)
        reading = law.rule.read(run)
        self.ordered = getattr(reading, "reads_order", False)
        where = np.zeros(canvases.shape, dtype=bool)
        where[:, left] = True
        self.p = law.shares(run.prediction, where)  # (n, L, W)

    def spread(self, after: np.ndarray, weights: np.ndarray, count: int) -> None:
        """Add what becomes of the canvases, whose probabilities are weights (n,), to `after`."""
        rows = np.arange(len(weights))
        reached = {(): (rows, self.canvases @ self.law.digit, weights)}
        for _ in range(count):
            further: dict[tuple, list] = {}
            for done, (rows, codes, weights) in reached.items():
                open_places = self.law.rule.candidates([i for i in self.left if i not in done])
                for place in open_places:
                    share = weights / len(open_places)
                    kept = self.turn(after, done, place, rows, codes, share)
                    name = (*done, place) if self.ordered else tuple(sorted((*done, place)))
                    further.setdefault(name, []).append(kept)
            reached = {name: _joined(parts) for name, parts in further.items()}
        for _, codes, weights in reached.values():
            after += np.bincount(codes, weights=weights, minlength=len(after))

    def turn(self, after, done, place, rows, codes, weights):
        """Add the refusals at `place` to `after`; returns (rows, codes, weights) of what was
        accepted there."""
        law = self.law
        p, q = self.p[rows, place, : law.size], self.q(done, place, rows, codes)
        words = range(law.size)
        chance = np.stack([acceptance(p, q, np.full(len(rows), word)) for word in words], axis=1)
        weight = weights[:, None] * p
        refused = (weight * (1.0 - chance)).sum(1, keepdims=True) * residual(p, q)
        moved = codes[:, None] + (np.arange(law.size) - law.mask_id) * law.digit[place]
        after += np.bincount(moved.ravel(), weights=refused.ravel(), minlength=len(after))
        kept = (weight * chance).ravel()
        some = kept > 0
        return np.repeat(rows, law.size)[some], moved.ravel()[some], kept[some]

    def q(self, done, place, rows, codes) -> np.ndarray:
        """(m, V): the verifier's laws at `place`, each state asked about once."""
        law = self.law
        if not self.ordered:  # then what stands there is all that counts
            codes, first, inverse = np.unique(codes, return_index=True, return_inverse=True)
            rows = rows[first]
        filled = codes[:, None] // law.digit % law.base
        rest = [i for i in self.left if i not in (*done, place)]
        run = law.run(self.canvases[rows])
        q = law.rule.next_law(run, filled, [*done, place, *rest], len(done))[:, : law.size]
        return q if self.ordered else q[inverse.reshape(-1)]


def _joined(parts: list[tuple]) -> tuple:
    rows, codes, weights = (np.concatenate(column) for column in zip(*parts, strict=True))
    pairs, inverse = np.unique(np.stack([rows, codes]), axis=1, return_inverse=True)
    return pairs[0], pairs[1], np.bincount(inverse.reshape(-1), weights=weights)
