"""The view "Continuous time": P(t) on a grid of times, one run by its jumps, a crowd of runs."""

from __future__ import annotations

import math

import numpy as np

from playground.i18n import t
from playground.markov.continuous import ContinuousTimeChain
from playground.markov.ensemble import shares_over_time
from playground.pages.chains import parsing
from playground.pages.chains.examples import RATES
from playground.pages.chains.walk import clip
from playground.parameters import LARGEST_SEED

MOMENTS = 121
RUNS = 400
FASTEST = 1000.0  # the largest rate times the length of time: more jumps than that are no picture

DEFAULT = {
    "preset": RATES[0]["slug"],
    "states": RATES[0]["states"],
    "rates": RATES[0]["rates"],
    "start": RATES[0]["start"],
    "seed": 3,
    "until": 4.0,
}


def read(draft: dict) -> tuple[ContinuousTimeChain, int, int, float]:
    states = parsing.names(draft["states"], "states", 2, 8)
    rates = parsing.table(draft["rates"], "rates", len(states), len(states))
    start = parsing.whole(draft.get("start", 0), "start", 0, len(states) - 1)
    seed = parsing.whole(draft.get("seed", 0), "seed", 0, LARGEST_SEED)
    until = parsing.real(draft.get("until", 4.0), "until", 0.1, 100)
    chain = ContinuousTimeChain(rates, states, np.eye(len(states))[start])
    if chain.leaving.max() * until > FASTEST:
        raise ValueError(
            t(
                "until times the largest rate of leaving must be at most {fastest}, got {got}: "
                "shorten the time",
                fastest=FASTEST,
                got=chain.leaving.max() * until,
            )
        )
    return chain, start, seed, until


def figures(draft: dict) -> dict:
    """Plain data: P(t) on 121 times, one run jump by jump, and the shares of 400 others."""
    chain, start, seed, until = read(draft)
    times = np.linspace(0, until, MOMENTS)
    step = chain.transition(
        float(times[1])
    )  # P(t + s) = P(t) P(s): one exponential serves the whole grid
    powers = [np.eye(chain.size)]
    for _ in times[1:]:
        powers.append(powers[-1] @ step)
    path = list(chain.simulate(until, seed, start))
    return {
        "states": list(chain.states),
        "rates": parsing.plain(chain.rates),
        "start": start,
        "times": times.tolist(),
        "powers": parsing.plain(np.array(powers).round(9)),
        "path": [[jump["time"], jump["state"]] for jump in path],
        "crowd": parsing.plain(shares_over_time(chain, times, RUNS, seed, start)),
        "runs": RUNS,
        "stationary": parsing.plain(chain.stationary()),
        "sentences": {"long_run": _long_run(chain, start), "masking": _masking(chain, start)},
    }


def _long_run(chain: ContinuousTimeChain, start: int) -> str:
    wait = chain.leaving[start]
    name = clip(chain.states[start])
    first = (
        t("It is never left: “{name}” is absorbing.", name=name)
        if wait == 0
        else t(
            "The time it stays in “{name}” is exponentially distributed, {value} on average.",
            name=name,
            value=float(f"{1 / wait:.4g}"),
        )
    )
    shares = ", ".join(
        f"{share:.4g} in “{clip(state)}”"
        for state, share in zip(chain.states, chain.stationary(), strict=True)
        if share > 0
    )
    return t("{first} In the long run, from here: {shares}.", first=first, shares=shares)


def _masking(chain: ContinuousTimeChain, start: int) -> str:
    """The two-state chain that masks: the bridge to the Diffusion page."""
    absorbing = [i for i in range(chain.size) if chain.leaving[i] == 0]
    if chain.size != 2 or len(absorbing) != 1 or absorbing[0] == start:
        return ""
    rate = float(chain.leaving[start])
    name, mask = clip(chain.states[start]), clip(chain.states[absorbing[0]])
    times = "" if math.isclose(rate, 1) else f"{rate:.4g}·"
    return t(
        "This is masking: “{name}” turns into “{mask}” at a constant rate and stays so. The "
        "probability that it is still there is exp(−{times}t): what the Diffusion page calls "
        "ᾱ, for every word of a text by itself. A diffusion model learns to run this clock "
        "backwards.",
        name=name,
        mask=mask,
        times=times,
    )
