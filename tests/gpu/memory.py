"""Memory of a session, eviction, memory that runs out on purpose, an error of the device, two
models at once."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable

import torch

from playground.backend.errors import BackendError
from playground.decoding import DecodingSettings, generate
from tests.gpu.models import Model
from tests.gpu.sessions import Watched, together

BUDGET, TEXTS = 20_000_000, 8  # bytes of keys and values; each text takes about 5 MB
PROMPT = "once upon a time there was a king"
# Asks the network for an id that it has no row for: on CUDA an assertion of the device, after which
# its process is lost.
BROKEN = """
import sys
from pathlib import Path
from playground.backend.errors import BackendError
from tests.gpu.texts import session
model = session(Path(sys.argv[1]), "causal")
model._engine.worker.network.set_input_embeddings(__import__("torch").nn.Embedding(6, 384, device=sys.argv[2]))
try:
    model.next_logits([5, 400])
except BackendError as error:
    print("sentence:", error)
"""


def measure(offered: dict[str, Model], device: str, small: bool) -> dict:
    model = offered["fairy-causal"]
    return {
        "session_bytes": session_bytes(model),
        "eviction": eviction(model),
        "out_of_memory": out_of_memory(model),
        "out_of_memory_of_the_card": card_is_full(model) if device == "cuda" else None,
        "device_error": device_error(model, device),
        "two_models": two_models(offered, 4 if small else 30, 4 if small else 32),
    }


def session_bytes(model: Model, tokens: int = 96) -> dict:
    """Bytes of the keys and values of one text of up to 128 tokens (`slot`), and of the block that
    such slots are taken from."""
    watched = Watched(model.folder, model.kind)
    with watched.session() as session:
        session.next_logits((session.encode(PROMPT) * 40)[:tokens])
        (block,) = watched.loaded.engine.worker.store.blocks
        found = {"tokens": block.capacity, "slot": block.bytes // block.slots, "block": block.bytes}
    watched.close()
    return found


def eviction(model: Model) -> dict:
    """More texts than the budget of keys holds: all are written to their end."""
    watched = Watched(model.folder, model.kind, cache_budget=BUDGET)

    def visit(number: int, ready: Callable[[], object], seconds: list[float]) -> None:
        with watched.session() as session:
            ids = (session.encode(PROMPT) * 20)[: 100 + number]
            session.next_logits(ids)
            ready()
            for _ in range(4):
                began = time.perf_counter()
                ids.append(int(session.next_logits(ids).argmax()))
                seconds.append(time.perf_counter() - began)

    figures = together(TEXTS, visit)
    held = watched.loaded.engine.worker.store.bytes
    watched.close()
    return {"budget": BUDGET, "held": held, "texts": TEXTS, "errors": figures["errors"]}


def out_of_memory(model: Model) -> dict:
    """The passes of one visitor run out of memory: that run ends with a sentence, the others write
    on."""
    watched = Watched(model.folder, model.kind)
    network = watched.loaded.network
    forward, said = network.forward, []

    def failing(*args, **kwargs):
        ids = kwargs.get("input_ids", args[0] if args else None)
        if ids is not None and bool((ids == 7).any()):
            raise torch.OutOfMemoryError("CUDA out of memory (caused by the test)")
        return forward(*args, **kwargs)

    network.forward = failing

    def visit(number: int, ready: Callable[[], object], seconds: list[float]) -> None:
        with watched.session() as session:
            ids = session.encode(PROMPT)
            session.next_logits(ids)
            ready()
            for _ in range(8):
                began = time.perf_counter()
                try:
                    logits = session.next_logits([*ids, 7 if number == 0 else 9])
                except BackendError as error:
                    said.append(str(error))
                    return
                ids.append(8 + int(logits[8:].argmax()))
                seconds.append(time.perf_counter() - began)

    figures = together(4, visit)
    network.forward = forward
    watched.close()
    return {"sentence": said[:1], "others_ended_with": figures["errors"]}


def card_is_full(model: Model, spare: int = 4_000_000) -> dict:
    """The card's memory is made to suffice for next tokens and not for a long text that is scored:
    the scorer gets its sentence, the others write on."""
    watched = Watched(model.folder, model.kind)
    said: list[str] = []

    def visit(number: int, ready: Callable[[], object], seconds: list[float]) -> None:
        with watched.session() as session:
            ids = session.encode(PROMPT)
            session.next_logits(ids)
            ready()
            for _ in range(8):
                began = time.perf_counter()
                if number == 0:
                    try:
                        session.logits_along((ids * 40)[:250])
                    except BackendError as error:
                        said.append(str(error))
                    return
                ids.append(int(session.next_logits(ids)[8:].argmax()) + 8)
                seconds.append(time.perf_counter() - began)

    def fill() -> None:
        total = torch.cuda.get_device_properties(0).total_memory
        torch.cuda.empty_cache()
        allowed = torch.cuda.memory_reserved() + spare
        torch.cuda.set_per_process_memory_fraction(min(1.0, allowed / total))

    try:
        figures = together(4, visit, begins=fill)
    finally:
        torch.cuda.set_per_process_memory_fraction(1.0)
        watched.close()
    return {
        "sentence": said[:1],
        "others_ended_with": figures["errors"],
        "written": figures["tokens_per_second"] > 0,
    }


def device_error(model: Model, device: str) -> str:
    """What a visitor reads when the device itself reports an error; in a process of its own."""
    answer = subprocess.run(
        [sys.executable, "-c", BROKEN, str(model.folder), device],
        env={**os.environ, "PLAYGROUND_DEVICE": device},
        capture_output=True,
        text=True,
        check=False,
    )
    lines = [line for line in answer.stdout.splitlines() if line.startswith("sentence:")]
    return lines[0].removeprefix("sentence: ") if lines else f"no sentence: {answer.stderr[-300:]}"


def two_models(offered: dict[str, Model], visitors: int, tokens: int) -> dict:
    """Tokens a second of the left-to-right model alone, and while the other model unmasks without a
    pause."""
    causal, other = offered["fairy-causal"], offered["fairy-diffusion"]
    first, second = Watched(causal.folder, causal.kind), Watched(other.folder, other.kind)

    def visit(number: int, ready: Callable[[], object], seconds: list[float]) -> None:
        with first.session() as session:
            settings = DecodingSettings(max_new_tokens=tokens + 1, seed=number)
            steps = generate(session, session.encode(PROMPT), settings, ignore_end=True)
            next(steps)
            ready()
            for _ in range(tokens):
                began = time.perf_counter()
                next(steps)
                seconds.append(time.perf_counter() - began)

    alone = together(visitors, visit)
    over = threading.Event()

    def unmask() -> None:
        with second.session() as denoiser:
            while not over.is_set():
                denoiser.logits(torch.full((1, 64), denoiser.mask_id))

    thread = threading.Thread(target=unmask)
    thread.start()
    both = together(visitors, visit)
    over.set()
    thread.join()
    first.close()
    second.close()
    return {
        "alone_tokens_per_second": alone["tokens_per_second"],
        "beside_unmasking_tokens_per_second": both["tokens_per_second"],
    }
