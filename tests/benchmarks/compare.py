"""Six columns against one, ten runs against one: ratios of times within one run, the two turn
about.

    python tests/benchmarks/compare.py [MODEL] [TOKENS] [ROUNDS]

Goals: six columns ÷ one column at most 2.5; ten runs ÷ one run at most 3. Each time is that of a
whole comparison, scoring and table included, with a warm model. Prints each pair and the medians.
"""

from __future__ import annotations

import statistics
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from playground.backend import get_backend
from playground.pages.compare.strategies import Comparison, compare

SIX = [
    {"kind": "greedy"},
    {"kind": "sampling", "temperature": 0.7},
    {"kind": "sampling", "top_k": 40},
    {"kind": "sampling", "top_p": 0.9},
    {"kind": "sampling", "min_p": 0.1},
    {"kind": "sampling", "typical_p": 0.9},
]
ONE = [SIX[3]]


def seconds(model: str, tokens: int, columns: list[dict], runs: int, seed: int) -> float:
    wish = Comparison.read(
        {
            "model": model,
            "prompt": "once upon a time there was a king who had",
            "columns": columns,
            "runs": runs,
            "tokens": tokens,
            "seed": seed,
        }
    )
    begun = time.perf_counter()
    frames = list(compare(get_backend(), wish))
    took = time.perf_counter() - begun
    written = sum(row["tokens"] * row["texts"] for row in frames[-1]["table"])
    return took if written else float("nan")


def main(model: str = "fairy-causal", tokens: str = "40", rounds: str = "5") -> None:
    length, pairs = int(tokens), int(rounds)
    seconds(model, length, SIX, 2, 0)  # loads and warms
    for title, many, goal in (
        ("six columns / one column", (SIX, 1), 2.5),
        ("ten runs / one run", (ONE, 10), 3.0),
    ):
        ratios = []
        for number in range(pairs):
            single = seconds(model, length, ONE, 1, number)
            several = seconds(model, length, *many, number)
            ratios.append(several / single)
            print(f"{title}: {several:.2f} s / {single:.2f} s = {several / single:.2f}", flush=True)
        print(
            f"{title}, {model}, {length} tokens: median {statistics.median(ratios):.2f} (goal at "
            f"most {goal})",
            flush=True,
        )


if __name__ == "__main__":
    main(*sys.argv[1:])
