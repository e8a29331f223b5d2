"""The samplers whose masked positions are revealed independently of each other: MDLM, SEDD, ReMDM,
Dream's `origin`.

A coin is thrown first, then a token is drawn where it fell right. Drawing {mask and vocabulary} as
one categorical in float32 instead loses most of the coin's resolution: at V = 50,257 and 1,000
steps the first step reveals 0.16 of its due.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np

from playground.diffusion.draws import REVEAL
from playground.diffusion.samplers.base import Sampler
from playground.diffusion.samplers.blocks import Blocks, Clock

if TYPE_CHECKING:
    from playground.diffusion.run import Run


class RandomTimes(Sampler):
    """At each step t -> s every masked position of the block is revealed with one probability,
    independently."""

    follows_schedule = True
    epsilon = 0.0  # where the grid of times ends
    ends_in_argmax = (
        False  # one more call fills what the last step left masked; else that step reveals all
    )

    def step_rates(self, alpha_t, alpha_s, t, s) -> tuple[np.ndarray, np.ndarray]:
        """(reveal, remask) probabilities (B,) of the step t -> s; alpha_t, alpha_s (B,): the share
        still known."""
        raise NotImplementedError

    def times(self, clock: Clock) -> tuple[np.ndarray, np.ndarray]:
        """(t, s), each (B,): an even grid from 1 down to epsilon."""
        span = 1.0 - self.epsilon
        return 1.0 - span * (clock.step / clock.steps), 1.0 - span * (
            (clock.step + 1) / clock.steps
        )

    def rates(self, clock: Clock) -> tuple[np.ndarray, np.ndarray]:
        """`step_rates` at the clock's times; the last step of a block reveals all that is left and
        masks nothing again (a schedule whose alpha at 0 is below 1 would, and leave masks
        behind)."""
        t, s = self.times(clock)
        reveal, remask = self.step_rates(np.asarray(self.alpha(t)), np.asarray(self.alpha(s)), t, s)
        if self.ends_in_argmax:
            return reveal, remask
        return np.where(clock.last, 1.0, reveal), np.where(clock.last, 0.0, remask)

    def drive(self, run: Run) -> Iterator[None]:
        blocks, published = Blocks(run), self.settings.as_published
        for k, (turn, clock) in enumerate(blocks.timetable(self.settings.steps)):
            active = turn < blocks.count  # rows that still have steps of their own
            blocks.show_window(run, turn)
            here = blocks.at(turn) & active[:, None]
            reveal, remask = (np.where(active, rate, 0.0)[:, None] for rate in self.rates(clock))
            coin = run.uniforms(k, REVEAL)
            chosen = here & run.masked & (coin < reveal)
            again = here & ~run.masked & run.open & (coin < remask)
            # nothing revealed: no need to ask, and the cache stays. The first step asks, so that
            # there is something to see.
            run.predict(
                blocks.visible(run), None if k == 0 or published else np.any(chosen, axis=1)
            )
            if published:  # the source's code asks after every change, masks left or not
                run.spend(~run.valid)
            run.put(chosen, run.draw(chosen, k))
            if again.any():
                run.put(again, np.full_like(run.canvas, run.mask_id))
            if self.ends_in_argmax:
                self._fill(run, here & clock.last[:, None], blocks)
            run.t = np.where(active, self.times(clock)[1], 0.0)
            yield

    def _fill(self, run: Run, here: np.ndarray, blocks: Blocks) -> None:
        """The argmax where masks are left `here`; its call is made in any case."""
        left = here & run.masked
        if left.any():
            prediction = run.predict(blocks.visible(run), np.any(left, axis=1))
            run.put(left, prediction.draw(left, np.zeros(left.shape), 0.0))
        run.spend(np.any(here, axis=1) & ~np.any(left, axis=1))
