"""Trains on a reward in the terminal, with the shipped twins: `python -m playground.learning
--reward words --seeds 0 1 2`.

    python -m playground.learning --seeds 0 1 2 3 4 --table assets/examples/reward-seeds.json

measures with more texts before and after, and writes what the page quotes.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import torch

from playground.learning.rewards import ANIMALS, KINDS, read
from playground.learning.settings import BETA, UPDATES
from playground.learning.shipped import scene
from playground.learning.table import measured, table
from playground.learning.training import Scene, Wish, train


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--reward", choices=KINDS, default="words")
    parser.add_argument("--words", default=ANIMALS)
    parser.add_argument("--length", type=int, default=16)
    parser.add_argument("--expression", default="words")
    parser.add_argument("--beta", type=float, default=BETA.default)
    parser.add_argument("--updates", type=int, default=UPDATES.default)
    parser.add_argument("--seeds", type=int, nargs="+", default=[0])
    parser.add_argument("--table", type=Path)
    asked = parser.parse_args()
    torch.set_num_threads(1)
    wish = Wish(read(vars(asked)), asked.beta, asked.updates)
    if asked.table is None:
        for seed in asked.seeds:
            show(scene(), Wish(wish.reward, wish.beta, wish.updates, seed))
        return
    rows = []
    for row in measured(scene(), wish, asked.seeds):
        rows.append(row)
        print(json.dumps(row), flush=True)
    text = json.dumps(table(wish, rows), indent=1)
    asked.table.write_text(text + "\n", encoding="utf-8")
    print(text)


def show(shipped: Scene, wish: Wish) -> None:
    """Every record of a run, as far as a terminal shows it."""
    for record in train(shipped, wish):
        for name in ("before", "after"):
            if name in record:
                one = record[name]
                print(
                    f"seed {wish.seed} {name:6}  reward {one['reward']:.3f}  hit {one['hit']:.3f} "
                    f" causal nats {one['nats']:.2f} ± {one['nats_error']:.2f}  distinct "
                    f"{one['distinct']:.2f}",
                    flush=True,
                )
                for text in one["texts"][:3]:
                    print("   ", text["given"], "|", text["text"])
        if "update" in record and record["update"]["n"] % 10 == 0:
            print(record["update"], flush=True)
        if "credit" in record:
            print("credit", [round(one, 2) for one in record["credit"]["credits"]])
            print(
                f"seconds {record['seconds']:.0f}, of one core {record['worked']:.0f}", flush=True
            )


if __name__ == "__main__":
    main()
