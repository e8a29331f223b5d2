"""Samplers that move vectors: Diffusion-LM and CDCD, on a denoiser that takes evidence of any kind (`.posterior`)."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

import numpy as np

from playground.diffusion.draws import normals
from playground.diffusion.embedding import (
    embedding_table,
    entropy_linear_grid,
    euler_step,
    gaussian_evidence,
    gaussian_posterior,
    growing_evidence,
    nearest,
)
from playground.diffusion.noise import alpha_bar
from playground.diffusion.run import Run
from playground.diffusion.samplers.base import Sampler, SamplerRule
from playground.diffusion.samplers.replacing import one_hot_evidence, posterior_prediction

# the pilot run that measures entropy for CDCD's grid: so many copies of the canvas, so many times
PILOT_ROWS, PILOT_POINTS = 16, 24


class VectorRule(SamplerRule):
    """Keeps x (B, L, D) beside the canvas, which shows the nearest word of each vector's expected origin."""

    def begin(self, run: Run) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """(table (V, D), unit noise (B, L, D), evidence of the locked positions (B, L, V))."""
        if run.mask_id < run.size:
            raise ValueError(
                f"sampler {self.about.name} needs a denoiser whose vocabulary leaves the mask out (mask_id = V)"
            )
        table = embedding_table(run.denoiser)
        noise = normals(
            self.settings.seed, 0, run.rows[:, None], np.arange(run.length), table.shape[1]
        )
        return table, noise, one_hot_evidence(run)

    def expected(
        self, run: Run, evidence: np.ndarray, given: np.ndarray, table: np.ndarray
    ) -> np.ndarray:
        """x_0 hat = sum_v p_v e_v (B, L, D), from the posterior under temperature and top_p; locked places are certain."""
        evidence = np.where(run.locked[..., None], given, evidence)
        prediction = posterior_prediction(run, evidence, run.open)
        mean = np.zeros((*run.canvas.shape, table.shape[1]))
        mean[run.open] = (
            prediction.probabilities(run.open, self.settings.temperature, self.settings.top_p)
            @ table
        )
        mean[run.locked] = table[run.canvas[run.locked]]
        return mean

    def show(self, run: Run, x: np.ndarray, table: np.ndarray) -> None:
        words = nearest(x, table)
        run.put(run.open & (words != run.canvas), words)


class DiffusionLM(VectorRule):
    about = Sampler(
        "diffusion-lm",
        "gaussian",
        False,
        "Li et al. 2022 (Diffusion-LM), arXiv 2205.14217",
        "Starts from random vectors and moves each towards the average of its possible words, with a little fresh noise.\n"
        "clamp snaps that average to the nearest word at every step. Right in the limit of many steps only.",
    )
    schedule = None

    def drive(self, run: Run) -> Iterator[None]:
        table, x, given = self.begin(run)
        steps, name = self.settings.steps, self.schedule or self.settings.schedule
        for k in range(steps):
            alpha_t = float(alpha_bar(1.0 - k / steps, name))
            alpha_s = float(alpha_bar(1.0 - (k + 1) / steps, name)) if k + 1 < steps else 1.0
            origin = self.expected(run, gaussian_evidence(x, table, alpha_t), given, table)
            if self.settings.rule == "clamp":
                origin = table[nearest(origin, table)]
            mean, deviation = gaussian_posterior(x, origin, alpha_t, alpha_s)
            x = mean
            if deviation > 0:
                noise = normals(
                    self.settings.seed, k + 1, run.rows[:, None], np.arange(run.length), x.shape[2]
                )
                x = mean + deviation * noise
            self.show(run, origin, table)
            run.t = np.full(len(run.canvas), 1.0 - (k + 1) / steps)
            yield


class Cdcd(VectorRule):
    about = Sampler(
        "cdcd",
        "gaussian",
        False,
        "Dieleman et al. 2022 (CDCD), arXiv 2211.15089",
        "Follows one smooth path from a random vector to a word; no fresh noise, so the start decides the text.\n"
        "Time is warped so that the network's uncertainty falls evenly. Right in the limit of many steps only.",
    )

    def drive(self, run: Run) -> Iterator[None]:
        table, noise, given = self.begin(run)
        grid = self.grid(run, table)  # (B, steps + 1)
        x = noise * grid[:, :1, None]
        for k in range(self.settings.steps):
            now, after = grid[:, k, None, None], grid[:, k + 1, None, None]
            origin = self.expected(run, growing_evidence(x, table, now), given, table)
            x = euler_step(x, origin, now, after)
            self.show(run, x if k == self.settings.steps - 1 else origin, table)
            run.t = grid[:, k + 1].copy()
            yield

    def grid(self, run: Run, table: np.ndarray) -> np.ndarray:
        """(B, steps + 1) standard deviations; measured once for each different set of locked words, and its calls are counted."""
        spread = max(float(np.linalg.norm(table - table.mean(0), axis=1).max()), 1e-6)
        high, low, steps = 100.0 * spread, 0.02 * spread, self.settings.steps
        if self.settings.schedule == "geometric":
            return np.repeat(np.geomspace(high, low, steps + 1)[None], len(run.canvas), axis=0)
        given = np.where(run.locked, run.canvas, -1)
        kinds, which = np.unique(given, axis=0, return_inverse=True)
        times = np.geomspace(high, low, PILOT_POINTS + 1)
        grids = np.stack(
            [
                entropy_linear_grid(times[:-1], self._pilot(run, kind, table, times), steps)
                for kind in kinds
            ]
        )
        grids[:, -1] = low
        run.calls += PILOT_POINTS
        return grids[which.reshape(-1)]

    def _pilot(
        self, run: Run, given: np.ndarray, table: np.ndarray, times: np.ndarray
    ) -> np.ndarray:
        """(PILOT_POINTS,) mean total entropy (nats) along PILOT_ROWS Euler paths on an even log grid."""
        canvas = np.repeat(np.where(given >= 0, given, run.mask_id)[None], PILOT_ROWS, axis=0)
        pilot = Run(run.denoiser, canvas, self.settings, rows=np.arange(PILOT_ROWS))
        x = (
            normals(
                self.settings.seed,
                2**31,
                pilot.rows[:, None],
                np.arange(pilot.length),
                table.shape[1],
            )
            * times[0]
        )
        locked, entropies = one_hot_evidence(pilot), []
        for now, after in pairwise(times):
            origin = self.expected(pilot, growing_evidence(x, table, now), locked, table)
            entropies.append(
                float(np.where(pilot.open, pilot.prediction.entropy, 0.0).sum() / PILOT_ROWS)
            )
            x = euler_step(x, origin, now, after)
        return np.asarray(entropies)
