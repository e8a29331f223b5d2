"""The Escape page's reading of one real distribution: barriers, T_c of two tokens beside the one of
the whole vocabulary.

The page gets the logits once (sent.py) and computes the rest by itself
(web/views/escape/reading.js), so that a moved slider asks nobody. `analyse` is the same for
programs; tests/web/test_escape_reading.py holds the two to the same figures and sentences."""

from __future__ import annotations

import math
from collections.abc import Callable
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np

from playground import decoding
from playground.decoding.rules import LARGEST_TEMPERATURE
from playground.decoding.settings import DecodingSettings
from playground.i18n import Message, nt, paragraph, t
from playground.pages.escape.checks import token_id
from playground.pages.escape.fields import READING

SHOWN = 10


class Distribution(NamedTuple):
    """Where logits came from. `context` are the ids before the step, `settings` the rules that
    acted (its temperature is ignored)."""

    logits: np.ndarray  # (V,) float32
    text_of: Callable[[int], str]
    source: str  # in words, a Message
    settings: DecodingSettings
    context: list[int]
    prompt_length: int


def penalised(found: Distribution) -> Distribution:
    """The step as temperature finds it: its penalties act first, in either order, so they are taken
    into the logits and switched off.

    Barrier, T_c, table and chances then speak of one distribution. The same Distribution where no
    penalty acts.
    """
    greedy = found.settings.with_changes(do_sample=False)
    acting = greedy.rules_on()
    if not acting:
        return found
    left = np.asarray(
        decoding.apply_stages(found.logits, found.context, greedy, found.prompt_length)[-2].logits,
        np.float32,
    )  # [-1]: the draw
    rules = ", ".join(
        f"{name.replace('_', ' ')} {_short(getattr(found.settings, name))}" for name in acting
    )
    off = {name: getattr(DecodingSettings(), name) for name in acting}
    return found._replace(
        logits=left,
        source=t("{source}, with its {rules}", source=found.source, rules=rules),
        settings=found.settings.with_changes(**off),
    )


def analyse(
    found: Distribution,
    loop: Any = None,
    escape: Any = None,
    top_p: Any = 0.9,
    temperature: Any = 0.8,
    min_p: Any = 0.05,
) -> dict[str, Any]:
    """The figures and the sentences of a distribution at one setting. ValueError for bad
    numbers."""
    top_p = READING["top_p"].check(top_p)
    temperature = READING["temperature"].check(temperature)
    min_p = READING["min_p"].check(min_p)
    found = penalised(found)
    logits, text_of = found.logits, found.text_of
    size = len(logits)
    loop, escape = token_id("loop", loop, size), token_id("escape", escape, size)
    barrier = decoding.escape.energy_barrier(logits, loop, escape)
    order = np.argsort(-logits, kind="stable")
    held = barrier.loop_token == int(order[0])
    settings = found.settings.with_changes(do_sample=True, temperature=1.0, top_p=top_p)
    solved = (
        decoding.escape.solve_critical_temperature(
            logits, top_p, settings, found.context, found.prompt_length
        )
        if held
        else None
    )
    naive = decoding.escape.critical_temperature(barrier.delta_e, top_p) if held else None
    here = settings.with_changes(temperature=max(temperature, 1e-6))
    chance = decoding.escape.chain_escape_probability(
        logits, here, found.context, found.prompt_length, barrier.loop_token
    )
    plain = decoding.escape.escape_probability_exact(logits, temperature, barrier.loop_token)
    probability = np.exp(logits.astype(np.float64) - float(logits[order[0]]))
    probability /= probability.sum()
    offered: list[int] = list(
        dict.fromkeys(
            [
                barrier.loop_token,
                *([barrier.escape_token] if barrier.escape_token is not None else []),
                *map(int, order[:SHOWN]),
            ]
        )
    )
    shown = sorted(
        (i for i in offered if logits[i] > -np.inf), key=lambda i: (-float(logits[i]), i)
    )
    tokens = [
        {
            "id": i,
            "text": text_of(i),
            "logit": float(logits[i]),
            "delta_e": float(logits[barrier.loop_token]) - float(logits[i]),
            "probability": float(probability[i]),
            "two_token": _finite(
                decoding.escape.critical_temperature(
                    float(logits[barrier.loop_token]) - float(logits[i]), top_p
                )
            )
            if i != barrier.loop_token
            else None,
        }
        for i in shown
    ]
    rest = 1 - sum(token["probability"] for token in tokens)
    further = size - len(tokens)
    return {
        "source": t("{source}: {size} tokens", source=found.source, size=size),
        "top_p": top_p,
        "loop": {"id": barrier.loop_token, "text": text_of(barrier.loop_token)},
        "escape_token": {
            "id": barrier.escape_token,
            "text": text_of(barrier.escape_token) if barrier.escape_token is not None else "",
        },
        "tokens": tokens,
        "rest": t(
            "and {further} further tokens holding {share} of the probability",
            further=further,
            share=f"{max(rest, 0):.3g}",
        )
        if further > 0
        else "",
        "solved": _finite(solved),
        "naive": _finite(naive),
        "escape": chance,
        "sentence": _sentence(found, barrier, held, solved, naive, top_p, temperature, chance),
        "numbers": _numbers(
            found, barrier, held, solved, naive, top_p, temperature, min_p, chance, plain
        ),
        "sides": _sides(found, settings, solved, shown)
        if held and solved is not None and 0 < solved < LARGEST_TEMPERATURE / 2
        else [],
    }


