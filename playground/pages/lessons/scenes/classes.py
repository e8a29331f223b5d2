"""Figures of a class beside a model: both in the same rows, and Shannon's guess numbers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from playground.classroom import shannon
from playground.classroom.questions.game import tales
from playground.i18n import t
from playground.pages.lessons.figures import numbers
from playground.pages.lessons.scenes.bars import bars_of, named

MOST_PEOPLE = 60


def versus(shares: str, people: str, names: Sequence[str] = ()) -> dict:
    """A model's probabilities as bars, and a dot for each of the people who named a row."""
    law, counts = numbers(shares), [int(one) for one in people.split(",")]
    if len(law) != len(counts):
        raise ValueError(t("shares and people must have the same number of rows"))
    if min(counts) < 0 or not 0 < sum(counts) <= MOST_PEOPLE:
        raise ValueError(t("people must be 1 to {most} in all", most=MOST_PEOPLE))
    return {**bars_of(named(names, len(law)), law), "people": counts}


def guesses(shares: str, names: Sequence[str] = ()) -> dict:
    """How many of the words were right at the first guess, the second, and so on."""
    given = numbers(shares)
    return bars_of(list(names) or [str(k + 1) for k in range(len(given))], given)


def ranks(tale: str = "0", words: str = "40", names: Sequence[str] = (), model: Any = None) -> dict:
    """The shipped model plays Shannon's game on a tale that it has not read: at which guess it is
    right, of so many tokens."""
    ids = model.encode(tales()[int(tale) % len(tales())])[: int(words) + 1]
    rows = model.logits_along(ids[:-1])
    found = [shannon.rank_of(row, token) for row, token in zip(rows, ids[1:], strict=True)]
    ends = (1, 2, 3, 10, 100)
    starts = (1, 2, 3, 4, 11)
    counts = [
        sum(low <= one <= high for one in found) for low, high in zip(starts, ends, strict=True)
    ]
    counts.append(len(found) - sum(counts))
    called = list(names) or ["1", "2", "3", "4–10", "11–100", ">100"]
    rows = bars_of(named(called, len(counts)), [count / len(found) for count in counts])
    return {**rows, "ordered": True}  # the rows' own order says nothing of their heights
