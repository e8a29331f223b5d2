"""What the host of the playground can watch: one log line a run (never the text), Prometheus
metrics, a health record."""

from __future__ import annotations

import json
import logging
import os
import sys
import threading
import time
from typing import Any

from prometheus_client import (
    CONTENT_TYPE_LATEST,
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    generate_latest,
)

log = logging.getLogger("playground.runs")
_began = time.monotonic()
_once = threading.Lock()


class _RunLines(logging.StreamHandler):
    """The handler of the runs' lines, known by its class."""


def log_runs(stream: Any = None) -> None:
    """Write the runs' lines to a stream (standard error); calling it twice changes nothing."""
    with _once:
        if not any(isinstance(handler, _RunLines) for handler in log.handlers):
            handler = _RunLines(stream or sys.stderr)
            handler.setFormatter(logging.Formatter("%(message)s"))
            log.addHandler(handler)
            log.setLevel(logging.INFO)
            log.propagate = False


def resident_bytes() -> int:
    """Memory of this process in bytes, or 0 where the system does not tell."""
    try:
        with open("/proc/self/statm", encoding="ascii") as file:
            return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    except (OSError, ValueError, AttributeError):
        return 0


class Telemetry:
    """Counters of one backend, in a registry of their own so that several backends (tests) do not
    meet."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        options: dict[str, Any] = {"registry": self.registry}
        self.runs = Counter(
            "playground_runs", "Runs that ended.", ["page", "model", "outcome"], **options
        )
        self.refused = Counter(
            "playground_refused", "Runs refused at a limit.", ["limit"], **options
        )
        self.tokens = Counter(
            "playground_tokens", "Tokens generated in runs.", ["page", "model"], **options
        )
        self.run_seconds = Histogram(
            "playground_run_seconds",
            "Length of a run.",
            ["page"],
            buckets=(0.1, 0.3, 1, 3, 10, 30, 100, 300, 1000),
            **options,
        )
        self.first_seconds = Histogram(
            "playground_first_token_seconds",
            "From the start of a run to its first token.",
            ["page"],
            buckets=(0.01, 0.03, 0.1, 0.3, 1, 3, 10, 30),
            **options,
        )
        self.ticks = Histogram(
            "playground_forward_seconds",
            "Forward passes of the engine.",
            ["model"],
            buckets=(0.003, 0.01, 0.03, 0.1, 0.3, 1, 3, 10),
            **options,
        )
        self.batch = Histogram(
            "playground_batch_requests",
            "Requests joined in one forward pass.",
            ["model"],
            buckets=(1, 2, 4, 8, 16, 32, 64, 128),
            **options,
        )
        self.retries = Counter(
            "playground_remote_retries",
            "Questions asked again because no replica had answered.",
            ["model"],
            **options,
        )
        self.active = Gauge("playground_runs_active", "Runs at work now.", **options)
        self.waiting = Gauge("playground_runs_waiting", "Runs waiting for a place now.", **options)
        self.memory = Gauge("playground_memory_bytes", "Memory by use.", ["use"], **options)

    def tick(self, model: str, requests: int, tokens: int, seconds: float) -> None:
        """One forward pass of the engine."""
        self.ticks.labels(model).observe(seconds)
        self.batch.labels(model).observe(requests)

    def run_ended(
        self, page: str, model: str, outcome: str, tokens: int, seconds: float, first: float | None
    ) -> None:
        """Count a run and write its line: page, model, tokens, milliseconds; never the text."""
        self.runs.labels(page, model, outcome).inc()
        self.tokens.labels(page, model).inc(tokens)
        self.run_seconds.labels(page).observe(seconds)
        if first is not None:
            self.first_seconds.labels(page).observe(first)
        log.info(
            json.dumps(
                {
                    "event": "run",
                    "page": page,
                    "model": model,
                    "outcome": outcome,
                    "tokens": tokens,
                    "ms": round(seconds * 1000),
                    "first_ms": None if first is None else round(first * 1000),
                }
            )
        )

    def text(self, backend: Any) -> tuple[bytes, str]:
        """(body, content type) of the Prometheus page."""
        state = health(backend)
        self.active.set(state["runs"]["active"])
        self.waiting.set(state["runs"]["waiting"])
        for use, size in state["memory"].items():
            self.memory.labels(use).set(size)
        return generate_latest(self.registry), CONTENT_TYPE_LATEST


def health(backend: Any) -> dict:
    """Plain data: `status`, models in memory with their queues, runs, memory in bytes, seconds up.

    `status` is "ok", "stopping", or "device lost" after an error of the GPU that only a new process
    ends.
    """
    residents = backend._residents
    models, caches, weights, lost = {}, 0, 0, False
    if residents is not None:
        for loaded in residents.all():
            lost = lost or loaded.engine.lost
            store = getattr(loaded.engine.worker, "store", None)
            models[loaded.entry.id] = {
                "bytes": loaded.bytes,
                "waiting": loaded.engine.depth,
                "forward_passes": loaded.engine.tick,
            }
            caches += store.bytes if store is not None else 0
            weights += loaded.bytes
    return {
        "status": "stopping" if backend.runs.stopping else "device lost" if lost else "ok",
        "seconds_up": round(time.monotonic() - _began, 1),
        "models": models,
        "runs": {"active": backend.runs.active, "waiting": backend.runs.waiting},
        "memory": {
            "process": resident_bytes(),
            "weights": weights,
            "caches": caches,
            "steps_on_view": residents.logits.bytes if residents is not None else 0,
        },
    }
