"""The view "Hidden Markov model": one record with every array that the trellis draws, and one with
every step of learning."""

from __future__ import annotations

import numpy as np
from scipy.optimize import linear_sum_assignment

from playground.i18n import t
from playground.markov.hidden import HiddenMarkovModel
from playground.markov.learning import baum_welch
from playground.markov.trellis import compare_paths, trellis
from playground.markov.validation import ImpossibleObservations
from playground.pages.chains import parsing
from playground.pages.chains.examples import HIDDEN
from playground.parameters import LARGEST_SEED

LONGEST = 60
KINDS = ("forward", "backward", "posterior", "viterbi")


_FIRST = HIDDEN[0]
DEFAULT = {
    **{key: _FIRST[key] for key in ("states", "symbols", "initial", "transition", "emission")},
    "preset": _FIRST["slug"],
    "observations": _FIRST["observations"],
    "seed": None,
    "length": 12,
    "kind": "forward",
    "learn": {"source": "sample", "length": 200, "restarts": 4, "iterations": 30, "seed": 1},
}


def read_model(draft: dict, most_states: int = 8, most_symbols: int = 10) -> HiddenMarkovModel:
    states = parsing.names(draft["states"], "states", 1, most_states)
    symbols = parsing.names(draft["symbols"], "symbols", 1, most_symbols)
    initial = parsing.table([draft["initial"]], "initial", 1, len(states))[0]
    transition = parsing.table(draft["transition"], "transition", len(states), len(states))
    emission = parsing.table(draft["emission"], "emission", len(states), len(symbols))
    return HiddenMarkovModel(initial, transition, emission, states, symbols)


def read_observations(draft: dict, model: HiddenMarkovModel, longest: int = LONGEST) -> list[int]:
    """Symbol numbers, -1 where one is missing."""
    observations = draft["observations"]
    if not isinstance(observations, list) or not 1 <= len(observations) <= longest:
        raise ValueError(
            t(
                "observations must be a list of 1 to {longest} symbol numbers, got {got}",
                longest=longest,
                got=parsing.short(observations),
            )
        )
    return [parsing.whole(one, "observations", -1, len(model.symbols) - 1) for one in observations]


def figures(draft: dict) -> dict:
    """Plain data for the trellis. A draft with a seed is sampled: its states come along, to be
    revealed."""
    model = read_model(draft)
    truth = None
    if draft.get("seed") is not None:
        seed = parsing.whole(draft["seed"], "seed", 0, LARGEST_SEED)
        states, symbols = model.sample(parsing.whole(draft["length"], "length", 2, LONGEST), seed)
        truth, observations = states.tolist(), symbols.tolist()
    else:
        observations = read_observations(draft, model)
    return {"truth": truth, "sampled": truth is not None, **describe(model, observations)}


def describe(model: HiddenMarkovModel, observations: list[int]) -> dict:
    passes = model.passes(observations)
    length, size = len(observations), model.size
    record = {
        "states": list(model.states),
        "symbols": list(model.symbols),
        "initial": parsing.plain(model.initial),
        "transition": parsing.plain(model.transition),
        "emission": parsing.plain(model.emission),
        "observations": list(observations),
        "forward": parsing.plain(passes.log_alpha),
        "backward": parsing.plain(passes.log_beta),
        "surprise": _surprise(passes.log_alpha),
        "log_likelihood": parsing.plain(float(passes.log_likelihood)),
        "impossible": None,
    }
    try:
        paths, (delta, pointers) = (
            compare_paths(model, observations, passes),
            _best_ways(model, observations),
        )
    except ImpossibleObservations as error:
        where = error.position
        symbol = model.symbols[observations[where]] if observations[where] >= 0 else "anything"
        return {
            **record,
            "impossible": t(
                "This model cannot show that: at position {value} no state that can be reached "
                "shows “{symbol}”. Give one of them a probability there, or type ? for that "
                "observation.",
                value=where + 1,
                symbol=symbol,
            ),
            "delta": [[None] * size] * length,
            "pointers": [[0] * size] * length,
            "posterior": [[0.0] * size] * length,
            "pairs": [[[0.0] * size] * size] * (length - 1),
            "path": [-1] * length,
            "marginal": [-1] * length,
            "path_log_probability": None,
            "broken": False,
            "predictions": [None] * length,
        }
    return {
        **record,
        "delta": delta,
        "pointers": pointers,
        "posterior": parsing.plain(passes.posterior),
        "pairs": parsing.plain(model.pairwise_posterior(observations, passes)),
        "path": paths["viterbi"],
        "marginal": paths["posterior"],
        "path_log_probability": paths["viterbi_log_probability"],
        "broken": paths["posterior_log_probability"] is None,
        "expected": [paths["viterbi_expected"], paths["posterior_expected"]],
        "predictions": parsing.plain(
            model.filtered(observations, passes) @ model.transition @ model.emission
        ),
    }  # (T, M)


