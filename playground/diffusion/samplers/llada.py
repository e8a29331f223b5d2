"""LLaDA: Nie et al. 2025, "Large language diffusion models", arXiv 2502.09992."""

from __future__ import annotations

import numpy as np

from playground.diffusion.samplers.base import add_sampler
from playground.diffusion.samplers.blocks import share_out
from playground.diffusion.samplers.ordered import Ordered
from playground.i18n import t


@add_sampler
class Llada(Ordered):
    """Draws every masked position of the block (B, L), keeps the picks of highest untempered
    probability, in equal portions.

    The portions are N divided by T, the remainder to the first steps. low_confidence is never
    exact: it keeps picks because they came out likely. `random` is `RandomOrder` below: exact at
    one token a step.
    """

    name = "llada"
    title = t("LLaDA: low-confidence order")
    source = "Nie et al. 2025, arXiv 2502.09992; ML-GSAI/LLaDA, generate.py"
    explanation = t(
        "Guesses every hidden word, keeps the surest guesses in equal portions, block after "
        "block; the rest is guessed anew.\nlow_confidence samples too typically even one at a "
        "time; random order is exact there. A kept word stays for good."
    )
    note = t("“Remasking” in its paper means “not kept this time”.")
    exact_at_one = False
    reads = ("steps", "selection", "block_length", "overlap", "guidance")
    selections = ("low_confidence", "random")

    sample_first = True

    @classmethod
    def variant(cls, settings):
        return RandomOrder if settings.rule == "random" else cls

    def score(self, prediction, where, tokens):
        return prediction.probability_of(tokens, where)

    def number(self, score, where, clock):
        assert clock.masks is not None, "Ordered sets how many masks a block began with"
        return share_out(clock.masks, clock.steps, clock.step)


class RandomOrder(Llada):
    """LLaDA's `random`: its counts, but the positions are taken by chance before their tokens are
    drawn."""

    title = t("LLaDA: random order")
    exact_at_one = True
    sample_first = False

    def score(self, prediction, where, tokens):
        return np.zeros(where.shape)

    def scale(self, clock):
        return np.ones(np.shape(clock.step))
