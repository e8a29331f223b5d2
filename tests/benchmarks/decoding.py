"""Speed of `generate` with full trace records on SmolLM2, beside transformers' own `generate` and a bare forward loop.

    OMP_NUM_THREADS=2 python tests/benchmarks/decoding.py [--tokens 64] [--rounds 5]

Prompt `Once upon a time`, temperature 0.8, top-p 0.9, repetition penalty 1.1. The variants take turns within one run; a ratio
is the median over rounds of (theirs ÷ ours in the same round). Also: server time of a moved slider, p50 and p95.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
import time
from pathlib import Path

import torch

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from playground.backend import get_backend
from playground.decoding import DecodingSettings, generate, recompute
from playground.decoding.text import TextStream, token_text

PROMPT = "Once upon a time"
RULES = DecodingSettings(temperature=0.8, top_p=0.9, repetition_penalty=1.1, seed=0)


def plain_network(name):
    """The same weights as transformers loads them, with its own attention; the backend's call has put them into the cache."""
    from transformers import AutoModelForCausalLM

    from playground.backend.weights import cache_folder

    return AutoModelForCausalLM.from_pretrained(
        cache_folder() / "models" / name, dtype=torch.float32
    ).eval()


def ours(model, ids, rules):
    """Every step with its record written as JSON, and the text decoded as it comes."""
    stream, text_of, size = TextStream(model.decode), token_text(model.decode), 0
    for step in generate(model, ids, rules, ignore_end=True):
        stream.push(step.token_id)
        size += len(json.dumps(step.record(text_of)))
    return size


def library(network, ids, rules):
    torch.manual_seed(0)
    network.generate(
        torch.tensor([ids]),
        attention_mask=torch.ones(1, len(ids), dtype=torch.long),
        do_sample=True,
        top_k=0,
        temperature=rules.temperature,
        top_p=rules.top_p,
        repetition_penalty=rules.repetition_penalty,
        min_new_tokens=rules.max_new_tokens,
        max_new_tokens=rules.max_new_tokens,
        pad_token_id=0,
    )


def bare(network, ids, tokens):
    """The forward pass with its cache of keys and an argmax, nothing else."""
    with torch.inference_mode():
        output = network(torch.tensor([ids]), use_cache=True)
        for _ in range(tokens - 1):
            token = output.logits[:, -1].argmax(-1, keepdim=True)
            output = network(token, past_key_values=output.past_key_values, use_cache=True)


def timed(call, *arguments):
    start = time.perf_counter()
    call(*arguments)
    return time.perf_counter() - start


def main():
    options = argparse.ArgumentParser()
    options.add_argument("--model", default="smollm2-135m")
    options.add_argument("--tokens", type=int, default=64)
    options.add_argument("--rounds", type=int, default=5)
    options = options.parse_args()
    backend = get_backend()
    model = backend.causal(options.model)
    network, ids = plain_network(options.model), model.encode(PROMPT)
    rules = RULES.with_changes(max_new_tokens=options.tokens)
    ours(model, ids, rules.with_changes(max_new_tokens=4))
    library(network, ids, rules.with_changes(max_new_tokens=4))
    seconds = {"generate with full trace": [], "model.generate": [], "bare forward loop": []}
    for turn in range(options.rounds):
        # a fresh session each round, so that no round finds its prompt in the last one's cache
        session = backend.causal(options.model)
        variants = [
            ("generate with full trace", ours, (session, ids, rules)),
            ("model.generate", library, (network, ids, rules)),
            ("bare forward loop", bare, (network, ids, options.tokens)),
        ]
        for name, call, arguments in variants[turn % 3 :] + variants[: turn % 3]:
            seconds[name].append(timed(call, *arguments))
        session.close()
    print(
        f"{torch.get_num_threads()} threads, {options.tokens} tokens, {options.rounds} rounds, median"
    )
    for name, values in seconds.items():
        print(f"{name:28s}{options.tokens / statistics.median(values):8.1f} tokens/s")
    mine = seconds["generate with full trace"]
    for name, goal in (("model.generate", 1.0), ("bare forward loop", 0.9)):
        ratio = statistics.median(
            other / own for other, own in zip(seconds[name], mine, strict=True)
        )
        print(f"generate ÷ {name:20s}{ratio:8.3f}   (goal ≥ {goal})")

    text_of, costs = token_text(model.decode), []
    steps = list(generate(model, ids, rules, ignore_end=True))
    for turn in range(200):
        step = steps[turn % len(steps)]
        moved = rules.with_changes(temperature=0.3 + 0.01 * turn, top_p=0.5 + 0.002 * turn)
        start = time.perf_counter()
        recompute(step.logits, step.context_ids, moved, step.index, len(ids)).record(text_of)
        costs.append(1000 * (time.perf_counter() - start))
    costs.sort()
    print(
        f"slider, server side: p50 {costs[100]:.2f} ms, p95 {costs[190]:.2f} ms   (goal: 100 ms with the browser's part)"
    )
    model.close()


if __name__ == "__main__":
    main()
