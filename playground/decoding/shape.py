"""Rules that look at the shape of the distribution. Each takes the logits that are left, `values`
(n,) float32 with -inf for what is gone, and says which stay or what they become. Below each rule
stands its stage in the chain.

The examples use `logs(p, ...)`, the float32 logits of given probabilities.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import torch

from playground.decoding.distribution import Candidates, softmax
from playground.decoding.settings import DecodingSettings
from playground.decoding.situation import Outcome, Situation, cut, stage
from playground.decoding.truncation import logs  # noqa: F401  of the examples

TOP_H_LOOKS_AT = 100  # tokens: transformers' own cap
_WIDTH, _PEAK, _SHARPNESS = 0.3, 5.0, 10.0  # of adaptive-p, as its code and its ports have them


def top_n_sigma(values: np.ndarray, n: float) -> np.ndarray:
    """Logits within n standard deviations of the largest: z ≥ max − n·σ (Tang et al. 2024, arXiv
    2411.07641; llama.cpp).

    σ is the population's, over the logits that are not -inf. All of it scales with 1/T, so what is
    kept is the same at every temperature. n > 0. Of the logits 1, 2, 3, 4 with σ = 1.118 those
    above 2.882 stay:

    >>> top_n_sigma(np.float32([1, 2, 3, 4]), 1.0).tolist()
    [False, False, True, True]
    """
    left = values[values > -np.inf].astype(np.float64)
    return values >= left.max() - n * left.std()


@cut("top_n_sigma")
def _top_n_sigma(candidates: Candidates, now: Situation) -> np.ndarray:
    return top_n_sigma(candidates.values, now.settings.top_n_sigma)


def top_h(values: np.ndarray, h: float, order: np.ndarray | None = None) -> np.ndarray:
    """The likeliest tokens while their terms −p ln p sum to at most h·H(p); the first always (arXiv
    2509.02510).

    As transformers: p is over the 100 likeliest, and the terms are of that p, not of the chosen few
    renormalised as the paper has it. 0 < h ≤ 1. order: positions by falling logit, at least 100 of
    them. The four terms below are .347, .347, .260 and .260, H is 1.213, and .9·H = 1.092 lets
    three pass:

    >>> top_h(logs(.5, .25, .125, .125), .9).tolist()
    [True, True, True, False]
    """
    if order is None:
        order = Candidates(values, len(values)).largest(TOP_H_LOOKS_AT)
    order = order[:TOP_H_LOOKS_AT]
    log_p = torch.from_numpy(values[order])
    log_p = log_p - log_p.logsumexp(-1)
    probabilities = torch.softmax(log_p, -1)
    limit = -(log_p * probabilities).sum(-1) * h
    reached = torch.cumsum(-probabilities * torch.log(probabilities), -1)
    stays = (reached <= limit).numpy()
    stays[0] = True
    mask = np.zeros(len(values), bool)
    mask[order[stays]] = True
    return mask


@cut("top_h")
def _top_h(candidates: Candidates, now: Situation) -> np.ndarray:
    return top_h(candidates.values, now.settings.top_h, candidates.largest(TOP_H_LOOKS_AT))


def p_less(values: np.ndarray, probabilities: np.ndarray | None = None) -> np.ndarray:
    """Tokens with p ≥ Σ p², the chance that two draws agree; the likeliest always (arXiv
    2509.23234). No parameter.

    Σ p² ≤ max p, so the rule never empties the row. Here .5² + .25² + 2·.125² = .344:

    >>> p_less(logs(.5, .25, .125, .125)).tolist()
    [True, False, False, False]
    """
    probabilities = softmax(values) if probabilities is None else probabilities
    exact = probabilities.astype(np.float64)
    total = exact.sum()
    # of equal tokens none may fall by rounding: all of them are at Σ p² then
    mask = exact * total >= float(np.dot(exact, exact)) * (1 - 1e-9)
    mask[values.argmax()] = True
    return mask & (values > -np.inf)


@cut("p_less")
def _p_less(candidates: Candidates, now: Situation) -> np.ndarray:
    return p_less(candidates.values, candidates.probabilities)


def adaptive_p(
    values: np.ndarray, target: float, probabilities: np.ndarray | None = None
) -> np.ndarray:
    """New logits 5 − 10·d²/(1 + d) with d = |p − target|/0.3: highest where p is the target
    (llama.cpp, #17927). (n,)

    0 ≤ target ≤ 1, already moved by what was drawn. -inf stays -inf. (The author's text gives the
    width as 0.2 in one place; his code, llama.cpp's and the ports have 0.3, and so has this.) With
    p = .7, .1, .1, .1 and target .1 the first one has d = 2 and the logit 5 − 40/3:

    >>> adaptive_p(logs(.7, .1, .1, .1), .1).round().tolist()
    [-8.0, 5.0, 5.0, 5.0]
    """
    probabilities = softmax(values) if probabilities is None else probabilities
    distance = np.abs(probabilities - np.float32(target)) / np.float32(_WIDTH)
    moved = np.float32(_PEAK) - np.float32(_SHARPNESS) * distance * distance / (1 + distance)
    return np.where(values > -np.inf, moved, values)


def adapted_target(target: float, weighted_sum: float, weight: float) -> float:
    """clamp(2·target − weighted average of what was drawn, 0, 1).

    >>> adapted_target(.5, 3.0, 10.0), adapted_target(.5, 0.0, 10.0)
    (0.7, 1.0)
    """
    average = weighted_sum / weight if weight else target
    return min(max(2 * target - average, 0.0), 1.0)


def _drawn(state: dict[str, Any], probability: float, settings: DecodingSettings) -> dict[str, Any]:
    """sum ← p(chosen) + decay·sum, weight ← 1 + decay·weight; a token that was cut (a forced one)
    leaves both as they are."""
    total, weight = state["adaptive_sum"], state["adaptive_weight"]
    if probability > 0:
        decay = settings.adaptive_decay
        total, weight = probability + decay * total, 1 + decay * weight
    return {"adaptive_sum": total, "adaptive_weight": weight}


@stage("adaptive_target", after=_drawn, before=True)
def _adaptive_p(candidates: Candidates, now: Situation) -> Outcome:
    chosen = now.settings
    long = 1 / (1 - chosen.adaptive_decay)
    total = float(now.memory.get("adaptive_sum", chosen.adaptive_target * long))
    weight = float(now.memory.get("adaptive_weight", long))
    target = adapted_target(chosen.adaptive_target, total, weight)
    values = adaptive_p(candidates.values, target, candidates.probabilities)
    state = {"target": target, "adaptive_sum": total, "adaptive_weight": weight}
    return Outcome(candidates.with_values(values), state)
