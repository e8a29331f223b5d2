"""Fast-dLLM: Wu et al. 2025, arXiv 2505.22618."""

from __future__ import annotations

import numpy as np

from playground.diffusion.samplers.base import add_sampler
from playground.diffusion.samplers.ordered import Ordered
from playground.i18n import t


@add_sampler
class FastDLLM(Ordered):
    """Takes every masked position of (B, L) whose confidence reaches the threshold, at least the
    surest one.

    The confidence is the largest untempered probability, known before a token is drawn: exact at
    one token a step (any threshold above 1). As published it is the probability of the token that
    was drawn, which cools.
    """

    name = "fast-dllm"
    title = t("Fast-dLLM: all that are sure enough")
    source = "Wu et al. 2025, arXiv 2505.22618; NVlabs/Fast-dLLM, generate.py"
    explanation = t(
        "Accepts every position where the network is sure enough (threshold), and always the "
        "surest one.\nConfidence is the best word's probability before drawing; as published "
        "it is the drawn word's, which cools."
    )
    reads = ("threshold", "block_length", "overlap", "guidance", "as_published")
    adaptive = True

    @property
    def exact(self) -> bool:
        return not self.settings.as_published

    @property
    def sample_first(self) -> bool:
        return self.settings.as_published and self.settings.temperature > 0

    def score(self, prediction, where, tokens):
        return prediction.confidence if tokens is None else prediction.probability_of(tokens, where)

    def number(self, score, where, clock):
        threshold = self.settings.threshold
        return np.maximum(1, (where & (np.where(where, score, -1.0) >= threshold)).sum(1))
