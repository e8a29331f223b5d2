"""What a step of a sampler that moves vectors shows: each vector in one fixed plane, the words near
it, and the origin that the model expects of it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from playground.diffusion.embedding import embedding_table, plane

NEAR = 3  # nearest words of a vector, in a record
BACKDROP = 240  # words of the vocabulary shown behind the vectors


@dataclass
class Moving:
    """The vectors of B canvases of L positions after one step.

    x (B, L, D): as the sampler keeps them, but scaled so that noise has variance 1 - alpha;
    origin (B, L, D): the expected x_0, before a clamp; clamped (B, L): the words that it was
    clamped to, None without a clamp; table (V, D) of the words' vectors; flat (D, 2): the plane;
    open (B, L): places that are not given; barred: ids that are no words.
    """

    x: np.ndarray
    origin: np.ndarray
    clamped: np.ndarray | None
    table: np.ndarray
    flat: np.ndarray
    open: np.ndarray
    barred: frozenset[int] = frozenset()

    def record(self, row: int) -> dict:
        """Plain data of one row, None at places that are given.

        at, origin: [x, y] in the plane; near: ids of the `NEAR` words whose vectors are nearest to
        the expected origin (Euclidean, all D components), nearest first; words: [x, y] of each word
        spoken of; clamped: the word that the origin was clamped to, and gap: how far that moved it
        (Euclidean), with a clamp alone.
        """
        flat, where = self.flat, np.flatnonzero(self.open[row])
        x, origin = self.x[row, where], self.origin[row, where]
        scores = origin @ self.table.T - 0.5 * (self.table**2).sum(-1)  # (n, V)
        scores[:, [i for i in self.barred if i < scores.shape[1]]] = -np.inf
        count = min(NEAR, scores.shape[1])
        near = np.argpartition(-scores, count - 1, axis=1)[:, :count]
        order = np.argsort(-np.take_along_axis(scores, near, 1), axis=1, kind="stable")
        near = np.take_along_axis(near, order, 1)
        seen = {int(word) for word in near.ravel()}
        found = {
            "at": (x @ flat).round(3).tolist(),
            "origin": (origin @ flat).round(3).tolist(),
            "near": near.tolist(),
        }
        if self.clamped is not None:
            words = self.clamped[row, where]
            seen |= {int(word) for word in words}
            gap = np.linalg.norm(self.table[words] - origin, axis=-1)
            found |= {"clamped": words.tolist(), "gap": gap.round(4).tolist()}
        record: dict = {name: self._spread(values, where) for name, values in found.items()}
        places = (self.table[sorted(seen)] @ flat).round(3).tolist()
        record["words"] = {
            str(word): place for word, place in zip(sorted(seen), places, strict=True)
        }
        return record

    def _spread(self, values: list, where: np.ndarray) -> list:
        """A value a place of the canvas, None where the word is given."""
        whole: list = [None] * self.open.shape[1]
        for place, value in zip(where.tolist(), values, strict=True):
            whole[place] = value
        return whole


def backdrop(denoiser) -> list[list[float]]:
    """[x, y] of some words of the vocabulary in the plane of the denoiser's vectors."""
    table = embedding_table(denoiser)
    some = np.linspace(0, len(table) - 1, min(len(table), BACKDROP)).astype(int)
    return (table[some] @ plane(table)).round(2).tolist()
