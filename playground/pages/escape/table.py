"""Logits that somebody pasted: a token and its logit on each line."""

from __future__ import annotations

import math

import numpy as np

from playground.i18n import t

MOST_PASTED = 60_000  # lines of a pasted table
LONGEST_TOKEN = 200  # characters of a token's text there


def read_table(table: str) -> tuple[list[str], np.ndarray]:
    """Tokens and logits of a pasted table: "token logit" on each line, or numbers alone. ValueError
    says which line is wrong."""
    if not isinstance(table, str) or not table.strip():
        raise ValueError(
            t(
                "logits must be a table with at least 2 lines, got an empty text: write a token "
                "and its logit on each line"
            )
        )
    lines = table.strip().splitlines()
    if len(lines) == 1:  # 10, 8, 5  or  10 8 5
        lines = lines[0].replace(",", " ").split()
    if not 2 <= len(lines) <= MOST_PASTED:
        raise ValueError(
            t("logits must have 2 to {most} lines, got {got}", most=MOST_PASTED, got=len(lines))
        )
    names, values = [], []
    for number, line in enumerate(lines, 1):
        head, _, tail = line.strip().replace("\t", " ").rpartition(" ")
        try:
            value = float(tail.rstrip(",;"))
        except ValueError:
            raise ValueError(
                t(
                    "line {line} of the logits must end with a number, got {got}",
                    line=number,
                    got=repr(line.strip()[:60]),
                )
            ) from None
        if math.isnan(value) or value == math.inf:
            raise ValueError(
                t(
                    "line {line} of the logits must be finite (or -inf), got {got}",
                    line=number,
                    got=tail[:20],
                )
            )
        names.append((head.strip().rstrip(":=,;") or f"#{number}")[:LONGEST_TOKEN])
        values.append(value)
    if sum(value > -math.inf for value in values) < 2:
        raise ValueError(
            t("logits must hold at least 2 finite values: with one token there is no way out")
        )
    return names, np.asarray(values, np.float32)
