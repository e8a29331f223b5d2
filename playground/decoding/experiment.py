"""The live experiment: put a text back into its cycle, let many runs go on from there, and see
which leave it when.

A run has escaped at its first token that differs from the cycle's next one. While it has not, its
context is the cycle's own, so all such runs, under all conditions, share one forward pass a token;
escaped runs go on alone only if they are followed, to see whether they come back (a re-entry,
counted apart).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from playground.decoding.barrier import chain_escape_probability
from playground.decoding.generation import generate
from playground.decoding.loops import Loop, find_loop, loop_tokens
from playground.decoding.settings import DecodingSettings
from playground.decoding.stages import apply_stages
from playground.decoding.together import next_logits_of
from playground.metrics import wilson_interval


@dataclass(frozen=True)
class Cycle:
    """A text that has fallen into a loop: all ids, how many of them are the prompt, and the loop at
    its end."""

    ids: list[int]
    prompt_length: int
    loop: Loop

    def continuation(self, count: int) -> list[int]:
        """The cycle's next `count` tokens."""
        return loop_tokens(self.ids, self.loop, count)


def find_cycle(
    model: Any,
    prompt_ids: Sequence[int],
    max_new_tokens: int = 200,
    settings: DecodingSettings | None = None,
    min_repeats: int = 3,
    should_stop: Callable[[], bool] | None = None,
) -> Cycle | None:
    """Greedy text from the prompt until it loops; None if it ends or reaches max_new_tokens
    without.

    settings: other rules for the search (penalties, say); the temperature of a greedy run does
        nothing.
    """
    chosen = (settings or DecodingSettings(do_sample=False)).with_changes(
        max_new_tokens=max_new_tokens
    )
    ids = [int(token) for token in prompt_ids]
    for step in generate(model, prompt_ids, chosen, should_stop=should_stop):
        ids.append(step.token_id)
        loop = find_loop(
            ids[len(prompt_ids) :], min_repeats
        )  # a prompt that repeats itself is not the model's loop
        if loop is not None:
            return Cycle(
                ids,
                len(prompt_ids),
                Loop(loop.period, loop.start + len(prompt_ids), loop.length, loop.repeats),
            )
    return None


@dataclass
class EscapeProgress:
    """State of the experiment after `position` of `length` tokens; arrays have one row a condition.

    survival (C, length + 1): predicted P(still in the loop), the product of P(loop token), filled
    up to `position`. escaped_at (C, runs): tokens until the run left the cycle (1 = at once), 0
    while it has not. reentered (C, runs) bool: it came back for a whole lap. network_calls:
    contexts that were run through the model so far.
    """

    conditions: list[DecodingSettings]
    runs: int
    length: int
    period: int
    position: int = 0
    network_calls: int = 0
    finished: bool = False
    survival: np.ndarray = field(default_factory=lambda: np.ones((0, 0)))
    escaped_at: np.ndarray = field(default_factory=lambda: np.zeros((0, 0), np.int64))
    reentered: np.ndarray = field(default_factory=lambda: np.zeros((0, 0), bool))

    def results(self) -> list[dict[str, Any]]:
        """Plain data, one dict a condition: predicted and measured share escaped after 1 … position
        tokens, 95% intervals.

        within: share of those positions at which the prediction lies inside the measurement's
            Wilson interval.
        """
        rows = []
        for place, settings in enumerate(self.conditions):
            predicted = [float(1 - share) for share in self.survival[place, 1 : self.position + 1]]
            left = self.escaped_at[place]
            counts = [
                int(((left > 0) & (left <= token)).sum()) for token in range(1, self.position + 1)
            ]
            intervals = [wilson_interval(count, self.runs) for count in counts]
            inside = [
                low - 1e-12 <= share <= high + 1e-12
                for share, (low, high) in zip(predicted, intervals, strict=True)
            ]
            rows.append(
                {
                    "settings": settings.to_dict(),
                    "temperature": settings.temperature,
                    "top_p": settings.top_p,
                    "predicted": predicted,
                    "escaped": counts,
                    "measured": [count / self.runs for count in counts],
                    "low": [low for low, _ in intervals],
                    "high": [high for _, high in intervals],
                    "within": sum(inside) / len(inside) if inside else None,
                    "runs": self.runs,
                    "reentered": int(self.reentered[place].sum()),
                }
            )
        return rows

    def points_within(self) -> tuple[int, int]:
        """(conditions whose last prediction lies in the measured interval, conditions): one
        independent point each."""
        last = [
            (row["predicted"][-1], row["low"][-1], row["high"][-1])
            for row in self.results()
            if row["predicted"]
        ]
        return sum(low - 1e-12 <= share <= high + 1e-12 for share, low, high in last), len(last)


