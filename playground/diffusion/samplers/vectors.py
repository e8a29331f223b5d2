"""The samplers that move vectors: Diffusion-LM and CDCD, on a denoiser that takes evidence of any
kind (`.posterior`)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from playground.diffusion.draws import normals
from playground.diffusion.embedding import embedding_table, nearest, plane
from playground.diffusion.moving import Moving
from playground.diffusion.samplers.base import Sampler

if TYPE_CHECKING:
    from playground.diffusion.run import Run


class Vectors(Sampler):
    """Keeps x (B, L, D) beside the canvas, which shows the nearest word of each vector's expected
    origin."""

    noise = "gaussian"
    exact_at_one = False
    needs_posterior = True

    def begin(self, run: Run) -> tuple[np.ndarray, np.ndarray]:
        """(table (V, D), unit noise (B, L, D))."""
        table = embedding_table(run.denoiser)
        self.flat = plane(table)
        self.barred = frozenset(getattr(run.denoiser, "special_ids", None) or ())
        return table, self.normals(run, 0, table.shape[1])

    def normals(self, run: Run, step: int, width: int) -> np.ndarray:
        """(B, L, D) standard normal noise of a step."""
        places = np.arange(run.length)
        return normals(self.settings.seed, step, run.rows[:, None], places, width)

    def expected(self, run: Run, evidence: np.ndarray, table: np.ndarray) -> np.ndarray:
        """x_0 hat = sum_v p_v e_v (B, L, D), from the posterior under temperature and top_p; locked
        places are certain."""
        prediction = run.posterior(np.where(run.locked[..., None], run.evidence(), evidence))
        mean = table[np.where(run.locked, run.canvas, 0)]
        settings = self.settings
        p = prediction.probabilities(run.open, settings.temperature, settings.top_p)  # (n, V)
        mean[run.open] = p @ table
        return mean

    def show(
        self,
        run: Run,
        shown: np.ndarray,
        table: np.ndarray,
        x: np.ndarray,
        origin: np.ndarray,
        clamped: np.ndarray | None = None,
    ) -> None:
        """The words nearest to `shown` (B, L, D) on the canvas; x, origin and clamped are those of
        `playground.diffusion.moving.Moving`."""
        words = nearest(shown, table, self.barred)
        run.put(run.open & (words != run.canvas), words)
        run.vectors = Moving(x, origin, clamped, table, self.flat, run.open, self.barred)
