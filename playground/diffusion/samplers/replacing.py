"""Samplers that replace words that are already there: Gibbs, uniform noise (D3PM), and the renoising entropy bound."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import torch

from playground.diffusion.draws import ORDER, START, TOKEN
from playground.diffusion.noise import alpha_bar, uniform_reverse
from playground.diffusion.prediction import Prediction
from playground.diffusion.run import Run, _slots
from playground.diffusion.samplers.base import Sampler, SamplerRule
from playground.diffusion.samplers.ordered import entropy_bound_number, first_positions
from playground.diffusion.settings import DEFAULT_BOUND


class Gibbs(SamplerRule):
    about = Sampler(
        "gibbs",
        "absorbing",
        False,
        "Geman and Geman 1984; for masked language models: Wang and Cho 2019, arXiv 1902.04094",
        "Takes one place at a time, hides its word and draws it again from what the network says given all the others.\n"
        "Starts anywhere; forgets the start sweep by sweep (burn-in).",
        exact_in_limit="sweeps",
    )

    def order(self, run: Run, sweep: int) -> np.ndarray:
        """(B, L): the open positions of each row in the order of this sweep, closed ones last."""
        key = np.broadcast_to(np.arange(run.length, dtype=np.float64), run.canvas.shape)
        if self.settings.rule == "random":
            key = run.uniforms(sweep, ORDER)
        return np.argsort(np.where(run.open, key, np.inf), axis=1, kind="stable")

    def drive(self, run: Run) -> Iterator[None]:
        count = run.open.sum(1)
        rows = np.arange(len(run.canvas))
        for sweep in range(self.settings.burn_in + self.settings.steps):
            order = self.order(run, sweep)
            for visit in range(max(1, int(count.max()))):
                here = np.zeros(run.canvas.shape, dtype=bool)
                here[rows, order[:, visit]] = visit < count
                # the word at the place is hidden before the model is asked
                kept = run.canvas.copy()
                run.canvas[here] = run.mask_id
                run.valid[here.any(1)] = False  # one position is asked at a time
                run.predict(here)
                tokens = run.draw(here, sweep)
                run.canvas = kept
                run.put(here, tokens)
                run.phase = "burn-in" if sweep < self.settings.burn_in else None
                yield


def posterior_prediction(run: Run, evidence: np.ndarray, where: np.ndarray) -> Prediction:
    """p(x_0 | evidence) at `where`, from a denoiser with `.posterior`; evidence (B, L, V) log-likelihoods. Counts one call."""
    if not hasattr(run.denoiser, "posterior"):
        raise ValueError(
            f"sampler {run.settings.sampler} needs a denoiser with .posterior (an exact one); this one has none"
        )
    shares = torch.as_tensor(run.denoiser.posterior(evidence))
    with np.errstate(divide="ignore"):
        prediction = Prediction(
            _slots(where), shares[torch.from_numpy(where)].double().log(), run.mask_id
        )
    run.prediction, run.confidence, run.entropy = (
        prediction,
        prediction.confidence.copy(),
        prediction.entropy.copy(),
    )
    run.calls += where.any(1)
    run.valid[:] = True
    run._fresh = run.valid.copy()
    return prediction


def one_hot_evidence(run: Run) -> np.ndarray:
    """(B, L, V) log-likelihoods: what is locked is certain, everything else open."""
    evidence = np.zeros((*run.canvas.shape, run.size))
    rows, places = np.nonzero(run.locked)
    evidence[rows, places] = -np.inf
    evidence[rows, places, run.canvas[rows, places]] = 0.0
    return evidence


class Uniform(SamplerRule):
    about = Sampler(
        "uniform",
        "uniform",
        False,
        "Austin et al. 2021 (D3PM), arXiv 2107.03006; SEDD's uniform graph, arXiv 2310.16834",
        "Starts from random words; at every step every word may be exchanged, some more than once, ever more rarely.\n"
        "Needs an exact denoiser: the evidence at each place is a row of the noise matrix.",
        exact_in_limit="steps",
    )
    schedule = None

    def alphas(self, k: int) -> tuple[float, float]:
        steps, name = self.settings.steps, self.schedule or self.settings.schedule
        return float(alpha_bar(1.0 - k / steps, name)), float(
            alpha_bar(1.0 - (k + 1) / steps, name)
        ) if k + 1 < steps else 1.0

    def evidence(self, canvas: np.ndarray, alpha: float, size: int) -> np.ndarray:
        """(..., V): log q(x_t | x_0 = v), a column of the noise matrix for each position."""
        with np.errstate(divide="ignore"):
            return np.log(alpha * np.eye(size)[canvas] + (1.0 - alpha) / size)

    def drive(self, run: Run) -> Iterator[None]:
        if run.mask_id < run.size:
            raise ValueError(
                "sampler uniform needs a denoiser whose vocabulary leaves the mask out (mask_id = V)"
            )
        start = np.minimum((run.uniforms(0, START) * run.size).astype(np.int64), run.size - 1)
        begin = run.masked & run.open
        run.canvas[begin] = start[begin]
        given = one_hot_evidence(run)
        for k in range(self.settings.steps):
            alpha_t, alpha_s = self.alphas(k)
            evidence = np.where(
                run.locked[..., None], given, self.evidence(run.canvas, alpha_t, run.size)
            )
            prediction = posterior_prediction(run, evidence, run.open)
            x_0 = prediction.probabilities(
                run.open, self.settings.temperature, self.settings.top_p
            )  # (n, V)
            law = torch.from_numpy(uniform_reverse(run.canvas[run.open], x_0, alpha_t, alpha_s))
            u = run.uniforms(k, TOKEN)
            after = run.canvas.copy()
            if len(law):
                drawn = Prediction(_slots(run.open), law.log()).draw(run.open, u)
                after[run.open] = drawn[run.open]
            run.put(run.open & ((after != run.canvas) | (begin & (k == 0))), after)
            run.t = np.full(len(run.canvas), 1.0 - (k + 1) / self.settings.steps)
            yield


class Renoise(SamplerRule):
    """The entropy bound on random words (DiffusionGemma's variant): what is not accepted is drawn at random again.

    Stops when no argmax has changed since the step before and the mean entropy is below bound / 100, or after `steps`;
    then every open position takes its argmax. A masked-word model has never seen random words: it reads them as given.
    """

    about = Sampler(
        "entropy-bound",
        "uniform",
        False,
        "DiffusionGemma; Ben-Hamu et al. 2025, arXiv 2505.24857",
        "renoise",
    )

    def drive(self, run: Run) -> Iterator[None]:
        steps, begin = self.settings.steps, run.open & run.masked
        bound = DEFAULT_BOUND if self.settings.bound is None else self.settings.bound
        run.canvas[begin] = self._random(run, steps)[begin]
        previous, done = np.full(run.canvas.shape, -1), ~begin.any(1)
        for k in range(steps):
            where = begin & ~done[:, None]
            run.valid[~done] = False
            prediction = run.predict(where)
            best = prediction.draw(where, np.zeros(where.shape), 0.0)
            quiet = (
                np.where(where, prediction.entropy, 0.0).sum(1) / np.maximum(where.sum(1), 1)
                < bound / 100.0
            )
            over = ~done & (((best == previous) | ~where).all(1) & quiet | (k == steps - 1))
            accepted = first_positions(
                -prediction.entropy, where, entropy_bound_number(prediction.entropy, where, bound)
            )
            tokens = np.where(accepted, run.draw(accepted, k), self._random(run, k))
            run.put(where, np.where(over[:, None], best, tokens))
            run.drawn &= accepted | over[:, None]
            previous, done = np.where(where, best, previous), done | over
            run.t = np.where(done, 0.0, 1.0 - (k + 1) / steps)
            yield
            if done.all():
                return

    def _random(self, run: Run, step: int) -> np.ndarray:
        words = run.size - (run.mask_id < run.size)
        drawn = np.minimum((run.uniforms(step, START) * words).astype(np.int64), words - 1)
        return drawn + (drawn >= run.mask_id)  # never the mask itself
