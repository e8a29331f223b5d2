"""Hidden Markov models with discrete emissions.

transition[i, j] = P(next state j | state i), emission[k, m] = P(symbol m | state k); observations
are symbol numbers, -1 where one is missing (it then says nothing about the state). Source of the
algorithms: Rabiner, A tutorial on hidden Markov models (1989); scaling with a fall back to log
space.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from playground.parameters import LARGEST_SEED

from . import inference
from .learning import fit
from .validation import (
    ImpossibleObservations,
    as_names,
    check_count,
    check_distribution,
    check_rows,
    uniforms,
)
from .viterbi import most_likely_path

MISSING = -1
PAIRS_AT_MOST = 50_000_000  # entries of a pairwise posterior: 400 MB


class HiddenMarkovModel:
    """K hidden states, M symbols: initial (K,), transition (K, K), emission (K, M), with names for
    both.

    Raises ValueError, naming row, sum and remedy, where a row is not a distribution.

    >>> umbrella = HiddenMarkovModel([.5, .5], [[.7, .3], [.3, .7]], [[.9, .1], [.2, .8]], ["rain", "sun"], ["U", "-"])
    >>> path, log_probability = umbrella.viterbi([0, 0, 1, 0, 0])
    >>> path.tolist(), round(math.exp(log_probability), 9), round(umbrella.log_likelihood([0, 0, 1, 0, 0]), 8)
    ([0, 0, 1, 0, 0], 0.011573604, -3.37250204)
    """

    def __init__(
        self,
        initial,
        transition,
        emission,
        states: Sequence[str] | None = None,
        symbols: Sequence[str] | None = None,
    ):
        rows = len(transition) if np.ndim(transition) else 0
        names = as_names(states, rows, "states") if states is not None else None
        self.transition = check_rows(transition, "transition", names)  # (K, K)
        count = len(self.transition)
        if self.transition.shape != (count, count):
            raise ValueError(f"transition must be square, got shape {self.transition.shape}")
        self.initial = check_distribution(initial, "initial", count)  # (K,)
        if np.ndim(emission) and len(emission) != count:
            raise ValueError(f"emission must have {count} rows, one a state, got {len(emission)}")
        self.emission = check_rows(emission, "emission", names)  # (K, M)
        self.states = names or as_names(None, count, "states")
        self.symbols = as_names(symbols, self.emission.shape[1], "symbols", "column of emission")
        for array in (self.initial, self.transition, self.emission):
            array.setflags(write=False)
        # one row a symbol, and a last row of ones: index -1, a missing observation, finds it
        self._likelihoods = np.vstack([self.emission.T, np.ones(count)])  # (M + 1, K)

    @classmethod
    def random(
        cls, states: int, symbols: int, seed: int = 0, concentration: float = 1.0
    ) -> HiddenMarkovModel:
        """A model whose rows are Dirichlet draws: a start for learning. Small concentration: rows
        near one-hot."""
        states, symbols = check_count(states, "states", 1), check_count(symbols, "symbols", 1)
        if not (math.isfinite(concentration) and concentration > 0):
            raise ValueError(f"concentration must be positive, got {concentration}")
        generator = np.random.Generator(
            np.random.Philox(key=[check_count(seed, "seed", 0, LARGEST_SEED), 2])
        )
        rows = [
            generator.dirichlet(np.full(size, concentration), count)
            for size, count in ((states, 1), (states, states), (symbols, states))
        ]
        return cls(rows[0][0], rows[1], rows[2])

    @property
    def size(self) -> int:
        """K, the number of hidden states."""
        return len(self.initial)

    def __repr__(self) -> str:
        return f"HiddenMarkovModel({self.size} states, {len(self.symbols)} symbols)"

    # observations
    # ----------------------------------------------------------------------------------------------

    def check_observations(self, observations, field: str = "observations") -> np.ndarray:
        """The observations as int64 (T,). ValueError that names position and value of a bad one; T
        >= 1."""
        array = np.asarray(observations)
        if array.ndim != 1 or array.size == 0:
            raise ValueError(
                f"{field} must be a list of at least one symbol number, got shape {array.shape}"
            )
        if array.dtype.kind not in "iu":
            whole = (
                array.dtype.kind == "f"
                and np.isfinite(array).all()
                and (array == np.round(array)).all()
            )
            if not whole:
                raise ValueError(
                    f"{field} must be whole numbers (symbol numbers, -1 for missing), got "
                    f"{array[:5].tolist()}"
                )
            array = array.astype(np.int64)
        if array.min() < MISSING or array.max() >= len(self.symbols):
            position = int(np.flatnonzero((array < MISSING) | (array >= len(self.symbols)))[0])
            raise ValueError(
                f"{field} must be symbols from 0 to {len(self.symbols) - 1}, or -1 for missing, "
                f"got {array[position]} at position {position + 1}"
            )
        return array

    def likelihood(self, observations) -> np.ndarray:
        """P(observation t | each state), (T, K); rows of ones where missing."""
        return self._likelihoods[self.check_observations(observations)]

    def sample(self, n: int, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
        """(states, symbols), int64 (n,) each. The draws of step t depend on (seed, t) alone."""
        n = check_count(n, "n")
        states, cumulative = np.empty(n, dtype=np.int64), np.cumsum(self.transition, axis=1)
        row = np.cumsum(self.initial)
        for t, u in enumerate(uniforms(seed, n).tolist()):
            states[t] = state = int(row.searchsorted(u * row[-1], side="right"))
            row = cumulative[state]
        emitted = np.cumsum(self.emission, axis=1)[states]  # (n, M)
        u = uniforms(seed, n, stream=1) * emitted[:, -1] if n else np.empty(0)
        return states, (emitted <= u[:, None]).sum(axis=1)

    # inference
    # ----------------------------------------------------------------------------------------------

    def passes(self, observations) -> inference.Passes:
        """Both passes at once: log_alpha, log_beta, posterior, log_likelihood."""
        return inference.forward_backward(
            self.initial, self.transition, self.likelihood(observations)
        )

    def log_likelihood(self, observations) -> float:
        """ln P(observations), nats; -inf where they are impossible."""
        return self.passes(observations).log_likelihood

    def forward(self, observations) -> np.ndarray:
        """ln P(x_1..x_t, z_t = k), (T, K), nats; -inf where impossible."""
        return self.passes(observations).log_alpha

    def backward(self, observations) -> np.ndarray:
        """ln P(x_{t+1}..x_T | z_t = k), (T, K), nats; 0 in the last row."""
        return self.passes(observations).log_beta

    def posterior(self, observations) -> np.ndarray:
        """P(z_t = k | all observations), (T, K). Raises ImpossibleObservations."""
        return self.possible_passes(observations).posterior

    def posterior_path(self, observations) -> np.ndarray:
        """The most likely state at each position by itself, (T,): maximises expected right states,
        not the path."""
        return self.posterior(observations).argmax(axis=1)

    def pairwise_posterior(
        self, observations, passes: inference.Passes | None = None
    ) -> np.ndarray:
        """P(z_t = i, z_{t+1} = j | all observations), (T - 1, K, K). ValueError above 50 million
        entries.

        `passes`: those of these observations, where they are known already; so in the functions
        below."""
        entries = (np.size(observations) - 1) * self.size**2
        if entries > PAIRS_AT_MOST:
            raise ValueError(
                f"pairwise posterior would hold {entries:,} entries, at most {PAIRS_AT_MOST:,}: "
                "take fewer observations, or expected_transitions, which is its sum"
            )
        likelihood = self.likelihood(observations)
        return inference.pairwise_posterior(
            self.transition, likelihood, self.possible_passes(observations, passes)
        )

    def expected_transitions(self, observations) -> np.ndarray:
        """(K, K): expected number of steps from i to j given the observations."""
        likelihood = self.likelihood(observations)
        return inference.expected_transitions(
            self.transition, likelihood, self.possible_passes(observations)
        )

    def filtered(self, observations, passes: inference.Passes | None = None) -> np.ndarray:
        """P(z_t = k | x_1..x_t), (T, K): what is known while reading."""
        log_alpha = self.possible_passes(observations, passes).log_alpha
        rows = np.exp(log_alpha - log_alpha.max(axis=1, keepdims=True))
        return rows / rows.sum(axis=1, keepdims=True)

    def predict(self, observations, steps: int = 1) -> tuple[np.ndarray, np.ndarray]:
        """(states (steps, K), symbols (steps, M)): distributions of what comes after the
        observations, which may be none."""
        steps = check_count(steps, "steps", 1)
        row = (
            self.initial
            if np.size(observations) == 0
            else self.filtered(observations)[-1] @ self.transition
        )
        rows = [row]
        for _ in range(steps - 1):
            rows.append(rows[-1] @ self.transition)
        return np.array(rows), np.array(rows) @ self.emission

    def viterbi(self, observations) -> tuple[np.ndarray, float]:
        """(path (T,), ln P(path, observations)): the most likely path. Ties: lowest state, from the
        last position backwards.

        Raises ImpossibleObservations.
        """
        observations = self.check_observations(observations)
        with np.errstate(divide="ignore"):
            initial, edges, seen = (
                np.log(self.initial),
                np.log(self.transition),
                np.log(self._likelihoods)[observations],
            )
        path = most_likely_path(initial, edges, seen)
        if path is None:
            raise self._impossible(observations)
        log_probability = (
            initial[path[0]]
            + edges[path[:-1], path[1:]].sum()
            + seen[np.arange(len(path)), path].sum()
        )
        return path, float(log_probability)

    def path_log_probability(self, path, observations) -> float:
        """ln P(path, observations), nats; -inf where impossible."""
        seen = self.likelihood(observations)
        path = np.asarray(path, dtype=np.int64)
        if path.shape != (len(seen),) or path.min() < 0 or path.max() >= self.size:
            raise ValueError(
                f"path must hold {len(seen)} states from 0 to {self.size - 1}, got "
                f"{path.tolist()[:10]}"
            )
        with np.errstate(divide="ignore"):
            return float(
                np.log(self.initial[path[0]])
                + np.log(self.transition[path[:-1], path[1:]]).sum()
                + np.log(seen[np.arange(len(path)), path]).sum()
            )

    def possible_passes(
        self, observations, passes: inference.Passes | None = None
    ) -> inference.Passes:
        """`passes`, or ImpossibleObservations where the observations have probability 0."""
        passes = passes or self.passes(observations)
        if passes.log_likelihood == -math.inf:
            raise self._impossible(np.asarray(observations), passes)
        return passes

    def _impossible(self, observations, passes=None) -> ImpossibleObservations:
        passes = passes or self.passes(observations)
        position = int(np.flatnonzero(passes.log_alpha.max(axis=1) == -math.inf)[0])
        symbol = int(observations[position])
        return ImpossibleObservations(position, self.symbols[symbol] if symbol >= 0 else "anything")

    # learning
    # ----------------------------------------------------------------------------------------------

    def fit(self, sequences, n_iter: int) -> tuple[HiddenMarkovModel, np.ndarray]:
        """Baum-Welch from this model: (model, log_likelihoods (n_iter + 1,)), entry i after i
        iterations; never falling.

        See `learning.baum_welch` for the steps one by one, `restarts` for several starts, and what
        happens to states never visited.
        """
        return fit(self, sequences, n_iter)
