"""The algorithms of a hidden Markov model cell by cell, as plain data.

A record holds one column of the trellis. Logarithms are nats, null where the probability is 0;
`probability` is the plain number (0.0 where it is too small for a double: then use the logarithm).
"""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np

from playground.i18n import t as tr

from .hidden import HiddenMarkovModel, ImpossibleObservations
from .inference import Passes

ALGORITHMS = ("forward", "backward", "posterior", "viterbi")


def trellis(model: HiddenMarkovModel, observations, algorithm: str) -> Iterator[dict]:
    """One record a column, in the order in which the algorithm fills them (backward: from the
    last).

    {"algorithm", "position", "observation" (-1 missing), "symbol" (null if missing), "cells",
    "log_total"}; each cell has "state", "log", "probability", "share" (of its column), "emission"
    and "terms", whose products the cell adds (forward, backward), multiplies (posterior) or takes
    the largest of (viterbi; "back" is its number, "ties" those equal up to rounding). viterbi ends
    with one record a position, "phase": "trace", from the last to the first.
    """
    if algorithm not in ALGORITHMS:
        raise ValueError(
            tr(
                "algorithm must be one of {options}, got {got}",
                options=", ".join(ALGORITHMS),
                got=repr(algorithm),
            )
        )
    observations = model.check_observations(observations)
    columns = {
        "forward": _forward,
        "backward": _backward,
        "posterior": _posterior,
        "viterbi": _viterbi,
    }[algorithm]
    for record in columns(model, observations):
        seen = int(observations[record["position"]])
        yield {
            "algorithm": algorithm,
            "observation": seen,
            "symbol": model.symbols[seen] if seen >= 0 else None,
            **record,
        }


def _forward(model, observations):
    logs, likelihood = model.forward(observations), model.likelihood(observations)
    for t, row in enumerate(logs):
        cells = []
        for state in range(model.size):
            if t == 0:
                terms = [
                    _product(
                        "start",
                        None,
                        previous=1.0,
                        transition=model.initial[state],
                        emission=likelihood[0, state],
                    )
                ]
            else:
                terms = [
                    _product(
                        "from",
                        other,
                        log_previous=logs[t - 1, other],
                        transition=model.transition[other, state],
                        emission=likelihood[t, state],
                    )
                    for other in range(model.size)
                ]
            cells.append(_cell(state, row, likelihood[t, state], terms))
        yield _column(t, row, cells)


def _backward(model, observations):
    logs, likelihood = model.backward(observations), model.likelihood(observations)
    for t in range(len(logs) - 1, -1, -1):
        cells = []
        for state in range(model.size):
            terms = []
            if t < len(logs) - 1:
                terms = [
                    _product(
                        "to",
                        other,
                        log_previous=logs[t + 1, other],
                        transition=model.transition[state, other],
                        emission=likelihood[t + 1, other],
                    )
                    for other in range(model.size)
                ]
            cells.append(_cell(state, logs[t], likelihood[t, state], terms))
        yield _column(t, logs[t], cells)


def _posterior(model, observations):
    passes, likelihood = model.possible_passes(observations), model.likelihood(observations)
    log_alpha, log_beta, posterior = passes.log_alpha, passes.log_beta, passes.posterior
    for t, joint in enumerate(log_alpha + log_beta):
        cells = []
        for state in range(model.size):
            cell = _cell(
                state,
                joint,
                likelihood[t, state],
                [
                    {
                        "forward": _number(log_alpha[t, state]),
                        "backward": _number(log_beta[t, state]),
                        "evidence": passes.log_likelihood,
                    }
                ],
            )
            cell["share"] = float(posterior[t, state])
            cells.append(cell)
        yield _column(t, joint, cells)


