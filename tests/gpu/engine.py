"""The engine with 1, 16, 30, 100 and 300 visitors who write: tokens a second, a token's time, where
the time goes."""

from __future__ import annotations

import statistics
import time
import warnings
from collections.abc import Callable

import torch
from transformers import DynamicCache

from playground.backend.limits import Limits, set_limits
from playground.decoding import DecodingSettings, generate, stages
from tests.gpu.models import Model
from tests.gpu.sessions import Watched, together

SETTINGS = {"temperature": 0.8, "top_p": 0.9, "repetition_penalty": 1.1}


def measure(offered: dict[str, Model], device: str, small: bool) -> dict:
    """For each number of visitors, shares of the seconds in all: `network_share` in forward passes
    and the wait for their logits, `copies_share` of it in copies to the host (the copy of so many
    rows measured alone), `rules_share` of the processor in rules, draws and records of all
    visitors; where passes overlap the rules of others, they add up to more than 1. `rules_ms`: the
    rules of one step, alone. `plainly`: tokens a second with recorded passes off. `hidden_waits`:
    times that a step waited for the device beside the one wait that is meant, over 16 tokens (CUDA
    alone tells)."""
    counts, tokens = ((1, 4), 8) if small else ((1, 16, 30, 100, 300), 64)
    set_limits(Limits(request_seconds=300))
    found = {}
    for name, model in offered.items():
        if model.kind != "causal":
            continue
        watched = Watched(model.folder, model.kind)
        figures: dict = {"bare_loop_tokens_per_second": bare(watched, device, tokens)}
        for visitors in counts:
            figures[str(visitors)] = written(watched, visitors, tokens)
        one, most = figures["1"], figures[str(counts[-1])]
        figures["one_session_of_bare"] = (
            one["tokens_per_second"] / figures["bare_loop_tokens_per_second"]
        )
        figures["most_of_one"] = most["tokens_per_second"] / one["tokens_per_second"]
        figures["rules_ms"] = rules_ms(watched)
        figures["copies"] = copied = copies(watched, device)
        for visitors in counts:
            of = figures[str(visitors)]
            each = copied["1"] + (copied["300"] - copied["1"]) * (of["rows_a_pass"] - 1) / 299
            of["copies_share"] = each / 1000 * of["passes"] / of["whole_seconds"]
        figures["hidden_waits"] = hidden_waits(watched) if device == "cuda" else None
        figures["recorded_passes"] = recorded(watched)
        figures["plainly"] = {
            str(visitors): plainly(watched, visitors, tokens)
            for visitors in counts
            if visitors <= 16
        }
        found[name] = figures
        watched.close()
    set_limits(None)
    return found


def written(watched: Watched, visitors: int, tokens: int) -> dict:
    processor: list[float] = []  # seconds of each visitor's thread at work; waiting costs none

    def visit(number: int, ready: Callable[[], object], seconds: list[float]) -> None:
        with watched.session() as model:
            settings = DecodingSettings(max_new_tokens=tokens + 1, seed=number, **SETTINGS)
            steps = generate(model, model.encode("once upon a time"), settings, ignore_end=True)
            next(steps).record(model.piece)
            ready()
            worked = time.thread_time()
            for _ in range(tokens):
                began = time.perf_counter()
                next(steps).record(model.piece)
                seconds.append(time.perf_counter() - began)
            processor.append(time.thread_time() - worked)

    # the prompts' passes lie before the clock starts, so they are no part of its seconds
    figures = together(visitors, visit, begins=watched.reset)
    return {
        **figures,
        "network_share": watched.network_seconds / figures["whole_seconds"],
        "rules_share": sum(processor) / figures["whole_seconds"],
        "passes": watched.passes,
        "rows_a_pass": visitors * tokens / max(1, watched.passes),
    }


def plainly(watched: Watched, visitors: int, tokens: int) -> float:
    """Tokens a second without recorded passes."""
    worker = watched.loaded.engine.worker
    fixed, worker.fixed = worker.fixed, None
    try:
        return written(watched, visitors, tokens)["tokens_per_second"]
    finally:
        worker.fixed = fixed


def recorded(watched: Watched) -> int:
    """How many kinds of passes were recorded so far."""
    fixed = watched.loaded.engine.worker.fixed
    return 0 if fixed is None else len(fixed)


def hidden_waits(watched: Watched, tokens: int = 16) -> int:
    """Operations of a step that make the program wait for the device, by torch's own account."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        torch.cuda.set_sync_debug_mode("warn")
        try:
            written(watched, 1, tokens)
        finally:
            torch.cuda.set_sync_debug_mode("default")
    return sum("synchroniz" in str(one.message) for one in caught)


def bare(watched: Watched, device: str, tokens: int) -> float:
    """Tokens a second of a loop over the network with the library's own cache, argmax, one
    synchronisation a token."""
    network = watched.loaded.network
    network.set_attn_implementation("sdpa")
    try:
        with torch.inference_mode():
            cache = DynamicCache(config=network.config)
            ids = torch.tensor([[5, 6, 7, 8]], device=device)
            spent = []
            for _ in range(tokens + 8):
                began = time.perf_counter()
                logits = network(ids, past_key_values=cache, use_cache=True).logits[:, -1]
                ids = logits.argmax(-1, keepdim=True)
                ids.item()
                spent.append(time.perf_counter() - began)
            return tokens / sum(spent[8:])
    finally:
        network.set_attn_implementation("packed")


def rules_ms(watched: Watched, rounds: int = 30) -> float:
    """Milliseconds of the rules and the draw on one row of logits, median."""
    model, spent = watched.session(), []
    settings = DecodingSettings(max_new_tokens=1, **SETTINGS)
    context = model.encode("once upon a time there was a king")
    logits = model.next_logits(context)
    for _ in range(rounds):
        began = time.perf_counter()
        stages.apply_stages(logits, context, settings)
        spent.append(time.perf_counter() - began)
    model.close()
    return 1000 * statistics.median(spent)


def copies(watched: Watched, device: str, rounds: int = 30) -> dict:
    """Milliseconds to bring the logits of 1 and of 300 rows to the host as the engine does, median;
    0 where the device is the host."""
    size, found = watched.loaded.network.config.vocab_size, {}
    crossing = watched.loaded.engine.worker.crossing
    for rows in (1, 300):
        block, spent = torch.zeros(rows, size, device=device), []
        for _ in range(rounds):
            if device == "cuda":
                torch.cuda.synchronize()
            began = time.perf_counter()
            crossing.down(block).wait()
            spent.append(time.perf_counter() - began)
        found[str(rows)] = 1000 * statistics.median(spent) if device != "cpu" else 0.0
    return found
