"""Any-order autoregression: Uria et al. 2014, arXiv 1310.1757; Hoogeboom et al. 2022 (AO-ARM),
arXiv 2110.02037."""

from __future__ import annotations

import numpy as np

from playground.diffusion.samplers.base import add_sampler
from playground.diffusion.samplers.ordered import Ordered
from playground.i18n import t


@add_sampler
class AnyOrder(Ordered):
    """A random permutation of the masked positions of (B, L); one token a step, drawn given all
    before. Always exact."""

    name = "any-order"
    title = t("Any order, one at a time")
    source = "Uria et al. 2014, arXiv 1310.1757; Hoogeboom et al. 2022 (AO-ARM), arXiv 2110.02037"
    explanation = t(
        "Uncovers one word a step in a random order, each drawn from what the network says "
        "of it given the words so far.\nWith exact conditionals every order gives the model's "
        "own distribution."
    )
    reads = ("block_length", "overlap", "guidance")
    adaptive = True

    def score(self, prediction, where, tokens):
        return np.zeros(where.shape)

    def scale(self, clock):
        return np.ones(np.shape(clock.step))
