"""The samplers that put the masked positions in an order and reveal the first ones: MaskGIT, LLaDA,
Dream, Fast-dLLM, entropy-bounded, any order.

Each is two questions: how is a position scored, and how many are taken. Choosing first and drawing
afterwards is exact with one token a step; drawing everywhere first and keeping the picks that are
likely is not (it cools): `sample_first` says which. The same `score`, `scale` and `number` serve
the batches of `unmask` and the enumeration of `exact_distribution`.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np

from playground.diffusion.draws import gumbels
from playground.diffusion.samplers.base import Sampler
from playground.diffusion.samplers.blocks import Blocks, Clock

if TYPE_CHECKING:
    from playground.diffusion.prediction import Prediction
    from playground.diffusion.run import Run


class Ordered(Sampler):
    """Takes, at each step, the `number` positions with the highest score + scale * Gumbel; ties
    lowest position first."""

    adaptive = False  # True: runs until no mask is left, whatever `steps` says
    sample_first = False  # True: every masked position gets a token, and the score looks at it

    def score(self, prediction: Prediction, where: np.ndarray, tokens: Any) -> np.ndarray:
        """(B, L), higher goes first; read at `where` alone. tokens: (B, L) drawn ones with
        `sample_first`, else None."""
        raise NotImplementedError

    def scale(self, clock: Clock) -> np.ndarray:
        """(B,) scale of the Gumbel noise added to the score; 0 keeps the order as scored."""
        return np.zeros(np.shape(clock.step))

    def number(self, score: np.ndarray, where: np.ndarray, clock: Clock) -> np.ndarray:
        """(B,) positions to take: one, where a sampler does not say otherwise."""
        return np.ones(len(where), dtype=np.int64)

    def drive(self, run: Run) -> Iterator[None]:
        return self._adapt(run) if self.adaptive else self._count(run)

    def _count(self, run: Run) -> Iterator[None]:
        blocks, masks = Blocks(run), np.zeros(len(run.canvas), dtype=np.int64)
        for k, (turn, clock) in enumerate(blocks.timetable(self.settings.steps)):
            active = turn < blocks.count
            blocks.show_window(run, turn)
            where = blocks.at(turn) & run.masked & active[:, None]
            masks = np.where(active & (clock.step == 0), where.sum(1), masks)
            self._step(run, blocks, where, k, clock._replace(masks=masks))
            run.t = np.where(active, 1.0 - (clock.step + 1) / clock.steps, 0.0)
            yield

    def _adapt(self, run: Run) -> Iterator[None]:
        blocks, k = Blocks(run), 0
        turn = np.zeros(len(run.canvas), dtype=np.int64)
        clock = Clock(turn, turn + 1, turn)
        while k == 0 or run.masked.any():
            blocks.show_window(run, turn)
            self._step(run, blocks, blocks.at(turn) & run.masked, k, clock)
            done = ~(blocks.at(turn) & run.masked).any(1)
            turn = np.minimum(turn + done, blocks.count - 1)
            k += 1
            yield

    def _step(self, run: Run, blocks: Blocks, where: np.ndarray, k: int, clock: Clock) -> None:
        prediction = run.predict(blocks.visible(run), np.any(where, axis=1))
        tokens = run.draw(where, k) if self.sample_first else None
        score = self.score(prediction, where, tokens)
        number = self.number(score, where, clock)
        scale = self.scale(clock)
        if np.any(scale > 0):
            gumbel = gumbels(self.settings.seed, k, run.rows[:, None], np.arange(run.length))
            score = score + scale[:, None] * gumbel
        chosen = first_positions(score, where, number)
        run.put(chosen, tokens if tokens is not None else run.draw(chosen, k))


# Scores this near to each other count as equal: well above what rounding does to exact float64
# figures (1e-15), well below the distance of two neighbouring float32 numbers (6e-8), so that no
# two different figures of a network ever tie by it.
TIE_RELATIVE, TIE_ABSOLUTE = 1e-12, 1e-14


def first_positions(score: np.ndarray, where: np.ndarray, number: np.ndarray) -> np.ndarray:
    """(B, L) bool: the `number` (B,) positions of `where` with the highest score; ties lowest
    position first.

    Neighbours in the order that differ by at most TIE_RELATIVE (of the larger) or TIE_ABSOLUTE tie,
    however they were rounded.

    >>> first_positions(np.array([[0.1 + 0.2, 0.3, 0.4]]), np.full((1, 3), True), np.array([2])).tolist()
    [[True, False, True]]
    >>> first_positions(np.array([[0.3, 0.1 + 0.2, 0.4]]), np.full((1, 3), True), np.array([2])).tolist()
    [[True, False, True]]
    """
    keyed = np.where(where, -score, np.inf)
    order = np.argsort(keyed, axis=1, kind="stable")
    ranked = np.take_along_axis(keyed, order, axis=1)
    with np.errstate(invalid="ignore"):  # inf - inf behind the last position asked
        near = ranked[:, 1:] - ranked[:, :-1] <= TIE_ABSOLUTE + TIE_RELATIVE * np.abs(
            ranked[:, :-1]
        )
    if near.any():
        # positions of one group of ties by their place, groups in their order
        group = np.zeros_like(order)
        np.cumsum(~near, axis=1, out=group[:, 1:])
        by_position = np.empty_like(order)
        np.put_along_axis(by_position, order, group, axis=1)
        order = np.argsort(by_position, axis=1, kind="stable")
    rank = np.empty_like(order)
    np.put_along_axis(rank, order, np.arange(score.shape[1])[None], axis=1)
    return where & (rank < number[:, None])


def subset_probabilities(
    log_weights: np.ndarray, count: np.ndarray
) -> dict[tuple[int, ...], np.ndarray]:
    """Probability (R,) of each subset to be the `count` (R,) of m drawn without replacement by
    weights exp(log_weights (R, m)).

    That is the law of the `count` largest of log_weights + Gumbel noise (Plackett-Luce, summed over
    the orders).
    """
    size = log_weights.shape[1]
    largest_count = int(count.max())
    reach = {(): np.where(count >= 0, 1.0, 0.0)}
    out: dict[tuple[int, ...], np.ndarray] = {}
    for taken in range(largest_count + 1):
        following: dict[tuple[int, ...], np.ndarray] = {}
        for subset, chance in reach.items():
            stops = np.where(count == taken, chance, 0.0)
            if stops.any():
                out[subset] = stops
            left = [i for i in range(size) if i not in subset]
            if not left or taken == largest_count:
                continue
            rest = log_weights[:, left]
            share = np.exp(rest - rest.max(1, keepdims=True))
            share /= share.sum(1, keepdims=True)
            for column, i in enumerate(left):
                bigger = tuple(sorted((*subset, i)))
                following[bigger] = following.get(bigger, 0.0) + chance * share[:, column]
        reach = following
    return out
