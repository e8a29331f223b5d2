"""Samplers whose masked positions are revealed independently of each other: MDLM, SEDD, Dream's origin, ReMDM.

A coin is thrown first, then a token is drawn where it fell right. Drawing {mask and vocabulary} as one categorical in
float32 instead loses most of the coin's resolution (`single_categorical_rate` shows the trap).
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from playground.diffusion.draws import REVEAL
from playground.diffusion.noise import alpha_bar, alpha_bar_slope, remask_limit, reveal_probability
from playground.diffusion.run import Run
from playground.diffusion.samplers.base import Blocks, Sampler, SamplerRule
from playground.diffusion.settings import DEFAULT_ETA


class BernoulliRule(SamplerRule):
    """Each masked position of the block is revealed with probability `rates`, independently."""

    epsilon = 0.0  # where the time grid ends
    schedule = None  # an EntropyLinear that the driver measured

    def times(self, local: np.ndarray, share: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """(t, s) of step number `local` of `share`: an even grid from 1 down to epsilon."""
        span = 1.0 - self.epsilon
        return 1.0 - span * (local / share), 1.0 - span * ((local + 1) / share)

    def rates(self, local: np.ndarray, share: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """(reveal, remask) probabilities of the step; the last step of a block reveals all that is left and masks nothing again
        (a schedule whose alpha at 0 is below 1 would, and leave masks behind)."""
        t, s = self.times(local, share)
        name = self.schedule or self.settings.schedule
        reveal, remask = self.step_rates(
            np.asarray(alpha_bar(t, name)), np.asarray(alpha_bar(s, name)), t, s
        )
        if self.settings.as_published and self.about.name == "mdlm":
            return reveal, remask
        last = local == share - 1
        return np.where(last, 1.0, reveal), np.where(last, 0.0, remask)

    def step_rates(self, alpha_t, alpha_s, t, s) -> tuple[np.ndarray, np.ndarray]:
        return reveal_probability(alpha_t, alpha_s), np.zeros_like(alpha_t)

    def drive(self, run: Run) -> Iterator[None]:
        blocks = Blocks(run)
        turns, locals_, shares = blocks.timetable(self.settings.steps)
        for k in range(turns.shape[1]):
            turn, local, share = turns[:, k], locals_[:, k], shares[:, k]
            active = turn < blocks.count  # rows that still have steps of their own
            blocks.show_window(run, turn)
            here = blocks.at(turn) & active[:, None]
            reveal, remask = (
                np.where(active, rate, 0.0)[:, None] for rate in self.rates(local, share)
            )
            coin = run.uniforms(k, REVEAL)
            chosen = here & run.masked & (coin < reveal)
            again = here & ~run.masked & run.open & (coin < remask)
            # nothing revealed: no need to ask, and the cache stays. The first step asks, so that there is something to see.
            asking = np.ones_like(active) if k == 0 or self.settings.as_published else chosen.any(1)
            run.predict(blocks.visible(run), asking)
            if (
                self.settings.as_published
            ):  # the source's code asks after every change, masks left or not
                run.spend(~run.valid)
            run.put(chosen, run.draw(chosen, k))
            if again.any():
                run.put(again, np.full_like(run.canvas, run.mask_id))
            if self.settings.as_published and self.about.name == "mdlm":
                self._final_argmax(run, here & (local == share - 1)[:, None], blocks)
            run.t = np.where(active, self.times(local, share)[1], 0.0)
            yield

    def _final_argmax(self, run: Run, here: np.ndarray, blocks: Blocks) -> None:
        """MDLM's noise removal: one more call after the last step, the argmax where masks are left. It is made in any case."""
        rows = here.any(1)
        left = here & run.masked
        if left.any():
            prediction = run.predict(blocks.visible(run), left.any(1))
            run.put(left, prediction.draw(left, np.zeros(left.shape), 0.0))
        run.spend(rows & ~left.any(1))


class Mdlm(BernoulliRule):
    about = Sampler(
        "mdlm",
        "absorbing",
        True,
        "Sahoo et al. 2024, arXiv 2406.07524; kuleshov-group/mdlm, diffusion.py",
        "Each hidden word is uncovered at a random moment, independently of the others, and drawn from what the network says.\n"
        "The network is asked again only when the text has changed; as published, a last argmax fills what is left.",
    )

    def __init__(self, settings):
        super().__init__(settings)
        self.epsilon = 1e-5 if settings.as_published else 0.0


