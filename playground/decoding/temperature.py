"""Temperature: one for all steps, or one that moves with the entropy."""

from __future__ import annotations

import math

import numpy as np

from playground.decoding.distribution import Candidates
from playground.decoding.settings import DecodingSettings
from playground.decoding.situation import Outcome, Situation, stage


@stage("temperature")
def temperature(candidates: Candidates, now: Situation) -> Outcome:
    """Logits divided by T; T = 0 keeps the first maximum (transformers refuses 0, llama.cpp does
    this).

    >>> now = Situation(np.empty(0), np.empty(0), DecodingSettings(temperature=2.0))
    >>> temperature(Candidates(np.float32([4, 2, 1, 0]), 4), now).candidates.values.tolist()
    [2.0, 1.0, 0.5, 0.0]
    """
    chosen: DecodingSettings = now.settings
    return Outcome(divided(candidates, chosen.temperature))


def divided(candidates: Candidates, temperature: float) -> Candidates:
    """Logits over T, the first maximum alone at T = 0."""
    # a tiny T makes large logits overflow: the maximum is taken off first where it would, which
    # changes no probability
    scale, values = np.float32(temperature), candidates.values
    if scale == 0:
        return candidates.only(candidates.best)
    with np.errstate(over="ignore"):
        scaled = values / scale
        if not (abs(float(values.max())) < 1e30 * float(scale)):
            scaled = (values - values.max()) / scale
    return candidates.scaled(scaled)


def dynamic_temperature(
    entropy: float, count: int, temperature: float, reach: float, exponent: float
) -> float:
    """T_min + (T_max − T_min)·(H / ln n)^exponent with T_min = max(0, T − reach), T_max = T + reach
    (llama.cpp's temp_ext).

    entropy: nats, over `count` = n candidates. Four equal tokens are as unsure as they can be; .5,
        .5 among four is half of it.

    >>> [dynamic_temperature(math.log(n), 4, 1.0, 0.5, 1.0) for n in (4, 2)]
    [1.5, 1.0]
    """
    low, high = max(0.0, temperature - reach), temperature + reach
    share = min(entropy / math.log(count), 1.0) if count > 1 else 0.0
    return low + (high - low) * share**exponent


@stage("dynatemp_range")
def _dynamic_temperature(candidates: Candidates, now: Situation) -> Outcome:
    if candidates.count <= 1:
        return Outcome(candidates, {"temperature": None})
    chosen = now.settings
    found = dynamic_temperature(
        candidates.entropy,
        candidates.count,
        chosen.temperature,
        chosen.dynatemp_range,
        chosen.dynatemp_exponent,
    )
    return Outcome(divided(candidates, found), {"temperature": found})