def _viterbi(model, observations):
    with np.errstate(divide="ignore"):
        initial, edges, seen = (
            np.log(model.initial),
            np.log(model.transition),
            np.log(model.likelihood(observations)),
        )
    best, backs = initial + seen[0], []
    for t in range(len(seen)):
        cells = []
        if t:
            scores = best[:, None] + edges  # (from, to); the emission is the same for all
            backs.append(scores.argmax(axis=0))
        for state in range(model.size):
            if t == 0:
                terms = [
                    _product(
                        "start",
                        None,
                        previous=1.0,
                        transition=model.initial[state],
                        emission=math.exp(seen[0, state]),
                    )
                ]
            else:
                terms = [
                    _product(
                        "from",
                        other,
                        log_previous=best[other],
                        transition=model.transition[other, state],
                        emission=math.exp(seen[t, state]),
                    )
                    for other in range(model.size)
                ]
            cells.append((state, terms))
        if t:
            best = scores.max(axis=0) + seen[t]
        if best.max() == -math.inf:
            name = model.symbols[observations[t]] if observations[t] >= 0 else "anything"
            raise ImpossibleObservations(t, name)
        finished = []
        for state, terms in cells:
            cell = _cell(state, best, math.exp(seen[t, state]), terms)
            cell["back"], cell["ties"] = None, []
            if t and best[state] > -math.inf:
                cell["back"] = int(backs[-1][state])
                equal = np.flatnonzero(scores[:, state] >= scores[:, state].max() - 1e-12).tolist()
                cell["ties"] = equal if len(equal) > 1 else []
            finished.append(cell)
        yield {**_column(t, best, finished), "phase": "fill"}
    state = int(best.argmax())
    for t in range(len(seen) - 1, -1, -1):
        back = int(backs[t - 1][state]) if t else None
        yield {
            "position": t,
            "phase": "trace",
            "state": state,
            "back": back,
            "cells": [],
            "log_total": _number(best.max()),
        }
        state = back


def compare_paths(model: HiddenMarkovModel, observations, passes: Passes | None = None) -> dict:
    """The Viterbi path (most likely as a whole) beside the posterior path (most likely place by
    place).

    {"viterbi", "posterior": states; "differences": positions; "viterbi_log_probability",
    "posterior_log_probability" (null
    where the posterior path is impossible as a whole); "viterbi_expected", "posterior_expected":
    expected right states}.
    `passes`: those of these observations, where they are known already.
    """
    posterior = model.possible_passes(observations, passes).posterior
    path, log_probability = model.viterbi(observations)
    places = posterior.argmax(axis=1)
    positions = np.arange(len(path))
    return {
        "viterbi": path.tolist(),
        "posterior": places.tolist(),
        "differences": np.flatnonzero(path != places).tolist(),
        "viterbi_log_probability": log_probability,
        "posterior_log_probability": _number(model.path_log_probability(places, observations)),
        "viterbi_expected": float(posterior[positions, path].sum()),
        "posterior_expected": float(posterior[positions, places].sum()),
    }


# parts of a record
# --------------------------------------------------------------------------------------------------


def _number(value) -> float | None:
    return float(value) if value > -math.inf else None


def _product(kind, other, transition, emission, previous=None, log_previous=None) -> dict:
    if log_previous is None:
        assert previous is not None, "one of the two is given"
        log_previous = math.log(previous)
    logs = [
        log_previous,
        *(math.log(value) if value > 0 else -math.inf for value in (transition, emission)),
    ]
    total = sum(logs)
    return {
        kind: other,
        "log_previous": _number(log_previous),
        "previous": math.exp(log_previous),
        "transition": float(transition),
        "emission": float(emission),
        "log": _number(total),
        "product": math.exp(total),
    }


def _cell(state, logs, emission, terms) -> dict:
    largest = logs.max()
    share = (
        math.exp(logs[state] - largest) / np.exp(logs - largest).sum()
        if largest > -math.inf
        else 0.0
    )
    return {
        "state": state,
        "log": _number(logs[state]),
        "probability": math.exp(logs[state]),
        "share": float(share),
        "emission": float(emission),
        "terms": terms,
    }


def _column(position, logs, cells) -> dict:
    largest = logs.max()
    total = largest + math.log(np.exp(logs - largest).sum()) if largest > -math.inf else largest
    return {"position": position, "cells": cells, "log_total": _number(total)}
