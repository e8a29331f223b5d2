"""Figures of speculative decoding: what becomes of a draft, and how many tokens a pass brings."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from playground import decoding
from playground.i18n import t
from playground.pages.compare.recorded import recorded
from playground.pages.lessons.figures import numbers
from playground.pages.lessons.scenes.bars import bars_of, named
from playground.pages.lessons.scenes.curves import curve_of, line_of

SHOWN = ("draft", "target", "kept", "left", "written")


def two_laws(p: str, q: str) -> tuple[np.ndarray, np.ndarray]:
    """The target's law and its drafter's, float64; ValueError unless both are laws over the same
    tokens."""
    target, drafter = (np.array(numbers(one), np.float64) for one in (p, q))
    for name, law in (("p", target), ("q", drafter)):
        if law.min() < 0 or abs(law.sum() - 1) > 1e-9:
            raise ValueError(t("{name} must be probabilities that add up to 1", name=name))
    if len(target) != len(drafter):
        raise ValueError(t("p and q must have the same number of tokens"))
    return target, drafter


def verdict(p: str, q: str, names: Sequence[str] = (), show: str = "target") -> dict:
    """One place of a pass. p: the target's law, q: its drafter's. `show`: draft (q), target (p),
    kept (min(p, q), the accepted drafts), left (what a refused draft is replaced from), written
    (kept and replaced together)."""
    target, drafter = two_laws(p, q)
    kept, left = np.minimum(target, drafter), decoding.drafts.left_over(target, drafter)
    laws = {
        "draft": drafter,
        "target": target,
        "kept": kept,
        "left": left,
        "written": kept + (1 - decoding.drafts.overlap(target, drafter)) * left,
    }
    if show not in laws:
        raise ValueError(
            t("show must be one of {options}, got {got}", options=", ".join(SHOWN), got=show)
        )
    return bars_of(named(names, len(target)), laws[show])


def passes(overlap: str, longest: str = "8", until: str = "") -> dict:
    """Tokens a pass by the number of drafts, where every draft is accepted with chance `overlap`;
    `until` cuts the line off there."""
    most, share = int(longest), float(overlap)
    last = int(until) if until else most
    brought = [decoding.drafts_law.tokens_a_pass(share, count) for count in range(most + 1)]
    return curve_of(
        [0, most],
        [0, max(2.0, *brought)],
        t("drafts a pass"),
        t("tokens a pass"),
        [line_of(range(last + 1), brought[: last + 1], "chosen", dots=True)],
    )


def pass_of(number: str) -> tuple[dict, str]:
    """A pass (from 1) of Compare's recorded run, and the text before it."""
    frames = recorded()["drafts"]["frames"]
    made = [frame["pass"] for frame in frames if "pass" in frame]
    at = int(number) - 1
    if not 0 <= at < len(made):
        raise ValueError(
            t("number must be from 1 to {count}, got {got}", count=len(made), got=number)
        )
    opening = next(frame["begin"]["prompt"] for frame in frames if "begin" in frame)
    return made[at], opening + "".join("".join(one["pieces"]) for one in made[:at])


def drafted(number: str = "1", show: str = "") -> dict:
    """The drafts of a pass of Compare's recorded run, behind the words before it. `show=verdict`:
    accepted ones, the first one refused, what stands in its place; those behind it are thrown away
    unread."""
    now, before = pass_of(number)
    shows = show == "verdict"
    marks = {True: "on", False: "cut", None: "unread"}
    drafts = [
        {"text": one["text"], "mark": marks[one["accepted"]] if shows else ""}
        for one in now["drafts"]
    ]
    refused = [one["accepted"] for one in now["drafts"]].index(False) if now["refused"] else None
    rows = [[{"text": word, "mark": "given"} for word in before.split()], drafts]
    if shows:
        rows.append([{"text": piece.strip(), "mark": ""} for piece in now["pieces"]])
    return {"kind": "words", "rows": rows, "loop": None, "row": 1, "drawn": refused}
