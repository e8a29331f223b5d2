"""ReMDM: Wang et al. 2025, "Remasking discrete diffusion models with inference-time scaling", arXiv
2503.00307."""

from __future__ import annotations

import numpy as np

from playground.diffusion.noise import remask_limit
from playground.diffusion.samplers.base import add_sampler
from playground.diffusion.samplers.random_times import RandomTimes
from playground.i18n import t as tr


@add_sampler
class Remdm(RandomTimes):
    """MDLM's grid, but a revealed position is masked again with sigma = min(eta, (1 - alpha_s) /
    alpha_t) (the "cap").

    A masked one is revealed with (alpha_s - (1 - sigma) alpha_t) / (1 - alpha_t), which keeps the
    share of masks on the schedule. Exact where no step touches two positions, so in the limit of
    many steps; at eta = 0 it is MDLM.
    """

    name = "remdm"
    title = tr("ReMDM: masks again")
    source = "Wang et al. 2025, arXiv 2503.00307; kuleshov-group/remdm (cap)"
    explanation = tr(
        "Like mdlm, but a word that was already uncovered may be hidden again, with a small "
        "probability at each step.\nMistakes of early steps can be taken back; eta caps how "
        "often."
    )
    reads = ("steps", "schedule", "eta", "block_length", "overlap", "guidance")

    def step_rates(self, alpha_t, alpha_s, t, s):
        eta = self.settings.eta
        remask = np.minimum(eta, remask_limit(alpha_t, alpha_s))
        reveal = (alpha_s - (1.0 - remask) * alpha_t) / np.maximum(1.0 - alpha_t, 1e-300)
        return np.clip(reveal, 0.0, 1.0), remask
