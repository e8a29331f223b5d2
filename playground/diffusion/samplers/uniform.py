"""Uniform noise: Austin et al. 2021 (D3PM), arXiv 2107.03006; SEDD's uniform graph, arXiv
2310.16834."""

from __future__ import annotations

import numpy as np

from playground.diffusion.draws import START
from playground.diffusion.noise import uniform_reverse, word_evidence
from playground.diffusion.samplers.base import Sampler, add_sampler
from playground.i18n import t as tr


@add_sampler
class Uniform(Sampler):
    """Starts from random words (B, L); at a step t -> s every open position is drawn from q(x_s |
    x_t, x_0), averaged over x_0.

    p(x_0 | x_t) (B, L, V) comes from a denoiser that takes evidence: a column of the noise matrix
    at each position. A word may change more than once. Exact in the limit of many steps.
    """

    name = "uniform"
    title = tr("Uniform noise")
    source = "Austin et al. 2021 (D3PM), arXiv 2107.03006; SEDD's uniform graph, arXiv 2310.16834"
    explanation = tr(
        "Starts from random words; at every step every word may be exchanged, some more than "
        "once, ever more rarely.\nNeeds a model that reads noise: the evidence at each place is a "
        "row of the noise matrix."
    )
    noise = "uniform"
    exact_at_one = False
    exact_in_limit = "steps"
    reads = ("steps", "schedule", "guidance")
    needs_posterior = True
    starts_from_words = True
    follows_schedule = True

    def reverse(self, run, k: int) -> np.ndarray:
        """(n, V): the law of x_s at each open position of the run's canvas x_t, in step k."""
        t, s = 1.0 - k / self.settings.steps, 1.0 - (k + 1) / self.settings.steps
        alpha_t = float(self.alpha(t))
        alpha_s = float(self.alpha(s)) if k + 1 < self.settings.steps else 1.0
        noise = (1.0 - alpha_t) / run.size
        with np.errstate(divide="ignore"):
            here, other = np.log(alpha_t + noise), np.log(noise)
        seen = word_evidence(run.canvas, run.size, here, other)
        prediction = run.posterior(np.where(run.locked[..., None], run.evidence(), seen))
        x_0 = prediction.probabilities(run.open, self.settings.temperature, self.settings.top_p)
        return uniform_reverse(run.canvas[run.open], x_0, alpha_t, alpha_s)

    def drive(self, run):
        start = np.minimum((run.uniforms(0, START) * run.size).astype(np.int64), run.size - 1)
        begin = run.masked & run.open
        run.canvas[begin] = start[begin]
        for k in range(self.settings.steps):
            after = run.draw_from(run.open, self.reverse(run, k), k)
            run.put(run.open & ((after != run.canvas) | (begin & (k == 0))), after)
            run.t = np.full(len(run.canvas), 1.0 - (k + 1) / self.settings.steps)
            yield
