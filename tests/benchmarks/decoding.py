"""Speed of `generate` with full trace records on SmolLM2, beside transformers' own `generate` and a
bare forward loop.

    OMP_NUM_THREADS=2 python tests/benchmarks/decoding.py [--tokens 64] [--rounds 5] git worktree
    add /tmp/before 897221f OMP_NUM_THREADS=2 python tests/benchmarks/decoding.py --before
    /tmp/before

Prompt `Once upon a time`, temperature 0.8, top-p 0.9, repetition penalty 1.1. The variants take
turns within one run; a ratio is the median over rounds of (theirs ÷ ours in the same round). Also:
server time of a moved slider, p50 and p95. With --before, the same text and the same sliders in a
process of this checkout and one of the earlier, in turns.
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

from tests.benchmarks.paired import Worker, in_turns, spread, work

PROMPT = "Once upon a time"


def rules_of(tokens):
    from playground.decoding import DecodingSettings

    return DecodingSettings(
        temperature=0.8, top_p=0.9, repetition_penalty=1.1, seed=0, max_new_tokens=tokens
    )


def session_of(name):
    """A fresh session, so that no round finds its prompt in the last one's cache."""
    from playground.backend import get_backend

    return get_backend().causal(name)


def plain_network(name):
    """The same weights as transformers loads them, with its own attention; the backend's call has
    put them into the cache."""
    from transformers import AutoModelForCausalLM

    from playground.backend.weights import cache_folder

    return AutoModelForCausalLM.from_pretrained(
        cache_folder() / "models" / name, dtype=torch.float32
    ).eval()


def ours(model, ids, rules):
    """Every step with its record written as JSON, and the text decoded as it comes."""
    from playground.decoding import generate
    from playground.decoding.text import TextStream, token_text

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


def moved_sliders(model, ids, tokens, moves=200):
    """Milliseconds of the server's answer to each of so many moved sliders."""
    from playground.decoding import generate, recompute
    from playground.decoding.text import token_text

    rules, text_of, costs = rules_of(tokens), token_text(model.decode), []
    steps = list(generate(model, ids, rules, ignore_end=True))
    for turn in range(moves):
        step = steps[turn % len(steps)]
        moved = rules.with_changes(temperature=0.3 + 0.01 * turn, top_p=0.5 + 0.002 * turn)
        start = time.perf_counter()
        recompute(step.logits, step.context_ids, moved, step.index, len(ids)).record(text_of)
        costs.append(1000 * (time.perf_counter() - start))
    return costs


def answer(what, name, tokens):
    """One round in a process of its own: seconds of a text, or milliseconds of each moved
    slider."""
    with session_of(name) as model:
        ids = model.encode(PROMPT)
        if what == "sliders":
            return moved_sliders(model, ids, tokens)
        return timed(ours, model, ids, rules_of(tokens))


def beside_an_earlier_one(folder, name, tokens, rounds):
    now, before = Worker(__file__), Worker(__file__, folder)
    for worker in (now, before):
        worker.ask("text", name, 4)  # weights and caches
    mine, theirs = in_turns(now, before, rounds, "text", name, tokens)
    for title, values in (("this checkout", mine), (str(folder), theirs)):
        print(f"{title:28s}{tokens / statistics.median(values):8.1f} tokens/s")
    ratio = statistics.median(old / new for new, old in zip(mine, theirs, strict=True))
    print(f"generate ÷ before {ratio:10.3f}   (above 1: faster than before)")
    mine, theirs = in_turns(now, before, rounds, "sliders", name, tokens)
    for title, rows in (("this checkout", mine), (str(folder), theirs)):
        print(f"{title:28s}slider, server side: {spread([one for row in rows for one in row])}")
    ratio = statistics.median(
        statistics.median(new) / statistics.median(old)
        for new, old in zip(mine, theirs, strict=True)
    )
    print(f"slider ÷ before {ratio:12.3f}   (below 1: faster than before)")
    now.close()
    before.close()


def beside_the_library(name, tokens, rounds):
    first = session_of(name)
    network, ids = plain_network(name), first.encode(PROMPT)
    rules = rules_of(tokens)
    ours(first, ids, rules.with_changes(max_new_tokens=4))
    library(network, ids, rules.with_changes(max_new_tokens=4))
    seconds = {"generate with full trace": [], "model.generate": [], "bare forward loop": []}
    for turn in range(rounds):
        with session_of(name) as session:
            variants = [
                ("generate with full trace", ours, (session, ids, rules)),
                ("model.generate", library, (network, ids, rules)),
                ("bare forward loop", bare, (network, ids, tokens)),
            ]
            for title, call, arguments in variants[turn % 3 :] + variants[: turn % 3]:
                seconds[title].append(timed(call, *arguments))
    for title, values in seconds.items():
        print(f"{title:28s}{tokens / statistics.median(values):8.1f} tokens/s")
    mine = seconds["generate with full trace"]
    for title, goal in (("model.generate", 1.0), ("bare forward loop", 0.9)):
        ratio = statistics.median(
            other / own for other, own in zip(seconds[title], mine, strict=True)
        )
        print(f"generate ÷ {title:20s}{ratio:8.3f}   (goal ≥ {goal})")
    costs = spread(moved_sliders(first, ids, tokens))
    print(f"slider, server side: {costs}   (goal: 100 ms with the browser's part)")
    first.close()


def main():
    options = argparse.ArgumentParser()
    options.add_argument("--model", default="smollm2-135m")
    options.add_argument("--tokens", type=int, default=64)
    options.add_argument("--rounds", type=int, default=5)
    options.add_argument("--before", type=Path, help="a checkout of the earlier commit")
    options.add_argument("--work", type=Path, help=argparse.SUPPRESS)
    asked = options.parse_args()
    if asked.work:
        return work(asked.work, answer)
    threads = torch.get_num_threads()
    print(f"{threads} threads, {asked.tokens} tokens, {asked.rounds} rounds, median")
    if asked.before:
        beside_an_earlier_one(asked.before, asked.model, asked.tokens, asked.rounds)
    else:
        beside_the_library(asked.model, asked.tokens, asked.rounds)


if __name__ == "__main__":
    main()
