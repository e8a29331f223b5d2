"""The whole output distribution of a sampler on a short text: every canvas that can come up, with
its probability.

Level by level: the probabilities of all canvases after a step follow from those before it. A canvas
is one number, its symbols the digits (base W = words and mask, last position fastest). The order,
scores and rates are the samplers' own; nothing is drawn.
"""

from __future__ import annotations

import itertools

import numpy as np

from playground.diffusion.coarse_to_fine_law import law_of_groups
from playground.diffusion.drafts_law import passes
from playground.diffusion.enumeration_canvases import CHUNK, Canvases
from playground.diffusion.generate import measured_schedule
from playground.diffusion.renoised_law import law_until_still
from playground.diffusion.run import check_canvas
from playground.diffusion.samplers import Ordered, RandomTimes, rule_for
from playground.diffusion.samplers.blocks import Clock
from playground.diffusion.samplers.coarse_to_fine import CoarseToFine
from playground.diffusion.samplers.entropy_bound import Renoise
from playground.diffusion.samplers.gibbs import Gibbs
from playground.diffusion.samplers.joint_threshold import JointThreshold
from playground.diffusion.samplers.ordered import first_positions, subset_probabilities
from playground.diffusion.samplers.speculative import Speculative
from playground.diffusion.samplers.uniform import Uniform
from playground.diffusion.settings import UnmaskSettings
from playground.i18n import t


def exact_distribution(
    denoiser, settings: UnmaskSettings, length: int, canvas=None, locked=None
) -> np.ndarray:
    """(V ** length,) probabilities of the sampler's output, last position fastest; they sum to 1.

    canvas (length,) and locked as for `unmask`; by default nothing but masks. ValueError where the
    canvases times the outcomes of a step exceed COST_LIMIT, and for samplers whose states are not
    countable (diffusion-lm, cdcd).
    """
    law = _law(denoiser, settings, length, canvas, locked)
    rule = law.rule
    if isinstance(rule, RandomTimes):
        final = law.random_times()
    elif isinstance(rule, Ordered):
        final = law.ordered()
    elif isinstance(rule, Gibbs):
        final = law.gibbs()
    elif isinstance(rule, Uniform):
        final = law.uniform()
    elif isinstance(rule, CoarseToFine):
        final = law_of_groups(law)
    elif isinstance(rule, TAKES_ITS_OWN_PASSES):
        final, _ = law.until_done()
    else:
        raise ValueError(
            t(
                "sampler {sampler} cannot be enumerated: its states are not canvases alone",
                sampler=settings.sampler,
            )
        )
    return law.of_words(final)


# samplers whose number of passes is their own: `law_and_passes` says how many
TAKES_ITS_OWN_PASSES = (Speculative, JointThreshold, Renoise)


def law_and_passes(
    denoiser, settings: UnmaskSettings, length: int, canvas=None
) -> tuple[np.ndarray, float]:
    """(what `exact_distribution` gives, the mean number of passes) of one of
    TAKES_ITS_OWN_PASSES."""
    law = _law(denoiser, settings, length, canvas, None)
    final, taken = law.until_done()
    return law.of_words(final), taken


def _law(denoiser, settings, length, canvas, locked) -> _Law:
    start = np.full(length, denoiser.mask_id) if canvas is None else canvas
    start, locks = check_canvas(start, denoiser, locked)
    if start.shape != (1, length):
        raise ValueError(
            t(
                "canvas must have length {length} and one row, got shape {shape}",
                length=length,
                shape=start.shape,
            )
        )
    rule = rule_for(settings)
    rule.refuse_denoiser(denoiser)
    if settings.schedule == "entropy-linear" and rule.follows_schedule:
        rule.schedule = measured_schedule(denoiser, length, settings)[0]
    return _Law(denoiser, settings, rule, start[0], locks[0])


