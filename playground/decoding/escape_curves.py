"""The escape calculator's model of a loop: one loop token and N equal rivals that lie ΔE below it,
in closed form.

Energies are E = −logit, so the loop token's energy is 0 and each rival's is ΔE (nats at T = 1); a
token's weight at temperature T is exp(−E/T). Everything here is vectorised over temperatures, so
that a page redraws its curves in a millisecond; over a real vocabulary use
playground/decoding/escape.py, which runs the actual chain of rules.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np


def rival_weight(delta_e: float, temperatures: np.ndarray) -> np.ndarray:
    """exp(−ΔE/T) relative to the loop token, (n,) float64; at T = 0 its limit (0, 1 or inf for ΔE >
    0, = 0, < 0)."""
    temperatures = np.asarray(temperatures, dtype=np.float64)
    with np.errstate(divide="ignore", over="ignore", invalid="ignore"):
        weight = np.exp(-delta_e / temperatures)
    limit = 0.0 if delta_e > 0 else 1.0 if delta_e == 0 else math.inf
    return np.where(temperatures == 0, limit, weight)


def arrhenius(delta_e: float, temperatures: np.ndarray) -> np.ndarray:
    """The approximation exp(−ΔE/T), (n,): right where there is one rival and the loop token holds
    nearly everything; at most 1.

    N equal rivals are left with nearly N times that chance."""
    return np.minimum(rival_weight(delta_e, temperatures), 1.0)


def escape_curve(
    delta_e: float,
    temperatures: np.ndarray,
    rivals: int = 1,
    top_k: int = 0,
    top_p: float = 1.0,
    min_p: float = 0.0,
    order: str = "transformers",
) -> np.ndarray:
    """Exact P(escape) at each temperature, (n,) float64, for one loop token and `rivals` equal ones
    under the given rules.

    In transformers' order temperature acts first and top-k keeps all ties; in llama.cpp's order the
    rules see the untempered
    distribution, top-k keeps exactly k (lowest id first: the loop token, then rivals), and
    temperature acts last.
    Example: ΔE = 2, one rival, T = 1, no rules: 1/(1 + e²) = .1192.
    """
    temperatures = np.asarray(temperatures, dtype=np.float64)
    weight = rival_weight(delta_e, temperatures)  # (n,) a rival's weight; the loop token's is 1
    judged = (
        weight
        if order == "transformers"
        else np.broadcast_to(rival_weight(delta_e, np.ones(1)), weight.shape)
    )
    kept, loop_kept = _kept(judged, rivals, top_k, top_p, min_p, exactly_k=order != "transformers")
    with np.errstate(invalid="ignore"):
        out = kept * weight
        share = np.where(np.isinf(weight), np.where(kept > 0, 1.0, 0.0), out / (out + loop_kept))
    return np.where((kept == 0), 0.0, share)


def _kept(
    weight: np.ndarray, rivals: int, top_k: int, top_p: float, min_p: float, exactly_k: bool
) -> tuple[np.ndarray, np.ndarray]:
    """How many rivals survive and whether the loop token does, (n,) each, in the order top-k,
    top-p, min-p."""
    count = np.full(weight.shape, float(rivals))
    loop = np.ones(weight.shape)
    ahead = weight > 1  # rivals more likely than the loop token
    if 0 < top_k <= rivals:
        if exactly_k:
            count = np.where(ahead, top_k, top_k - 1.0)
            loop = np.where(ahead, 0.0, 1.0)
        else:  # the k-th value is a rival's: all rivals tie with it
            count = np.where((weight < 1) & (top_k == 1), 0.0, count)
            loop = np.where(ahead, 0.0, 1.0)
    if top_p < 1:
        weight = np.where(np.isinf(weight), 1e300, weight)
        each = weight / (loop + count * weight)  # a surviving rival's probability
        lead = np.where(ahead, 0.0, loop / (loop + count * weight))  # what stands before the rivals
        with np.errstate(divide="ignore", invalid="ignore"):
            # the token that crosses top_p is kept; the small allowance keeps an exact boundary from
            # crossing by rounding
            needed = np.ceil((top_p - lead) / each - 1e-12)
        needed = np.nan_to_num(np.maximum(needed, 0), nan=0.0, posinf=float(rivals))
        needed = np.where(ahead, np.maximum(needed, 1), needed)  # the first token always stays
        loop = np.where(ahead & (needed <= count) & (count * each >= top_p), 0.0, loop)
        count = np.minimum(count, needed)
    if min_p > 0:
        best = np.maximum(np.where(count > 0, weight, 0.0), loop)
        count = np.where(weight >= min_p * best, count, 0.0)
        loop = np.where(loop >= min_p * best, loop, 0.0)
    return count, loop


def left_by_temperature(
    logits: Any,
    tokens: Sequence[int],
    temperatures: Sequence[float],
    top_p: float,
    length: int,
    period: int,
) -> list[list[float]]:
    """Predicted share of runs that have left a cycle after 1 … `length` tokens, a row for each
    temperature: (temperatures, length).

    logits: (n, V) teacher-forced, row t the prediction of tokens[t]; temperature, then top-p (1:
        off), no other rule. Past the n-th token
    the last `period` rows repeat. The same product as `loop_survival`, vectorised over a curve's
    many temperatures.
    """
    energy = np.asarray(logits[: len(tokens)], np.float64)  # (n, V)
    rows = np.arange(len(tokens))
    energy = np.sort(energy - energy.max(axis=1, keepdims=True), axis=1)[
        :, ::-1
    ]  # (n, V) falling, for one sort serves all temperatures
    own = np.asarray(logits[: len(tokens)], np.float64)[rows, list(tokens)] - np.asarray(
        logits[: len(tokens)], np.float64
    ).max(axis=1)  # (n,)
    places = [
        i if i < len(tokens) else len(tokens) - period + (i - len(tokens)) % period
        for i in range(length)
    ]
    left = []
    for temperature in temperatures:
        weights = np.exp(energy / temperature)  # (n, V)
        total = weights.sum(axis=1)
        mine = np.exp(own / temperature)
        stay = mine / total
        if top_p < 1:
            running = np.cumsum(weights, axis=1) / total[:, None]
            last = np.minimum(
                (running < top_p).sum(axis=1), weights.shape[1] - 1
            )  # the token that crosses top_p is kept
            kept = running[rows, last] * total
            stay = np.where(mine >= weights[rows, last], mine / kept, 0.0)
        left.append((1 - np.cumprod(np.minimum(stay, 1.0)[places])).tolist())
    return left
