"""The most likely path (Viterbi) over arrays of logarithms."""

from __future__ import annotations

import math

import numpy as np


def most_likely_path(initial: np.ndarray, edges: np.ndarray, seen: np.ndarray) -> np.ndarray | None:
    """argmax over paths of initial[z_0] + sum edges[z, z'] + sum seen[t, z_t], (T,) int64; None where every path is -inf.

    initial (K,), edges (K, K), seen (T, K): logarithms, -inf allowed. Ties: lowest state, from the last position backwards.
    """
    length, states = seen.shape
    into = np.ascontiguousarray(edges.T)                 # into[j, i]: from i to j
    best, back = initial + seen[0], np.empty((length, states), dtype=np.int64)
    rows = np.arange(states)
    for t in range(1, length):
        scores = into + best
        back[t] = scores.argmax(axis=1)
        best = scores[rows, back[t]] + seen[t]
    if not best.max() > -math.inf:
        return None
    path = np.empty(length, dtype=np.int64)
    path[-1] = state = int(best.argmax())
    for t in range(length - 1, 0, -1):
        path[t - 1] = state = int(back[t, state])
    return path
