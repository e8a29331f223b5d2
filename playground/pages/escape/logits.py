"""The Escape page's reading of one real distribution: barriers, T_c of two tokens beside the one of the whole vocabulary."""

from __future__ import annotations

import math
from collections.abc import Callable
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np

from playground import decoding
from playground.decoding.rules import LARGEST_TEMPERATURE
from playground.decoding.settings import DecodingSettings

MOST_PASTED = 60_000  # lines of a pasted table
LONGEST_TOKEN = 200  # characters of a token's text there
SHOWN = 10


class Distribution(NamedTuple):
    """Where logits came from. `context` are the ids before the step, `settings` the rules that acted (its temperature is ignored)."""

    logits: np.ndarray  # (V,) float32
    text_of: Callable[[int], str]
    source: str
    settings: DecodingSettings
    context: list[int]
    prompt_length: int


def read_table(table: str) -> tuple[list[str], np.ndarray]:
    """Tokens and logits of a pasted table: "token logit" on each line, or numbers alone. ValueError says which line is wrong."""
    if not isinstance(table, str) or not table.strip():
        raise ValueError(
            "logits must be a table with at least 2 lines, got an empty text: write a token and its logit on each line"
        )
    lines = table.strip().splitlines()
    if len(lines) == 1:  # 10, 8, 5  or  10 8 5
        lines = lines[0].replace(",", " ").split()
    if not 2 <= len(lines) <= MOST_PASTED:
        raise ValueError(f"logits must have 2 to {MOST_PASTED:,} lines, got {len(lines):,}")
    names, values = [], []
    for number, line in enumerate(lines, 1):
        head, _, tail = line.strip().replace("\t", " ").rpartition(" ")
        try:
            value = float(tail.rstrip(",;"))
        except ValueError:
            raise ValueError(
                f"line {number} of the logits must end with a number, got {line.strip()[:60]!r}"
            ) from None
        if math.isnan(value) or value == math.inf:
            raise ValueError(
                f"line {number} of the logits must be finite (or -inf), got {tail[:20]}"
            )
        names.append((head.strip().rstrip(":=,;") or f"#{number}")[:LONGEST_TOKEN])
        values.append(value)
    if sum(value > -math.inf for value in values) < 2:
        raise ValueError(
            "logits must hold at least 2 finite values: with one token there is no way out"
        )
    return names, np.asarray(values, np.float32)


