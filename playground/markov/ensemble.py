"""Many runs of a continuous-time chain at once: what share of them is where, at each of some
times."""

from __future__ import annotations

import numpy as np

from .continuous import ContinuousTimeChain
from .validation import check_count, uniforms

JUMPS_AT_MOST = 100_000
STREAM = (
    1000  # streams from here on belong to crowds: jump i of a crowd draws from stream STREAM + i
)


def shares_over_time(
    chain: ContinuousTimeChain, times, runs: int, seed: int = 0, start: int = 0
) -> np.ndarray:
    """(n, K): share of `runs` simulated runs, all from `start`, in each state at each of the
    ascending times.

    The draws of jump i of run r depend on (seed, i, r) alone. Tends to row `start` of P(t) as runs
    grow.
    """
    times = np.asarray(times, dtype=np.float64)
    runs, start = check_count(runs, "runs", 1), check_count(start, "start", 0, chain.size - 1)
    leaving = chain.leaving
    cumulative = np.cumsum(chain.jump_chain().transition, axis=1)  # (K, K)
    changes = np.zeros(
        (len(times) + 1, chain.size), dtype=np.int64
    )  # who enters and leaves before each time
    changes[0, start] = runs
    states, clock, alive = np.full(runs, start), np.zeros(runs), np.arange(runs)
    for jump in range(JUMPS_AT_MOST):
        u = uniforms(seed, 2 * runs, stream=STREAM + jump).reshape(runs, 2)[alive]  # (alive, 2)
        here = states[alive]
        with np.errstate(divide="ignore", invalid="ignore"):
            clock[alive] += np.where(leaving[here] > 0, -np.log1p(-u[:, 0]) / leaving[here], np.inf)
        going = clock[alive] <= times[-1]
        alive, here, u = alive[going], here[going], u[going]
        if not len(alive):
            break
        rows = cumulative[here]
        there = (rows <= (u[:, 1] * rows[:, -1])[:, None]).sum(axis=1)
        seen = np.searchsorted(
            times, clock[alive], side="left"
        )  # the first time at which the jump has happened
        np.add.at(changes, (seen, here), -1)
        np.add.at(changes, (seen, there), 1)
        states[alive] = there
    return np.cumsum(changes, axis=0)[:-1] / runs
