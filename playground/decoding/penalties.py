"""Rules that lower logits because of what the text already holds. Each takes the logits (V,)
float32 and the context's token ids (n,), and answers new logits; the given ones are never changed.

Ids outside the vocabulary are ignored: no such token can be drawn. Below each rule stands its stage
in the chain.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import numpy as np

from playground.decoding.situation import Situation, penalty
from playground.i18n import t

# llama.cpp looks back over this many tokens, prompt included (its default `penalty_last_n`).
LLAMA_CPP_WINDOW = 64
# Where a penalised logit stays if it would pass float32's range: out of reach, or certain, but a
# number.
_FARTHEST = 3.4e38
# The largest exponent that float32 can hold, e^88.72: where DRY's power stops growing.
_LARGEST_LOG = 88.7228391


def repetition_penalty(values: np.ndarray, context: np.ndarray, theta: float) -> np.ndarray:
    """Each distinct token of the context, prompt included, once: z < 0 → z·θ, else z/θ (Keskar et
    al. 2019).

    Not shift-invariant: the same distribution written with other logits comes out differently.

    >>> repetition_penalty(np.float32([-.25, .5, 2, 4]), np.array([0, 1, 1, 1]), 2).tolist()
    [-0.5, 0.25, 2.0, 4.0]
    """
    seen = np.unique(context[(context >= 0) & (context < len(values))])
    result = values.copy()
    factor = np.float32(theta)
    with np.errstate(over="ignore"):
        moved = np.where(values[seen] < 0, values[seen] * factor, values[seen] / factor)
    result[seen] = _finite(moved, values[seen])
    return result


@penalty("repetition_penalty")
def _repetition(values: np.ndarray, now: Situation) -> np.ndarray:
    window = now.context[-LLAMA_CPP_WINDOW:] if now.settings.llama_cpp else now.context
    return repetition_penalty(values, window, now.settings.repetition_penalty)


def presence_penalty(values: np.ndarray, generated: np.ndarray, alpha: float) -> np.ndarray:
    """Each token that occurs in the generated text loses alpha, once (OpenAI's definition).

    >>> presence_penalty(np.float32([1, 2, 3, 4]), np.array([3, 3, 0]), 1).tolist()
    [0.0, 2.0, 3.0, 3.0]
    """
    seen = np.unique(generated[(generated >= 0) & (generated < len(values))])
    result = values.copy()
    result[seen] = _finite(values[seen] - np.float32(alpha), values[seen])
    return result


@penalty("presence_penalty")
def _presence(values: np.ndarray, now: Situation) -> np.ndarray:
    return presence_penalty(values, now.generated, now.settings.presence_penalty)


def frequency_penalty(values: np.ndarray, generated: np.ndarray, alpha: float) -> np.ndarray:
    """Each token of the generated text loses alpha for every time it occurs: it compounds (OpenAI's
    definition).

    >>> frequency_penalty(np.float32([1, 2, 3, 4]), np.array([3, 3, 0]), 1).tolist()
    [0.0, 2.0, 3.0, 2.0]
    """
    seen, counts = np.unique(
        generated[(generated >= 0) & (generated < len(values))], return_counts=True
    )
    result = values.copy()
    result[seen] = _finite(
        values[seen] - np.float32(alpha) * counts.astype(np.float32), values[seen]
    )
    return result


@penalty("frequency_penalty")
def _frequency(values: np.ndarray, now: Situation) -> np.ndarray:
    return frequency_penalty(values, now.generated, now.settings.frequency_penalty)


def no_repeat_ngram(values: np.ndarray, context: np.ndarray, size: int) -> np.ndarray:
    """A token that would complete an n-gram already in the context gets -inf (Paulus et al. 2018).

    >>> no_repeat_ngram(np.float32([1, 2, 3, 4]), np.array([1, 1, 2, 1]), 2).tolist()
    [1.0, -inf, -inf, 4.0]
    """
    if len(context) + 1 < size:
        return values
    starts = len(context) - size + 1  # each earlier n-gram's first position
    matches = np.ones(max(starts, 0), bool)
    for offset in range(size - 1):
        matches &= context[offset : offset + starts] == context[len(context) - size + 1 + offset]
    banned = context[size - 1 :][matches]
    banned = banned[(banned >= 0) & (banned < len(values))]
    if len(banned) == 0:
        return values
    result = values.copy()
    result[banned] = -np.inf
    return result


@penalty("no_repeat_ngram_size")
def _no_repeat_ngram(values: np.ndarray, now: Situation) -> np.ndarray:
    size = now.settings.no_repeat_ngram_size
    left = no_repeat_ngram(values, now.context, size)
    if left.max() == -np.inf:
        raise ValueError(
            t(
                "no_repeat_ngram_size must leave a token possible, got {size}, which bans every "
                "token here (0 turns it off)",
                size=size,
            )
        )
    return left


def dry_matches(context: np.ndarray, longest: int) -> tuple[np.ndarray, np.ndarray]:
    """For every token that once followed the present ending: (token ids, length of the longest such
    ending, ≤ `longest`).

    >>> [part.tolist() for part in dry_matches(np.array([1, 2, 3, 1, 2]), 50)]
    [[3], [2]]
    """
    if len(context) < 2:
        return np.empty(0, np.int64), np.empty(0, np.int64)
    ends = np.flatnonzero(
        context[:-1] == context[-1]
    )  # where an earlier copy of the last token stands
    lengths = np.ones(len(ends), np.int64)
    alive = np.arange(len(ends))
    for length in range(1, longest):
        alive = alive[ends[alive] >= length]
        alive = alive[context[ends[alive] - length] == context[len(context) - 1 - length]]
        if len(alive) == 0:
            break
        lengths[alive] = length + 1
    followers = context[ends + 1]
    ids, inverse = np.unique(followers, return_inverse=True)
    best = np.zeros(len(ids), np.int64)
    np.maximum.at(best, inverse, lengths)
    return ids, best


def dry(
    values: np.ndarray,
    context: np.ndarray,
    multiplier: float,
    base: float,
    allowed_length: int,
    last_n: int = -1,
    breakers: Mapping[int, Sequence[Sequence[int]]] | None = None,
) -> np.ndarray:
    """Don't repeat yourself: a token that would lengthen a repetition of n ≥ allowed tokens loses
    multiplier·base^(n-allowed).

    n is the longest ending of the context that occurred before, followed by that token: p-e-w's
    rule with llama.cpp's ceiling on the exponent. last_n: only the last so many tokens count, -1:
    all of them. breakers: token -> what follows it so that a breaker stands there; no repetition
    reaches back over a breaker, and a token that is one by itself is never moved.

    >>> dry(np.float32([1, 2, 3, 4]), np.array([1, 2, 3, 1, 2]), 1.0, 2.0, 1).tolist()
    [1.0, 2.0, 3.0, 2.0]
    >>> dry(np.float32([1, 2, 3, 4]), np.array([1, 2, 3, 1, 2]), 1.0, 2.0, 1, breakers={1: [()]}).tolist()
    [1.0, 2.0, 3.0, 3.0]
    """
    if last_n >= 0:
        context = context[len(context) - min(last_n, len(context)) :]
    reach = _since_breaker(context.tolist(), breakers) if breakers else len(context)
    if reach < allowed_length or len(context) <= allowed_length:
        return values
    ceiling = int(_LARGEST_LOG / math.log(base)) if base > 1.000001 else 0
    ids, lengths = dry_matches(context, min(allowed_length + ceiling, max(reach, 1)))
    chosen = (lengths >= allowed_length) & (ids >= 0) & (ids < len(values))
    if breakers:
        whole = [token for token, tails in breakers.items() if any(not tail for tail in tails)]
        chosen &= ~np.isin(ids, whole)
    if not chosen.any():
        return values
    result = values.copy()
    powers = np.float64(base) ** (lengths[chosen] - allowed_length)
    # the product can pass float32's range: the token is then out of reach, not forbidden
    loss = np.minimum(multiplier * powers, 3.0e38).astype(np.float32)
    result[ids[chosen]] = _finite(values[ids[chosen]] - loss, values[ids[chosen]])
    return result


def _since_breaker(context: list[int], breakers: Mapping[int, Sequence[Sequence[int]]]) -> int:
    """How many tokens stand behind the last breaker: all of them where there is none."""
    for back in range(len(context)):
        place = len(context) - 1 - back
        tails = breakers.get(context[place], ())
        found = [
            len(tail) for tail in tails if context[place + 1 : place + 1 + len(tail)] == list(tail)
        ]
        if found:
            return back - max(found)
    return len(context)


def _finite(moved: np.ndarray, before: np.ndarray) -> np.ndarray:
    """Penalised logits, finite where they were finite before: no penalty forbids a token or makes
    it certain beyond float32."""
    return np.where(before == -np.inf, before, np.clip(moved, -_FARTHEST, _FARTHEST))


@penalty("dry_multiplier")
def _dry(values: np.ndarray, now: Situation) -> np.ndarray:
    chosen = now.settings
    spelling, lines = chosen.spelling, chosen.dry_sequence_breakers
    if lines and spelling is None:
        raise ValueError(
            t("dry_sequence_breakers must be empty where no model is there to spell them")
        )
    return dry(
        values,
        now.context,
        chosen.dry_multiplier,
        chosen.dry_base,
        chosen.dry_allowed_length,
        chosen.dry_penalty_last_n,
        spelling.breakers(lines) if lines and spelling is not None else None,
    )
