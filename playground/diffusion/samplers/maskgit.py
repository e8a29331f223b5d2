"""MaskGIT: Chang et al. 2022, "Masked generative image transformer", arXiv 2202.04200."""

from __future__ import annotations

import numpy as np

from playground.diffusion.samplers.base import add_sampler
from playground.diffusion.samplers.ordered import Ordered
from playground.i18n import t


@add_sampler
class MaskGIT(Ordered):
    """Draws every masked position of (B, L), keeps the picks with the highest log p + tau (1 - r)
    Gumbel, r = (k + 1) / T.

    After step k, floor(N cos(pi r / 2)) of the N masks are left, within [1, masks - 1]; the last
    step keeps all. Never exact: keeping picks because they came out likely cools the text, even one
    token a step.
    """

    name = "maskgit"
    title = t("MaskGIT: cosine counts")
    source = "Chang et al. 2022, arXiv 2202.04200; google-research/maskgit, parallel_decode.py"
    explanation = t(
        "Guesses every hidden word at once and keeps the guesses it is surest of; few at "
        "first, more later (a cosine).\nKeeping likely guesses makes the text more typical "
        "than the model's own, even one word at a time."
    )
    exact_at_one = False
    reads = ("steps", "alg_temp", "block_length", "overlap", "guidance")
    sample_first = True

    def score(self, prediction, where, tokens):
        return np.log(np.maximum(prediction.probability_of(tokens, where), 1e-300))

    def scale(self, clock):
        return self.settings.alg_temp * (1.0 - (clock.step + 1) / clock.steps)

    def number(self, score, where, clock):
        masks, ratio = where.sum(1), (clock.step + 1) / clock.steps
        left = np.floor(clock.masks * np.cos(np.pi / 2 * ratio)).astype(np.int64)
        left = np.maximum(1, np.minimum(masks - 1, left))
        return np.where(clock.last, masks, np.maximum(masks - left, 0))
