"""What holds a text in its cycle: penalties visit by visit, the barrier at each of its tokens, how
long it lasts.

A cycle is left when the lowest barrier in it gives way, so its own escape temperature is the
minimum over its steps.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np

from playground.decoding.barrier import (
    chain_escape_probability,
    critical_temperature,
    energy_barrier,
    escape_probability_exact,
    solve_critical_temperature,
)
from playground.decoding.distribution import as_float32
from playground.decoding.rules import RULES
from playground.decoding.settings import DecodingSettings
from playground.decoding.stages import apply_stages


def penalized_barrier(
    loop_logit: float,
    delta_e: float,
    visits: int,
    repetition_penalty: float = 1.0,
    frequency_penalty: float = 0.0,
    presence_penalty: float = 0.0,
) -> float:
    """ΔE once the loop token has been visited `visits` times and the escape token never.

    The repetition penalty acts on the first visit and never again (z·θ for a negative logit, z/θ
    else); the frequency penalty takes its α off at every visit. Needs the logit itself, because the
    repetition penalty is not shift-invariant.

    >>> [penalized_barrier(10.0, 4.0, visits, repetition_penalty=1.25) for visits in (0, 1, 50)]
    [4.0, 2.0, 2.0]
    >>> [penalized_barrier(10.0, 4.0, visits, frequency_penalty=1.5) for visits in (0, 1, 2, 3)]
    [4.0, 2.5, 1.0, -0.5]
    """
    if visits < 0 or visits != int(visits):
        raise ValueError(f"visits must be a whole number ≥ 0, got {visits}")
    if not repetition_penalty > 0:
        raise ValueError(f"repetition_penalty must be > 0, got {repetition_penalty}")
    if visits == 0:
        return float(delta_e)
    after = loop_logit * repetition_penalty if loop_logit < 0 else loop_logit / repetition_penalty
    return float(delta_e - (loop_logit - after) - presence_penalty - frequency_penalty * visits)


def visit_of_negative_barrier(
    loop_logit: float,
    delta_e: float,
    repetition_penalty: float = 1.0,
    frequency_penalty: float = 0.0,
    presence_penalty: float = 0.0,
) -> int | None:
    """The number of visits after which the barrier is first below 0; None if it never is.

    >>> visit_of_negative_barrier(10.0, 4.0, frequency_penalty=1.5), visit_of_negative_barrier(10.0, 4.0, 1.25)
    (3, None)
    """
    rules = (repetition_penalty, frequency_penalty, presence_penalty)
    for visits in (0, 1):
        if penalized_barrier(loop_logit, delta_e, visits, *rules) < 0:
            return visits
    if frequency_penalty <= 0:
        return None
    base = penalized_barrier(loop_logit, delta_e, 1, *rules) + frequency_penalty
    if base / frequency_penalty > 2**53:
        return None  # beyond what a visit can be counted to
    visits = max(1, math.floor(base / frequency_penalty) - 1)
    for _ in range(4):  # the quotient may round to either side
        if penalized_barrier(loop_logit, delta_e, visits, *rules) < 0:
            break
        visits += 1
    return visits


class StepsToEscape(NamedTuple):
    """Of a geometric law with chance q a step: mean 1/q and half-life ln 2/-ln(1 - q), in steps;
    inf where q = 0."""

    mean: float
    half_life: float


def steps_to_escape(probability: float) -> StepsToEscape:
    """How long a loop lasts that is left with this probability at each step.

    >>> steps_to_escape(0.5)
    StepsToEscape(mean=2.0, half_life=1.0)
    """
    if not 0 <= probability <= 1:
        raise ValueError(f"probability must be in [0, 1], got {probability}")
    if probability == 0:
        return StepsToEscape(math.inf, math.inf)
    if probability == 1:
        return StepsToEscape(1.0, 0.0)
    return StepsToEscape(1 / probability, math.log(2) / -math.log1p(-probability))


def cycle_barriers(
    logits: Any,
    tokens: Sequence[int],
    top_p: float,
    settings: DecodingSettings | None = None,
    contexts: Sequence[Sequence[int]] | None = None,
    prompt_length: int = 0,
) -> list[dict[str, Any]]:
    """One dict a token of the cycle: its best rival, ΔE, naive two-token T_c, T_c solved over the
    vocabulary and the rules.

    logits: (n, V) teacher-forced, row t the prediction of tokens[t].
    contexts: the ids before each token, for penalties.
    loop_is_best is False where the cycle's token is not the most likely one: no barrier holds it,
    its T_c is None.
    Infinite temperatures are None with "never": True, so that the list is plain data.
    """
    facts = []
    for place, token in enumerate(tokens):
        row = as_float32(logits[place])
        context = contexts[place] if contexts is not None else ()
        barrier = energy_barrier(row, loop_token=int(token))
        best = int(row.argmax()) == int(token)
        solved = (
            solve_critical_temperature(row, top_p, settings, context, prompt_length)
            if best
            else 0.0
        )
        naive = critical_temperature(barrier.delta_e, top_p) if best else 0.0
        facts.append(
            {
                "index": place,
                "loop_token": int(token),
                "escape_token": barrier.escape_token,
                "loop_is_best": best,
                "delta_e": _finite(barrier.delta_e),
                "loop_logit": float(row[token]),
                "loop_probability": 1 - escape_probability_exact(row, 1.0, int(token)),
                "naive_temperature": _finite(naive) if best else None,
                "critical_temperature": _finite(solved) if best else None,
                "never": best and solved == math.inf,
            }
        )
    return facts


def cycle_critical_temperature(barriers: Sequence[dict[str, Any]]) -> float:
    """The lowest T_c of `cycle_barriers`; 0 if a step of the cycle is not held at all, inf if no
    temperature escapes."""
    return min(
        (
            0.0
            if not step["loop_is_best"]
            else math.inf
            if step["never"]
            else step["critical_temperature"]
            for step in barriers
        ),
        default=math.inf,
    )


def trapping_top_p(logits: Any, tokens: Sequence[int], temperature: float) -> float:
    """The inverted view: the top-p up to which the cycle cannot be left at this temperature; any
    larger one lets it out.

    It is the smallest P_loop(T) along the cycle, since a nucleus holds nothing but the loop token
    while p ≤ P_loop.
    """
    return min(
        1 - escape_probability_exact(logits[place], temperature, int(token))
        for place, token in enumerate(tokens)
    )


def loop_survival(
    logits: Any,
    tokens: Sequence[int],
    settings: DecodingSettings,
    context_ids: Sequence[int] = (),
    prompt_length: int = 0,
) -> np.ndarray:
    """P(the text still follows the cycle) after 0, 1 … n tokens: the product of P(loop token) along
    them. (n + 1,) float64

    logits: (n, V) teacher-forced along the cycle;
    context_ids: the ids before the first of the tokens.
    """
    context = list(context_ids)
    survival = np.ones(len(tokens) + 1)
    for place, token in enumerate(tokens):
        escape = chain_escape_probability(
            logits[place], settings, context, prompt_length, int(token)
        )
        survival[place + 1] = survival[place] * (1 - escape)
        context.append(int(token))
    return survival


def truth_table(
    logits: Any,
    settings: DecodingSettings,
    context_ids: Sequence[int] = (),
    prompt_length: int = 0,
    loop_token: int | None = None,
) -> list[dict[str, Any]]:
    """For each acting rule, in order: how many rivals of the loop token it leaves in the chain, and
    whether it forbids escape.

    forbids: this rule removes the last rival.
    forbids_alone: it would, without the other rules that cut (the temperature and penalties kept).
        A greedy draw is the last row, "draw". XTC acts as if its coin had fallen for it.
    """
    row = as_float32(logits)
    token = int(row.argmax()) if loop_token is None else loop_token

    def rivals_after(chosen: DecodingSettings) -> list[tuple[str, int]]:
        stages = apply_stages(row, context_ids, chosen, prompt_length, u=0.0)
        return [
            (s.name, s.candidates.count - int(s.candidates.alive(np.array([token]))[0]))
            for s in stages
        ]

    chain = rivals_after(settings)
    table = []
    for (_, before), (name, after) in pairwise(chain):
        if name == "draw" and not settings.greedy:
            continue
        alone = after == 0
        if name in _CUTS:
            # off-values for every other cutting rule; a rule of several fields keeps its companions
            others = {field: value for rule, (field, value) in _CUTS.items() if rule != name}
            alone = dict(rivals_after(settings.with_changes(**others))).get(name, after) == 0
        table.append(
            {
                "rule": name,
                "rivals_before": before,
                "rivals_after": after,
                "forbids": before > 0 and after == 0,
                "forbids_alone": alone,
            }
        )
    return table


_CUTS = {
    rule.name: (rule.switched_by.name, rule.switched_by.off) for rule in RULES.values() if rule.cuts
}


def _finite(value: float) -> float | None:
    return float(value) if math.isfinite(value) else None
