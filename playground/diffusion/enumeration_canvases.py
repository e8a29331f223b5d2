"""The canvases of a short text as numbers, and what can become of each in one step: what every law
of `playground.diffusion.enumeration` stands on.

A canvas is one number, its symbols the digits (base W = words and mask, last position fastest).
"""

from __future__ import annotations

from math import comb

import numpy as np

from playground.diffusion.prediction import Prediction
from playground.diffusion.run import Run
from playground.diffusion.samplers import Ordered
from playground.diffusion.samplers.blocks import Blocks, Clock
from playground.diffusion.samplers.gibbs import Gibbs
from playground.diffusion.samplers.speculative import Speculative
from playground.i18n import t

# canvases times what can become of each in one step; 2e7 take some seconds a step
COST_LIMIT = 20_000_000
CHUNK = 2_000_000  # numbers held at once


class Canvases:
    """All canvases of a length, the denoiser's answers about them, and the moves between them.
    ValueError where they are too many."""

    def __init__(self, denoiser, settings, rule, start, locked):
        self.denoiser, self.settings, self.rule = denoiser, settings, rule
        self.start, self.locked, self.length = start, locked, len(start)
        self.size, self.mask_id = int(denoiser.vocab_size), int(denoiser.mask_id)
        self.base = max(self.size, self.mask_id + 1)
        self.digit = self.base ** np.arange(self.length - 1, -1, -1, dtype=np.int64)
        free = int((~locked).sum())
        outcomes = float(self.base) ** (2 * free)
        if isinstance(rule, Ordered) and not rule.sample_first:
            outcomes = float(2 * self.base) ** free
        if isinstance(rule, Gibbs):
            outcomes = float(self.base) ** (free + 1) * (
                2**free if settings.rule == "random" else free
            )
        if isinstance(rule, Ordered) and np.any(rule.scale(Clock(np.zeros(1), np.full(1, 2))) > 0):
            outcomes *= comb(free, free // 2)
        if isinstance(rule, Speculative):  # a canvas with the drafts so far, and the next place
            outcomes = float(2 * self.size + 1) ** free * max(1, free)
        states = float(self.base) ** self.length
        if max(outcomes, states) > COST_LIMIT:
            raise ValueError(
                t(
                    "length must keep canvases times outcomes within {cost_limit}, got {got} for "
                    "{size} words and length {length}",
                    cost_limit=COST_LIMIT,
                    got=f"{max(outcomes, states):,.0f}",
                    size=self.size,
                    length=self.length,
                )
            )

    def of_words(self, probability: np.ndarray) -> np.ndarray:
        """(V ** L,): the probabilities of the canvases without masks."""
        shape = (self.base,) * self.length
        words = probability.reshape(shape)[(slice(0, self.size),) * self.length]
        return np.ascontiguousarray(words).reshape(-1)

    def first(self) -> np.ndarray:
        probability = np.zeros(self.base**self.length)
        probability[int(self.start @ self.digit)] = 1.0
        return probability

    def canvases(self, probability: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """(N, L) canvases of positive probability, and their numbers (N,)."""
        codes = np.nonzero(probability > 0)[0]
        return codes[:, None] // self.digit % self.base, codes

    def run(self, canvases: np.ndarray, window=None) -> Run:
        """A Run that holds these canvases, to ask the denoiser just as `unmask` does."""
        run = Run(
            self.denoiser,
            canvases,
            self.settings,
            np.repeat(self.locked[None], len(canvases), axis=0),
        )
        run.prompt = np.repeat((self.start != self.mask_id)[None], len(canvases), axis=0)
        run.window = window
        return run

    def blocks(self) -> Blocks:
        return Blocks(Run(self.denoiser, self.start[None], self.settings, self.locked[None]))

    def ask(
        self, canvases: np.ndarray, where: np.ndarray, blocks: Blocks, turn: np.ndarray
    ) -> Prediction:
        run = self.run(canvases)
        blocks.show_window(run, turn)
        return run.predict(where)

    def shares(self, prediction: Prediction, where: np.ndarray) -> np.ndarray:
        """(N, L, W): what a token is drawn from at `where`, 0 elsewhere."""
        table = np.zeros((*where.shape, self.base))
        table[where, : self.size] = prediction.probabilities(
            where, self.settings.temperature, self.settings.top_p
        )
        return table

    def spread(self, after: np.ndarray, weights: np.ndarray, options: np.ndarray) -> None:
        """Add sum_n weights[n] * (product over positions of options[n, i, :]) to `after`; options
        (N, L, W)."""
        chunk = max(1, CHUNK // len(after))
        for begin in range(0, len(weights), chunk):
            joint = weights[begin : begin + chunk, None]
            for i in range(self.length):
                joint = (joint[:, :, None] * options[begin : begin + chunk, i, None, :]).reshape(
                    len(joint), -1
                )
            after += joint.sum(0)

    def reveal(self, after, weights, codes, shares, places: tuple[int, ...]) -> None:
        """As `spread`, where only the masked positions `places` receive tokens: (N * V ** n) terms
        instead of N * W ** L."""
        if len(weights) == 0:
            return
        joint, targets = weights[:, None], codes[:, None]
        for i in places:
            joint = (joint[:, :, None] * shares[:, i, None, : self.size]).reshape(len(weights), -1)
            moved = targets[:, :, None] + (np.arange(self.size) - self.mask_id) * self.digit[i]
            targets = moved.reshape(len(weights), -1)
        after += np.bincount(targets.reshape(-1), weights=joint.reshape(-1), minlength=len(after))
