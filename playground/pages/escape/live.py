"""The Escape page's experiment on a real loop: frames for widgets/escape_live.js, one at a time."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from typing import Any

from playground import decoding
from playground.decoding.rules import LARGEST_TEMPERATURE
from playground.decoding.settings import DecodingSettings
from playground.pages.generate.request import room_for

SEARCH = 220  # tokens of greedy text in which a loop must be found
FOLLOWED = 12  # runs that are followed after they left, to see which come back
LAPS = 6  # laps of the loop along which penalties are measured


def experiment_frames(
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
) -> Iterator[dict[str, Any]]:
    """Frames from an empty page to the finished experiment: text, barriers, penalties by lap, then measured over predicted.

    followed: a model that answers several contexts at once (`Together`): a few escaped runs then go on, to see which come back."""
    yield {"words": "Writing greedily until the text repeats itself …", "progress": 0.0}
    prompt_ids = model.encode(prompt)
    room_for(model, prompt_ids)
    cycle = decoding.experiment.find_cycle(model, prompt_ids, SEARCH, should_stop=should_stop)
    if should_stop():
        return
    if cycle is None:
        yield {
            "words": f"The greedy text from this prompt did not fall into a loop within {SEARCH} tokens. Try another prompt: "
            "short, flat sentences loop soonest.",
            "problem": True,
            "progress": None,
        }
        return
    yield {
        "pieces": _pieces(model, cycle),
        "words": f"A loop of **{cycle.loop.period} tokens** begins after {cycle.loop.start} tokens. "
        "Measuring the barrier at each of its tokens …",
        "progress": 0.05,
    }
    # teacher-forced along the laps still to come: later laps differ from the first, for the context is longer
    tokens = cycle.continuation(cycle.loop.period * LAPS)
    context = list(cycle.ids)
    longest = getattr(model, "context_length", None)
    if longest is not None:
        tokens = tokens[: max(cycle.loop.period, min(len(tokens), longest - len(context) - 1))]
    along = model.logits_along(context + tokens[:-1])[len(context) - 1 :]  # (n, V)
    lap = tokens[: cycle.loop.period]
    length = min(length, (longest - len(cycle.ids)) if longest is not None else length)
    # over all the laps that a run can see: a later lap may hold less tightly than the first
    facts = decoding.escape.cycle_barriers(
        along[: max(length, len(lap))], tokens[: max(length, len(lap))], top_p
    )
    critical = decoding.escape.cycle_critical_temperature(facts)
    drift = _drift(along, tokens, len(lap))
    facts = facts[: len(lap)]
    yield {"barriers": _barriers(model, facts, lap, top_p, critical), "progress": 0.1}
    yield {
        "visits": _visits(cycle, along, tokens, facts, repetition_penalty, frequency_penalty),
        "progress": 0.12,
    }
    if critical > 0:
        seen = max(length, len(lap))
        yield {
            "inverted": _inverted(along[:seen], tokens[:seen], critical, top_p),
            "progress": 0.14,
        }
    conditions = _conditions(critical, top_p)
    curves = [
        {
            "key": key,
            "curve": {
                "temperatures": grid,
                "left": decoding.escape_curves.left_by_temperature(
                    along, tokens[:length], grid, p, length, len(lap)
                ),
            },
        }
        for key, p, grid in _curves(critical, top_p)
    ]
    for progress in decoding.experiment.escape_experiment(
        model, cycle, conditions, runs, length, seed, should_stop=should_stop
    ):
        share = progress.position / progress.length
        if progress.position % 2 and not progress.finished:
            continue
        rows = progress.results()
        words = _running(cycle, critical, progress, rows, top_p)
        yield {
            "progress": 0.15 + 0.85 * share,
            "words": words,
            "shares": {
                "tokens": progress.position,
                "cycle_critical": _finite(critical),
                "groups": _groups(rows, curves, progress.position, top_p),
                "note": f"{runs} runs a point, each drawn on its own; whiskers are 95% Wilson intervals; lines are the products of P(loop token).",
            },
            "survival": _survival(rows, progress.position, drift),
        }
    if followed is None or should_stop():
        return
    yield {
        "progress": 0.0,
        "words": words + " Following some of the runs that left, to see which come back …",
    }
    warm = DecodingSettings(temperature=_centre(critical) * 1.3, top_p=top_p)
    longest_run = min(length, 3 * cycle.loop.period + 12)
    for progress in decoding.experiment.escape_experiment(
        followed,
        cycle,
        [warm],
        FOLLOWED,
        longest_run,
        seed + 1,
        follow=True,
        should_stop=should_stop,
    ):
        yield {"progress": progress.position / progress.length}
        if progress.finished:
            row = progress.results()[0]
            yield {
                "progress": 1.0,
                "words": f"{words} Coming back counts apart: of {FOLLOWED} runs at T = {warm.temperature:.2f}, {row['escaped'][-1]} left within "
                f"{longest_run} tokens and **{row['reentered']}** of those fell back into the same loop.",
            }


def _centre(critical: float) -> float:
    """A temperature to measure around: T_c where there is one that can be set."""
    return critical if 0 < critical < LARGEST_TEMPERATURE / 4 else 1.0


def _pieces(model: Any, cycle: decoding.experiment.Cycle) -> list[dict[str, str]]:
    texts = [str(piece) for piece in decoding.text_pieces(model.decode, cycle.ids)]
    kind = [
        "prompt" if i < cycle.prompt_length else "loop" if i >= cycle.loop.start else ""
        for i in range(len(texts))
    ]
    runs: list[dict[str, str]] = []
    for text, each in zip(texts, kind, strict=True):
        if runs and runs[-1]["kind"] == each:
            runs[-1]["text"] += text
        else:
            runs.append({"text": text, "kind": each})
    return runs


def _barriers(model: Any, facts: list[dict], lap: list[int], top_p: float, critical: float) -> dict:
    name = getattr(model, "piece", None) or (lambda token: model.decode([token]))
    held = [i for i, fact in enumerate(facts) if fact["critical_temperature"] is not None]
    weakest = min(held, key=lambda i: facts[i]["critical_temperature"], default=None)
    words = (
        "No temperature leaves this cycle with this top-p."
        if math.isinf(critical)
        else "At one of the tokens to come another one is likelier: the greedy text leaves this loop by itself, nothing holds it, and it has no T_c."
        if critical == 0
        else (
            f"The cycle gives way at its weakest token. Its own escape temperature is the lowest one over the laps to come: T_c = {critical:.3f}."
        )
    )
    return {
        "tokens": [
            {
                "text": name(token),
                "rival": name(fact["escape_token"]) if fact["escape_token"] is not None else "",
                "delta_e": fact["delta_e"],
                "critical": fact["critical_temperature"],
            }
            for token, fact in zip(lap, facts, strict=True)
        ],
        "top_p": top_p,
        "weakest": weakest,
        "cycle_critical": _finite(critical),
        "note": words,
    }


def _drift(along: Any, tokens: list[int], period: int) -> str:
    """How the lowest barrier of a lap changes from the first lap to the last whole one, for the context grows: one sentence."""
    lowest = [
        min(
            decoding.escape.energy_barrier(along[place], tokens[place]).delta_e
            for place in range(start, start + period)
        )
        for start in range(0, len(tokens) - period + 1, period)
    ]
    if len(lowest) < 2 or abs(lowest[-1] - lowest[0]) < 0.005:
        return "Every lap has the same barriers."
    laps = f"its lowest barrier is {lowest[0]:.2f} in the first lap and {lowest[-1]:.2f} in lap {len(lowest)}"
    if lowest[-1] > lowest[0]:
        return f"The loop gets deeper: {laps}, so the curves flatten."
    return f"The loop gets shallower: {laps}, so the curves fall faster."


def _inverted(along: Any, tokens: list[int], critical: float, top_p: float) -> dict:
    """The inverted view: for each temperature the largest top-p that still holds the loop, over the laps that a run can see."""
    centre = _centre(critical)
    temperatures = [centre * (0.3 + 0.1 * i) for i in range(24)]
    return {
        "temperatures": temperatures,
        "top_p": [
            decoding.escape.trapping_top_p(along, tokens, temperature)
            for temperature in temperatures
        ],
        "at": [critical, top_p] if math.isfinite(critical) else None,
        "note": "For each temperature the largest top-p that still holds this loop. Any larger one lets it out somewhere along it. "
        f"At T = 1 it is top-p = {decoding.escape.trapping_top_p(along, tokens, 1.0):.3f}.",
    }


def _visits(
    cycle: decoding.experiment.Cycle,
    along: Any,
    tokens: list[int],
    facts: list[dict],
    repetition: float,
    frequency: float,
) -> dict:
    """The barrier of the weakest token at each lap: measured on the model's logits with the penalty applied, and as the formula predicts
    from the first lap's logits alone. (The model's own logits drift from lap to lap: that is the plain line.)"""
    period = cycle.loop.period
    weakest = min(
        range(len(facts)),
        key=lambda i: facts[i]["delta_e"] if facts[i]["delta_e"] is not None else math.inf,
    )
    token = tokens[weakest]
    laps, out = (
        [],
        {
            "plain": [],
            "repetition": [],
            "frequency": [],
            "repetition_predicted": [],
            "frequency_predicted": [],
        },
    )
    rules = {
        "repetition": DecodingSettings(repetition_penalty=repetition),
        "frequency": DecodingSettings(frequency_penalty=frequency),
    }
    first = decoding.escape.energy_barrier(along[weakest], token)
    rival, loop_logit = first.escape_token, facts[weakest]["loop_logit"]
    for lap, place in enumerate(range(weakest, len(tokens), period)):
        context = list(cycle.ids) + tokens[:place]
        visits = context[cycle.prompt_length :].count(token)
        seen, rival_visits = token in context, context[cycle.prompt_length :].count(rival)
        laps.append(lap + 1)
        out["plain"].append(decoding.escape.energy_barrier(along[place], token, rival).delta_e)
        for name, settings in rules.items():
            stage = decoding.apply_stages(along[place], context, settings, cycle.prompt_length)[
                -2
            ]  # before the draw
            out[name].append(decoding.escape.energy_barrier(stage.logits, token, rival).delta_e)
        # the escape token may have been seen as well: its own penalty counts against the way out
        rival_logit = loop_logit - first.delta_e
        rival_after = decoding.escape.penalized_barrier(
            rival_logit, 0.0, int(rival in context), repetition
        )
        out["repetition_predicted"].append(
            decoding.escape.penalized_barrier(loop_logit, first.delta_e, int(seen), repetition)
            - rival_after
        )
        out["frequency_predicted"].append(first.delta_e - frequency * (visits - rival_visits))
    turn = {
        name: next((lap for lap, value in zip(laps, out[name], strict=True) if value < 0), "–")
        for name in out
    }
    return {
        "laps": laps,
        **out,
        "note": f"Repetition penalty {repetition:g} acts once; frequency penalty {frequency:g} takes as much again at every visit. "
        f"The frequency penalty turns the barrier negative at lap {turn['frequency']} (predicted {turn['frequency_predicted']}), "
        f"the repetition penalty at lap {turn['repetition']} (predicted {turn['repetition_predicted']}). Predictions start from the "
        "first lap's logits; where the measured lines leave them, the model's own logits drift from lap to lap (the line without a penalty).",
    }


def _conditions(critical: float, top_p: float) -> list[DecodingSettings]:
    centre = _centre(critical)
    on = [centre * factor for factor in (0.8, 0.95, 1.05, 1.15, 1.3, 1.6, 2.0)]
    off = [centre * factor for factor in (0.5, 0.7, 0.9, 1.1, 1.4)]
    return [DecodingSettings(temperature=t, top_p=top_p) for t in on] + [
        DecodingSettings(temperature=t) for t in off
    ]


def _curves(critical: float, top_p: float) -> list[tuple[str, float, list[float]]]:
    centre = _centre(critical)
    grid = [centre * (0.5 + 0.05 * i) for i in range(33)]
    return [("on", top_p, sorted([*grid, centre * 1.0001])), ("off", 1.0, grid)]


def _groups(rows: list[dict], curves: list[dict], position: int, top_p: float) -> list[dict]:
    groups = []
    for each in curves:
        points = [row for row in rows if (row["top_p"] < 1) == (each["key"] == "on")]
        groups.append(
            {
                "key": each["key"],
                "curve": {
                    "temperatures": each["curve"]["temperatures"],
                    "predicted": [left[position - 1] for left in each["curve"]["left"]],
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


def _survival(rows: list[dict], position: int, drift: str) -> dict:
    chosen = [row for row in rows if row["top_p"] < 1][1:5]
    return {
        "n": list(range(position + 1)),
        "curves": [
            {
                "name": f"T = {row['temperature']:.2f}",
                "predicted": [1.0, *(1 - p for p in row["predicted"])],
                "measured": [1.0, *(1 - m for m in row["measured"])],
            }
            for row in chosen
        ],
        "note": f"{drift} Coming back later counts as re-entry.",
    }


def _running(
    cycle: decoding.experiment.Cycle, critical: float, progress: Any, rows: list[dict], top_p: float
) -> str:
    agree, of = progress.points_within()
    cold = [row for row in rows if row["top_p"] < 1 and row["temperature"] <= critical]
    words = [f"After **{progress.position}** of {progress.length} tokens:"]
    if cold and math.isfinite(critical):
        words.append(
            f"below T_c = {critical:.3f}, **{sum(row['escaped'][-1] for row in cold)}** of {sum(row['runs'] for row in cold)} runs with top-p {top_p:g} have left;"
        )
    words.append(
        f"prediction and measurement agree within the interval at **{agree} of {of}** points."
    )
    if progress.finished and agree < 0.9 * of:
        off = [
            f"T = {row['temperature']:.2f}{'' if row['top_p'] < 1 else ' without top-p'}"
            for row in rows
            if not row["low"][-1] <= row["predicted"][-1] <= row["high"][-1]
        ]
        words.append(
            f"They differ at {', '.join(off)}. The prediction is exact for these logits; by chance an interval of 95% misses one point in twenty. "
            f"Each of these {of} points was drawn with {progress.runs} runs: more runs show whether it stays."
        )
    return " ".join(words)


def _finite(value: float) -> float | None:
    """The temperature, or None where there is none (no temperature escapes, or nothing holds the loop)."""
    return float(value) if math.isfinite(value) and value > 0 else None
