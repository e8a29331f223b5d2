"""Diffusion-LM: Li et al. 2022, "Diffusion-LM improves controllable text generation", arXiv
2205.14217."""

from __future__ import annotations

import numpy as np

from playground.diffusion.embedding import gaussian_evidence, gaussian_posterior, nearest
from playground.diffusion.samplers.base import add_sampler
from playground.diffusion.samplers.vectors import Vectors
from playground.i18n import t


@add_sampler
class DiffusionLM(Vectors):
    """Gaussian noise on embeddings, x_t = sqrt(alpha) x_0 + sqrt(1 - alpha) eps, (B, L, D); x_s is
    drawn from q(x_s | x_t, x_0 hat).

    x_0 hat = sum_v p(v | x_t) e_v; clamp replaces it by the nearest embedding. A mean stands for a
    distribution, so no number of tokens a step is exact: right in the limit of many steps.
    """

    name = "diffusion-lm"
    title = t("Diffusion-LM: Gaussian noise")
    source = "Li et al. 2022 (Diffusion-LM), arXiv 2205.14217"
    explanation = t(
        "Starts from random vectors and moves each towards the average of its possible "
        "words, with a little fresh noise.\nclamp snaps that average to the nearest word at "
        "every step. Right in the limit of many steps only."
    )
    reads = ("steps", "selection", "schedule", "guidance")
    selections = ("plain", "clamp")
    follows_schedule = True

    def drive(self, run):
        table, x = self.begin(run)
        steps = self.settings.steps
        for k in range(steps):
            alpha_t = float(self.alpha(1.0 - k / steps))
            alpha_s = float(self.alpha(1.0 - (k + 1) / steps)) if k + 1 < steps else 1.0
            expected = self.expected(run, gaussian_evidence(x, table, alpha_t), table)
            clamp = self.settings.rule == "clamp"
            clamped = nearest(expected, table, self.barred) if clamp else None
            origin = expected if clamped is None else table[clamped]
            x, deviation = gaussian_posterior(x, origin, alpha_t, alpha_s)
            if deviation > 0:
                x = x + deviation * self.normals(run, k + 1, x.shape[2])
            self.show(run, origin, table, x, expected, clamped)
            run.t = np.full(len(run.canvas), 1.0 - (k + 1) / steps)
            yield
