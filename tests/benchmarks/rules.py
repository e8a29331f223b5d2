"""Time of the chain of rules for one token at V = 49,152: every rule together, and the rules of an
earlier commit beside it.

    git worktree add /tmp/before bd0086b OMP_NUM_THREADS=2 python tests/benchmarks/rules.py
    [--before /tmp/before] [--steps 200] [--rounds 5]

A process for each checkout times blocks of steps, and the two take turns; "ratio" is the median
over rounds of (this one's median ÷ the earlier one's in the same round) for rules that both have. A
step is apply_stages and the draw. Guidance is measured apart, for it runs the network twice.
Answers p50 and p95 in milliseconds as JSON.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from tests.benchmarks.paired import Worker, spread, work

SIZE = 49_152
EARLIER = {
    "three": {"temperature": 0.8, "top_p": 0.9, "repetition_penalty": 1.1},
    "all of before": {
        **{"temperature": 0.9, "top_k": 4000, "top_p": 0.97, "min_p": 0.001, "typical_p": 0.98},
        **{"epsilon_cutoff": 1e-6, "eta_cutoff": 1e-6, "repetition_penalty": 1.1},
        **{"presence_penalty": 0.1, "frequency_penalty": 0.1, "no_repeat_ngram_size": 4},
        **{"xtc_probability": 0.5, "xtc_threshold": 0.2, "dry_multiplier": 0.8},
    },
    "llama.cpp": {
        **{"temperature": 0.8, "top_k": 40, "top_p": 0.95, "min_p": 0.05, "order": "llama.cpp"},
        **{"typical_p": 0.98, "dry_multiplier": 0.8, "repetition_penalty": 1.1},
    },
}
ALL = {
    **EARLIER["all of before"],
    **{"top_n_sigma": 4.0, "top_h": 0.99, "p_less": True, "dynatemp_range": 0.3},
    **{"adaptive_target": 0.4, "logit_bias": "#5=2\n#77=-3", "banned": "#9\n#10"},
}


def block(name: str, steps: int) -> list[float]:
    """Milliseconds of each step, over logits like a network's: most far below a few."""
    import numpy as np

    from playground.decoding import DecodingSettings, apply_stages

    rng = np.random.default_rng(0)
    rows = (rng.standard_normal((8, SIZE)) * 2.5).astype(np.float32)
    rows[:, rng.integers(0, SIZE, 40)] += np.float32(6)
    context = rng.integers(0, 400, 500)
    guided = name == "guidance"
    settings = DecodingSettings(**({"guidance": 1.5} if guided else {**EARLIER, "all": ALL}[name]))
    took = []
    for step in range(steps + 5):
        more = {"second": rows[(step + 1) % 8]} if guided else {}
        begun = time.perf_counter()
        stages = apply_stages(rows[step % 8], context, settings, 20, u=0.3, **more)
        stages[-1].candidates.draw(0.7)
        took.append(1000 * (time.perf_counter() - begun))
    return took[5:]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--before", type=Path, help="a checkout of the earlier commit")
    parser.add_argument("--steps", type=int, default=200)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--work", type=Path, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.work:
        return work(asked.work, block)
    now = Worker(__file__)
    before = Worker(__file__, asked.before) if asked.before else None
    found: dict[str, dict[str, float]] = {}
    for name in (*EARLIER, "all", "guidance"):
        mine: list[float] = []
        ratios = []
        for _ in range(asked.rounds):
            mine += (one := now.ask(name, asked.steps))
            if before is not None and name in EARLIER:
                other = before.ask(name, asked.steps)
                ratios.append(statistics.median(one) / statistics.median(other))
        found[name] = spread(mine)
        if ratios:
            found[name]["ratio"] = round(statistics.median(ratios), 3)
    print(json.dumps(found, indent=1))
    for worker in (now, before):
        if worker is not None:
            worker.close()


if __name__ == "__main__":
    main()
