"""Rules that are given words or a second prompt. Each takes logits (V,) float32 and answers new
ones; the given ones are never changed. Below each rule stands its stage in the chain; which tokens
a word stands for says the settings' spelling.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch

from playground.decoding.situation import Situation, penalty
from playground.decoding.spelling import sequences_of
from playground.i18n import t

_FARTHEST = 3.4e38  # where a logit stays that would pass float32's range


def sequence_bias(
    values: np.ndarray,
    context: np.ndarray,
    sequences: Sequence[tuple[tuple[int, ...], float]],
) -> np.ndarray:
    """The last token of each sequence gets its number added where the others stand before it; -inf
    bans it.

    transformers' SequenceBiasLogitsProcessor and, with -inf, NoBadWordsLogitsProcessor. Numbers
    that meet on a token add up. Ids outside the vocabulary are ignored. Token 3 is moved at once,
    token 2 because the text ends with token 1:

    >>> sequence_bias(np.float32([1, 2, 3, 4]), np.array([0, 1]), [((3,), -2.0), ((1, 2), 5.0), ((0, 1), 9.0)]).tolist()
    [1.0, 2.0, 8.0, 2.0]
    """
    added = np.zeros(len(values), np.float32)
    ending = context.tolist()[-max((len(ids) for ids, _ in sequences), default=0) :]
    for ids, number in sequences:
        *before, last = ids
        if 0 <= last < len(values) and (not before or ending[-len(before) :] == before):
            added[last] += np.float32(number)
    return values + added if added.any() else values


@penalty("logit_bias")
def _logit_bias(values: np.ndarray, now: Situation) -> np.ndarray:
    lines = now.settings.logit_bias
    return sequence_bias(
        values, now.context, sequences_of(lines, now.settings.spelling, "logit_bias")
    )


@penalty("banned")
def _banned(values: np.ndarray, now: Situation) -> np.ndarray:
    lines = now.settings.banned
    left = sequence_bias(values, now.context, sequences_of(lines, now.settings.spelling, "banned"))
    if left.max() == -np.inf:
        raise ValueError(
            t(
                "banned must leave a token possible, got {words}, which bans every token here",
                words=repr(lines[:60]),
            )
        )
    return left


def guidance(values: np.ndarray, second: np.ndarray, g: float) -> np.ndarray:
    """log p = (1 + g)·log p(x | prompt) − g·log p(x | negative prompt), row by row on log-softmaxed
    logits.

    Sanchez et al. 2023 (arXiv 2306.17806); transformers' guidance_scale is 1 + g. g = -1 gives the
    negative prompt's own row.
    second: logits of the same network behind the negative prompt, (V,). A token that one of the
        rows forbids stays forbidden where it is the first, and is left to the first where it is the
        second. With g = 1 token 0 gets .5²/.25:

    >>> first = np.log(np.float32([.5, .25, .125, .125]))
    >>> two = guidance(first, np.log(np.float32([.25, .25, .25, .25])), 1.0)
    >>> np.exp(two).round(4).tolist()
    [1.0, 0.25, 0.0625, 0.0625]
    """
    own, other = (
        torch.log_softmax(torch.from_numpy(row), -1).numpy().astype(np.float64)
        for row in (values, second)
    )
    alive = (own > -np.inf) & (other > -np.inf)
    with np.errstate(invalid="ignore"):
        moved = np.clip((1 + g) * (own - other) + other, -_FARTHEST, _FARTHEST)
    return np.where(alive, moved, own).astype(np.float32)


@penalty("guidance")
def _guidance(values: np.ndarray, now: Situation) -> np.ndarray:
    if now.second is None:
        raise ValueError(
            t("guidance must be 0 where the model is not run behind a negative prompt too")
        )
    return guidance(values, now.second, now.settings.guidance)
