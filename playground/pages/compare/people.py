"""People's judgements of hidden columns: tallied here, kept in the visitor's browser alone."""

from __future__ import annotations

import statistics
from typing import Any

from playground.i18n import t
from playground.metrics import jackknife_interval, wilson_interval
from playground.pages.compare.request import object_of, text_of, whole_of

VOTES = 2_000
SCALES = ("fluency", "coherence", "relevance")


def tally(_: Any, raw: Any) -> dict:
    """{"votes": [{"left", "right": strategy names, "winner": "left" | "right" | "tie", "likert":
    {"left": {scale: 1-5}, "right": {...}}}]} -> {"rows": one a strategy: won, lost, tied, share of
    the decided ones won with Wilson's 95%, each scale as [mean, low, high, n]}.

    Nothing is kept: the votes live in the visitor's browser, which sends them along."""
    votes = raw.get("votes")
    if not isinstance(votes, list) or len(votes) > VOTES:
        raise ValueError(
            f"votes must be a list of at most {VOTES:,} votes, got "
            f"{len(votes) if isinstance(votes, list) else type(votes).__name__}"
        )
    found: dict[str, dict] = {}
    for place, vote in enumerate(votes):
        vote = object_of(vote, f"votes[{place}]")
        winner = vote.get("winner")
        if winner not in ("left", "right", "tie"):
            raise ValueError(
                t(
                    "votes[{place}].winner must be one of left, right, tie, got {got}",
                    place=place,
                    got=repr(str(winner)[:40]),
                )
            )
        for side in ("left", "right"):
            name = text_of(vote.get(side), f"votes[{place}].{side}", 200)
            row = found.setdefault(
                name, {"won": 0, "lost": 0, "tied": 0, **{scale: [] for scale in SCALES}}
            )
            row["tied" if winner == "tie" else "won" if winner == side else "lost"] += 1
            marks = object_of(
                object_of(vote.get("likert") or {}, f"votes[{place}].likert").get(side) or {},
                f"votes[{place}].likert.{side}",
            )
            for scale in SCALES:
                if marks.get(scale) is not None:
                    row[scale].append(
                        whole_of(marks[scale], f"votes[{place}].likert.{side}.{scale}", 1, 5)
                    )
    return {"votes": len(votes), "rows": [_row(name, row) for name, row in sorted(found.items())]}


def _row(name: str, row: dict) -> dict:
    decided = row["won"] + row["lost"]
    low, high = wilson_interval(row["won"], decided)
    return {
        "name": name,
        "won": row["won"],
        "lost": row["lost"],
        "tied": row["tied"],
        "share": row["won"] / decided if decided else None,
        "low": low,
        "high": high,
        **{scale: _mean(row[scale]) for scale in SCALES},
    }


def _mean(marks: list[int]) -> list | None:
    """[mean, low, high, n]; the interval stays on the scale."""
    if not marks:
        return None
    if len(marks) < 2:
        return [float(marks[0]), None, None, 1]
    low, high = jackknife_interval(marks, statistics.fmean)
    return [statistics.fmean(marks), max(1.0, low), min(5.0, high), len(marks)]
