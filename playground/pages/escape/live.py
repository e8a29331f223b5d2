"""The Escape page's experiment on a real loop, as messages of playground/pages/run.py: what was
found, one figure a frame."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from typing import Any

from playground import decoding
from playground.decoding.settings import DecodingSettings
from playground.i18n import Message, nt, paragraph, t
from playground.pages import run
from playground.pages.escape import loop
from playground.pages.generate.request import check_prompt_fits
from playground.parameters import following_seed

SEARCH = 220  # tokens of greedy text in which a loop must be found
FOLLOWED = 12  # runs that are followed after they left, to see which come back
LAPS = 6  # laps of the loop along which penalties are measured


def experiment_messages(
    model: Any,
    prompt: str,
    *,
    top_p: float,
    runs: int,
    length: int,
    seed: int = 0,
    repetition_penalty: float = 1.2,
    frequency_penalty: float = 0.3,
    should_stop: Callable[[], bool] = lambda: False,
    followed: Any = None,
) -> Iterator[run.Message]:
    """From an empty page to the finished experiment: each frame holds one or two of "pieces",
    "barriers", "visits", "inverted",
    "shares", "survival", the later ones in place of the earlier.

    followed: a model that answers several contexts at once (`Together`): a few escaped runs then go
        on, to see which come back.
    The last message is an end: "done", or "no_loop" with words."""
    yield run.progress(t("Writing greedily until the text repeats itself …"), 0.0)
    prompt_ids = model.encode(prompt)
    check_prompt_fits(model, prompt_ids)
    cycle = decoding.experiment.find_cycle(model, prompt_ids, SEARCH, should_stop=should_stop)
    if should_stop():
        return
    if cycle is None:
        words = t(
            "The greedy text from this prompt did not fall into a loop within {most} tokens. Try "
            "another prompt: short, flat sentences loop soonest.",
            most=SEARCH,
        )
        yield run.end("no_loop", words=words)
        return
    yield run.frame({"pieces": loop.pieces(model, cycle)})
    yield run.progress(
        nt(
            "A loop of **{n} token** begins after {start} tokens. Measuring the barrier at each "
            "of its tokens …",
            "A loop of **{n} tokens** begins after {start} tokens. Measuring the barrier at each "
            "of its tokens …",
            cycle.loop.period,
            start=cycle.loop.start,
        ),
        0.05,
    )
    laps = _Laps(model, cycle, length, top_p)
    yield run.frame({"barriers": laps.barriers(model)})
    yield run.frame({"visits": laps.visits(repetition_penalty, frequency_penalty)})
    if laps.critical > 0:
        yield run.frame({"inverted": laps.inverted()})
    words = None  # the last sentence of the experiment
    for message in laps.measured(model, runs, seed, should_stop):
        words = message.get("words") or words
        yield message
    if followed is not None and not should_stop():
        yield from laps.came_back(followed, following_seed(seed), words, should_stop)
    if not should_stop():
        yield run.end("done")


class _Laps:
    """The laps still to come, teacher-forced: later laps differ from the first, for the context is
    longer."""

    def __init__(self, model: Any, cycle: decoding.experiment.Cycle, length: int, top_p: float):
        tokens, context = cycle.continuation(cycle.loop.period * LAPS), list(cycle.ids)
        longest = getattr(model, "context_length", None)
        if longest is not None:
            room = longest - len(context) - 1
            tokens = tokens[: max(cycle.loop.period, min(len(tokens), room))]
            length = min(length, longest - len(cycle.ids))
        self.cycle, self.tokens, self.length, self.top_p = cycle, tokens, length, top_p
        self.along = model.logits_along(context + tokens[:-1])[len(context) - 1 :]  # (n, V)
        self.lap = tokens[: cycle.loop.period]
        self.seen = max(length, len(self.lap))  # all the laps that a run can see
        # over all of them: a later lap may hold less tightly than the first
        facts = decoding.escape.cycle_barriers(self.along[: self.seen], tokens[: self.seen], top_p)
        self.critical = decoding.escape.cycle_critical_temperature(facts)
        self.facts = facts[: len(self.lap)]

    def barriers(self, model: Any) -> dict:
        return loop.barriers(model, self.facts, self.lap, self.top_p, self.critical)

    def visits(self, repetition: float, frequency: float) -> dict:
        return loop.visits(self.cycle, self.along, self.tokens, self.facts, repetition, frequency)

    def inverted(self) -> dict:
        return loop.inverted(
            self.along[: self.seen], self.tokens[: self.seen], self.critical, self.top_p
        )

    def curves(self) -> list[dict]:
        """The predicted shares: {"key", "temperatures", "left": a row for each temperature}."""
        return [
            {
                "key": key,
                "temperatures": grid,
                "left": decoding.escape_curves.left_by_temperature(
                    self.along, self.tokens[: self.length], grid, p, self.length, len(self.lap)
                ),
            }
            for key, p, grid in _curves(self.critical, self.top_p)
        ]

    def measured(
        self, model: Any, runs: int, seed: int, should_stop: Callable[[], bool]
    ) -> Iterator[run.Message]:
        """The experiment as it goes on, at every second token."""
        curves = self.curves()
        drift = loop.drift(self.along, self.tokens, len(self.lap))
        note = t(
            "{runs} runs a point, each drawn on its own; whiskers are 95% Wilson intervals; lines "
            "are the products of P(loop token).",
            runs=runs,
        )
        for progress in decoding.experiment.escape_experiment(
            model,
            self.cycle,
            _conditions(self.critical, self.top_p),
            runs,
            self.length,
            seed,
            should_stop=should_stop,
        ):
            if progress.position % 2 and not progress.finished:
                continue
            rows = progress.results()
            shares = {
                "tokens": progress.position,
                "cycle_critical": loop.finite(self.critical),
                "groups": _groups(rows, curves, progress.position),
                "note": note,
            }
            yield run.frame({"shares": shares, "survival": _survival(rows, progress, drift)})
            yield run.progress(
                _running(self.critical, progress, rows, self.top_p),
                0.15 + 0.85 * progress.position / progress.length,
            )

    def came_back(
        self, model: Any, seed: int, words: Message | None, should_stop: Callable[[], bool]
    ) -> Iterator[run.Message]:
        """Some of the runs that left go on, to see which fall back into the loop. words: what was
        said so far."""
        following = t("Following some of the runs that left, to see which come back …")
        yield run.progress(paragraph(words or "", following), 0.0)
        warm = DecodingSettings(temperature=loop.centre(self.critical) * 1.3, top_p=self.top_p)
        longest = min(self.length, 3 * self.cycle.loop.period + 12)
        for progress in decoding.experiment.escape_experiment(
            model,
            self.cycle,
            [warm],
            FOLLOWED,
            longest,
            seed,
            follow=True,
            should_stop=should_stop,
        ):
            if not progress.finished:
                yield run.progress(None, progress.position / progress.length)
                continue
            row = progress.results()[0]
            back = t(
                "Coming back counts apart: of {runs} runs at T = {temperature}, {left} left within "
                "{tokens} tokens and **{back}** of those fell back into the same loop.",
                runs=FOLLOWED,
                temperature=f"{warm.temperature:.2f}",
                left=row["escaped"][-1],
                tokens=longest,
                back=row["reentered"],
            )
            yield run.progress(paragraph(words or "", back), 1.0)


def _conditions(critical: float, top_p: float) -> list[DecodingSettings]:
    centre = loop.centre(critical)
    on = [centre * factor for factor in (0.8, 0.95, 1.05, 1.15, 1.3, 1.6, 2.0)]
    off = [centre * factor for factor in (0.5, 0.7, 0.9, 1.1, 1.4)]
    return [DecodingSettings(temperature=each, top_p=top_p) for each in on] + [
        DecodingSettings(temperature=each) for each in off
    ]


def _curves(critical: float, top_p: float) -> list[tuple[str, float, list[float]]]:
    centre = loop.centre(critical)
    grid = [centre * (0.5 + 0.05 * i) for i in range(33)]
    return [("on", top_p, sorted([*grid, centre * 1.0001])), ("off", 1.0, grid)]


def _groups(rows: list[dict], curves: list[dict], position: int) -> list[dict]:
    groups = []
    for each in curves:
        points = [row for row in rows if (row["top_p"] < 1) == (each["key"] == "on")]
        groups.append(
            {
                "key": each["key"],
                "curve": {
                    "temperatures": each["temperatures"],
                    "predicted": [left[position - 1] for left in each["left"]],
                },
                "points": [
                    {
                        "temperature": row["temperature"],
                        "share": row["measured"][-1],
                        "low": row["low"][-1],
                        "high": row["high"][-1],
                        "escaped": row["escaped"][-1],
                        "runs": row["runs"],
                        "predicted": row["predicted"][-1],
                    }
                    for row in points
                ],
            }
        )
    return groups


def _survival(rows: list[dict], progress: Any, drift: Message) -> dict:
    chosen = [row for row in rows if row["top_p"] < 1][1:5]
    return {
        "n": list(range(progress.position + 1)),
        "curves": [
            {
                "name": f"T = {row['temperature']:.2f}",
                "predicted": [1.0, *(1 - p for p in row["predicted"])],
                "measured": [1.0, *(1 - m for m in row["measured"])],
            }
            for row in chosen
        ],
        "note": paragraph(drift, t("Coming back later counts as re-entry.")),
    }


def _running(critical: float, progress: Any, rows: list[dict], top_p: float) -> Message:
    agree, of = progress.points_within()
    cold = [row for row in rows if row["top_p"] < 1 and row["temperature"] <= critical]
    figures = {
        "position": progress.position,
        "length": progress.length,
        "agree": t("{agree} of {all}", agree=agree, all=of),
    }
    if cold and math.isfinite(critical):
        said = t(
            "After **{position}** of {length} tokens: below T_c = {critical}, **{left}** of "
            "{runs} runs with top-p {p} have left; prediction and measurement agree within the "
            "interval at **{agree}** points.",
            critical=f"{critical:.3f}",
            left=sum(row["escaped"][-1] for row in cold),
            runs=sum(row["runs"] for row in cold),
            p=f"{top_p:g}",
            **figures,
        )
    else:
        said = t(
            "After **{position}** of {length} tokens: prediction and measurement agree within the "
            "interval at **{agree}** points.",
            **figures,
        )
    if not progress.finished or agree >= 0.9 * of:
        return said
    return paragraph(said, _differing(progress, rows, of))


def _differing(progress: Any, rows: list[dict], of: int) -> Message:
    """Where a finished experiment leaves its prediction."""
    off = [
        t("T = {temperature}", temperature=f"{row['temperature']:.2f}")
        if row["top_p"] < 1
        else t("T = {temperature} without top-p", temperature=f"{row['temperature']:.2f}")
        for row in rows
        if not row["low"][-1] <= row["predicted"][-1] <= row["high"][-1]
    ]
    listed = off[0]
    for each in off[1:]:
        listed = t("{first}, {rest}", first=listed, rest=each)
    return t(
        "They differ at {places}. The prediction is exact for these logits; by chance an interval "
        "of 95% misses one point in twenty. Each of these {points} points was drawn with {runs} "
        "runs: more runs show whether it stays.",
        places=listed,
        points=of,
        runs=progress.runs,
    )
