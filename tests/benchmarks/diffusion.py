"""Figures of the unmasking loop, as ratios paired within one run: `python
tests/benchmarks/diffusion.py [--model NAME] [--threads N]`.

Without --model a randomly initialised BERT of the shipped twin's size stands in (6 layers, 384
wide, 11,061 words, 15 M); its speed is the same. 64 positions; 16 steps unless the line says
otherwise.
"""

from __future__ import annotations

import argparse
import statistics
import sys
from pathlib import Path
from time import perf_counter

import torch

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from playground.diffusion import UnmaskSettings, unmask
from playground.diffusion.step import Step


class StandIn:
    """A BERT with random weights; `logits_at` runs the output layer at the asked positions
    alone."""

    def __init__(self, vocab_size: int = 11_061):
        from transformers import BertConfig, BertForMaskedLM

        torch.manual_seed(0)
        config = BertConfig(
            vocab_size=vocab_size,
            hidden_size=384,
            num_hidden_layers=6,
            num_attention_heads=6,
            intermediate_size=1536,
            max_position_embeddings=512,
            initializer_range=0.1,
        )
        self.network = BertForMaskedLM(config).eval()
        self.vocab_size, self.mask_id = vocab_size, 4

    @torch.inference_mode()
    def logits(self, canvas):
        return self.network(input_ids=canvas).logits


class StandInAt(StandIn):
    @torch.inference_mode()
    def logits_at(self, canvas, where):
        return self.network.cls(self.network.bert(input_ids=canvas).last_hidden_state[where])


def seconds(work) -> float:
    begin = perf_counter()
    work()
    return perf_counter() - begin


def whole_run(denoiser, canvas, settings, records: bool = True) -> Step:
    for step in unmask(denoiser, canvas, settings):
        if records:
            step.record()
    return step


def paired(first, second, rounds: int) -> tuple[float, float, float]:
    """(median of first / second, median seconds of first, of second), taken in turns."""
    first(), second()
    pairs = [(seconds(first), seconds(second)) for _ in range(rounds)]
    return (
        statistics.median(a / b for a, b in pairs),
        statistics.median(a for a, _ in pairs),
        statistics.median(b for _, b in pairs),
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model")
    parser.add_argument("--threads", type=int, default=0)
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--positions", type=int, default=64)
    chosen = parser.parse_args()
    if chosen.threads:
        torch.set_num_threads(chosen.threads)
    if chosen.model:
        from playground.backend import get_backend

        denoiser = get_backend().denoiser(chosen.model)
    else:
        denoiser = StandIn()
    canvas = torch.full((1, chosen.positions), denoiser.mask_id)
    print(
        f"{torch.get_num_threads()} threads, {chosen.positions} positions, V = "
        f"{denoiser.vocab_size}, medians of {chosen.rounds} pairs"
    )

    def bare(count: int, rows: int = 1, model=denoiser):
        many = canvas.repeat(rows, 1)
        for _ in range(count):
            model.logits(many)

    for name, fields in (
        ("llada low_confidence", {"sampler": "llada"}),
        ("llada random", {"sampler": "llada", "selection": "random"}),
        ("dream entropy", {"sampler": "dream", "selection": "entropy"}),
        ("maskgit", {"sampler": "maskgit"}),
        ("mdlm", {"sampler": "mdlm"}),
        ("remdm", {"sampler": "remdm"}),
    ):
        settings = UnmaskSettings(**{"steps": 16, **fields})
        calls = int(whole_run(denoiser, canvas, settings).calls[0])
        ratio, forwards, run = paired(
            lambda c=calls: bare(c),
            lambda s=settings: whole_run(denoiser, canvas, s),
            chosen.rounds,
        )
        print(
            f"{calls} bare forwards / unmask with records, {name}: {ratio:.3f}  "
            f"({forwards * 1e3:.1f} / {run * 1e3:.1f} ms)"
        )
    if not chosen.model:
        at = StandInAt()
        settings = UnmaskSettings("llada", 16)
        ratio, forwards, run = paired(
            lambda: bare(16, model=at), lambda: whole_run(at, canvas, settings), chosen.rounds
        )
        print(
            f"the same, llada, denoiser with logits_at: {ratio:.3f}  ({forwards * 1e3:.1f} / "
            f"{run * 1e3:.1f} ms)"
        )

    settings = UnmaskSettings("llada", 16)
    eight = canvas.repeat(8, 1)
    ratio, batch, single = paired(
        lambda: whole_run(denoiser, eight, settings),
        lambda: [whole_run(denoiser, canvas, settings) for _ in range(8)],
        max(3, chosen.rounds // 3),
    )
    print(
        f"batch of 8 / 8 single runs, 16 steps: {ratio:.3f}  ({batch * 1e3:.0f} / "
        f"{single * 1e3:.0f} ms)"
    )

    cached, published = UnmaskSettings("mdlm", 128), UnmaskSettings("mdlm", 128, as_published=True)
    ratio, ours, every = paired(
        lambda: whole_run(denoiser, canvas, cached), lambda: bare(128), max(3, chosen.rounds // 3)
    )
    print(
        f"mdlm with its cache / 128 forwards, 128 steps: {ratio:.3f}  ({ours * 1e3:.0f} / "
        f"{every * 1e3:.0f} ms, {int(whole_run(denoiser, canvas, cached).calls[0])} calls; as "
        f"published {int(whole_run(denoiser, canvas, published).calls[0])} calls)"
    )


def contexts() -> None:
    """One pass of the exact denoiser of n-gram models over 1 MB of text, 32 positions: the issue
    allows 0.3 s."""
    import numpy as np

    from playground.diffusion import ExactDenoiser
    from playground.markov import NgramModel

    # words by Zipf's law, each drawn from a few that may follow: about as many different contexts
    # as English has
    rng = np.random.default_rng(0)
    words = np.minimum(rng.zipf(1.25, size=190_000), 20_000)
    text = " ".join(f"w{word}" for word in words)[:1_000_000]
    for order in (2, 3):
        denoiser = ExactDenoiser.from_ngram(NgramModel.fit(text, order))
        canvas = np.full((1, 32), denoiser.mask_id)
        denoiser.logits(canvas)
        taken = statistics.median(
            seconds(lambda d=denoiser, c=canvas: d.logits(c)) for _ in range(7)
        )
        print(
            f"exact n-gram denoiser, order {order}, {len(denoiser.contexts):,} contexts, "
            f"{denoiser.vocab_size:,} words: {taken:.3f} s a pass"
        )


if __name__ == "__main__":
    main()
    contexts()
