"""What a watermark, a form and the detector cost a step at V = 49,152: python
tests/benchmarks/forms.py [STEPS]

Milliseconds a step, median and 95th percentile, of the whole chain with the one rule on, less the
chain without it (each pair of one step in turn). Tokens of the form are SmolLM2's where its
tokenizer is there, else single letters and words made up. Run it with nothing else to do.
"""

from __future__ import annotations

import sys
import time

import numpy as np
import torch

from playground.decoding import DecodingSettings, apply_stages
from playground.decoding.spelling import Spelling
from playground.decoding.watermark import detect

SIZE, END = 49_152, 0
RULES = {
    "watermark": {"watermark_bias": 2.0},
    "choices": {"choices": "yes\nno\nperhaps"},
    "regex": {"regex": "[a-z ]{200,400}\\."},
    "json_schema": {"json_schema": '{"type": "array", "items": {"type": "string"}}'},
}


def made_up() -> Spelling:
    """49,152 tokens: the bytes, and words of two to seven letters with and without a space."""
    draws = np.random.default_rng(0)
    words = [bytes([one]) for one in range(256)]
    while len(words) < SIZE:
        letters = bytes(draws.integers(97, 123, draws.integers(2, 8)).tolist())
        words.append(letters if draws.random() < 0.5 else b" " + letters)
    return Spelling(
        lambda text: list(text.encode()), None, SIZE, lambda token: words[token], frozenset({END})
    )


def once(rules: DecodingSettings, logits: torch.Tensor, context: list[int]) -> float:
    begun = time.perf_counter()
    apply_stages(logits, context, rules, 1)[-1].candidates.probabilities  # noqa: B018
    return 1000 * (time.perf_counter() - begun)


def main(steps: int = 200) -> None:
    spelling, draws = made_up(), torch.Generator().manual_seed(1)
    plain = DecodingSettings(temperature=0.8, top_p=0.95)
    print(f"V = {SIZE:,}, {steps} steps; milliseconds a step beside temperature and top-p alone")
    for name, fields in RULES.items():
        rules = plain.with_changes(**fields)
        object.__setattr__(rules, "spelling", spelling)
        costs, context = [], [5, 97]
        for _ in range(steps + 5):
            logits = 4 * torch.randn(SIZE, generator=draws)
            ended = name != "watermark" and len(context) > 40
            context = [5, 97] if ended else context
            try:
                with_rule = once(rules, logits, context)
            except ValueError:  # the text is complete: begin another
                context = [5]
                continue
            costs.append(with_rule - once(plain, logits, context))
            kept = apply_stages(logits, context, rules, 1)[-1].probs
            token = int(torch.multinomial(kept, 1, generator=draws))
            context = [5] if token == END else [*context, token]
        costs = np.array(costs[5:])
        print(f"{name:>12}: median {np.median(costs):.2f}, 95% {np.quantile(costs, 0.95):.2f}")
    text = torch.randint(0, SIZE, (400,), generator=draws).tolist()
    begun = time.perf_counter()
    detect(text, SIZE)
    print(f"    detector: {1000 * (time.perf_counter() - begun) / 399:.2f} a token")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
