"""Continuous-time Markov chains: P(t) = exp(tQ), Kolmogorov's equations, simulation by jumps."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

import numpy as np

from . import elimination
from .chain import MarkovChain
from .elimination import Absorption
from .validation import (
    ROUNDING,
    as_names,
    check_count,
    check_distribution,
    draw,
    name_of_row,
    uniforms,
)


class ContinuousTimeChain:
    """Rates Q (K, K): rates[i, j] >= 0 is the rate (per unit of time) of jumps i -> j; every row
    sums to 0.

    Raises ValueError, naming row, sum and remedy, otherwise.

    >>> ContinuousTimeChain([[-1, 1], [0, 0]]).transition(math.log(2)).round(6).tolist()
    [[0.5, 0.5], [0.0, 1.0]]
    """

    def __init__(self, rates, states: Sequence[str] | None = None, initial=None):
        try:
            self.rates = np.array(rates, dtype=np.float64)
        except (TypeError, ValueError):
            raise ValueError("rates must be a square table of numbers") from None
        if (
            self.rates.ndim != 2
            or self.rates.size == 0
            or self.rates.shape[0] != self.rates.shape[1]
        ):
            raise ValueError(
                f"rates must be a square table of numbers, got shape {self.rates.shape}"
            )
        count = len(self.rates)
        names = as_names(states, count, "states") if states is not None else None
        off = ~np.eye(count, dtype=bool)
        bad = ~np.isfinite(self.rates) | (off & (self.rates < 0))
        if bad.any():
            row, column = np.argwhere(bad)[0]
            raise ValueError(
                f"rates row {name_of_row(names, row)} holds {self.rates[row, column]} in column "
                f"{column + 1}; a rate off the diagonal must be a finite number of at least 0"
            )
        leaving = np.where(off, self.rates, 0).sum(axis=1)
        sums = leaving + self.rates.diagonal()
        wrong = np.flatnonzero(np.abs(sums) > ROUNDING * np.maximum(leaving, 1))
        if len(wrong):
            row = int(wrong[0])
            raise ValueError(
                f"rates row {name_of_row(names, row)} sums to {sums[row]:.10g}; it must sum to 0: "
                f"set its diagonal entry to {-leaving[row]:.10g}"
            )
        np.fill_diagonal(self.rates, -leaving)  # rounding of the input only
        self.states = names or as_names(None, count, "states")
        self.initial = (
            np.full(count, 1 / count)
            if initial is None
            else check_distribution(initial, "initial", count)
        )
        self.rates.setflags(write=False)
        self.initial.setflags(write=False)

    @property
    def size(self) -> int:
        """K, the number of states."""
        return len(self.rates)

    @property
    def leaving(self) -> np.ndarray:
        """(K,): total rate of leaving each state; the mean time in it is 1 / that."""
        return -self.rates.diagonal() + 0.0

    def transition(self, t: float) -> np.ndarray:
        """P(t) = exp(tQ), (K, K): rows are distributions at time t >= 0. Only sums of positive
        numbers: no digit is lost.

        With L the largest rate of leaving, exp(tQ) = exp(-tL) exp(t(Q + LI)); a power series where
        t L <= 1, squared up.
        """
        if not (
            isinstance(t, (int, float, np.floating, np.integer)) and math.isfinite(t) and t >= 0
        ):
            raise ValueError(f"t must be a finite time of at least 0, got {t!r}")
        fastest = float(self.leaving.max())
        load = t * fastest
        if load == 0:
            return np.eye(self.size)
        halvings = max(0, math.ceil(math.log2(load)))
        short = t / 2**halvings
        positive = (self.rates + fastest * np.eye(self.size)) * short
        power = total = np.eye(self.size)
        for term in range(1, 25):  # entries at most 1: 1/25! is below the last digit
            power = power @ positive / term
            total = total + power
        total = total / total.sum(axis=1, keepdims=True)
        for _ in range(halvings):
            total = total @ total
            total /= total.sum(axis=1, keepdims=True)
        return total

    def derivative(self, t: float) -> np.ndarray:
        """P'(t), (K, K): P(t) Q, Kolmogorov's forward equation (the backward one, Q P(t), gives the
        same)."""
        return self.transition(t) @ self.rates

    def distribution(self, t: float) -> np.ndarray:
        """(K,): where the chain is at time t from its initial distribution."""
        return self.initial @ self.transition(t)

    def distributions(self, times) -> np.ndarray:
        """(n, K): the distribution at each of the times."""
        return np.array([self.distribution(float(t)) for t in times]).reshape(-1, self.size)

    def uniformised(self) -> tuple[MarkovChain, float]:
        """(chain, rate): a discrete chain whose steps, at the ticks of a Poisson clock of that
        rate, are this chain."""
        rate = float(self.leaving.max()) or 1.0
        return MarkovChain(np.eye(self.size) + self.rates / rate, self.states, self.initial), rate

    def jump_chain(self) -> MarkovChain:
        """Where it jumps, whenever it jumps (embedded chain); a state that is never left stays."""
        leaving = self.leaving
        jumps = self.flow / np.where(leaving > 0, leaving, 1)[:, None]
        return MarkovChain(jumps + np.diag((leaving == 0).astype(float)), self.states, self.initial)

    @property
    def flow(self) -> np.ndarray:
        """(K, K): the rates of jumps, 0 on the diagonal."""
        return np.where(np.eye(self.size, dtype=bool), 0, self.rates)

    def stationary_distributions(self) -> np.ndarray:
        """(C, K): the stationary distribution of each recurrent class; every other one is a mixture
        of these rows."""
        return elimination.stationary_distributions(self.flow)

    def stationary(self) -> np.ndarray:
        """(K,): pi with pi Q = 0; with several recurrent classes, the one to which `initial`
        leads."""
        rows = self.stationary_distributions()
        return rows[0] if len(rows) == 1 else self.initial @ self.absorption().probabilities @ rows

    def absorption(self) -> Absorption:
        """Probabilities and expected time of ending in each recurrent class (see `Absorption`:
        time, not steps)."""
        return elimination.absorption(self.flow)

    def hitting_probabilities(self, targets: int | Sequence[int]) -> np.ndarray:
        """(K,): probability of ever reaching one of the target states; 1 at the targets."""
        return elimination.hitting_probabilities(
            self.flow, elimination.as_targets(targets, self.size)
        )

    def hitting_times(self, targets: int | Sequence[int]) -> np.ndarray:
        """(K,): expected time until a target state is first reached; 0 at the targets, inf where it
        may never be."""
        return elimination.hitting_times(self.flow, elimination.as_targets(targets, self.size))

    def simulate(
        self, until: float, seed: int = 0, start: int | None = None, max_jumps: int = 100_000
    ) -> Iterator[dict]:
        """Jumps as records {"index", "time", "state", "name", "hold"}: enters `state` at `time` and
        stays `hold` (null: for ever, or beyond `until`). Draws of jump i depend on (seed, i) alone.
        Stops at `until` or after max_jumps jumps.
        """
        if not (math.isfinite(until) and until >= 0):
            raise ValueError(f"until must be a finite time of at least 0, got {until}")
        check_count(max_jumps, "max_jumps", 0)
        leaving, jumps = self.leaving, np.cumsum(self.jump_chain().transition, axis=1)
        chunk = 256
        u = uniforms(seed, 2 * chunk).reshape(-1, 2)
        if start is None:
            state = draw(np.cumsum(self.initial), uniforms(seed, 1, stream=1)[0])
        else:
            state = check_count(start, "start", 0, self.size - 1)
        time = 0.0
        for index in range(max_jumps + 1):
            if index % chunk == 0 and index:
                u = uniforms(seed, 2 * chunk, start=2 * index).reshape(-1, 2)
            hold = (
                -math.log1p(-u[index % chunk, 0]) / leaving[state]
                if leaving[state] > 0
                else math.inf
            )
            ends = time + hold > until
            yield {
                "index": index,
                "time": time,
                "state": state,
                "name": self.states[state],
                "hold": None if ends else hold,
            }
            if ends:
                return
            time += hold
            state = draw(jumps[state], u[index % chunk, 1])


def states_at(jumps: Sequence[dict], times) -> np.ndarray:
    """(n,): the state of a simulated run at each of the times (those at or after its last jump: the
    last state)."""
    entered = np.array([jump["time"] for jump in jumps])
    return np.array([jump["state"] for jump in jumps])[
        np.searchsorted(entered, np.asarray(times), side="right") - 1
    ]


def time_shares(jumps: Sequence[dict], until: float, size: int) -> np.ndarray:
    """(K,): share of [0, until] that a simulated run spent in each state."""
    edges = np.append([jump["time"] for jump in jumps], until)
    return (
        np.bincount([jump["state"] for jump in jumps], weights=np.diff(edges), minlength=size)
        / until
    )
