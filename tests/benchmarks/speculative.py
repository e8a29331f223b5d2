"""Speculative ÷ plain tokens a second, both of one run: python tests/benchmarks/speculative.py
[TOKENS] [ROUNDS]

Model, drafter and settings are those of the table below; whoever has fewer tokens goes next, so
both sides meet the same machine. Printed for each: tokens a pass, accepted share beside the mean
overlap, the median ratio of the rounds with the smallest and the largest, and the drafter's share
of the time. SmolLM2 is left out where its weights are not there. Run it with nothing else to do.
"""

from __future__ import annotations

import statistics
import sys

from playground.backend import get_backend
from playground.pages.compare import drafts

KING = "once upon a time there was a king who had"
LIST = "The days of the week are Monday, Tuesday, Wednesday. The days of the week are"
PAIRS = [
    ("fairy-causal", "fairy-diffusion", KING),
    ("fairy-causal", "repeats", KING),
    ("smollm2-135m", "fairy-causal", KING),
    ("smollm2-135m", "repeats", LIST),
]


def main(tokens: int = 64, rounds: int = 5) -> None:
    backend = get_backend()
    print(f"{tokens} tokens, {rounds} rounds; speculative ÷ plain tokens a second")
    for model, drafter, prompt in PAIRS:
        if model != "fairy-causal" and backend.status(model)["state"] == "failed":
            continue
        for temperature in (0.0, 0.7):
            for count in (2, 4, 8):
                asked = {
                    "model": model,
                    "drafter": drafter,
                    "prompt": prompt,
                    "tokens": tokens,
                    "drafts": count,
                    "temperature": temperature,
                }
                one_row(backend, asked, rounds)


def one_row(backend: object, asked: dict, rounds: int) -> None:
    found = []
    for seed in range(rounds + 1):  # the first warms up
        frames = drafts.run(backend, {**asked, "seed": seed})
        found.append(next(frame["after"] for frame in frames if "after" in frame))
    found = found[1:]
    ratios = sorted(one["ratio"] for one in found)
    judged = sum(one["judged"] for one in found)
    accepted = sum(one["accepted"] for one in found) / judged if judged else float("nan")
    overlap = statistics.fmean(one["overlap"] or 0.0 for one in found)
    each = statistics.fmean(one["tokens_a_pass"] for one in found)
    share = statistics.fmean(one["drafting"] / one["seconds"][1] for one in found)
    print(
        f"{asked['model']:>13} <- {asked['drafter']:<16} T {asked['temperature']:.1f}  k "
        f"{asked['drafts']}  {each:.2f} tokens a pass, accepted {accepted:.2f} (overlap "
        f"{overlap:.2f}), ratio {statistics.median(ratios):.2f} [{ratios[0]:.2f}, "
        f"{ratios[-1]:.2f}], drafting {share:.0%}",
        flush=True,
    )


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
