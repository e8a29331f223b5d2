"""CDCD: Dieleman et al. 2022, "Continuous diffusion for categorical data", arXiv 2211.15089."""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from playground.diffusion.embedding import entropy_linear_grid, euler_step, growing_evidence
from playground.diffusion.samplers.base import add_sampler
from playground.diffusion.samplers.vectors import Vectors
from playground.i18n import t

# the pilot run that measures entropy for the grid: so many copies of the canvas, so many times
PILOT_ROWS, PILOT_POINTS = 16, 24


@add_sampler
class Cdcd(Vectors):
    """Score interpolation: Euler steps of dx = -t score dt on x (B, L, D), score = (sum_v p(v | x)
    e_v - x) / t^2.

    t is a standard deviation; its grid makes the entropy fall linearly (time warping) or, with the
    schedule "geometric", is even in log t. No noise after the start. Right in the limit of many
    steps only.
    """

    name = "cdcd"
    title = t("CDCD: score interpolation")
    source = "Dieleman et al. 2022 (CDCD), arXiv 2211.15089"
    explanation = t(
        "Follows one smooth path from a random vector to a word; no fresh noise, so the "
        "start decides the text.\nTime is warped so that the network's uncertainty falls "
        "evenly. Right in the limit of many steps only."
    )
    reads = ("steps", "schedule", "guidance")

    def drive(self, run):
        table, noise = self.begin(run)
        grid, steps = self.grid(run, table), self.settings.steps  # (B, steps + 1)
        x = noise * grid[:, :1, None]
        for k in range(steps):
            now, after = grid[:, k, None, None], grid[:, k + 1, None, None]
            origin = self.expected(run, growing_evidence(x, table, now), table)
            x = euler_step(x, origin, now, after)
            # drawn at the scale at which signal and noise keep the variance 1
            scaled = x / np.sqrt(1.0 + np.square(after))
            self.show(run, x if k == steps - 1 else origin, table, scaled, origin)
            run.t = grid[:, k + 1].copy()
            yield

    def grid(self, run, table: np.ndarray) -> np.ndarray:
        """(B, steps + 1) standard deviations; measured once for each different set of locked words,
        and its calls are counted."""
        spread = max(float(np.linalg.norm(table - table.mean(0), axis=1).max()), 1e-6)
        high, low, steps = 100.0 * spread, 0.02 * spread, self.settings.steps
        measured = getattr(run.denoiser, "entropy_curve", None)
        if measured is not None:  # by its training: no pilot run
            high, low = float(measured[0][0]), float(measured[0][-1])
            if self.settings.schedule != "geometric":
                grid = entropy_linear_grid(measured[0], measured[1], steps)
                return np.repeat(grid[None], len(run.canvas), axis=0)
        if self.settings.schedule == "geometric":
            return np.repeat(np.geomspace(high, low, steps + 1)[None], len(run.canvas), axis=0)
        given = np.where(run.locked, run.canvas, run.mask_id)
        kinds, which = np.unique(given, axis=0, return_inverse=True)
        times = np.geomspace(high, low, PILOT_POINTS + 1)
        pilots = (self._pilot(run, kind, table, times) for kind in kinds)
        grids = np.stack([entropy_linear_grid(times[:-1], pilot, steps) for pilot in pilots])
        grids[:, -1] = low
        run.calls += PILOT_POINTS
        return grids[which.reshape(-1)]

    def _pilot(self, run, canvas: np.ndarray, table: np.ndarray, times: np.ndarray) -> np.ndarray:
        """(PILOT_POINTS,) mean total entropy (nats) along PILOT_ROWS Euler paths on an even log
        grid."""
        pilot = run.like(np.repeat(canvas[None], PILOT_ROWS, axis=0))
        x = self.normals(pilot, 2**31, table.shape[1]) * times[0]
        entropies = []
        for now, after in pairwise(times):
            origin = self.expected(pilot, growing_evidence(x, table, now), table)
            entropy = np.where(pilot.open, pilot.prediction.entropy, 0.0)
            entropies.append(float(entropy.sum() / PILOT_ROWS))
            x = euler_step(x, origin, now, after)
        return np.asarray(entropies)
