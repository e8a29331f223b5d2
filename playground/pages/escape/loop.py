"""What is known of a loop before any run: its text, the barrier at each of its tokens, what
penalties and top-p do to it."""

from __future__ import annotations

import math
from typing import Any

from playground import decoding
from playground.decoding.rules import LARGEST_TEMPERATURE
from playground.decoding.settings import DecodingSettings
from playground.i18n import Message, t


def centre(critical: float) -> float:
    """A temperature to measure around: T_c where there is one that can be set."""
    return critical if 0 < critical < LARGEST_TEMPERATURE / 4 else 1.0


def pieces(model: Any, cycle: decoding.experiment.Cycle) -> list[dict[str, str]]:
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


def barriers(model: Any, facts: list[dict], lap: list[int], top_p: float, critical: float) -> dict:
    name = getattr(model, "piece", None) or (lambda token: model.decode([token]))
    held = [i for i, fact in enumerate(facts) if fact["critical_temperature"] is not None]
    weakest = min(held, key=lambda i: facts[i]["critical_temperature"], default=None)
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
        "cycle_critical": finite(critical),
        "note": _held(critical),
    }


def _held(critical: float) -> Message:
    if math.isinf(critical):
        return t("No temperature leaves this cycle with this top-p.")
    if critical == 0:
        return t(
            "At one of the tokens to come another one is likelier: the greedy text leaves this "
            "loop by itself, nothing holds it, and it has no T_c."
        )
    return t(
        "The cycle gives way at its weakest token. Its own escape temperature is the lowest one "
        "over the laps to come: T_c = {critical}.",
        critical=f"{critical:.3f}",
    )


def drift(along: Any, tokens: list[int], period: int) -> Message:
    """How the lowest barrier of a lap changes from the first lap to the last whole one, for the
    context grows: one sentence."""
    lowest = [
        min(
            decoding.escape.energy_barrier(along[place], tokens[place]).delta_e
            for place in range(start, start + period)
        )
        for start in range(0, len(tokens) - period + 1, period)
    ]
    if len(lowest) < 2 or abs(lowest[-1] - lowest[0]) < 0.005:
        return t("Every lap has the same barriers.")
    figures = {"first": f"{lowest[0]:.2f}", "last": f"{lowest[-1]:.2f}", "lap": len(lowest)}
    if lowest[-1] > lowest[0]:
        return t(
            "The loop gets deeper: its lowest barrier is {first} in the first lap and {last} in "
            "lap {lap}, so the curves flatten.",
            **figures,
        )
    return t(
        "The loop gets shallower: its lowest barrier is {first} in the first lap and {last} in "
        "lap {lap}, so the curves fall faster.",
        **figures,
    )


def inverted(along: Any, tokens: list[int], critical: float, top_p: float) -> dict:
    """The inverted view: for each temperature the largest top-p that still holds the loop, over the
    laps that a run can see."""
    middle = centre(critical)
    temperatures = [middle * (0.3 + 0.1 * i) for i in range(24)]
    return {
        "temperatures": temperatures,
        "top_p": [
            decoding.escape.trapping_top_p(along, tokens, temperature)
            for temperature in temperatures
        ],
        "at": [critical, top_p] if math.isfinite(critical) else None,
        "note": t(
            "For each temperature the largest top-p that still holds this loop. Any larger one "
            "lets it out somewhere along it. At T = 1 it is top-p = {p}.",
            p=f"{decoding.escape.trapping_top_p(along, tokens, 1.0):.3f}",
        ),
    }


def visits(
    cycle: decoding.experiment.Cycle,
    along: Any,
    tokens: list[int],
    facts: list[dict],
    repetition: float,
    frequency: float,
) -> dict:
    """The barrier of the weakest token at each lap: measured on the model's logits with the penalty
    applied, and as the formula predicts from the first lap's logits alone. (The model's own logits
    drift from lap to lap: that is the plain line.)"""
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
        seen = token in context
        rival_visits = 0 if rival is None else context[cycle.prompt_length :].count(rival)
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
    return {"laps": laps, **out, "note": _turns(laps, out, repetition, frequency)}


def _turns(laps: list[int], out: dict[str, list], repetition: float, frequency: float) -> Message:
    """At which lap each penalty turns the barrier negative, measured and predicted."""
    turn = {
        name: str(next((lap for lap, value in zip(laps, out[name], strict=True) if value < 0), "–"))
        for name in out
    }
    return t(
        "Repetition penalty {repetition} acts once; frequency penalty {frequency} takes as much "
        "again at every visit. The frequency penalty turns the barrier negative at lap "
        "{frequency_lap} (predicted {frequency_predicted}), the repetition penalty at lap "
        "{repetition_lap} (predicted {repetition_predicted}). Predictions start from the first "
        "lap's logits; where the measured lines leave them, the model's own logits drift from lap "
        "to lap (the line without a penalty).",
        repetition=f"{repetition:g}",
        frequency=f"{frequency:g}",
        frequency_lap=turn["frequency"],
        frequency_predicted=turn["frequency_predicted"],
        repetition_lap=turn["repetition"],
        repetition_predicted=turn["repetition_predicted"],
    )


def finite(value: float) -> float | None:
    """The temperature, or None where there is none (no temperature escapes, or nothing holds the
    loop)."""
    return float(value) if math.isfinite(value) and value > 0 else None
