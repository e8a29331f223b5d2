"""Figures of a distribution: bars, tiles on a strip, signed logits."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from playground import decoding
from playground.i18n import t
from playground.pages.lessons.figures import numbers, settings_of

LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


def named(names: Sequence[str], count: int) -> list[str]:
    """The names of a figure's parts; letters where a lesson gives none. ValueError where it gives
    another number of them."""
    if names and len(names) != count:
        raise ValueError(
            t("names has {got} names, the figure has {count} parts", got=len(names), count=count)
        )
    return list(names) or list(LETTERS[:count])


def distribution(
    logits: str, shares: str, prompt: str, rules: dict[str, str], forbid: str = ""
) -> np.ndarray:
    """What is drawn from after all rules, float64."""
    if bool(logits) == bool(shares):
        raise ValueError(t("give either logits or shares"))
    values = numbers(logits) if logits else np.log(np.array(numbers(shares))).tolist()
    for part in (int(i) for i in forbid.split(",") if i):
        values[part] = -np.inf
    seen = [int(i) for i in prompt.split(",") if i]
    stages = decoding.apply_stages(values, seen, settings_of(rules), len(seen))
    return np.asarray(stages[-1].probs, np.float64)


def place_of(shares: Sequence[float] | np.ndarray, u: str) -> int | None:
    """On which part u falls, the parts side by side in their order; None without a u."""
    if not u:
        return None
    if not 0 <= float(u) < 1:
        raise ValueError(t("u must be in [0, 1), got {got}", got=u))
    upto = np.cumsum(np.asarray(shares, np.float64)) / np.sum(shares)
    return int(min(np.searchsorted(upto, float(u), side="right"), len(shares) - 1))


def bars_of(names, values, low=0.0, high=1.0, drawn=None, rest=None) -> dict:
    """The record of a figure of bars."""
    rows = [
        {"name": name, "value": float(value)} for name, value in zip(names, values, strict=True)
    ]
    return {"kind": "bars", "rows": rows, "low": low, "high": high, "drawn": drawn, "rest": rest}


def bars(
    names: Sequence[str] = (),
    logits: str = "",
    shares: str = "",
    prompt: str = "",
    u: str = "",
    forbid: str = "",
    **rules: str,
) -> dict:
    """Probabilities after the rules that stand there (temperature, top_k, top_p, min_p …), and the
    draw of u. `forbid`: the parts (from 0) that a form does not allow."""
    found = distribution(logits, shares, prompt, rules, forbid)
    return bars_of(named(names, len(found)), found, drawn=place_of(found, u))


def strip(
    names: Sequence[str] = (), logits: str = "", shares: str = "", u: str = "", **rules: str
) -> dict:
    """The same side by side from 0 to 1, in falling order; u is the ball above them."""
    found = distribution(logits, shares, "", rules)
    called = named(names, len(found))
    order = [int(i) for i in np.argsort(-found, kind="stable") if found[i] > 0]
    tiles = [{"text": called[i], "share": float(found[i])} for i in order]
    drawn = place_of([tile["share"] for tile in tiles], u)
    return {"kind": "strip", "tiles": tiles, "u": float(u) if u else None, "drawn": drawn}


def logits(
    logits: str,
    names: Sequence[str] = (),
    visits: str = "0",
    low: str = "",
    high: str = "",
    **rules: str,
) -> dict:
    """Logits as bars from zero, after so many visits of each token under the penalties that stand
    there."""
    given = numbers(logits)
    seen = list(range(len(given))) * int(visits)
    stages = decoding.apply_stages(given, seen, settings_of(rules))
    after = np.asarray(stages[-2].logits if len(stages) > 2 else given, np.float64)
    reach = max(1e-9, max(map(abs, [*given, *after])))
    return bars_of(
        named(names, len(given)),
        after,
        float(low) if low else min(0.0, -reach if min([*given, *after]) < 0 else 0.0),
        float(high) if high else reach,
    )


def values(values: str, names: Sequence[str] = (), high: str = "1", low: str = "0") -> dict:
    """Numbers as bars, as they stand."""
    given = numbers(values)
    return bars_of(named(names, len(given)), given, float(low), float(high))


def pair(p: str, names: Sequence[str] = (), at_once: str = "0") -> dict:
    """Two words that always agree, the first pair with chance p: as they are, or both drawn at once
    as if independent."""
    a = float(p)
    if not 0 <= a <= 1:
        raise ValueError(t("p must be in [0, 1], got {got}", got=p))
    truth = [a, 0.0, 0.0, 1 - a]
    independent = [a * a, a * (1 - a), (1 - a) * a, (1 - a) * (1 - a)]
    return bars_of(named(names, 4), independent if at_once == "1" else truth)


def bayes(
    prior: str, likelihood: str, other: str, names: Sequence[str] = (), seen: str = "0"
) -> dict:
    """Two classes before and after the words were seen."""
    first = float(prior)
    joint = [first * float(likelihood), (1 - first) * float(other)]
    after = [one / sum(joint) for one in joint]
    return bars_of(named(names, 2), after if seen == "1" else [first, 1 - first])
