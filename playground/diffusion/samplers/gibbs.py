"""Gibbs sampling: Geman and Geman 1984; for masked language models Wang and Cho 2019, arXiv
1902.04094."""

from __future__ import annotations

import numpy as np

from playground.diffusion.draws import ORDER
from playground.diffusion.samplers.base import Sampler, add_sampler
from playground.i18n import t


@add_sampler
class Gibbs(Sampler):
    """Redraws one position at a time from p(x_i | all others), asked with its word hidden; a sweep
    visits each open one once.

    `steps` sweeps after `burn_in`, left to right or in an order drawn anew for each sweep; canvases
    are (B, L). The model's own distribution is stationary: exact in the limit of many sweeps,
    wherever they start.
    """

    name = "gibbs"
    title = t("Gibbs: redraw one at a time")
    source = "Geman and Geman 1984; for masked language models: Wang and Cho 2019, arXiv 1902.04094"
    explanation = t(
        "Takes one place at a time, hides its word and draws it again from what the network "
        "says given all the others.\nStarts anywhere; forgets the start sweep by sweep "
        "(burn-in)."
    )
    note = t("A step redraws one position; a sweep visits each open position once.")
    exact_at_one = False
    exact_in_limit = "sweeps"
    reads = ("steps", "selection", "burn_in", "guidance")
    selections = ("left", "random")
    starts_from_words = True

    def order(self, run, sweep: int) -> np.ndarray:
        """(B, L): the open positions of each row in the order of this sweep, closed ones last."""
        key = np.broadcast_to(np.arange(run.length, dtype=np.float64), run.canvas.shape)
        if self.settings.rule == "random":
            key = run.uniforms(sweep, ORDER)
        return np.argsort(np.where(run.open, key, np.inf), axis=1, kind="stable")

    def drive(self, run):
        count, rows = run.open.sum(1), np.arange(len(run.canvas))
        for sweep in range(self.settings.burn_in + self.settings.steps):
            order = self.order(run, sweep)
            for visit in range(max(1, int(count.max()))):
                here = np.zeros(run.canvas.shape, dtype=bool)
                here[rows, order[:, visit]] = visit < count
                # the word at the place is hidden while the model is asked
                kept = run.canvas.copy()
                run.canvas[here] = run.mask_id
                run.valid[here.any(1)] = False  # one position is asked at a time
                run.predict(here)
                tokens = run.draw(here, sweep)
                run.canvas = kept
                run.put(here, tokens)
                run.phase = "burn-in" if sweep < self.settings.burn_in else None
                yield
