"""The exactness meter: how far a sampler's output distribution is from the model's own, by
enumeration."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product

import numpy as np

from playground.diffusion.enumeration import (
    TAKES_ITS_OWN_PASSES,
    exact_distribution,
    law_and_passes,
)
from playground.diffusion.enumeration_canvases import COST_LIMIT
from playground.diffusion.exact import ExactDenoiser
from playground.diffusion.samplers import find_sampler
from playground.diffusion.settings import UnmaskSettings
from playground.i18n import t


def all_texts(size: int, length: int) -> np.ndarray:
    """(V ** L, L) every text, last position fastest: the order of `exact_distribution`."""
    if float(size) ** length > COST_LIMIT:
        raise ValueError(
            t(
                "length must keep {size} ** length within {cost_limit}, got {got}",
                size=size,
                cost_limit=COST_LIMIT,
                got=length,
            )
        )
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


def step_numbers(length: int) -> list[int]:
    """Numbers of steps for 1, 2, ... words a step, each once, most steps first: 5 -> [5, 3, 2,
    1]."""
    return sorted({-(-length // words) for words in range(1, length + 1)}, reverse=True)


def one_word_a_step(settings: UnmaskSettings) -> UnmaskSettings:
    """Dream's published counts end with two words at once even where steps = words; the same order
    by a rule that takes one each.

    Entropy order by the entropy bound at 0, top-1 order by Fast-dLLM with a threshold that no word
    reaches; others as they are.
    """
    if settings.sampler == "dream" and settings.rule == "entropy":
        return UnmaskSettings("entropy-bound", 1, temperature=settings.temperature, bound=0.0)
    if settings.sampler == "dream" and settings.rule == "maskgit_plus":
        return UnmaskSettings("fast-dllm", 1, temperature=settings.temperature, threshold=2.0)
    return settings


def points_at(sampler: str, steps: int, length: int) -> bool:
    """Whether a curve has a point of its own at so many steps: a sampler without a number of steps
    has one alone."""
    return steps == length or "steps" in find_sampler(sampler).reads


def exactness(denoiser: ExactDenoiser, length: int, curves: dict[str, dict]) -> Iterator[dict]:
    """Total variation and KL(truth || sampler) against words revealed a step, one record a point,
    plain data, as they are computed.

    curves: name -> fields of UnmaskSettings but for steps; a sampler that reads none gives one
        point. A record: {"curve", "words" (a step; on average where it is random; of a sampler that
        takes passes of its own, a pass), "steps", "total_variation", "kl" (nats or None)}; at one
        word a step Dream's orders are as `one_word_a_step` makes them.
    Samplers that mask again (remdm) are meant for chains without zeros alone: they may come back
    from an impossible text.
    """
    truth = true_distribution(denoiser, length)
    # Words drawn together may make a beginning that the chain never makes. The distances do not
    # depend on how such a text goes on: whatever becomes of it is a text of probability 0. So the
    # next lower order may answer for it.
    forgiving = denoiser.with_fallback()
    for steps in step_numbers(length):
        for name, fields in curves.items():
            if not points_at(fields["sampler"], steps, length):
                continue
            settings = UnmaskSettings(**{"steps": steps, **fields})
            taken: float = steps
            if issubclass(find_sampler(settings.sampler), TAKES_ITS_OWN_PASSES):
                law, taken = law_and_passes(forgiving, settings, length)
                taken = round(taken, 12)  # a sum of probabilities: three passes are three
            else:
                one = one_word_a_step(settings) if steps == length else settings
                law = exact_distribution(forgiving, one, length)
            yield {
                "curve": name,
                "words": length / taken,
                "steps": steps,
                "total_variation": total_variation(truth, law),
                "kl": divergence(truth, law),
            }


def gibbs_exactness(
    denoiser: ExactDenoiser, length: int, sweeps: int, start=None, selection: str = "left"
) -> Iterator[dict]:
    """{"sweeps", "total_variation", "kl"} for sweeps 0 .. `sweeps` of Gibbs from a visible start
    (all words 0 where None).

    ValueError (ImpossibleEvidence) where the chain never makes the start's text.
    """
    truth = true_distribution(denoiser, length)
    start = np.zeros(length, dtype=np.int64) if start is None else np.asarray(start, dtype=np.int64)
    law = np.zeros(len(truth))
    law[int(start @ denoiser.vocab_size ** np.arange(length - 1, -1, -1))] = 1.0
    for count in range(sweeps + 1):
        if count:
            law = exact_distribution(
                denoiser,
                UnmaskSettings("gibbs", count, selection=selection),
                length,
                canvas=start,
                locked=np.zeros(length, dtype=bool),
            )
        yield {
            "sweeps": count,
            "total_variation": total_variation(truth, law),
            "kl": divergence(truth, law),
        }
