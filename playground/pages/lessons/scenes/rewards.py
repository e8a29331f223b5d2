"""Figures of a network that learns from a reward: what a text is paid, what that teaches, and
Compare's recorded runs."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np

from playground import learning
from playground.i18n import t
from playground.pages.compare.recorded import recorded
from playground.pages.lessons.figures import numbers
from playground.pages.lessons.scenes.bars import bars_of, named
from playground.pages.lessons.scenes.curves import curve_of, line_of

RUNS = ("mild", "hacked")
SHOWN = ("reward", "hit", "drift")
LOWEST_CREDIT = -0.25  # of the axis: steps may owe


def advantages(rewards: str) -> list[float]:
    """(reward − mean) / standard deviation of each text of a group; zeros where all are paid
    alike."""
    import torch  # the app is built without it

    return learning.trace.standardised(torch.tensor(numbers(rewards), dtype=torch.float64)).tolist()


def group(rewards: str, names: Sequence[str] = (), show: str = "reward") -> dict:
    """A group of texts: what each is paid, or (`show=advantage`) what is learned from it: above the
    mean more of it, below it less."""
    paid, learned = numbers(rewards), advantages(rewards)
    if show not in ("reward", "advantage"):
        raise ValueError(t("show must be reward or advantage, got {got}", got=show))
    reach = float(np.ceil(max(1.0, *map(abs, learned))))
    return bars_of(named(names, len(paid)), learned if show == "advantage" else paid, -reach, reach)


def run_of(name: str) -> dict:
    """The figures of a recorded training: "mild", or "hacked" where drifting is cheap."""
    if name not in RUNS:
        raise ValueError(
            t("run must be one of {options}, got {got}", options=", ".join(RUNS), got=name)
        )
    kept = recorded()["reward"]
    frames = (kept if name == "mild" else kept["hacked"])["frames"]
    return {
        "updates": [frame["update"] for frame in frames if "update" in frame],
        **{
            key: frame[key]
            for frame in frames
            for key in ("before", "after", "credit")
            if key in frame
        },
    }


def training(run: str = "mild", show: str = "hit", until: str = "", both: str = "0") -> dict:
    """A recorded training, update by update: mean reward, the share of texts that earn something
    (hit) or the drift from the first network (nats a piece). `both=1`: the run where drifting is
    cheap beside it."""
    if show not in SHOWN:
        raise ValueError(
            t("show must be one of {options}, got {got}", options=", ".join(SHOWN), got=show)
        )
    names = {
        "reward": t("mean reward"),
        "hit": t("share of texts that are paid"),
        "drift": t("drift, nats a piece"),
    }
    shown = RUNS if both == "1" else (run,)
    made = {name: run_of(name)["updates"] for name in shown}
    count = max(len(updates) for updates in made.values())
    last = int(until) if until else count
    lines = [
        line_of(
            [one["n"] for one in updates[:last]],
            [one[show] for one in updates[:last]],
            "loop" if name == "hacked" else "chosen",
            ""
            if len(shown) == 1
            else t("drifting is cheap")
            if name == "hacked"
            else t("drifting costs"),
        )
        for name, updates in made.items()
    ]
    highest = max(one[show] for updates in made.values() for one in updates)
    high = 1.0 if show != "drift" else highest
    return curve_of([0, count], [0, high], t("updates"), names[show], lines)


def earned(names: Sequence[str] = (), show: str = "values") -> dict:
    """The recorded text whose steps were asked what they earned. `show=values`: what was to be
    expected before each step and, last, the reward; `show=credit`: how much each step raised it, in
    the same rows."""
    values = run_of("mild")["credit"]["values"]
    called = named(names or [str(k) for k in range(len(values))], len(values))
    if show == "values":
        return bars_of(called, values, LOWEST_CREDIT, 1.0)
    if show != "credit":
        raise ValueError(t("show must be values or credit, got {got}", got=show))
    found = [0.0, *(after - before for before, after in pairwise(values))]
    return bars_of(called, found, LOWEST_CREDIT, 1.0)
