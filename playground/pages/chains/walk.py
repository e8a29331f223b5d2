"""The view "Markov chain": from what the visitor typed to every figure on the screen, in one
record."""

from __future__ import annotations

import math

import numpy as np

from playground.markov.chain import MarkovChain, first_revisit
from playground.pages.chains import parsing
from playground.pages.chains.examples import CHAINS
from playground.parameters import LARGEST_SEED

STEPS = 500
LARGEST_CHAIN = 8

DEFAULT = {
    "preset": CHAINS[0]["slug"],
    "states": CHAINS[0]["states"],
    "transition": CHAINS[0]["transition"],
    "start": CHAINS[0]["start"],
    "mode": "sampled",
    "seed": 7,
}


def read(draft: dict, steps: int = STEPS, largest: int = LARGEST_CHAIN) -> tuple[MarkovChain, dict]:
    """The chain and the checked rest of a draft. Raises ValueError by field, value and range."""
    states = parsing.names(draft["states"], "states", 1 if largest > LARGEST_CHAIN else 2, largest)
    transition = parsing.table(draft["transition"], "transition", len(states), len(states))
    start = parsing.whole(draft.get("start", 0), "start", -1, len(states) - 1)
    initial = None if start < 0 else np.eye(len(states))[start]
    chain = MarkovChain(transition, states, initial)
    return chain, {
        "start": start,
        "mode": parsing.choice(draft.get("mode", "sampled"), "mode", ("sampled", "greedy")),
        "seed": parsing.whole(draft.get("seed", 0), "seed", 0, LARGEST_SEED),
        "steps": steps,
    }


def figures(draft: dict) -> dict:
    """Plain data: the walk of 500 steps and all that follows from the matrix. See `read` for what
    is refused."""
    chain, rest = read(draft)
    return describe(chain, rest)


def describe(chain: MarkovChain, rest: dict) -> dict:
    greedy = rest["mode"] == "greedy"
    start = None if rest["start"] < 0 else rest["start"]
    walk = list(chain.walk(rest["steps"] + 1, rest["seed"], start, greedy))
    path = [step["state"] for step in walk]
    recurrent = [one for one in chain.communicating_classes() if one.recurrent]
    hitting = np.column_stack(
        [chain.hitting_times(state) for state in range(chain.size)]
    )  # (from, to)
    np.fill_diagonal(hitting, chain.return_times())
    cycle = _cycle(chain, path, greedy)
    return {
        "states": list(chain.states),
        "transition": parsing.plain(chain.transition),
        "initial": parsing.plain(chain.initial),
        "path": path,
        "u": [step["u"] for step in walk],
        "cycle": cycle,
        "limit": parsing.plain(chain.stationary()) if len(recurrent) == 1 else None,
        "stationary": parsing.plain(chain.stationary_distributions()),
        "eigenvalues": [[float(value.real), float(value.imag)] for value in chain.eigenvalues()],
        "hitting": parsing.plain(hitting),
        "mixing_time": _finite(chain.mixing_time()),
        "spectral_gap": chain.spectral_gap(),
        "classes": [
            {"states": list(one.states), "recurrent": one.recurrent, "period": one.period}
            for one in chain.communicating_classes()
        ],
        "absorption": _absorption(chain, recurrent, rest["start"]),
        "sentences": {
            "structure": _structure(chain, recurrent),
            "mixing": _mixing(chain, recurrent),
            "looping": _looping(chain, path, cycle, greedy),
        },
    }


def _finite(value: float) -> float | None:
    return value if math.isfinite(value) else None


def _cycle(chain: MarkovChain, path: list[int], greedy: bool) -> dict | None:
    """Where the path repeats for ever: greedy walks do, drawn ones only where every transition that
    is left is certain."""
    certain = (chain.transition > 0).sum(
        axis=1
    ) == 1  # a largest entry of 1 may have 1e-17 beside it
    for here, state in enumerate(path):
        before, loop = chain.greedy_cycle(state)
        if not before and (greedy or certain[loop].all()):
            return {"start": here, "period": len(loop), "names": [chain.states[i] for i in loop]}
        if not greedy and not certain.any():
            return None
    return None


