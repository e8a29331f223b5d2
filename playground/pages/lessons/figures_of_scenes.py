"""Numbers of the figures in `scenes/`: forms, drafts, the watermark, rewards, a class beside a
model."""

from __future__ import annotations

import math
from collections.abc import Callable
from itertools import pairwise
from typing import Any

from playground import decoding
from playground.classroom import scores, shannon
from playground.i18n import t
from playground.learning import rewards
from playground.pages.lessons.figures import numbers
from playground.pages.lessons.scenes.drafts import pass_of, two_laws
from playground.pages.lessons.scenes.forms import laws
from playground.pages.lessons.scenes.marks import SURE
from playground.pages.lessons.scenes.rewards import advantages, run_of


def form(
    lines: str, form: str, what: str = "given", text: str = "", order: str = "1", longest: str = "5"
) -> float:
    """`what`: own, given or masked (the chance of `text` under that law), mass (of all texts of the
    form), draws (how many free texts it takes on average until one has the form), distance (total
    variation between given and masked) or lost."""
    found = laws(lines, form, int(order), int(longest))
    if what == "draws":
        return 1 / found["mass"]
    if what in ("mass", "distance", "lost"):
        return found[what]
    row = next(row for row in found["rows"] if row[0] == text.replace("_", " "))
    return float(row[1 + ("own", "given", "masked").index(what)])


def accepted(p: str, q: str) -> float:
    """The chance that a draft is accepted which has p under the target and q under its drafter."""
    return decoding.drafts.acceptance(float(p), float(q))


def draft_overlap(p: str, q: str) -> float:
    return decoding.drafts.overlap(*two_laws(p, q))


def replaced_by(p: str, q: str, token: str) -> float:
    """The chance that a refused draft is replaced by this token."""
    return float(decoding.drafts.left_over(*two_laws(p, q))[int(token)])


def zscore(green: str, tokens: str, ratio: str = ".25") -> float:
    """green: how many of the tokens are."""
    return decoding.watermark.z_of(float(green), float(tokens), float(ratio))


def tokens_until_sure(green: str, ratio: str = ".25") -> int:
    """The fewest tokens for which z is at least 4, where such a share of them is green."""
    above, part = float(green) - float(ratio), float(ratio)
    if above <= 0:
        raise ValueError(t("green must be above ratio"))
    return math.ceil(SURE**2 * part * (1 - part) / above**2 - 1e-9)


def replaced_until_unsure(z: str, tokens: str) -> int:
    """The fewest replaced tokens after which the expected z is below 4."""
    whole = int(tokens)
    return next(
        changed
        for changed in range(whole + 1)
        if float(z) * decoding.watermark.untouched(whole, changed) < SURE
    )


def reward(text: str, kind: str, words: str = "", length: str = "16") -> float:
    asked = {"reward": kind, "words": words.replace(",", " "), "length": int(length)}
    return float(rewards.read(asked)(text.replace("_", " ")))


def credit(step: str) -> float:
    """What a step (from 1, or "best") of Compare's recorded text earned."""
    values = run_of("mild")["credit"]["values"]
    found = [after - before for before, after in pairwise(values)]
    return max(found) if step == "best" else found[int(step) - 1]


def update_reaching(run: str, show: str, level: str) -> int:
    """The first update of a recorded training at which the figure is at least `level`."""
    updates = run_of(run)["updates"]
    return next(one["n"] for one in updates if one[show] >= float(level))


def class_overlap(shares: str, people: str) -> float:
    """Σ min(p, q) of a model's law and a class's."""
    counts = dict(enumerate(int(one) for one in people.split(",")))
    return scores.overlap(counts, dict(enumerate(numbers(shares))))


FIGURES: dict[str, Callable[..., Any]] = {
    "form": form,
    "accepted": accepted,
    "draft_overlap": draft_overlap,
    "replaced_by": replaced_by,
    "drafted": lambda number: len(pass_of(number)[0]["tokens"]),
    "tokens_a_pass": lambda overlap, drafts: decoding.drafts_law.tokens_a_pass(
        float(overlap), int(drafts)
    ),
    "zscore": zscore,
    "tokens_until_sure": tokens_until_sure,
    "replaced_until_unsure": replaced_until_unsure,
    "untouched": lambda tokens, replaced: decoding.watermark.untouched(int(tokens), int(replaced)),
    "p_value": lambda z: decoding.watermark.p_value(float(z)),
    "by_chance": lambda z, texts: decoding.watermark.p_value(float(z)) * float(texts),
    "reward": reward,
    "advantage": lambda rewards, at: advantages(rewards)[int(at)],
    "credit": credit,
    "earned": lambda at: float(run_of("mild")["credit"]["values"][int(at)]),
    "trained": lambda run, what, when: float(run_of(run)[when][what]),
    "update_reaching": update_reaching,
    "surprisal": lambda p: scores.surprisal(float(p)),
    "class_overlap": class_overlap,
    "agreement": lambda shares: sum(share**2 for share in numbers(shares)),
    "shannon": lambda bound, shares: {
        "lower": shannon.lower_bound,
        "upper": shannon.upper_bound,
    }[bound](numbers(shares)),
}