class _Law(Canvases):
    """The law of each family of samplers, level by level."""

    def until_done(self) -> tuple[np.ndarray, float]:
        """(probabilities of the last canvases, mean number of passes) of a sampler that says itself
        when it is done."""
        if isinstance(self.rule, Renoise):
            return law_until_still(self)
        taken = 0.0
        if isinstance(self.rule, JointThreshold):  # draws nothing: one canvas
            run = self.run(self.start[None])
            for _ in self.rule.drive(run):
                taken += 1
            return (np.arange(self.base**self.length) == run.canvas[0] @ self.digit) * 1.0, taken
        masked = np.indices((self.base,) * self.length).reshape(self.length, -1) == self.mask_id
        final = self.first()
        for final in passes(self):
            taken += float(final[masked.any(0)].sum())
        return final, taken

    def random_times(self) -> np.ndarray:
        blocks, probability = self.blocks(), self.first()
        for turns, clock in blocks.timetable(self.settings.steps):
            turn = turns[0]
            reveal, remask = (float(rate[0]) for rate in self.rule.rates(clock))
            canvases, codes = self.canvases(probability)
            rows = np.full(len(codes), turn)
            block = blocks.at(turns)[0]
            where = block & (canvases == self.mask_id)
            table = self.shares(self.ask(canvases, where, blocks, rows), where)
            options = self._kept(canvases)
            options[where] = reveal * table[where]
            options[where, self.mask_id] += 1.0 - reveal
            again = block & ~self.locked & (canvases != self.mask_id)
            options[again] *= 1.0 - remask
            options[again, self.mask_id] += remask
            after = np.zeros_like(probability)
            self.spread(after, probability[codes], options)
            probability = after
            if self.rule.ends_in_argmax and clock.last[0]:
                probability = self._argmax(probability, block, blocks, turn)
        return probability

    def _kept(self, canvases: np.ndarray) -> np.ndarray:
        return np.eye(self.base)[canvases]

    def _argmax(self, probability, block, blocks, turn) -> np.ndarray:
        canvases, codes = self.canvases(probability)
        where = block & (canvases == self.mask_id)
        prediction = self.ask(canvases, where, blocks, np.full(len(codes), turn))
        best = prediction.draw(where, np.zeros(where.shape), 0.0)
        filled = np.where(where, best, canvases) @ self.digit
        return np.bincount(filled, weights=probability[codes], minlength=len(probability))

    def ordered(self) -> np.ndarray:
        blocks, probability = self.blocks(), self.first()
        masked = (self.start == self.mask_id) & ~self.locked
        if self.rule.adaptive:
            none = np.zeros(1, dtype=np.int64)
            clock = Clock(none, none + 1, none)
            while True:
                canvases, codes = self.canvases(probability)
                left = (canvases == self.mask_id) & ~self.locked
                if not left.any():
                    return probability
                after = np.zeros_like(probability)
                # the block a canvas works on is the first one with masks
                order = {int(block): turn for turn, block in enumerate(blocks.present[0])}
                turn_of = np.array([order.get(int(b), 0) for b in blocks.number[0]])
                turns = np.where(left, turn_of, len(order)).min(1)
                for turn in np.unique(turns):
                    mine = turns == turn
                    if turn == len(order):
                        after[codes[mine]] += probability[codes[mine]]
                    else:
                        part = canvases[mine], codes[mine]
                        self._ordered_step(after, probability, *part, blocks, turn, clock)
                probability = after
        for turns, clock in blocks.timetable(self.settings.steps):
            clock = clock._replace(masks=(blocks.at(turns) & masked).sum(1))
            after = np.zeros_like(probability)
            part = self.canvases(probability)
            self._ordered_step(after, probability, *part, blocks, turns[0], clock)
            probability = after
        return probability

    def _ordered_step(self, after, probability, canvases, codes, blocks, turn, clock) -> None:
        where = blocks.at(np.array([turn]))[0] & (canvases == self.mask_id)
        prediction = self.ask(canvases, where, blocks, np.full(len(codes), turn))
        table = self.shares(prediction, where)
        scale = float(self.rule.scale(clock)[0])
        # canvases with the same pattern of masks have the same combinations of tokens
        patterns, group = np.unique(where, axis=0, return_inverse=True)
        for number, pattern in enumerate(patterns):
            mine = group.reshape(-1) == number
            places = np.nonzero(pattern)[0]
            rows = np.nonzero(mine)[0]
            if len(places) == 0:
                np.add.at(after, codes[rows], probability[codes[rows]])
                continue
            combos = (
                np.array(list(itertools.product(range(self.size), repeat=len(places))))
                if self.rule.sample_first
                else None
            )
            times = 1 if combos is None else len(combos)
            for begin in range(0, len(rows), max(1, CHUNK // (times * self.length * 4))):
                part = rows[begin : begin + max(1, CHUNK // (times * self.length * 4))]
                asked = np.repeat(where[part], times, axis=0)
                many = np.repeat(canvases[part], times, axis=0)
                weight = np.repeat(probability[codes[part]], times)
                tokens = None
                if combos is not None:
                    tokens = np.full(many.shape, -1, dtype=np.int64)
                    tokens[:, places] = np.tile(combos, (len(part), 1))
                    picked = np.take_along_axis(
                        np.repeat(table[part], times, axis=0)[:, places],
                        tokens[:, places, None],
                        axis=2,
                    )
                    weight = weight * picked[..., 0].prod(1)
                score = self.rule.score(prediction.repeated(part, times), asked, tokens)
                count = self.rule.number(
                    score, asked, Clock(*(np.repeat(part, len(many)) for part in clock))
                )
                if scale > 0:
                    cases = subset_probabilities(score[:, places] / scale, count)
                else:
                    chosen = first_positions(score, asked, count)[:, places]
                    cases = {}
                    for choice in np.unique(chosen, axis=0):
                        cases[tuple(np.nonzero(choice)[0])] = (
                            (chosen == choice).all(1).astype(np.float64)
                        )
                for choice, chance in cases.items():
                    some = (chance > 0) & (weight > 0)
                    at = tuple(places[list(choice)])
                    if tokens is None:
                        self.reveal(
                            after, (weight * chance)[some], codes[part][some], table[part][some], at
                        )
                    else:
                        changed = many[some]
                        changed[:, list(at)] = tokens[some][:, list(at)]
                        after += np.bincount(
                            changed @ self.digit,
                            weights=(weight * chance)[some],
                            minlength=len(after),
                        )

    def gibbs(self) -> np.ndarray:
        probability, open_places = self.first(), np.nonzero(~self.locked)[0]
        for _ in range(self.settings.burn_in + self.settings.steps):
            if self.settings.rule == "left":
                for place in open_places:
                    probability = self.redraw(probability, int(place))
                continue
            # a random order: what is left to visit belongs to the state
            states = {frozenset(open_places.tolist()): probability}
            for _ in open_places:
                after: dict[frozenset, np.ndarray] = {}
                for left, part in states.items():
                    for place in left:
                        moved = self.redraw(part, place) / len(left)
                        rest = left - {place}
                        after[rest] = after[rest] + moved if rest in after else moved
                states = after
            probability = states[frozenset()]
        return probability

    def redraw(self, probability: np.ndarray, place: int) -> np.ndarray:
        """The distribution after one Gibbs visit at `place`."""
        shaped = probability.reshape(self.base**place, self.base, -1)
        hidden = np.zeros_like(shaped)
        hidden[:, self.mask_id] = shaped.sum(1)
        hidden = hidden.reshape(-1)
        canvases, codes = self.canvases(hidden)
        where = np.zeros(canvases.shape, dtype=bool)
        where[:, place] = True
        table = self.shares(self.run(canvases).predict(where), where)
        after = np.zeros_like(probability)
        self.reveal(after, hidden[codes], codes, table, (place,))
        return after

    def uniform(self) -> np.ndarray:
        probability, begin = self.first(), (self.start == self.mask_id) & ~self.locked
        options = self._kept(self.start[None])
        options[0, begin] = np.where(np.arange(self.base) == self.mask_id, 0.0, 1.0 / self.size)
        probability[:] = 0.0
        self.spread(probability, np.ones(1), options)
        for k in range(self.settings.steps):
            canvases, codes = self.canvases(probability)
            run = self.run(canvases)
            options = self._kept(canvases)
            options[run.open] = 0.0
            options[run.open, : self.size] = self.rule.reverse(run, k)
            after = np.zeros_like(probability)
            self.spread(after, probability[codes], options)
            probability = after
        return probability
