"""SEDD: Lou et al. 2024, "Discrete diffusion modeling by estimating the ratios of the data
distribution", arXiv 2310.16834."""

from __future__ import annotations

import numpy as np

from playground.diffusion.noise import alpha_bar_slope, reveal_probability
from playground.diffusion.samplers.base import add_sampler
from playground.diffusion.samplers.random_times import RandomTimes
from playground.i18n import t as tr


@add_sampler
class Sedd(RandomTimes):
    """The absorbing graph of score entropy: the network's p becomes the concrete score p_v alpha /
    (1 - alpha) of a mask.

    analytic: the Tweedie step, the same reveal probability as MDLM's; exact in the limit of many
        steps.
    euler: the rate -alpha'(t) / (1 - alpha_t) held for the whole step t -> s, which is sigma'(t)
        times the sum of the scores; the same thing for the linear schedule, an approximation for
        the others.
    """

    name = "sedd"
    title = tr("SEDD: score ratios")
    source = (
        "Lou et al. 2024, arXiv 2310.16834; louaaron/Score-Entropy-Discrete-Diffusion, sampling.py"
    )
    explanation = tr(
        "Thinks in ratios of probabilities; each word is uncovered at the rate that the "
        "noise was added.\nAnalytic steps are exact in time; Euler steps approximate them "
        "(the same thing for the linear schedule)."
    )
    reads = ("steps", "selection", "schedule", "block_length", "overlap", "guidance")
    selections = ("analytic", "euler")

    def step_rates(self, alpha_t, alpha_s, t, s):
        if self.settings.rule == "analytic":
            return reveal_probability(alpha_t, alpha_s), 0.0 * alpha_t
        slope = np.asarray(alpha_bar_slope(t, self.schedule or self.settings.schedule))
        return euler_reveal(alpha_t, slope, t - s), 0.0 * alpha_t


def euler_reveal(alpha_t, slope_t, step):
    """(B,) step * (-alpha'(t)) / (1 - alpha_t), at most 1."""
    return np.clip(-slope_t * step / np.maximum(1.0 - alpha_t, 1e-300), 0.0, 1.0)
