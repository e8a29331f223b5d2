"""Baum-Welch: expectation-maximisation for hidden Markov models, step by step.

Source: Baum, Petrie, Soules, Weiss (1970); Rabiner (1989), section III.C.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from . import inference
from .validation import ImpossibleObservations, check_count

if TYPE_CHECKING:
    from .hidden import HiddenMarkovModel

PARTS = ("initial", "transition", "emission")


@dataclass(frozen=True)
class LearningStep:
    """The model after `index` iterations and ln P(all sequences) under it, nats (index 0: the model
    given)."""

    index: int
    model: HiddenMarkovModel
    log_likelihood: float

    def record(self) -> dict:
        """Plain data for the screen."""
        return {
            "index": self.index,
            "log_likelihood": self.log_likelihood,
            "initial": self.model.initial.tolist(),
            "transition": self.model.transition.tolist(),
            "emission": self.model.emission.tolist(),
        }


def as_sequences(model: HiddenMarkovModel, sequences) -> list[np.ndarray]:
    """One sequence or a list of sequences as a list of checked int arrays."""
    one = isinstance(sequences, np.ndarray) and sequences.ndim == 1 and sequences.dtype != object
    if not one and not isinstance(sequences, np.ndarray):
        sequences = list(sequences)
        one = len(sequences) > 0 and all(np.ndim(entry) == 0 for entry in sequences)
    listed = [sequences] if one else list(sequences)
    if not listed:
        raise ValueError("sequences must hold at least one sequence, got none")
    return [
        model.check_observations(
            entry, "observations" if len(listed) == 1 else f"sequence {number + 1}"
        )
        for number, entry in enumerate(listed)
    ]


def baum_welch(
    model: HiddenMarkovModel,
    sequences,
    n_iter: int,
    pseudocount: float = 0.0,
    update: Sequence[str] = PARTS,
) -> Iterator[LearningStep]:
    """n_iter + 1 steps, the first with the model as given; the log-likelihood never falls
    (pseudocount 0).

    A state that is never visited keeps its rows (there is nothing to learn from). Missing
    observations (-1) inform no emission.
    pseudocount: added to every expected count (then the sum of likelihood and prior rises instead).
    update: which parts are learnt. Raises ImpossibleObservations, naming the sequence, when the
        start excludes the data.
    """
    n_iter = check_count(n_iter, "n_iter")
    if not (math.isfinite(pseudocount) and pseudocount >= 0):
        raise ValueError(f"pseudocount must be at least 0, got {pseudocount}")
    unknown = [part for part in update if part not in PARTS]
    if unknown:
        raise ValueError(f"update must name parts among {', '.join(PARTS)}, got {unknown[0]!r}")
    sequences = as_sequences(model, sequences)
    symbols = np.concatenate(sequences)  # (T,)
    starts = np.cumsum([0, *(len(entry) for entry in sequences[:-1])])
    seen = np.flatnonzero(symbols >= 0)
    order = seen[
        np.argsort(symbols[seen], kind="stable")
    ]  # positions by symbol: one reduceat sums each symbol's rows
    present, first = np.unique(symbols[order], return_index=True)
    for index in range(n_iter + 1):
        likelihood = model._likelihoods[symbols]  # (T, K)
        passes = inference.forward_backward(
            model.initial, model.transition, likelihood, starts, logs=False
        )
        if passes.log_likelihood == -math.inf:
            raise _impossible(model, sequences)
        yield LearningStep(index, model, passes.log_likelihood)
        if index == n_iter:
            return
        posterior = passes.posterior  # (T, K)
        initial, transition, emission = model.initial, model.transition, model.emission
        if "initial" in update:
            initial = _rows_of(posterior[starts].sum(axis=0)[None] + pseudocount, initial[None])[0]
        if "transition" in update:
            counts = inference.expected_transitions(model.transition, likelihood, passes, starts)
            transition = _rows_of(counts + pseudocount, transition)
        if "emission" in update:
            counts = np.zeros((len(model.symbols), model.size))  # (M, K)
            if len(order):
                counts[present] = np.add.reduceat(posterior[order], first, axis=0)
            emission = _rows_of(counts.T + pseudocount, emission)
        model = type(model)(initial, transition, emission, model.states, model.symbols)


def fit(
    model: HiddenMarkovModel, sequences, n_iter: int, **options
) -> tuple[HiddenMarkovModel, np.ndarray]:
    """(model after n_iter iterations, log-likelihoods (n_iter + 1,)) of `baum_welch`."""
    steps = list(baum_welch(model, sequences, n_iter, **options))
    return steps[-1].model, np.array([step.log_likelihood for step in steps])


def _rows_of(counts: np.ndarray, before: np.ndarray) -> np.ndarray:
    """Counts divided by their row sums; a row of zeros keeps the row `before`."""
    sums = counts.sum(axis=1, keepdims=True)
    return np.where(sums > 0, counts / np.where(sums > 0, sums, 1), before)


def _impossible(model: HiddenMarkovModel, sequences) -> ImpossibleObservations:
    for number, entry in enumerate(sequences):
        try:
            model.possible_passes(entry)
        except ImpossibleObservations as error:
            return ImpossibleObservations(
                error.position, error.symbol, number if len(sequences) > 1 else None
            )
    raise AssertionError("every sequence is possible")
