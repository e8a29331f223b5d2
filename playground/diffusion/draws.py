"""Uniform draws that depend on (seed, step, row, position, stream) alone.

A counter-based generator has no state to carry: any step of any row can be drawn again by itself, a
row of a batch draws what its single run draws, and 20,000 rows are drawn in one sweep of array
operations.

Source: Philox4x32-10 of Salmon et al., "Parallel random numbers: as easy as 1, 2, 3" (SC 2011).
"""

from __future__ import annotations

import numpy as np

# What a draw is for: two purposes at one (step, row, position) never share a number.
TOKEN, REVEAL, ORDER, START, ACCEPT, REFUSED, NOISE = 0, 1, 2, 3, 4, 5, 16

_MULTIPLIERS = np.uint64(0xD2511F53), np.uint64(0xCD9E8D57)
_WEYL = 0x9E3779B9, 0xBB67AE85
_LOW = np.uint64(0xFFFFFFFF)
_32 = np.uint64(32)


def philox(counter: tuple, key: tuple[int, int]) -> tuple[np.ndarray, ...]:
    """The four 32-bit words (in uint64 arrays) of Philox4x32-10 for four counter words and two key
    words, all broadcast."""
    c0, c1, c2, c3 = np.broadcast_arrays(*(np.asarray(word, dtype=np.uint64) for word in counter))
    k0, k1 = key
    for _ in range(10):
        first, second = _MULTIPLIERS[0] * c0, _MULTIPLIERS[1] * c2
        c0, c1, c2, c3 = (
            (second >> _32) ^ c1 ^ np.uint64(k0),
            second & _LOW,
            (first >> _32) ^ c3 ^ np.uint64(k1),
            first & _LOW,
        )
        k0, k1 = (k0 + _WEYL[0]) & 0xFFFFFFFF, (k1 + _WEYL[1]) & 0xFFFFFFFF
    return c0, c1, c2, c3


def _double(high: np.ndarray, low: np.ndarray) -> np.ndarray:
    # 27 + 26 bits: every float64 of [0, 1) that is a multiple of 2^-53 can come out, 1.0 cannot
    whole = (high >> np.uint64(5)).astype(np.float64) * 2.0**26 + (low >> np.uint64(6)).astype(
        np.float64
    )
    return whole * 2.0**-53


def uniforms(seed: int, step, row, position, stream: int = TOKEN) -> np.ndarray:
    """Float64 in [0, 1) for every (step, row, position), which broadcast against each other: (B,
    1), (B, 1), (L,) -> (B, L)."""
    words = philox((step, row, position, stream), (seed & 0xFFFFFFFF, (seed >> 32) & 0xFFFFFFFF))
    return _double(words[0], words[1])


def gumbels(seed: int, step, row, position, stream: int = ORDER) -> np.ndarray:
    """Standard Gumbel noise -log(-log u), finite: u = 0 is moved to 2^-54."""
    u = np.maximum(uniforms(seed, step, row, position, stream), 2.0**-54)
    return -np.log(-np.log(u))


def normals(seed: int, step, row, position, width: int) -> np.ndarray:
    """Standard normal vectors: the broadcast shape of (step, row, position), then (width,).
    Box-Muller, two numbers a counter."""
    step, row, position = (
        np.asarray(part, dtype=np.uint64)[..., None] for part in (step, row, position)
    )
    pairs = np.arange((width + 1) // 2, dtype=np.uint64) + np.uint64(NOISE)
    words = philox((step, row, position, pairs), (seed & 0xFFFFFFFF, (seed >> 32) & 0xFFFFFFFF))
    radius = np.sqrt(-2.0 * np.log1p(-_double(words[0], words[1])))
    angle = 2.0 * np.pi * _double(words[2], words[3])
    both = np.stack(
        [radius * np.cos(angle), radius * np.sin(angle)], axis=-1
    )  # (..., width / 2, 2)
    return both.reshape(*both.shape[:-2], -1)[..., :width]
