"""The figures of a hidden Markov model by counting every path: what its algorithms are held to."""

import itertools

import numpy as np

from playground.markov import HiddenMarkovModel

PATHS_AT_MOST = 1_000_000


def enumerate_paths(model: HiddenMarkovModel, observations) -> tuple[np.ndarray, np.ndarray]:
    """(paths (K^T, T), P(path, observations) (K^T,)), last position fastest. ValueError above a
    million paths."""
    observations = model.check_observations(observations)
    count = model.size ** len(observations)
    if count > PATHS_AT_MOST:
        raise ValueError(
            f"{model.size} states and {len(observations)} observations make {count:,} paths, "
            f"at most {PATHS_AT_MOST:,} are enumerated"
        )
    paths = np.array(list(itertools.product(range(model.size), repeat=len(observations))))
    probability = model.initial[paths[:, 0]]
    for t, symbol in enumerate(observations):
        if t:
            probability = probability * model.transition[paths[:, t - 1], paths[:, t]]
        if symbol >= 0:
            probability = probability * model.emission[paths[:, t], symbol]
    return paths, probability


def brute_force(model: HiddenMarkovModel, observations) -> dict:
    """Everything by adding up every path, for small cases: "log_likelihood", "forward", "backward"
    (logs, (T, K)), "posterior" (T, K), "pairwise" (T - 1, K, K), "path" and "log_probability" of
    the most likely one (ties as `viterbi`).
    """
    observations = model.check_observations(observations)
    paths, probability = enumerate_paths(model, observations)
    length, total = len(observations), probability.sum()
    forward, backward, posterior = (np.zeros((length, model.size)) for _ in range(3))
    pairwise = np.zeros((length - 1, model.size, model.size))
    for t in range(length):
        heads, weights = enumerate_paths(model, observations[: t + 1])
        np.add.at(forward[t], heads[:, -1], weights)
        np.add.at(posterior[t], paths[:, t], probability)
        if t < length - 1:
            np.add.at(pairwise[t], (paths[:, t], paths[:, t + 1]), probability)
        for state in range(
            model.size
        ):  # the same chain started in `state`, its first observation already accounted for
            rest = HiddenMarkovModel(np.eye(model.size)[state], model.transition, model.emission)
            backward[t, state] = enumerate_paths(rest, [-1, *observations[t + 1 :]])[1].sum()
    best = np.flatnonzero(probability >= probability.max() * (1 - 1e-12))
    chosen = min(best, key=lambda number: paths[number][::-1].tolist())
    with np.errstate(divide="ignore", invalid="ignore"):
        return {
            "log_likelihood": float(np.log(total)),
            "forward": np.log(forward),
            "backward": np.log(backward),
            "posterior": posterior / total,
            "pairwise": pairwise / total,
            "path": paths[chosen],
            "log_probability": float(np.log(probability[chosen])),
        }