def escape_experiment(
    model: Any,
    cycle: Cycle,
    conditions: Sequence[DecodingSettings],
    runs: int = 32,
    length: int = 48,
    seed: int = 0,
    follow: bool = False,
    should_stop: Callable[[], bool] | None = None,
) -> Iterator[EscapeProgress]:
    """`runs` continuations of a cycle under each condition, all token by token together; yields
    after every token.

    The same EscapeProgress is yielded each time, further on. The draw of a run depends on (seed,
    condition, run, token) alone.
    follow: let escaped runs go on (each with its own forward passes) and note which re-enter the
        cycle.
    Stopped by should_stop, asked before every token, it ends early with what is measured so far.
    """
    if not 1 <= runs <= 10_000:
        raise ValueError(f"runs must be in [1, 10000], got {runs}")
    if not 1 <= length <= 100_000:
        raise ValueError(f"length must be in [1, 100000], got {length}")
    if not conditions:
        raise ValueError("conditions must hold at least 1 set of settings, got 0")
    for settings in conditions:
        for name in ("mirostat_tau", "adaptive_target", "guidance"):
            if name in settings.rules_on():
                raise ValueError(
                    f"{name} must be 0 in an escape experiment, got {getattr(settings, name)}"
                )
    conditions = [settings.for_model(model) for settings in conditions]
    tokens = cycle.continuation(length)
    shape = (len(conditions), runs)
    progress = EscapeProgress(
        list(conditions),
        runs,
        length,
        cycle.loop.period,
        survival=np.ones((len(conditions), length + 1)),
        escaped_at=np.zeros(shape, np.int64),
        reentered=np.zeros(shape, bool),
    )
    loop_context = list(cycle.ids)
    strays: dict[tuple[int, int], list[int]] = {}
    twice = cycle.continuation(2 * cycle.loop.period)
    laps = {
        tuple(twice[shift : shift + cycle.loop.period]) for shift in range(cycle.loop.period)
    }  # a lap from each of its tokens
    for position, token in enumerate(tokens):
        if should_stop is not None and should_stop():
            return
        numbers = np.random.Generator(
            np.random.Philox(key=np.array([seed, position], np.uint64))
        ).random((*shape, 2))
        wandering = [key for key in strays if not progress.reentered[key]] if follow else []
        rows = next_logits_of(model, [loop_context, *(strays[key] for key in wandering)])
        progress.network_calls += len(rows)
        for place, settings in enumerate(conditions):
            escape = chain_escape_probability(
                rows[0], settings, loop_context, cycle.prompt_length, token
            )
            progress.survival[place, position + 1] = progress.survival[place, position] * (
                1 - escape
            )
            inside = np.flatnonzero(progress.escaped_at[place] == 0)
            for run, drawn in _draws(
                rows[0], loop_context, settings, cycle.prompt_length, inside, numbers[place]
            ):
                if drawn != token:
                    progress.escaped_at[place, run] = position + 1
                    if follow:
                        strays[place, run] = [*loop_context, drawn]
        for key, row in zip(wandering, rows[1:], strict=True):
            place, run = key
            drawn = _draws(
                row, strays[key], conditions[place], cycle.prompt_length, [run], numbers[place]
            )[0][1]
            strays[key].append(drawn)
            since = position + 1 - int(progress.escaped_at[place, run])
            if since >= cycle.loop.period and tuple(strays[key][-cycle.loop.period :]) in laps:
                progress.reentered[place, run] = True
        loop_context.append(token)
        progress.position = position + 1
        progress.finished = progress.position == length
        yield progress


def _draws(
    logits: np.ndarray,
    context: list[int],
    settings: DecodingSettings,
    prompt_length: int,
    runs: Sequence[int] | np.ndarray,
    numbers: np.ndarray,
) -> list[tuple[int, int]]:
    """(run, token) for runs that share a context; numbers: (runs, 2) with the u and the XTC coin of
    each."""
    if len(runs) == 0:
        return []
    has_coin = "xtc_threshold" in settings.rules_on()
    chains: dict[bool, Any] = {}
    drawn = []
    for run in runs:
        acts = has_coin and bool(numbers[run, 1] < settings.xtc_probability)
        if acts not in chains:
            coin = float(numbers[run, 1]) if has_coin else None
            chains[acts] = apply_stages(logits, context, settings, prompt_length, u=coin)[
                -1
            ].candidates
        final = chains[acts]
        position = final.best if settings.greedy else final.draw(float(numbers[run, 0]))
        drawn.append((int(run), int(final.token_ids(np.array([position]))[0])))
    return drawn