def _sentence(
    found: Distribution,
    barrier: Any,
    held: bool,
    solved: float | None,
    naive: float | None,
    top_p: float,
    temperature: float,
    chance: float,
) -> Message:
    name = _quoted(found.text_of(barrier.loop_token))
    if not held:
        return t(
            "{token} is **not the likeliest token** here, so nothing holds the text on it: its "
            "probability does not even fall steadily with T, and there is no escape temperature. "
            "At T = {temperature} another token is drawn with probability **{chance}**.",
            token=name,
            temperature=f"{temperature:g}",
            chance=f"{chance:.4g}",
        )
    if found.settings.order == "llama.cpp" and not found.settings.p_less:
        return t(
            "With **temperature last**, top-p judges the untempered distribution: no temperature "
            "changes what it keeps, so **there is no T_c**."
        )
    if solved is None or math.isinf(solved):
        return t(
            "**No temperature escapes**: with top-p = {p} the nucleus holds {token} alone, "
            "however hot the draw.",
            p=f"{top_p:g}",
            token=name,
        )
    if solved == 0:
        return t(
            "**Every temperature escapes**: at top-p = {p} the nucleus always holds more than "
            "{token}.",
            p=f"{top_p:g}",
            token=name,
        )
    here = f"{temperature:g}"
    return paragraph(
        t(
            "Over all {size} tokens the nucleus escape temperature is **T_c = {solved}**.",
            size=len(found.logits),
            solved=f"{solved:.3f}",
        ),
        _two_tokens_off(naive, solved),
        t("T = {temperature} is above it: the text can leave.", temperature=here)
        if temperature > solved
        else t("T = {temperature} is not above it: the text cannot leave.", temperature=here),
    )


def _two_tokens_off(naive: float | None, solved: float) -> str:
    """How far the formula of two tokens is from the root over the whole vocabulary; empty where it
    gives no temperature."""
    if naive is None or not math.isfinite(naive) or naive <= 0:
        return ""
    figures = {"naive": f"{naive:.3f}", "share": f"{abs(naive - solved) / solved:.0%}"}
    if naive > solved:
        return t("The two-token formula says {naive}, {share} too high.", **figures)
    return t("The two-token formula says {naive}, {share} too low.", **figures)


def _numbers(
    found, barrier, held, solved, naive, top_p, temperature, min_p, chance, plain
) -> list[list]:
    """(name, figure or word, how it comes about) of each line of the table; None is drawn as a
    dash."""
    return [
        *_temperature_numbers(found, barrier, held, solved, naive, min_p),
        *_chance_numbers(top_p, temperature, chance, plain),
        _trap_number(
            _trapping(found, barrier.loop_token, temperature) if held else None, temperature
        ),
    ]


def _temperature_numbers(found, barrier, held, solved, naive, min_p) -> list[list]:
    # min-p lets the likeliest rival through first, whichever way out was chosen
    nearest = decoding.escape.energy_barrier(found.logits, barrier.loop_token).delta_e
    return [
        [
            t("barrier ΔE"),
            _finite(barrier.delta_e),
            t("logit of the loop token less that of the way out"),
        ],
        [
            t("T_c, two tokens"),
            _or_never(naive),
            t("ΔE / ln(p/(1−p)): as if there were no other token"),
        ],
        [
            t("T_c, whole vocabulary"),
            _or_never(solved),
            t("the root of P(loop) = p, under the rules of this step"),
        ],
        [
            t("T_c, min-p"),
            _finite(decoding.escape.min_p_critical_temperature(max(nearest, 0), min_p))
            if held
            else None,
            t("ΔE / ln(1/α), α = {min_p}, best way out", min_p=f"{min_p:g}"),
        ],
    ]


