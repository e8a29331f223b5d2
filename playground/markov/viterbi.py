"""The most likely path (Viterbi) over arrays of logarithms.

A column of the trellis costs a handful of array calls, whatever its size, so one column after
another would be all overhead. The sequence is therefore cut into blocks that advance side by side,
each from an arbitrary first column; then the blocks run again from their predecessors' last columns
until the new columns differ from the old ones by a constant only. From there on both choose the
same back pointers, so the rest stands. (Products of such max-plus steps soon have rank one: Maleki,
Musuvathi, Mytkowicz, Parallelizing dynamic programming through rank convergence, 2014.) Tracing
back works the same way. Where blocks do not join, or a logarithm is -inf, one column follows
another, with the same result.
"""

from __future__ import annotations

import math

import numpy as np
from scipy.spatial.distance import cdist

PARALLEL = 1e-10  # nats: columns that differ by a constant, up to rounding
# share of blocks that a whole second run may leave open before one column after another is faster
SLOW = 0.3
LIFT_EVERY = 8  # steps after which the columns are brought back near 0


def most_likely_path(initial: np.ndarray, edges: np.ndarray, seen: np.ndarray) -> np.ndarray | None:
    """argmax over paths of initial[z_0] + sum edges[z, z'] + sum seen[t, z_t], (T,) int64; None
    where every path is -inf.

    initial (K,), edges (K, K), seen (T, K): logarithms, -inf allowed. Equal scores: lowest state,
    from the last position backwards (equal up to rounding: any of them).
    """
    finite = min(initial.min(), edges.min(), seen.min()) > -math.inf
    path = _by_blocks(initial + seen[0], edges, seen) if len(seen) >= 64 and finite else None
    return _by_columns(initial + seen[0], edges, seen) if path is None else path


def _by_columns(best, edges, seen) -> np.ndarray | None:
    """One column after another; best (K,): the first."""
    length, states = seen.shape
    into = np.ascontiguousarray(edges.T)  # into[j, i]: from i to j
    back = np.empty((length, states), dtype=np.int64)
    scores, places = np.empty((states, states)), np.empty(states, dtype=np.int64)
    flat, rows, best, add = scores.reshape(-1), np.arange(states) * states, best.copy(), np.add
    for t in range(1, length):
        add(into, best, out=scores)
        scores.argmax(axis=1, out=back[t])
        add(back[t], rows, out=places)
        flat.take(
            places, out=best, mode="clip"
        )  # clip: no buffering of out; the places are all inside
        add(best, seen[t], out=best)
    if not best.max() > -math.inf:
        return None
    path = np.empty(length, dtype=np.int64)
    path[-1] = state = int(best.argmax())
    for t in range(length - 1, 0, -1):
        path[t - 1] = state = back[t, state]
    return path


def _by_blocks(best, edges, seen) -> np.ndarray | None:
    """Blocks side by side, where everything is finite; None where they do not join.

    max_i (column_i + edge_ij) is the largest |column_i - (-edge_ij)| as long as no sum is negative:
    a Chebyshev distance, for which scipy has a compiled loop. So columns are kept lifted above
    -min(edges); only differences in a column matter.
    """
    length, states = seen.shape
    steps = length - 1
    count = max(
        1, min(16_384 // states**2, steps // 12)
    )  # blocks: enough to fill a call, few enough to join inside
    size = -(-steps // count)  # positions in a block
    count = -(-steps // size)
    tail = steps - (count - 1) * size  # positions in the last block
    into = np.ascontiguousarray(edges.T)  # into[j, i]: from i to j
    negative, floor = -into, max(0.0, -float(edges.min()))
    lifted = np.full((count * size, states), floor)
    np.subtract(seen[1:], seen.min() - floor, out=lifted[:steps])
    lifted = np.ascontiguousarray(
        lifted.reshape(count, size, states).swapaxes(0, 1)
    )  # (size, count, K)
    columns = np.empty((size + 1, count, states))  # before each position, and after the last
    columns[0] = floor
    columns[0, 0] = best - best.min() + floor
    for t in range(size):
        _advance(columns[t], negative, lifted[t], floor, t, columns[t + 1])
    first = 1  # blocks before it are final
    while first < count:
        ends = columns[size, first:].copy()
        columns[0, first:] = columns[size, first - 1 : -1]
        columns[0, first:] -= columns[0, first:].min(axis=1, keepdims=True) - floor
        fresh = np.empty((count - first, states))
        for t in range(size):
            _advance(columns[t, first:], negative, lifted[t, first:], floor, t, fresh)
            old = columns[t + 1, first:]
            joined = t % 4 == 3 and _parallel(fresh - old)
            old[:] = fresh
            if joined:
                first = count
                break
        else:
            # a block whose last column is as before hands on what its successor already started
            # from
            moved = np.flatnonzero(_spread(columns[size, first:] - ends) > PARALLEL)
            if len(moved) > SLOW * (count - first):
                return None
            first += int(moved[0]) + 1 if len(moved) else count
    return _trace_back(columns, into, tail)


def _advance(column, negative, lifted, floor, t, out) -> None:
    """The next columns (n, K) of n blocks, into `out`."""
    cdist(column, negative, "chebyshev", out=out)
    out += lifted
    if t % LIFT_EVERY == LIFT_EVERY - 1:
        out -= out.min() - floor


def _trace_back(columns, into, tail) -> np.ndarray:
    """The path, blocks side by side: each from a guess of its last state, then again from its
    successor's first."""
    size, count = len(columns) - 1, columns.shape[1]
    last = int(columns[tail, -1].argmax())
    path = np.empty((size, count), dtype=np.int64)
    ends = columns[size].argmax(axis=1)
    for again in range(count + 1):
        state = ends
        for t in range(size - 1, -1, -1):
            if t == tail - 1:
                state[-1] = last  # the last block is shorter: it begins here
            state = (columns[t] + into[state]).argmax(axis=1)
            if again and t < tail and (state == path[t]).all():
                break  # every block has met its earlier path
            path[t] = state
        fresh = np.append(path[0, 1:], last)
        if (fresh == ends)[:-1].all():
            break
        ends = fresh
    return np.append(path.T.reshape(-1)[: (count - 1) * size + tail], last)


def _parallel(change: np.ndarray) -> bool:
    """Whether in every block all states changed by the same amount (n, K), up to rounding."""
    return bool(np.abs(change - change[:, :1]).max() <= PARALLEL)


def _spread(change: np.ndarray) -> np.ndarray:
    """Largest minus smallest difference over the states, of each block (n,)."""
    return change.max(axis=1) - change.min(axis=1)
