"""Rules that cut tokens away. Each takes the logits that are left, `values` (n,) float32 with -inf
for what is gone already, and answers which of them stay, (n,) bool. Semantics: transformers 5,
`generation/logits_process.py`, float32, at least one token kept; where equals compete for the last
place, the lowest position wins. Below each rule stands its stage in the chain.

The examples use `logs(p, ...)`, the float32 logits of given probabilities.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import torch

from playground.decoding.distribution import COMPACT_ABOVE, Candidates, descending, softmax
from playground.decoding.settings import DecodingSettings
from playground.decoding.situation import Outcome, Situation, cut, stage


def logs(*probabilities: float) -> np.ndarray:
    """float32 logits whose softmax is the given probabilities; 0 becomes -inf."""
    with np.errstate(divide="ignore"):
        return np.log(np.asarray(probabilities, dtype=np.float32))


def top_k(values: np.ndarray, k: int, exact: bool = False) -> np.ndarray:
    """The k largest. Everything that equals the k-th is kept too (transformers), unless `exact`
    (llama.cpp).

    >>> top_k(logs(.3, .2, .2, .3), 3).tolist()
    [True, True, True, True]
    >>> top_k(logs(.3, .2, .2, .3), 3, exact=True).tolist()
    [True, True, False, True]
    """
    if k >= len(values):
        return np.ones(len(values), bool)
    if exact:
        mask = np.zeros(len(values), bool)
        mask[descending(values, k)] = True
        return mask
    return values >= np.partition(values, len(values) - k)[len(values) - k]


@cut("top_k")
def _top_k(candidates: Candidates, now: Situation) -> np.ndarray:
    return top_k(candidates.values, now.settings.top_k, exact=now.settings.llama_cpp)


def top_p(values: np.ndarray, p: float, probabilities: np.ndarray | None = None) -> np.ndarray:
    """The smallest set whose probability reaches p; the token that crosses p is kept (Holtzman et
    al. 2020).

    As transformers: drop from the bottom while the ascending float32 cumulative sum is ≤ 1 - p. In
    float32 the example keeps three (.4 + .3 + .2 reaches .9); float64 would keep four.

    >>> top_p(logs(.4, .3, .2, .1), .9).tolist()
    [True, True, True, False]
    """
    if len(values) > COMPACT_ABOVE:
        probabilities = softmax(values) if probabilities is None else probabilities
        narrow = _top_p_of_head(values, p, probabilities)
        if narrow is not None:
            return narrow
    ascending = descending(values)[::-1]
    cumulative = np.cumsum(softmax(values[ascending]), dtype=np.float64).astype(np.float32)
    mask = np.zeros(len(values), bool)
    mask[ascending[cumulative > np.float32(1 - p)]] = True
    mask[ascending[-1]] = True
    return mask


def _top_p_of_head(values: np.ndarray, p: float, probabilities: np.ndarray) -> np.ndarray | None:
    """top_p without sorting the tail; None where a float's rounding could decide, which only the
    whole sort can settle."""
    limit = 1 - p
    total = probabilities.sum(dtype=np.float64)
    rounding = (
        1e-5 * limit + 1e-7
    )  # what two orders of summing the softmax's denominator can differ by, generously
    for floor in (1e-3, 1e-4, 1e-5):
        head = np.flatnonzero(probabilities >= floor)
        tail = total - probabilities[head].sum(dtype=np.float64)
        if tail < limit - rounding:  # so the whole tail is dropped, whatever its order
            break
    else:
        return None
    ascending = head[descending(values[head])[::-1]]
    cumulative = tail + np.cumsum(probabilities[ascending], dtype=np.float64)
    if np.abs(cumulative - limit).min() <= rounding:
        return None
    mask = np.zeros(len(values), bool)
    mask[ascending[cumulative > limit]] = True
    mask[ascending[-1]] = True
    return mask


@cut("top_p")
def _top_p(candidates: Candidates, now: Situation) -> np.ndarray:
    return top_p(candidates.values, now.settings.top_p, candidates.probabilities)


def min_p(values: np.ndarray, alpha: float, probabilities: np.ndarray | None = None) -> np.ndarray:
    """Tokens at least alpha times as likely as the likeliest (Nguyen et al. 2024).

    >>> min_p(logs(.5, .3, .15, .05), .25).tolist()
    [True, True, True, False]
    """
    probabilities = softmax(values) if probabilities is None else probabilities
    mask = probabilities >= np.float32(alpha) * probabilities.max()
    mask[values.argmax()] = True
    return mask


@cut("min_p")
def _min_p(candidates: Candidates, now: Situation) -> np.ndarray:
    return min_p(candidates.values, now.settings.min_p, candidates.probabilities)


def typical_p(values: np.ndarray, mass: float) -> np.ndarray:
    """The smallest set with probability `mass`, tokens of the most typical surprise (closest to the
    entropy) first.

    The likeliest token may go (Meister et al. 2022). Tokens exactly as typical as the last one kept
    stay too.

    >>> typical_p(logs(.4, .2, .2, .2), .5).tolist()
    [False, True, True, True]
    """
    scores = torch.from_numpy(values)
    log_p = torch.log_softmax(scores, -1)
    entropy = -(log_p * log_p.exp()).nansum(-1)
    distance = (-log_p - entropy).abs().numpy()
    order = descending(-distance)
    cumulative = np.cumsum(softmax(values[order]), dtype=np.float64).astype(np.float32)
    last = min(int(np.count_nonzero(cumulative < np.float32(mass))), len(values) - 1)
    return (distance <= distance[order[last]]) & (values > -np.inf)


@cut("typical_p")
def _typical_p(candidates: Candidates, now: Situation) -> np.ndarray:
    return typical_p(candidates.values, now.settings.typical_p)


def epsilon_cutoff(
    values: np.ndarray, epsilon: float, probabilities: np.ndarray | None = None
) -> np.ndarray:
    """Tokens with probability at least epsilon; the likeliest always (Hewitt et al. 2022).

    >>> epsilon_cutoff(logs(.87, .099, .001, .03), .1).tolist()
    [True, False, False, False]
    """
    probabilities = softmax(values) if probabilities is None else probabilities
    return (probabilities >= np.float32(epsilon)) | (values >= values.max())


@cut("epsilon_cutoff")
def _epsilon_cutoff(candidates: Candidates, now: Situation) -> np.ndarray:
    return epsilon_cutoff(candidates.values, now.settings.epsilon_cutoff, candidates.probabilities)


def eta_cutoff(
    values: np.ndarray, epsilon: float, probabilities: np.ndarray | None = None
) -> np.ndarray:
    """Tokens with probability at least min(ε, √ε·e^-H), H the entropy in nats (Hewitt et al. 2022).

    >>> eta_cutoff(logs(.01, .04, .9, .05), .0625).tolist()
    [False, False, True, False]
    >>> eta_cutoff(logs(0, .1, .8, .1), .0625).tolist()
    [False, True, True, True]
    """
    probabilities = softmax(values) if probabilities is None else probabilities
    scores = torch.from_numpy(values)
    log_p = (scores - scores.logsumexp(-1)).clamp(min=torch.finfo(torch.float32).min)
    entropy = -(log_p * torch.from_numpy(probabilities)).sum(-1)
    bound = torch.tensor(epsilon)
    eta = torch.min(bound, torch.sqrt(bound) * torch.exp(-entropy)).numpy()
    mask = (probabilities >= eta) | (values >= values.max())
    return mask & (values > -np.inf)


@cut("eta_cutoff")
def _eta_cutoff(candidates: Candidates, now: Situation) -> np.ndarray:
    return eta_cutoff(candidates.values, now.settings.eta_cutoff, candidates.probabilities)


def xtc(
    values: np.ndarray, threshold: float, probabilities: np.ndarray | None = None
) -> np.ndarray:
    """Exclude top choices: of the tokens with probability ≥ threshold only the least likely stays
    (p-e-w, llama.cpp).

    A token that is gone already is no choice: at threshold 0 the least likely of those that are
    left stays.

    Whether the rule acts at a step is a coin of its own, thrown by the caller. Among equals the
    lowest id counts as likelier.

    >>> xtc(logs(.4, .3, .2, .1), .15).tolist()
    [False, False, True, True]
    >>> xtc(logs(.5, .3, .2, 0), 0.).tolist()
    [False, False, True, False]
    """
    probabilities = softmax(values) if probabilities is None else probabilities
    mask = values > -np.inf
    above = np.flatnonzero(mask & (probabilities >= np.float32(threshold)))
    if len(above) >= 2:
        mask[above[descending(values[above])[:-1]]] = False
    return mask


@stage("xtc_threshold")
def _xtc(candidates: Candidates, now: Situation) -> Outcome:
    acts = (now.coin or 0.0) < now.settings.xtc_probability
    state = {"coin": now.coin, "acts": acts}
    if not acts:
        return Outcome(candidates, state)
    left = xtc(candidates.values, now.settings.xtc_threshold, candidates.probabilities)
    return Outcome(candidates.keep(left), state)


def mirostat(values: np.ndarray, mu: float, probabilities: np.ndarray | None = None) -> np.ndarray:
    """Mirostat v2: tokens whose surprise -log2 P is at most mu bits; at least the likeliest (Basu
    et al. 2021; llama.cpp).

    >>> mirostat(logs(.5, .25, .125, .125), 2.5).tolist()
    [True, True, False, False]
    """
    probabilities = softmax(values) if probabilities is None else probabilities
    with np.errstate(divide="ignore"):
        mask = -np.log2(probabilities) <= np.float32(mu)
    mask[values.argmax()] = True
    return mask & (values > -np.inf)


def _moved_bound(state: dict[str, Any], probability: float, settings: DecodingSettings) -> dict:
    """mu moves by eta times the missed surprise (bits); a token that was cut (a forced one) leaves
    it as it is."""
    mu = state["mu"]
    if probability > 0:
        mu -= settings.mirostat_eta * (-float(np.log2(probability)) - settings.mirostat_tau)
    return {"mu": mu}


@stage("mirostat_tau", after=_moved_bound)
def _mirostat(candidates: Candidates, now: Situation) -> Outcome:
    mu = float(now.memory.get("mu", 2 * now.settings.mirostat_tau))
    left = mirostat(candidates.values, mu, candidates.probabilities)
    return Outcome(candidates.keep(left), {"mu": mu})