def penalised(found: Distribution) -> Distribution:
    """The step as temperature finds it: its penalties act first, in either order, so they are taken into the logits and switched off.

    Barrier, T_c, table and chances then speak of one distribution. The same Distribution where no penalty acts.
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
        f"{name.replace('_', ' ')} {getattr(found.settings, name):g}" for name in acting
    )
    off = {name: getattr(DecodingSettings(), name) for name in acting}
    return found._replace(
        logits=left,
        source=f"{found.source}, with its {rules}",
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
    """The record that the page draws (widgets/escape_logits.js). ValueError for bad numbers."""
    top_p = _number("top_p", top_p, 0, 1)
    temperature = _number("temperature", temperature, 0, 100)
    min_p = _number("min_p", min_p, 0, 1)
    found = penalised(found)
    logits, text_of = found.logits, found.text_of
    size = len(logits)
    loop, escape = _token("loop", loop, size), _token("escape", escape, size)
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
    shown = list(
        dict.fromkeys(
            [
                barrier.loop_token,
                *([barrier.escape_token] if barrier.escape_token is not None else []),
                *map(int, order[:SHOWN]),
            ]
        )
    )
    shown = sorted((i for i in shown if logits[i] > -np.inf), key=lambda i: (-float(logits[i]), i))
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
    return {
        "source": f"{found.source}: {size:,} tokens",
        "top_p": top_p,
        "loop": {"id": barrier.loop_token, "text": text_of(barrier.loop_token)},
        "escape_token": {
            "id": barrier.escape_token,
            "text": text_of(barrier.escape_token) if barrier.escape_token is not None else "",
        },
        "tokens": tokens,
        "rest": f"and {size - len(tokens):,} further tokens holding {max(rest, 0):.3g} of the probability"
        if size > len(tokens)
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
) -> str:
    name = _quoted(found.text_of(barrier.loop_token))
    if not held:
        return (
            f"{name} is **not the likeliest token** here, so nothing holds the text on it: its probability does not even fall "
            f"steadily with T, and there is no escape temperature. At T = {temperature:g} another token is drawn with probability **{chance:.4g}**."
        )
    if found.settings.order == "llama.cpp":
        return "With **temperature last**, top-p judges the untempered distribution: no temperature changes what it keeps, so **there is no T_c**."
    if solved is None or math.isinf(solved):
        return f"**No temperature escapes**: with top-p = {top_p:g} the nucleus holds {name} alone, however hot the draw."
    if solved == 0:
        return f"**Every temperature escapes**: at top-p = {top_p:g} the nucleus always holds more than {name}."
    off = ""
    if naive is not None and math.isfinite(naive) and naive > 0:
        off = f" The two-token formula says {naive:.3f}, {abs(naive - solved) / solved:.0%} too {'high' if naive > solved else 'low'}."
    where = (
        "above it: the text can leave"
        if temperature > solved
        else "not above it: the text cannot leave"
    )
    return f"Over all {len(found.logits):,} tokens the nucleus escape temperature is **T_c = {solved:.3f}**.{off} T = {temperature:g} is {where}."


def _numbers(
    found, barrier, held, solved, naive, top_p, temperature, min_p, chance, plain
) -> list[list]:
    """(name, figure or word, how it comes about) of each line of the table; None is drawn as a dash."""
    steps = decoding.escape.steps_to_escape(chance)
    # min-p lets the likeliest rival through first, whichever way out was chosen
    nearest = decoding.escape.energy_barrier(found.logits, barrier.loop_token).delta_e
    trap = _trapping(found, barrier.loop_token, temperature) if held else None
    never = "never" if solved is not None and math.isinf(solved) else None
    return [
        [
            "barrier ΔE",
            _finite(barrier.delta_e),
            "logit of the loop token less that of the way out",
        ],
        [
            "T_c, two tokens",
            (_finite(naive) if naive is None or math.isfinite(naive) else "never"),
            "ΔE / ln(p/(1−p)): as if there were no other token",
        ],
        [
            "T_c, whole vocabulary",
            never or _finite(solved),
            "the root of P(loop) = p, under the rules of this step",
        ],
        [
            "T_c, min-p",
            _finite(decoding.escape.min_p_critical_temperature(max(nearest, 0), min_p))
            if held
            else None,
            f"ΔE / ln(1/α), α = {min_p:g}, best way out",
        ],
        [
            "P(escape) a visit",
            chance,
            f"at T = {temperature:g}, top-p = {top_p:g} and the other rules of this step",
        ],
        ["without any cut", plain, f"1 − P(loop) at T = {temperature:g}"],
        [
            "expected visits",
            _finite(steps.mean) if math.isfinite(steps.mean) else "never",
            "1 / P(escape)",
        ],
        [
            "half have left after",
            _finite(steps.half_life) if math.isfinite(steps.half_life) else "never",
            "ln 2 / −ln(1 − P)",
        ],
        [
            "largest top-p that traps",
            trap,
            f"at T = {temperature:g}: any larger top-p lets it out"
            if trap is None or trap < 1
            else "the other rules hold it without top-p",
        ],
    ]


def _trapping(found: Distribution, loop: int, temperature: float) -> float:
    """The largest top-p whose nucleus is the loop token alone: its share of what reaches top-p under the other rules of this step.

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
    """The distribution just below and just above T_c (1% to each side), before and after the rules that cut, and what each cut."""
    sides = []
    for title, factor in (("Just below T_c", 0.99), ("Just above T_c", 1.01)):
        at = solved * factor
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
                "title": f"{title}: T = {at:.3f}",
                "rows": [
                    {
                        "id": i,
                        "text": found.text_of(i),
                        "raw": float(raw[i]),
                        "final": float(final[i]),
                    }
                    for i in shown[:6]
                ],
                "words": f"{left:,} token{'s' if left > 1 else ''} left. Outline: before the cuts; filled: after.",
                "cuts": [f"{rule} cut {count:,}" for rule, count in _cuts(stages)],
            }
        )
    return sides


def _cuts(stages: list) -> list[tuple[str, int]]:
    """(rule in words, how many tokens it took out) for the rules that took out any, in their order."""
    counts = [(stage.name, stage.candidates.count) for stage in stages if stage.name != "draw"]
    return [
        (name.replace("_", "-"), before - after)
        for (_, before), (name, after) in pairwise(counts)
        if after < before
    ]


def _number(name: str, value: Any, low: float, high: float) -> float:
    if (
        isinstance(value, bool)
        or not isinstance(value, (int, float))
        or not math.isfinite(value)
        or not low <= value <= high
    ):
        raise ValueError(f"{name} must be a number in [{low:g}, {high:g}], got {str(value)[:40]}")
    return float(value)


def _token(name: str, value: Any, size: int) -> int | None:
    if value is None:
        return None
    if (
        isinstance(value, bool)
        or not isinstance(value, (int, float))
        or value != int(value)
        or not 0 <= value < size
    ):
        raise ValueError(f"{name} must be a token id in [0, {size - 1}], got {str(value)[:40]}")
    return int(value)


def _finite(value: float | None) -> float | None:
    return float(value) if value is not None and math.isfinite(value) else None


def _quoted(text: str) -> str:
    return "“" + text.replace("*", "∗") + "”"  # two stars would be read as bold
