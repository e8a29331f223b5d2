"""A loaded model with a count of its forward passes, and visitors that are threads."""

from __future__ import annotations

import statistics
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from playground.backend.catalog import Entry
from playground.backend.loading import Loaded, Residents


class Watched:
    """A model in memory; `network_seconds` is the time of its forward passes that began after
    `reset`."""

    def __init__(self, folder: Path, kind: str, residents: Residents | None = None, **budgets: int):
        self.residents = residents or Residents(**budgets)
        self.residents.observe = self._observe
        self.loaded: Loaded = self.residents.load(
            Entry(folder.name, folder.name, kind, 100, "", ()),  # type: ignore[arg-type]
            folder,
        )
        self.reset()

    def _observe(self, _name: str, _requests: int, _tokens: int, seconds: float) -> None:
        # A pass is reported after its answers are out, so one from before `reset` may come late.
        if time.perf_counter() - seconds >= self.since:
            self.network_seconds += seconds
            self.passes += 1

    def reset(self) -> None:
        self.network_seconds, self.passes, self.since = 0.0, 0, time.perf_counter()

    def session(self) -> Any:
        if self.loaded.entry.kind == "causal":
            return self.loaded.causal(self.residents.logits)
        return self.loaded.denoiser()

    def close(self) -> None:
        self.residents.clear()


def together(
    visitors: int,
    visit: Callable[[int, Callable[[], None], list[float]], None],
    begins: Callable[[], None] = lambda: None,
) -> dict:
    """`visit(number, ready, seconds)` in a thread each: it calls `ready()` once it is warm, then
    notes the seconds of each token.

    begins: called once when all are warm, as the clock of `whole_seconds` starts and before anyone
        goes on."""
    seconds, errors, began = [], [], 0.0

    def begin() -> None:
        nonlocal began
        began = time.perf_counter()
        begins()

    start = threading.Barrier(visitors + 1, action=begin)

    def run(number: int) -> None:
        came = []

        def ready() -> None:
            came.append(number)
            start.wait()

        try:
            visit(number, ready, seconds)
        except Exception as error:
            errors.append(f"{type(error).__name__}: {error}"[:300])
            if not came:  # the others begin without this one
                start.wait()

    threads = [threading.Thread(target=run, args=(number,)) for number in range(visitors)]
    for thread in threads:
        thread.start()
    start.wait()
    for thread in threads:
        thread.join()
    whole = time.perf_counter() - began
    ranked = sorted(seconds) or [float("nan")]
    return {
        "whole_seconds": whole,
        "tokens_per_second": len(seconds) / whole,
        "p50_ms": 1000 * statistics.median(ranked),
        "p95_ms": 1000 * ranked[int(0.95 * (len(ranked) - 1))],
        "errors": errors,
    }
