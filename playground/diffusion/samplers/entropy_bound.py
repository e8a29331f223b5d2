"""The entropy-bounded sampler: Ben-Hamu et al. 2025 (EB-Sampler), arXiv 2505.24857."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from playground.diffusion.draws import START, TOKEN
from playground.diffusion.samplers.base import Sampler, add_sampler
from playground.diffusion.samplers.ordered import Ordered, first_positions
from playground.i18n import t

if TYPE_CHECKING:  # the page reads the cards before torch is imported
    from playground.diffusion.prediction import Prediction


@add_sampler
class EntropyBound(Ordered):
    """Takes the masked positions of (B, L) of lowest entropy while their entropies, without the
    largest, sum to at most `bound`.

    The sum less the maximum bounds, in nats, what is lost by drawing them independently. Exact at
    one token a step (bound 0). `renoise` is `Renoise` below.
    """

    name = "entropy-bound"
    title = t("Entropy bound: as many as are safe")
    source = "Ben-Hamu et al. 2025 (EB-Sampler), arXiv 2505.24857"
    explanation = t(
        "Accepts the places with the narrowest choice while their entropies, without the "
        "largest, stay within a bound.\nEasy places go together, hard ones alone. 'renoise' "
        "starts from random words and throws back what it did not accept."
    )
    reads = ("selection", "bound", "block_length", "overlap", "guidance")
    selections = ("mask", "renoise")
    adaptive = True

    @classmethod
    def variant(cls, settings):
        return Renoise if settings.rule == "renoise" else cls

    def score(self, prediction, where, tokens):
        return -prediction.entropy

    def number(self, score, where, clock):
        return entropy_bound_number(-score, where, self.settings.bound)


def entropy_bound_number(entropy: np.ndarray, where: np.ndarray, bound: float) -> np.ndarray:
    """(B,) the largest k such that the k lowest entropies (B, L) at `where` have sum - max <=
    bound; 1 at least.

    In ascending order sum - max of the first k is the sum of the first k - 1, which never falls.
    """
    ascending = np.sort(np.where(where, entropy, np.inf), axis=1)
    real = np.isfinite(ascending)
    before = np.cumsum(np.where(real, ascending, 0.0), axis=1)[:, :-1]
    before = np.concatenate([np.zeros((len(ascending), 1)), before], axis=1)
    return np.maximum(1, (real & (before <= bound + 1e-12)).sum(1))


class Renoise(Sampler):
    """The entropy bound on random words: what is not accepted is drawn at random again.
    `DiffusionGemma` is this with a temperature and a stop of its own.

    Stops when no argmax has changed since the step before and the mean entropy is below bound /
    100, or after `steps`; then every open position takes its argmax. A masked-word model has never
    seen random words: it reads them as given.
    """

    name, title = EntropyBound.name, EntropyBound.title
    noise = "uniform"
    exact_at_one = False

    @property
    def sure(self) -> float:
        """The mean entropy, in nats, below which a canvas whose argmax stays is done."""
        return self.settings.bound / 100.0

    def ask(self, run, where: np.ndarray, k: int) -> Prediction:
        """What step k reads at `where` (B, L)."""
        return run.predict(where)

    def accepted(self, prediction: Prediction, where: np.ndarray) -> np.ndarray:
        """(B, L) bool: the positions that are drawn; the others at `where` become random."""
        number = entropy_bound_number(prediction.entropy, where, self.settings.bound)
        return first_positions(-prediction.entropy, where, number)

    def law(self, prediction: Prediction, where: np.ndarray, k: int) -> np.ndarray:
        """(n, V): what an accepted position is drawn from."""
        return prediction.probabilities(where, self.settings.temperature, self.settings.top_p)

    def drawn(self, run, prediction: Prediction, accepted: np.ndarray, k: int) -> np.ndarray:
        return run.draw(accepted, k)

    @staticmethod
    def uniforms(run, k: int) -> np.ndarray:
        return run.uniforms(k, TOKEN)

    def drive(self, run):
        steps, begin = self.settings.steps, run.open & run.masked
        run.canvas[begin] = self._random(run, steps)[begin]
        previous, done = np.full(run.canvas.shape, -1), ~np.any(begin, axis=1)
        for k in range(steps):
            where = begin & ~done[:, None]
            run.valid[~done] = False
            prediction = self.ask(run, where, k)
            best = prediction.draw(where, np.zeros(where.shape), 0.0)
            still = ((best == previous) | ~where).all(1) & (
                mean_entropy(prediction, where) < self.sure
            )
            over = ~done & (still | (k == steps - 1))
            accepted = self.accepted(prediction, where)
            tokens = np.where(
                accepted, self.drawn(run, prediction, accepted, k), self._random(run, k)
            )
            run.put(where, np.where(over[:, None], best, tokens))
            run.drawn &= accepted | over[:, None]
            previous, done = np.where(where, best, previous), done | over
            run.t = np.where(done, 0.0, 1.0 - (k + 1) / steps)
            yield
            if done.all():
                return

    def _random(self, run, step: int) -> np.ndarray:
        words = run.size - (run.mask_id < run.size)
        drawn = np.minimum((run.uniforms(step, START) * words).astype(np.int64), words - 1)
        return drawn + (drawn >= run.mask_id)  # never the mask itself


def mean_entropy(prediction: Prediction, where: np.ndarray) -> np.ndarray:
    """(B,) nats, over the positions `where` (B, L)."""
    return np.where(where, prediction.entropy, 0.0).sum(1) / np.maximum(where.sum(1), 1)
