"""Forward-backward, Viterbi and ten Baum-Welch iterations beside hmmlearn's default implementation,
interleaved in one run.

    OMP_NUM_THREADS=1 python tests/benchmarks/markov.py [--rounds 9] [--only 4x1000]

Prints median milliseconds of both and the median of the paired ratios (ours / hmmlearn's); goals <=
2, 1.5, 1 by size.
"""

import argparse
import functools
import logging
import statistics
import sys
import time
from pathlib import Path

import numpy as np
from hmmlearn.hmm import CategoricalHMM

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
from playground.markov import HiddenMarkovModel, NgramModel

logging.getLogger("hmmlearn").setLevel(logging.ERROR)
SIZES = {
    (4, 1_000): (8, 2.0),
    (32, 1_000): (16, 1.5),
    (100, 10_000): (16, 1.0),
}  # (K, T): symbols, goal


def milliseconds(work) -> float:
    start = time.perf_counter()
    work()
    return 1e3 * (time.perf_counter() - start)


def peer(model: HiddenMarkovModel, n_iter: int = 10) -> CategoricalHMM:
    theirs = CategoricalHMM(
        model.size, n_features=len(model.symbols), n_iter=n_iter, tol=-np.inf, init_params=""
    )
    theirs.startprob_, theirs.transmat_, theirs.emissionprob_ = (
        model.initial.copy(),
        model.transition.copy(),
        model.emission.copy(),
    )
    return theirs


def compare(states: int, length: int, rounds: int) -> None:
    symbols, goal = SIZES[states, length]
    model = HiddenMarkovModel.random(states, symbols, seed=1)
    _, observations = model.sample(length, seed=2)
    column = observations[:, None]
    theirs = peer(model)
    tasks = {
        "forward-backward": (
            lambda: model.posterior(observations),
            lambda: theirs.score_samples(column),
            rounds,
        ),
        "Viterbi": (lambda: model.viterbi(observations), lambda: theirs.decode(column), rounds),
        "10 Baum-Welch": (
            lambda: model.fit([observations], 10),
            lambda: peer(model).fit(column),
            rounds if states < 100 else min(2, rounds),
        ),
    }
    for name, (ours, hmmlearns, times) in tasks.items():
        ours(), states < 100 and hmmlearns()  # once unmeasured
        pairs = [(milliseconds(ours), milliseconds(hmmlearns)) for _ in range(times)]
        ratio = statistics.median(mine / other for mine, other in pairs)
        mine, other = (statistics.median(column) for column in zip(*pairs, strict=True))
        verdict = "met" if ratio <= goal else "missed"
        print(
            f"K={states:<4} T={length:<6} {name:17} {mine:10.2f} ms  hmmlearn {other:10.2f} ms  "
            f"ratio {ratio:6.3f}  goal {goal:g} {verdict}",
            flush=True,
        )


def fit_ngrams(rounds: int) -> None:
    generator = np.random.default_rng(0)
    words = np.array(
        [
            "".join(generator.choice(list("abcdefghijklmnop"), size))
            for size in generator.integers(1, 9, 20_000)
        ]
    )
    draws = np.minimum(generator.zipf(1.3, 180_000), 20_000) - 1
    text = " ".join(words[draws])[:1_000_000]
    for unit, order, source in (
        ("word", 1, text),
        ("word", 3, text),
        ("word", 5, text),
        ("character", 5, text),
        ("character", 5, text * 5),
    ):
        work = functools.partial(NgramModel.fit, source, order, unit)
        taken = statistics.median(milliseconds(work) for _ in range(rounds))
        print(
            f"n-gram fit, {len(source) / 1e6:.1f} MB, {unit}s, order {order}: {taken:.0f} ms",
            flush=True,
        )


if __name__ == "__main__":
    arguments = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    arguments.add_argument("--rounds", type=int, default=9)
    arguments.add_argument("--only", default="", help="one size, such as 32x1000, or ngram")
    chosen = arguments.parse_args()
    for size in SIZES:
        if chosen.only in ("", f"{size[0]}x{size[1]}"):
            compare(*size, chosen.rounds)
    if chosen.only in ("", "ngram"):
        fit_ngrams(max(1, chosen.rounds // 3))
