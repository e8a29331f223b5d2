"""The exactness meter: how far a sampler's output distribution is from the model's own, by enumeration."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import product

import numpy as np

from playground.diffusion.exact import ExactDenoiser
from playground.diffusion.law import COST_LIMIT, exact_distribution
from playground.diffusion.settings import UnmaskSettings


def all_texts(size: int, length: int) -> np.ndarray:
    """(V ** L, L) every text, last position fastest: the order of `exact_distribution`."""
    if float(size) ** length > COST_LIMIT:
        raise ValueError(f"length must keep {size} ** length within {COST_LIMIT:,}, got {length}")
    return np.array(list(product(range(size), repeat=length)), dtype=np.int64)


def true_distribution(denoiser: ExactDenoiser, length: int) -> np.ndarray:
    """(V ** L,) the model's own probabilities of all texts."""
    return np.exp(denoiser.log_likelihood(all_texts(denoiser.vocab_size, length)))


def total_variation(p: np.ndarray, q: np.ndarray) -> float:
    """Half the summed absolute difference; 0 to 1."""
    return float(np.abs(np.asarray(p) - np.asarray(q)).sum() / 2)


def divergence(p: np.ndarray, q: np.ndarray) -> float | None:
    """KL(p || q) in nats; None (infinite) where q lacks a text of p."""
    p, q = np.asarray(p, dtype=np.float64), np.asarray(q, dtype=np.float64)
    some = p > 0
    if np.any(q[some] <= 0):
        return None
    return max(0.0, float((p[some] * np.log(p[some] / q[some])).sum()))


# the curves that the page shows first: name, sampler, further settings
CURVES = (
    ("mdlm", {"sampler": "mdlm"}),
    ("llada random", {"sampler": "llada", "selection": "random"}),
    ("llada low_confidence", {"sampler": "llada", "selection": "low_confidence"}),
    ("maskgit", {"sampler": "maskgit"}),
    ("dream entropy", {"sampler": "dream", "selection": "entropy"}),
    ("dream topk_margin", {"sampler": "dream", "selection": "topk_margin"}),
    ("remdm", {"sampler": "remdm"}),
)


def exactness(denoiser: ExactDenoiser, length: int, curves: Iterable[tuple[str, dict]] = CURVES,
              tokens_a_step: Iterable[int] | None = None) -> list[dict]:
    """Total variation and KL(truth || sampler) against tokens revealed a step, one record a point, plain data.

    {"name", "sampler", "tokens" (a step; on average where it is random), "steps", "total_variation", "kl" (nats or None)}.
    tokens_a_step: every whole number from 1 to length where None; steps = ceil(length / tokens).
    """
    truth = true_distribution(denoiser, length)
    points = []
    for name, fields in curves:
        seen = set()
        for tokens in tokens_a_step or range(1, length + 1):
            if not 1 <= tokens <= length:
                raise ValueError(f"tokens_a_step must be in [1, {length}], got {tokens}")
            steps = -(-length // tokens)
            if steps in seen:
                continue
            seen.add(steps)
            law = exact_distribution(denoiser, UnmaskSettings(**{"steps": steps, **fields}), length)
            points.append({"name": name, "sampler": fields["sampler"], "tokens": length / steps, "steps": steps,
                           "total_variation": total_variation(truth, law), "kl": divergence(truth, law)})
    return points


def gibbs_exactness(denoiser: ExactDenoiser, length: int, sweeps: int, start=None, selection: str = "left") -> list[dict]:
    """Total variation and KL against sweeps 0 .. `sweeps` of Gibbs from a visible start (all words 0 where None)."""
    truth = true_distribution(denoiser, length)
    start = np.zeros(length, dtype=np.int64) if start is None else np.asarray(start, dtype=np.int64)
    law = np.zeros(len(truth))
    law[int(start @ denoiser.vocab_size ** np.arange(length - 1, -1, -1))] = 1.0
    points = [{"sweeps": 0, "total_variation": total_variation(truth, law), "kl": divergence(truth, law)}]
    for count in range(1, sweeps + 1):
        settings = UnmaskSettings("gibbs", count, selection=selection)
        law = exact_distribution(denoiser, settings, length, canvas=start, locked=np.zeros(length, dtype=bool))
        points.append({"sweeps": count, "total_variation": total_variation(truth, law), "kl": divergence(truth, law)})
    return points
