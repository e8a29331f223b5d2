"""A watermark in the choice of words, and how it is found again (Kirchenbauer et al. 2023, arXiv
2301.10226).

The token before, times a secret key, seeds a permutation of the vocabulary, whose first part is
green. The rule adds a number to the logits of green tokens; the detector, which needs no network,
counts them. Both are transformers' WatermarkLogitsProcessor and WatermarkDetector with the seeding
scheme "lefthash", bit for bit on a CPU (its permutation is torch's; other devices draw another
one).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import Any

import numpy as np
import torch

from playground.decoding.rules_of_form import KEY, RATIO
from playground.decoding.situation import Situation, penalty
from playground.i18n import t


@lru_cache(maxsize=256)
def green_tokens(last: int, vocab_size: int, ratio: float, key: int) -> np.ndarray:
    """(V,) bool: the tokens that are green behind the token `last`, int(V · ratio) of them."""
    generator = torch.Generator()
    generator.manual_seed(key * last % (2**64 - 1))
    chosen = torch.randperm(vocab_size, generator=generator)[: int(vocab_size * ratio)]
    green = np.zeros(vocab_size, bool)
    green[chosen.numpy()] = True
    green.setflags(write=False)
    return green


@penalty("watermark_bias")
def watermark(values: np.ndarray, now: Situation) -> np.ndarray:
    """The bias added to the logits of green tokens, (V,) float32; nothing where no token stands
    before."""
    if not len(now.context):
        return values
    rules = now.settings
    green = green_tokens(
        int(now.context[-1]), len(values), rules.watermark_ratio, rules.watermark_key
    )
    return np.where(green, values + np.float32(rules.watermark_bias), values)


@dataclass(frozen=True)
class Detection:
    """hits: for each token whether it is green, None for the first one, before which nothing
    stands. scored, green: tokens counted. z: how many standard deviations the green ones lie above
    γ · scored, √(scored · γ (1 − γ)) each. p_value: chance of a z at least as large in a text
    without the watermark (by the normal law; a text that repeats itself counts the same pair more
    than once, and the figure is then too small)."""

    hits: list[bool | None]
    scored: int
    green: int
    z: float
    p_value: float

    def to_dict(self) -> dict[str, Any]:
        return {**self.__dict__}


def detect(
    ids: Sequence[int],
    vocab_size: int,
    ratio: float = RATIO.default,
    key: int = KEY.default,
    once: bool = False,
) -> Detection:
    """Green tokens of a text. once: each pair of neighbours is counted once, however often it
    comes. ValueError for fewer than two tokens."""
    ratio, key = RATIO.check(ratio), KEY.check(key)
    ids = [int(token) for token in ids]
    if len(ids) < 2:
        raise ValueError(
            t(
                "The text must have at least 2 tokens to look for a watermark, got {got}",
                got=len(ids),
            )
        )
    for token in ids:
        if not 0 <= token < vocab_size:
            raise ValueError(
                t(
                    "ids must be in [0, {highest}], got {got}",
                    highest=str(vocab_size - 1),
                    got=token,
                )
            )
    pairs = list(pairwise(ids))
    hits = [bool(green_tokens(last, vocab_size, ratio, key)[token]) for last, token in pairs]
    counted = list(dict(zip(pairs, hits, strict=True)).values()) if once else hits
    scored, green = len(counted), sum(counted)
    z = z_of(green, scored, ratio)
    return Detection([None, *hits], scored, green, z, p_value(z))


def z_of(green: float, scored: float, ratio: float) -> float:
    """How many standard deviations `green` lies above ratio · scored, what chance would make of it.

    >>> z_of(50, 100, 0.25) == 25 / (100 * 0.25 * 0.75) ** 0.5
    True
    """
    above = np.float64(green) - ratio * np.float64(scored)
    return float(above / np.sqrt(np.float64(scored) * ratio * (1 - ratio)))


def p_value(z: float) -> float:
    """1 − Φ(z)."""
    return float(0.5 * torch.special.erfc(torch.as_tensor(np.float64(z) / np.sqrt(2))))


def untouched(tokens: int, changed: int) -> float:
    """The chance that a pair of neighbours stays whole where `changed` of `tokens` tokens, picked
    at random, are replaced.

    >>> untouched(4, 1)
    0.5
    """
    left = tokens - changed
    return left * (left - 1) / (tokens * (tokens - 1))


def falling(
    ids: Sequence[int], vocab_size: int, ratio: float, key: int, seed: int = 0, points: int = 9
) -> list[dict[str, float]]:
    """How z falls as words are changed: for some numbers of tokens replaced by others, drawn
    uniformly, {"changed", "z", "expected"}.

    expected: z · `untouched`, the mean over which tokens are replaced and by what, if the key makes
        green as chance would.
    z: of one such text, the tokens replaced being the first `changed` of an order drawn from
        `seed`."""
    found = detect(ids, vocab_size, ratio, key)
    draws = np.random.Generator(np.random.Philox(key=np.array([seed, 2**64 - 3], np.uint64)))
    order = draws.permutation(len(ids))
    others = draws.integers(0, vocab_size, len(ids))
    curve = []
    for changed in sorted({round(step * len(ids) / (points - 1)) for step in range(points)}):
        text = np.array(ids)
        text[order[:changed]] = others[order[:changed]]
        curve.append(
            {
                "changed": changed,
                "z": detect(text.tolist(), vocab_size, ratio, key).z,
                "expected": found.z * untouched(len(ids), changed),
            }
        )
    return curve
