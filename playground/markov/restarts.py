"""Baum-Welch from several random starts: it finds local maxima, so the best run is kept."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from playground.parameters import following_seed

from .hidden import HiddenMarkovModel
from .learning import fit
from .validation import check_count


@dataclass(frozen=True)
class Restarts:
    """`model`: the best of all runs; `runs[r]`: log-likelihoods of run r; `best`: its number;
    `seeds`: the start of each."""

    model: HiddenMarkovModel
    runs: list[np.ndarray]
    best: int
    seeds: list[int]


def fit_with_restarts(
    states: int,
    symbols: int,
    sequences,
    n_iter: int,
    restarts: int,
    seed: int = 0,
    names: tuple[Sequence[str] | None, Sequence[str] | None] = (None, None),
    **options,
) -> Restarts:
    """Baum-Welch from `restarts` random starts (seeds seed, seed + 1, ...): it finds local maxima,
    so the best is kept."""
    runs, models = [], []
    seeds = [
        following_seed(check_count(seed, "seed"), number)
        for number in range(check_count(restarts, "restarts", 1))
    ]
    for start in seeds:
        drawn = HiddenMarkovModel.random(states, symbols, start)
        drawn = HiddenMarkovModel(drawn.initial, drawn.transition, drawn.emission, *names)
        model, values = fit(drawn, sequences, n_iter, **options)
        runs.append(values)
        models.append(model)
    best = int(np.argmax([values[-1] for values in runs]))
    return Restarts(models[best], runs, best, seeds)