def _chance_numbers(top_p: float, temperature: float, chance: float, plain: float) -> list[list]:
    steps = decoding.escape.steps_to_escape(chance)
    return [
        [
            t("P(escape) a visit"),
            chance,
            t(
                "at T = {temperature}, top-p = {p} and the other rules of this step",
                temperature=f"{temperature:g}",
                p=f"{top_p:g}",
            ),
        ],
        [
            t("without any cut"),
            plain,
            t("1 − P(loop) at T = {temperature}", temperature=f"{temperature:g}"),
        ],
        [t("expected visits"), _or_never(steps.mean), "1 / P(escape)"],
        [t("half have left after"), _or_never(steps.half_life), "ln 2 / −ln(1 − P)"],
    ]


def _trap_number(trap: float | None, temperature: float) -> list:
    name = t("largest top-p that traps")
    if trap is not None and trap >= 1:
        return [name, trap, t("the other rules hold it without top-p")]
    at = f"{temperature:g}"
    return [name, trap, t("at T = {temperature}: any larger top-p lets it out", temperature=at)]


def _or_never(value: float | None) -> Any:
    return t("never") if value is not None and math.isinf(value) else _finite(value)


def _trapping(found: Distribution, loop: int, temperature: float) -> float:
    """The largest top-p whose nucleus is the loop token alone: its share of what reaches top-p
    under the other rules of this step.

    1 where those rules hold it by themselves, whatever top-p is.
    """
    at = found.settings.with_changes(do_sample=True, temperature=max(temperature, 1e-6))
    if (
        decoding.escape.chain_escape_probability(
            found.logits, at.with_changes(top_p=1.0), found.context, found.prompt_length, loop
        )
        == 0
    ):
        return 1.0
    stages = decoding.apply_stages(
        found.logits, found.context, at.with_changes(top_p=0.5), found.prompt_length, u=0.999999
    )
    reaches = stages[[stage.name for stage in stages].index("top_p") - 1]
    return 1 - decoding.escape.escape_probability_exact(reaches.logits, 1.0, loop)


def _sides(
    found: Distribution, settings: DecodingSettings, solved: float, shown: list[int]
) -> list[dict]:
    """The distribution just below and just above T_c (1% to each side), before and after the rules
    that cut, and what each cut."""
    sides = []
    for above, factor in ((False, 0.99), (True, 1.01)):
        at = solved * factor
        figure = f"{at:.3f}"
        stages = decoding.apply_stages(
            found.logits,
            found.context,
            settings.with_changes(temperature=at),
            found.prompt_length,
            u=0.999999,
        )
        final = np.asarray(stages[-1].probs, np.float64)
        raw = np.exp((found.logits.astype(np.float64) - float(found.logits.max())) / at)
        raw /= raw.sum()
        left = int((final > 0).sum())
        sides.append(
            {
                "title": t("Just above T_c: T = {temperature}", temperature=figure)
                if above
                else t("Just below T_c: T = {temperature}", temperature=figure),
                "rows": [
                    {
                        "id": i,
                        "text": found.text_of(i),
                        "raw": float(raw[i]),
                        "final": float(final[i]),
                    }
                    for i in shown[:6]
                ],
                "words": nt(
                    "{n} token left. Outline: before the cuts; filled: after.",
                    "{n} tokens left. Outline: before the cuts; filled: after.",
                    left,
                ),
                "cuts": [
                    t("{rule} cut {count}.", rule=rule, count=count)
                    for rule, count in _cuts(stages)
                ],
            }
        )
    return sides


def _cuts(stages: list) -> list[tuple[str, int]]:
    """(rule in words, how many tokens it took out) for the rules that took out any, in their
    order."""
    counts = [(stage.name, stage.candidates.count) for stage in stages if stage.name != "draw"]
    return [
        (name.replace("_", "-"), before - after)
        for (_, before), (name, after) in pairwise(counts)
        if after < before
    ]


def _short(value: Any) -> str:
    """A number, or the words of a rule on one line."""
    return ", ".join(value.split("\n"))[:60] if isinstance(value, str) else f"{value:g}"


def _finite(value: float | None) -> float | None:
    return float(value) if value is not None and math.isfinite(value) else None


def _quoted(text: str) -> str:
    return "“" + text.replace("*", "∗") + "”"  # two stars would be read as bold
