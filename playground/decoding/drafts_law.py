"""What speculative decoding writes, exactly: the law of its texts by going through every draft and
every verdict. For small vocabularies."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from playground.decoding.drafts import acceptance, left_over, overlap

Text = tuple[int, ...]


@dataclass
class Law:
    """texts: probability of each text of the length asked for. passes: expected passes of the
    target. reached, accepted: for each of the k places of a pass, the expected number of drafts
    that were judged there and that were accepted. expected: the accepted ones by the overlap alone,
    Σ over the judged of Σ min(p, q)."""

    texts: dict[Text, float]
    passes: float
    reached: list[float] = field(default_factory=list)
    accepted: list[float] = field(default_factory=list)
    expected: list[float] = field(default_factory=list)


def law_of_texts(
    target: Callable[[Text], np.ndarray],
    drafter: Callable[[Text, Text], np.ndarray],
    drafts: int,
    length: int,
    begin: Text = (),
) -> Law:
    """All texts of `length` tokens behind `begin`, which speculative decoding with `drafts` drafts
    a pass writes.

    target(text) and drafter(text, drafts before) are laws (V,) of the next token, float64. As in a
    run, a pass drafts no more than the text has room for."""
    texts: dict[Text, float] = defaultdict(float)
    found = Law({}, 0.0, [0.0] * drafts, [0.0] * drafts, [0.0] * drafts)
    open_texts: dict[Text, float] = defaultdict(float, {begin: 1.0})
    for size in range(length):  # a pass makes a text longer: shorter ones first
        for text in [one for one in open_texts if len(one) == len(begin) + size]:
            chance = open_texts.pop(text)
            found.passes += chance
            most = min(drafts, length - size - 1)
            for longer, share in _one_pass(target, drafter, text, most, chance, found):
                kept = texts if len(longer) == len(begin) + length else open_texts
                kept[longer] += share
    found.texts = {text[len(begin) :]: chance for text, chance in texts.items()}
    return found


def tokens_a_pass(overlap: float, drafts: int) -> float:
    """1 + a + a² + … + a^k: the expected tokens of a pass with k drafts, where each is accepted
    with chance a whatever came before it (Leviathan et al. 2022, equation 1). At a = 1 that is k +
    1.

    >>> tokens_a_pass(0.5, 2)
    1.75
    """
    if not 0 <= overlap <= 1 or drafts < 0:
        raise ValueError(
            f"overlap must be in [0, 1] and drafts at least 0, got {overlap}, {drafts}"
        )
    return math.fsum(overlap**place for place in range(drafts + 1))


def _one_pass(target, drafter, text: Text, drafts: int, chance: float, found: Law):
    """(text after the pass, its probability) of every way that the pass can go; a text may come
    more than once."""
    open_ways: list[tuple[Text, float]] = [((), chance)]  # drafts accepted so far
    for place in range(drafts):
        following = []
        for before, weight in open_ways:
            p, q = target((*text, *before)), drafter(text, before)
            left, refused = left_over(p, q), []
            found.reached[place] += weight
            found.expected[place] += weight * overlap(p, q)
            for token in np.flatnonzero(q):
                accept = acceptance(float(p[token]), float(q[token]))
                drafted = weight * float(q[token])
                if accept > 0:
                    following.append(((*before, int(token)), drafted * accept))
                    found.accepted[place] += drafted * accept
                refused.append(drafted * (1 - accept))
            gone = math.fsum(refused)
            if gone > 0:
                for token in np.flatnonzero(left):
                    yield (*text, *before, int(token)), gone * float(left[token])
        open_ways = following
    for before, weight in open_ways:
        p = target((*text, *before))
        for token in np.flatnonzero(p):
            yield (*text, *before, int(token)), weight * float(p[token])