def _structure(chain: MarkovChain, recurrent: list) -> str:
    classes = chain.communicating_classes()
    if len(recurrent) > 1:
        return (
            f"{len(recurrent)} groups of states are never left once entered, so there is no "
            "single long run: where the chain ends depends on chance and on the start."
        )
    one = recurrent[0]
    if len(classes) == 1:
        long_run = "every state reaches every other, so there is exactly one long run"
    elif len(one.states) == 1:
        long_run = f"sooner or later the chain ends in {_name(chain, one.states[0])} and stays"
    else:
        long_run = f"{len(one.states)} states are never left once entered; all others are visited for a while only"
    rhythm = (
        ""
        if one.period == 1
        else f" The chain keeps a rhythm of {one.period}: it can be back only after a multiple of "
        f"{one.period} steps."
    )
    return f"{long_run[0].upper()}{long_run[1:]}.{rhythm}"


def _mixing(chain: MarkovChain, recurrent: list) -> str:
    sizes = np.abs(chain.eigenvalues())
    second = float(sizes[1]) if chain.size > 1 else 0.0
    if len(recurrent) > 1:
        return "More than one eigenvalue is 1: each group of states has a long run of its own, and the beginning is never forgotten."
    if recurrent[0].period > 1:
        return (
            f"{recurrent[0].period} eigenvalues lie on the circle: the chain keeps time and never "
            "forgets in which beat it began. The shares of visits converge all the same."
        )
    steps = chain.mixing_time()
    if steps == math.inf:
        return "The beginning is forgotten, but after more steps than a number of the computer can count."
    return (
        f"The second largest eigenvalue has size {second:.4g}: what is left of the beginning is "
        f"multiplied by about {second:.4g} at every step (gap {chain.spectral_gap():.4g}). From "
        f"the worst start it is within ¼ of the long run after {_count(int(steps))} "
        f"step{'s' * (steps != 1)} (mixing time, total variation)."
    )


def _count(steps: int) -> str:
    """Every digit where a float has them all, else four."""
    return str(steps) if steps < 1e15 else f"{steps:.4g}"


def _looping(chain: MarkovChain, path: list[int], cycle: dict | None, greedy: bool) -> str:
    if cycle and cycle["period"] == 1 and not greedy:
        return f"From step {cycle['start']} on it stays in “{clip(cycle['names'][0])}”: nothing is left to chance there."
    if cycle:
        loop = " → ".join(clip(name) for name in [*cycle["names"], cycle["names"][0]])
        why = (
            "Greedy takes the most likely successor each time (ties: the state listed first)"
            if greedy
            else "Every transition left is certain, so drawing changes nothing"
        )
        return f"{why}: from step {cycle['start']} on the path repeats {loop} for ever, period {cycle['period']}."
    revisit = first_revisit(path)
    if revisit is None:
        return ""
    return (
        f"At step {revisit[1]} it is in {_name(chain, path[revisit[1]])} for the second time; "
        f"with {chain.size} states some state must come again within {chain.size} steps. But "
        "revisiting is not looping: the next step is drawn anew, so the path goes on "
        "differently."
    )


def _absorption(chain: MarkovChain, recurrent: list, start: int) -> str | None:
    if len(recurrent) < 2 or start < 0:
        return None
    absorption = chain.absorption()
    ends = "; ".join(
        f"{probability:.4g} in {' or '.join(_name(chain, i) for i in states)}"
        for states, probability in zip(
            absorption.classes, absorption.probabilities[start], strict=True
        )
    )
    return f"From {_name(chain, start)} it ends with probability {ends}; on average after {absorption.expected_steps[start]:.4g} steps."


def _name(chain: MarkovChain, state: int) -> str:
    return f"“{clip(chain.states[state])}”"


def clip(name: str, length: int = 24) -> str:
    return name if len(name) <= length else name[: length - 1] + "…"
