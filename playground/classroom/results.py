"""The results of a class for its teacher: counts of answers, never who gave them."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Mapping, Sequence
from typing import Any

FIELDS = ("question", "kind", "text", "answer", "count", "share", "p", "hidden")
FORMULA = ("=", "+", "-", "@", "\t", "\r")  # what a spreadsheet would compute


def as_json(code: str, rounds: Sequence[dict[str, Any]]) -> str:
    """All figures, as they were revealed."""
    return json.dumps({"code": code, "rounds": list(rounds)}, ensure_ascii=False, indent=1)


def as_csv(rounds: Sequence[dict[str, Any]]) -> str:
    """A line for each answer to each question; p: the model's probability of it, where there is
    one."""
    file = io.StringIO()
    lines = csv.writer(file)
    lines.writerow(FIELDS)
    for one in rounds:
        figures, question = one["figures"], one["question"]
        p = {
            row["key"]: row["p"]
            for name in _tables(figures)
            for row in figures[name]
            if row.get("key") is not None and row.get("p") is not None
        }
        n = sum(answer["count"] for answer in one["answers"]) or 1
        for answer in one["answers"]:
            lines.writerow(
                [
                    one["number"],
                    question["kind"],
                    plain(question["text"] or question.get("prompt", "")),
                    plain(answer["text"]),
                    answer["count"],
                    answer["count"] / n,
                    p.get(answer["key"], ""),
                    "hidden" if answer["hidden"] else "",
                ]
            )
    return file.getvalue()


def _tables(figures: Mapping[str, Any]) -> list[str]:
    """The figures that are rows of answers; in Shannon's game "words" is how many there were."""
    return [name for name in ("rows", "outside", "words") if isinstance(figures.get(name), list)]


def plain(text: str) -> str:
    """A student's words that no spreadsheet takes for a formula."""
    return f"'{text}" if text.startswith(FORMULA) else text
