"""How much a class gains by the engine: total tokens a second of 16 visitors ÷ of one, and the 95th
percentile of a token's time with 30 visitors ÷ with one. Each visitor is a thread that runs
`generate` with its full chain of rules and the record of every step, as a page does.

    python tests/benchmarks/engine.py [--models fairy-causal smollm2-135m] [--tokens 48] [--rounds
    3] [--logits-only]

Every round measures one, 16 and 30 visitors in turn, so that the ratios are paired; the middle
round counts. `--logits-only` leaves the rules out (what the engine alone does).
"""

from __future__ import annotations

import argparse
import json
import pathlib
import statistics
import sys
import threading
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2]))

import torch

from playground.backend import get_backend
from playground.backend.limits import Limits, set_limits
from playground.decoding import DecodingSettings, generate

PROMPTS = [
    "Once upon a time",
    "The king said to the little girl",
    "There was a castle in the wood and",
    "In the morning the old woman",
    "When the prince came home",
    "The wolf and the fox",
    "A poor man had three sons",
    "Far away, by the sea,",
]


def visit(
    name: str,
    seed: int,
    tokens: int,
    logits_only: bool,
    start: threading.Barrier,
    times: list[float],
) -> None:
    """One visitor: a session, a prompt (its pass is not counted), then `tokens` steps; each step's
    seconds go to `times`."""
    with get_backend().causal(name) as model:
        prompt = model.encode(PROMPTS[seed % len(PROMPTS)])
        settings = DecodingSettings(
            max_new_tokens=tokens + 1, temperature=0.8, top_p=0.9, repetition_penalty=1.1, seed=seed
        )
        own = []
        if logits_only:
            ids = [*prompt, 5 + seed]
            model.next_logits(ids)
            start.wait()
            for _ in range(tokens):
                began = time.perf_counter()
                ids.append(int(model.next_logits(ids).argmax()))
                own.append(time.perf_counter() - began)
        else:
            steps = generate(model, prompt, settings, ignore_end=True)
            next(steps).record(model.piece)
            start.wait()
            for _ in range(tokens):
                began = time.perf_counter()
                next(steps).record(model.piece)
                own.append(time.perf_counter() - began)
        times.extend(own)


def measure(name: str, visitors: int, tokens: int, logits_only: bool) -> tuple[float, float, float]:
    """(tokens a second of all, median and 95th percentile of a token in seconds)."""
    start, times = threading.Barrier(visitors + 1), []
    threads = [
        threading.Thread(target=visit, args=(name, seed, tokens, logits_only, start, times))
        for seed in range(visitors)
    ]
    for thread in threads:
        thread.start()
    start.wait()
    began = time.perf_counter()
    for thread in threads:
        thread.join()
    seconds = time.perf_counter() - began
    ranked = sorted(times)
    return (
        visitors * tokens / seconds,
        statistics.median(ranked),
        ranked[int(0.95 * (len(ranked) - 1))],
    )


def bare(name: str, tokens: int) -> float:
    """Tokens a second of a bare forward loop with transformers' own KV cache and argmax."""
    from transformers import DynamicCache

    network = get_backend().residents.get(name).network
    network.set_attn_implementation("sdpa")
    try:
        with torch.inference_mode():
            cache = DynamicCache(config=network.config)
            output = network(
                torch.tensor([[5, 6, 7, 8]]),
                past_key_values=cache,
                use_cache=True,
                logits_to_keep=1,
            )
            began = time.perf_counter()
            for _ in range(tokens):
                token = output.logits[0, -1].argmax()
                output = network(
                    token.view(1, 1), past_key_values=cache, use_cache=True, logits_to_keep=1
                )
            return tokens / (time.perf_counter() - began)
    finally:
        network.set_attn_implementation("packed")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--models", nargs="+", default=["fairy-causal", "smollm2-135m"])
    parser.add_argument("--tokens", type=int, default=48)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--visitors", type=int, nargs=2, default=(16, 30))
    parser.add_argument("--logits-only", action="store_true")
    options = parser.parse_args()
    set_limits(Limits(request_seconds=600))
    some, many = options.visitors
    for name in options.models:
        get_backend().causal(name).close()
        (
            measure(name, 1, 4, options.logits_only),
            measure(name, some, 4, options.logits_only),
            bare(name, 4),
        )
        rounds = []
        for _ in range(options.rounds):
            plain = bare(name, options.tokens)
            one, one_middle, one_slow = measure(name, 1, options.tokens, options.logits_only)
            total, _, _ = measure(name, some, options.tokens, options.logits_only)
            crowd, _, crowd_slow = measure(name, many, options.tokens, options.logits_only)
            rounds.append(
                {
                    "bare": plain,
                    "one": one,
                    "one_ms_p50": one_middle * 1e3,
                    "one_ms_p95": one_slow * 1e3,
                    f"total_{some}": total,
                    f"total_{many}": crowd,
                    f"ms_p95_{many}": crowd_slow * 1e3,
                    "one_over_bare": one / plain,
                    f"gain_{some}": total / one,
                    f"gain_{many}": crowd / one,
                    f"p95_{many}_over_one": crowd_slow / one_slow,
                }
            )
            print(
                name,
                json.dumps({key: round(value, 2) for key, value in rounds[-1].items()}),
                flush=True,
            )
        middle = {
            key: round(statistics.median(entry[key] for entry in rounds), 2) for key in rounds[0]
        }
        print(
            f"{name} MEDIAN gain of {some}: {middle[f'gain_{some}']} (goal "
            f"{5 if name.startswith('fairy') else 4}); p95 with {many} ÷ one: "
            f"{middle[f'p95_{many}_over_one']} (goal <= 8); one ÷ bare: {middle['one_over_bare']}"
        )


if __name__ == "__main__":
    main()
