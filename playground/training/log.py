"""The log of a training run: one row for each evaluation."""

from __future__ import annotations

import csv
import os
from pathlib import Path


def write_log(history: list[dict], path: Path) -> None:
    """The rows as a table, written at once."""
    new = path.with_name(path.name + ".new")
    with open(new, "w", newline="") as out:
        writer = csv.DictWriter(out, fieldnames=list(history[0]) if history else ["step"])
        writer.writeheader()
        writer.writerows(history)
    os.replace(new, path)


def read_log(path: Path) -> list[dict]:
    """The rows that `write_log` wrote; steps as whole numbers, the rate as it was written."""
    kinds = {"step": int, "rate": str}
    with open(path, newline="") as table:
        return [
            {name: kinds.get(name, float)(value) for name, value in row.items()}
            for row in csv.DictReader(table)
        ]