def _best_ways(model: HiddenMarkovModel, observations: list[int]) -> tuple[list, list]:
    """ln P of the best path into each cell (T, K), None where impossible, and the state that it
    came from (T, K)."""
    columns = [
        column["cells"]
        for column in trellis(model, observations, "viterbi")
        if column["phase"] == "fill"
    ]
    return [[cell["log"] for cell in cells] for cells in columns], [
        [cell["back"] or 0 for cell in cells] for cells in columns
    ]


def _surprise(log_alpha: np.ndarray) -> list[float | None]:
    """Nats: -ln P(observation t | those before), the height of the timeline."""
    with np.errstate(divide="ignore", invalid="ignore"):
        totals = np.logaddexp.reduce(log_alpha, axis=1)
        return parsing.plain(np.abs(-np.diff(totals, prepend=0.0)))


def learn(draft: dict) -> dict:
    """Baum-Welch from random starts, all steps of all of them: plain data, rounded to five decimals
    for the way to the browser."""
    model, wish = read_model(draft), draft["learn"]
    if not isinstance(wish, dict):
        raise ValueError(t("learn must be an object, got {got}", got=parsing.short(wish)))
    seed = parsing.whole(wish["seed"], "seed", 0, LARGEST_SEED)
    restarts, iterations = (
        parsing.whole(wish["restarts"], "restarts", 1, 8),
        parsing.whole(wish["iterations"], "iterations", 1, 60),
    )
    if parsing.choice(wish["source"], "source", ("sample", "observations")) == "sample":
        observations = model.sample(parsing.whole(wish["length"], "length", 10, 1000), seed)[
            1
        ].tolist()
    else:
        observations = (
            read_observations(draft, model)
            if draft.get("seed") is None
            else figures(draft)["observations"]
        )
    runs = []
    for number in range(restarts):
        start = HiddenMarkovModel.random(
            model.size, len(model.symbols), (seed * 1000 + number) % LARGEST_SEED
        )
        runs.append([step.record() for step in baum_welch(start, observations, iterations)])
    best = int(np.argmax([run[-1]["log_likelihood"] for run in runs]))
    truth = model.log_likelihood(observations)
    return {
        "runs": [
            {"steps": [_rounded(step, order) for step in run]}
            for run in runs
            for order in [_matching(run[-1], model)]
        ],
        "best": best,
        "length": len(observations),
        "truth_log_likelihood": parsing.plain(float(truth)),
        "states": list(model.states),
        "symbols": list(model.symbols),
        "truth": {
            name: parsing.plain(getattr(model, name))
            for name in ("initial", "transition", "emission")
        },
        "model": parsing.plain(
            [model.transition.tolist(), model.emission.tolist(), model.initial.tolist()]
        ),
    }


def _matching(step: dict, model: HiddenMarkovModel) -> np.ndarray:
    """Learned states have no names: the order in which their emissions are closest to the
    model's."""
    distance = np.abs(np.array(step["emission"])[:, None] - model.emission[None]).sum(
        axis=2
    )  # (learned, model)
    learned, places = linear_sum_assignment(distance)
    return learned[np.argsort(places)]


def _rounded(step: dict, order: np.ndarray) -> dict:
    transition, emission, initial = (
        np.array(step[name]) for name in ("transition", "emission", "initial")
    )
    return {
        "index": step["index"],
        "log_likelihood": step["log_likelihood"],
        "initial": initial[order].round(5).tolist(),
        "transition": transition[np.ix_(order, order)].round(5).tolist(),
        "emission": emission[order].round(5).tolist(),
    }
