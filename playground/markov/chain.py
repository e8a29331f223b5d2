"""Discrete Markov chains: walks, powers, stationary distributions, classes, absorption, hitting and
mixing times.

Rows are where the chain is, columns where it goes: transition[i, j] = P(next = j | now = i).
"""

from __future__ import annotations

import math
import sys
from bisect import bisect_right
from collections.abc import Iterator, Sequence

import numpy as np

from . import elimination
from .elimination import Absorption, CommunicatingClass
from .validation import as_names, check_count, check_distribution, check_rows, draw, uniforms

DOUBLINGS = 1023  # 2^1023 steps are the most that a float can hold


class MarkovChain:
    """A chain on K states with transition matrix (K, K), names and initial distribution (K,)
    (uniform where not given).

    Raises ValueError, naming row, sum and remedy, where a row is not a distribution.

    >>> weather = MarkovChain([[.9, .1], [.5, .5]], ["sunny", "rainy"])
    >>> weather.stationary().round(4).tolist(), weather.eigenvalues().round(4).tolist()
    ([0.8333, 0.1667], [1.0, 0.4])
    """

    def __init__(self, transition, states: Sequence[str] | None = None, initial=None):
        shape = (
            np.shape(transition)
            if not isinstance(transition, (list, tuple))
            else (len(transition),)
        )
        names = as_names(states, shape[0] if shape else 0, "states") if states is not None else None
        self.transition = check_rows(transition, "transition", names)  # (K, K)
        if self.transition.shape[0] != self.transition.shape[1]:
            raise ValueError(f"transition must be square, got shape {self.transition.shape}")
        self.states = names or as_names(None, len(self.transition), "states")
        count = len(self.transition)
        self.initial = (
            np.full(count, 1 / count)
            if initial is None
            else check_distribution(initial, "initial", count)
        )
        self.transition.setflags(write=False)
        self.initial.setflags(write=False)

    @property
    def size(self) -> int:
        """K, the number of states."""
        return len(self.transition)

    def __repr__(self) -> str:
        return f"MarkovChain({self.size} states)"

    # walks
    # ----------------------------------------------------------------------------------------------

    def sample(self, n: int, seed: int = 0, start: int | None = None) -> np.ndarray:
        """A walk of n states, int64 (n,). The draw of step t depends on (seed, t) alone; `start`
        fixes the first state."""
        n, path = check_count(n, "n"), []
        row = np.cumsum(self.initial).tolist()
        if start is not None:
            row = [0.0] * check_count(start, "start", 0, self.size - 1) + [1.0]
        rows = np.cumsum(self.transition, axis=1).tolist()
        for u in uniforms(seed, n).tolist():
            path.append(
                bisect_right(row, u * row[-1])
            )  # as `draw`, on plain lists: five times faster
            row = rows[path[-1]]
        return np.array(path, dtype=np.int64)

    def walk(
        self, n: int, seed: int = 0, start: int | None = None, greedy: bool = False
    ) -> Iterator[dict]:
        """The same walk as records {"step", "state", "name", "u", "probability"}: u is None where
        nothing was drawn.

        greedy: always the most likely successor, ties to the lowest state.
        """
        n = check_count(n, "n")
        if start is not None:
            start = check_count(start, "start", 0, self.size - 1)
        first, cumulative = np.cumsum(self.initial), np.cumsum(self.transition, axis=1)
        draws = uniforms(seed, n).tolist()
        state = -1
        for step, u in enumerate(draws):
            row = self.initial if step == 0 else self.transition[state]
            if step == 0 and start is not None:
                state, u, probability = start, None, 1.0
            elif greedy:
                state, u = int(np.argmax(row)), None
                probability = float(row[state])
            else:
                state = draw(first if step == 0 else cumulative[state], u)
                probability = float(row[state])
            yield {
                "step": step,
                "state": state,
                "name": self.states[state],
                "u": u,
                "probability": probability,
            }

    def greedy_cycle(self, start: int) -> tuple[list[int], list[int]]:
        """(states before the loop, the loop) of the walk that always takes the most likely
        successor, from `start`.

        At most K steps can pass before a state comes again; here, and only because nothing is
        drawn, that closes a loop.
        """
        path, seen = [], {}
        state = check_count(start, "start", 0, self.size - 1)
        while state not in seen:
            seen[state] = len(path)
            path.append(state)
            state = int(np.argmax(self.transition[state]))
        return path[: seen[state]], path[seen[state] :]

    def log_probability(self, path) -> float:
        """ln P(path), nats: -inf where a step of it is impossible. 0 for an empty path."""
        path = np.asarray(path, dtype=np.int64)
        if path.size == 0:
            return 0.0
        if path.min() < 0 or path.max() >= self.size:
            raise ValueError(
                f"path must hold states from 0 to {self.size - 1}, got {path.min()} to {path.max()}"
            )
        with np.errstate(divide="ignore"):
            return float(
                np.log(self.initial[path[0]]) + np.log(self.transition[path[:-1], path[1:]]).sum()
            )

    # powers
    # ----------------------------------------------------------------------------------------------

    def n_step(self, n: int) -> np.ndarray:
        """P^n, (K, K): entry [i, j] is P(j after n steps | i now), for n of any size."""
        n, result, square = check_count(n, "n"), np.eye(self.size), self.transition
        while n:
            if n % 2:
                result = _rows_to_one(result @ square)
            n //= 2
            square = _rows_to_one(square @ square) if n else square
        return result

    def distribution(self, n: int) -> np.ndarray:
        """(K,): where the chain is after n steps from its initial distribution."""
        return self.initial @ self.n_step(n)

    def distributions(self, n: int) -> np.ndarray:
        """(n + 1, K): the distribution after 0, 1, ..., n steps."""
        rows = [self.initial]
        for _ in range(check_count(n, "n")):
            rows.append(rows[-1] @ self.transition)
        return np.array(rows)

    # structure
    # ----------------------------------------------------------------------------------------------

    def communicating_classes(self) -> list[CommunicatingClass]:
        """The strongly connected classes, in the order of their lowest state, each with recurrence
        and period."""
        return elimination.communicating_classes(self.transition)

    @property
    def is_irreducible(self) -> bool:
        """Every state reaches every other."""
        return len(self.communicating_classes()) == 1

    @property
    def is_aperiodic(self) -> bool:
        """Every recurrent class has period 1."""
        return all(one.period == 1 for one in self.communicating_classes() if one.recurrent)

    def period(self, state: int) -> int:
        """gcd of the lengths of the loops through `state`; 0 where it never returns."""
        state = check_count(state, "state", 0, self.size - 1)
        return next(one.period for one in self.communicating_classes() if state in one.states)

    # long run
    # ----------------------------------------------------------------------------------------------

    def stationary_distributions(self) -> np.ndarray:
        """(C, K): the stationary distribution of each recurrent class; every other one is a mixture
        of these rows."""
        return elimination.stationary_distributions(self.transition)

    def stationary(self) -> np.ndarray:
        """(K,), the stationary distribution. With several recurrent classes there are many: this is
        then the one to which the share of time in each state tends from `initial` (see
        `stationary_distributions` for all).

        >>> MarkovChain([[1, 0, 0], [.5, 0, .5], [0, 0, 1]], initial=[0, 1, 0]).stationary().tolist()
        [0.5, 0.0, 0.5]
        """
        rows = self.stationary_distributions()
        if len(rows) == 1:
            return rows[0]
        return self.initial @ self.absorption().probabilities @ rows

    def absorption(self) -> Absorption:
        """Probabilities and expected time of ending in each recurrent class (an absorbing state is
        a class of one)."""
        return elimination.absorption(self.transition)

    def hitting_probabilities(self, targets: int | Sequence[int]) -> np.ndarray:
        """(K,): probability of ever reaching one of the target states; 1 at the targets."""
        inside = elimination.as_targets(targets, self.size)
        return elimination.hitting_probabilities(self.transition, inside)

    def hitting_times(self, targets: int | Sequence[int]) -> np.ndarray:
        """(K,): expected steps until a target state is first reached; 0 at the targets, inf where
        it may never be."""
        inside = elimination.as_targets(targets, self.size)
        return elimination.hitting_times(self.transition, inside)

    def return_times(self) -> np.ndarray:
        """(K,): expected steps until each state comes again; inf for a transient one. 1/pi within a
        recurrent class."""
        pi = self.stationary_distributions().sum(axis=0)
        return np.divide(1, pi, out=np.full(self.size, math.inf), where=pi > 0)

    def entropy_rate(self) -> float:
        """Nats a step, in the long run: the mean entropy of the rows under `stationary()`."""
        logs = np.log(
            self.transition, out=np.zeros_like(self.transition), where=self.transition > 0
        )
        return float(-(self.stationary()[:, None] * self.transition * logs).sum()) + 0.0

    # speed of forgetting
    # ----------------------------------------------------------------------------------------------

    def eigenvalues(self) -> np.ndarray:
        """(K,) eigenvalues of P, largest modulus first (then largest real part): the first is 1.
        Complex where needed."""
        values = np.linalg.eigvals(self.transition)
        return values[np.lexsort((-values.imag, -values.real.round(12), -np.abs(values).round(12)))]

    def spectral_gap(self) -> float:
        """1 - the second largest modulus of an eigenvalue: 0 for a periodic chain or several
        recurrent classes.

        Where that modulus m is close to 1 it is taken from a power of P, whose own is m^n and far
        from 1: small gaps keep their digits.
        """
        if self.size == 1:
            return 1.0
        if not self.forgets:
            return 0.0
        power, steps = self.transition, 1.0
        for _ in range(DOUBLINGS):
            second = float(np.sort(np.abs(np.linalg.eigvals(power)))[-2])
            if second <= 0.9:
                return 1 - second if steps == 1 else -math.expm1(math.log(second) / steps)
            power, steps = _rows_to_one(power @ power), 2 * steps
        return 0.0

    @property
    def forgets(self) -> bool:
        """Whether the distribution after many steps no longer depends on the start: one recurrent
        class, of period 1."""
        recurrent = [one for one in self.communicating_classes() if one.recurrent]
        return len(recurrent) == 1 and recurrent[0].period == 1

    def relaxation_time(self) -> float:
        """Steps, 1 / spectral gap; inf where the chain never forgets its start, as
        `mixing_time`."""
        gap = self.spectral_gap()
        return 1 / gap if gap > 1 / sys.float_info.max else math.inf

    def distance_to_stationary(self, n: int) -> np.ndarray:
        """(n + 1,): the largest total variation, over starting states, between P^m and the
        stationary rows, m = 0..n."""
        pi, power, distances = self.stationary(), np.eye(self.size), []
        for _ in range(check_count(n, "n") + 1):
            distances.append(0.5 * np.abs(power - pi).sum(axis=1).max())
            power = power @ self.transition
        return np.array(distances)

    def mixing_time(self, epsilon: float = 0.25) -> float:
        """The first n at which every row of P^n is within total variation `epsilon` of the
        stationary distribution.

        inf where the chain never forgets its start (several recurrent classes, or a period above
        1).
        """
        if not 0 < epsilon < 1:
            raise ValueError(f"epsilon must be in (0, 1), got {epsilon}")
        if not self.forgets:
            return math.inf
        pi = self.stationary()

        def far(power: np.ndarray) -> bool:
            return bool(0.5 * np.abs(power - pi).sum(axis=1).max() > epsilon)

        if not far(np.eye(self.size)):
            return 0
        # the distance never grows with n: double until close enough, then add the powers of two
        # that keep it far
        powers = [self.transition]
        while far(powers[-1]):
            if len(powers) > DOUBLINGS:
                return math.inf
            powers.append(_rows_to_one(powers[-1] @ powers[-1]))
        steps, reached = 0, np.eye(self.size)
        for exponent in range(len(powers) - 2, -1, -1):
            longer = _rows_to_one(reached @ powers[exponent])
            if far(longer):
                steps, reached = steps + 2**exponent, longer
        return steps + 1


def visit_shares(path, size: int) -> np.ndarray:
    """(n, K): share of the visits to each state among the first 1, 2, ..., n states of a walk."""
    path = np.asarray(path, dtype=np.int64)
    visits = np.zeros((len(path), size))
    visits[np.arange(len(path)), path] = 1
    return np.cumsum(visits, axis=0) / np.arange(1, len(path) + 1)[:, None]


def visit_distance(path, distribution) -> np.ndarray:
    """(n,): total variation between the share of visits after 1, ..., n states of a walk and
    `distribution` (K,)."""
    distribution = np.asarray(distribution, dtype=float)
    return 0.5 * np.abs(visit_shares(path, len(distribution)) - distribution).sum(axis=1)


def first_revisit(path) -> tuple[int, int] | None:
    """(earlier index, index) of the first state that comes a second time; None if none does. A
    revisit, not a loop."""
    seen: dict[int, int] = {}
    for index, state in enumerate(path):
        if state in seen:
            return seen[state], index
        seen[state] = index
    return None


def _rows_to_one(rows: np.ndarray) -> np.ndarray:
    """Takes back what rounding added to the row sums: over 2^40 squared steps it would be
    visible."""
    return rows / rows.sum(axis=1, keepdims=True)