class Sedd(BernoulliRule):
    about = Sampler(
        "sedd",
        "absorbing",
        True,
        "Lou et al. 2024, arXiv 2310.16834; louaaron/Score-Entropy-Discrete-Diffusion, sampling.py",
        "Thinks in ratios of probabilities; each word is uncovered at the rate that the noise was added.\n"
        "Analytic steps are exact in time; Euler steps approximate them (the same thing for the linear schedule).",
    )

    def step_rates(self, alpha_t, alpha_s, t, s):
        if self.settings.rule == "analytic":
            return super().step_rates(alpha_t, alpha_s, t, s)
        slope = np.asarray(alpha_bar_slope(t, self.schedule or self.settings.schedule))
        return euler_reveal(alpha_t, slope, t - s), np.zeros_like(alpha_t)


class Dream0(BernoulliRule):
    """Dream's `origin`; its card is Dream's."""

    about = Sampler(
        "dream", "absorbing", True, "Ye et al. 2025; DreamLM/Dream, generation_utils.py", "origin"
    )
    epsilon = 1e-3

    def rates(self, local, share):
        t, s = self.times(local, share)
        return np.where(local == share - 1, 1.0, 1.0 - s / t), np.zeros_like(t)


class Remdm(BernoulliRule):
    about = Sampler(
        "remdm",
        "absorbing",
        True,
        "Wang et al. 2025, arXiv 2503.00307; kuleshov-group/remdm (cap)",
        "Like mdlm, but a word that was already uncovered may be hidden again, with a small probability at each step.\n"
        "Mistakes of early steps can be taken back; eta caps how often.",
    )

    def step_rates(self, alpha_t, alpha_s, t, s):
        eta = DEFAULT_ETA if self.settings.eta is None else self.settings.eta
        remask = np.minimum(eta, remask_limit(alpha_t, alpha_s))
        reveal = (alpha_s - (1.0 - remask) * alpha_t) / np.maximum(1.0 - alpha_t, 1e-300)
        return np.clip(reveal, 0.0, 1.0), remask


def euler_reveal(alpha_t, slope_t, step):
    """SEDD's Euler step: the reveal probability step * (-alpha'(t)) / (1 - alpha_t), at most 1.

    It is step * sigma'(t) times the sum of the score ratios alpha / (1 - alpha) p_v of an absorbing graph.
    """
    return np.clip(-slope_t * step / np.maximum(1.0 - alpha_t, 1e-300), 0.0, 1.0)


def score_ratios(probabilities, alpha_t):
    """SEDD's concrete score at a masked position: p(x with token v) / p(x masked) = p_v alpha / (1 - alpha)."""
    return probabilities * (alpha_t / (1.0 - alpha_t))


def single_categorical_rate(vocab_size: int, reveal: float, bits: int = 24) -> float:
    """The trap: how often a mask is revealed when {mask and vocabulary} is drawn as ONE categorical by Gumbel-max.

    Token weights reveal / V each, the mask 1 - reveal; argmax of weight / noise, noise = -log u. A float32 u is a multiple of
    2^-24, so no noise is below 6e-8, but a token wins only with noise below reveal / V times the mask's: at V = 50,257 and 1,000
    steps that is 2e-8, and the rate falls to 0.16 of `reveal`. Computed over the possible values of u, not sampled.
    """
    highest = (
        1.0 - np.arange(1, 20_001, dtype=np.float64) * 2.0**-bits
    )  # the largest values that u can take, descending
    noise = -np.log(highest)
    mask_noise = -np.log(
        (np.arange(4000) + 0.5) / 4000
    )  # the mask's noise is of order 1: its own grain does not matter
    bound = reveal / vocab_size * mask_noise / (1.0 - reveal)  # a token wins with noise below this
    one_token = np.searchsorted(noise, bound, side="left") * 2.0**-bits
    return float(-np.expm1(vocab_size * np.log1p(-one_token)).mean())
