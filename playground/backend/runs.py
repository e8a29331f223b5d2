"""Who may run when: one run at a time for each visitor, so many at once in all, a short queue, a time for each run."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Hashable
from types import TracebackType

from playground.backend.errors import LimitExceeded, RunStopped
from playground.backend.limits import limits
from playground.backend.telemetry import Telemetry


class Run:
    """One run of one visitor: `with backend.run(visitor, page, model) as run:`, and `run.step()` at each token or pass."""

    def __init__(self, runs: Runs, visitor: Hashable, page: str, model: str):
        self.visitor, self.page, self.model = visitor, page, model
        self.tokens = 0
        self.stopped = False
        self._runs = runs
        self._began = time.monotonic()
        self._first: float | None = None

    def step(self, tokens: int = 1) -> None:
        """Count tokens. Raises LimitExceeded beyond the seconds of a run, RunStopped after `stop`."""
        seconds = time.monotonic() - self._began
        if self._first is None:
            self._first = seconds
        self.tokens += tokens
        if self.stopped:
            raise RunStopped("the run was stopped")
        if seconds > limits().run_seconds:
            raise LimitExceeded(f"a run may take at most {limits().run_seconds:,.0f} seconds here; what was written stays",
                                limit="run_seconds")

    def stop(self) -> None:
        """End the run at its next step, from any thread."""
        self.stopped = True

    def __enter__(self) -> Run:
        self._runs._enter(self)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        outcome = "finished"
        if kind is not None:
            outcome = ("stopped" if issubclass(kind, RunStopped | GeneratorExit) else
                       "limit" if issubclass(kind, LimitExceeded) else "error")
        self._runs._leave(self, outcome, time.monotonic() - self._began, self._first)


class Runs:
    """All runs of the process. Waiting is first come, first served, and bounded in number and seconds."""

    def __init__(self, telemetry: Telemetry):
        self.telemetry = telemetry
        self.stopping = False
        self._changed = threading.Condition()
        self._active: set[Run] = set()
        self._queue: OrderedDict[Run, None] = OrderedDict()

    @property
    def active(self) -> int:
        return len(self._active)

    @property
    def waiting(self) -> int:
        return len(self._queue)

    def of(self, visitor: Hashable) -> list[Run]:
        """The runs of a visitor, waiting ones included."""
        with self._changed:
            return [run for run in (*self._active, *self._queue) if run.visitor == visitor]

    def stop(self, visitor: Hashable) -> int:
        """Stop every run of a visitor (the Stop button, a closed browser); how many there were."""
        mine = self.of(visitor)
        for run in mine:
            run.stop()
        with self._changed:
            self._changed.notify_all()
        return len(mine)

    def drain(self, seconds: float) -> bool:
        """Refuse new runs and wait until the running ones have ended; True if all did."""
        self.stopping = True
        with self._changed:
            self._changed.notify_all()
            return self._changed.wait_for(lambda: not self._active, timeout=seconds)

    def _refuse(self, sentence: str, limit: str) -> None:
        self.telemetry.refused.labels(limit).inc()
        raise LimitExceeded(sentence, limit=limit)

    def _enter(self, run: Run) -> None:
        bounds = limits()
        with self._changed:
            if self.stopping:
                self._refuse("the playground is about to restart and takes no new runs; try again in a minute", "stopping")
            mine = sum(other.visitor == run.visitor and not other.stopped for other in (*self._active, *self._queue))
            if mine >= bounds.runs_per_visitor:
                self._refuse(f"at most {bounds.runs_per_visitor} run(s) at once for each visitor: "
                             "stop the one that is running, or let it finish", "runs_per_visitor")
            if len(self._active) >= bounds.runs_at_once or self._queue:
                self._wait(run, bounds)
            self._active.add(run)
        run._began = time.monotonic()

    def _wait(self, run: Run, bounds) -> None:
        if len(self._queue) >= bounds.queue_length:
            self._refuse(f"all {bounds.runs_at_once} places are taken and {bounds.queue_length} visitors wait already; "
                         "try again in a moment", "queue_length")
        self._queue[run] = None
        try:
            free = self._changed.wait_for(
                lambda: run.stopped or self.stopping or (len(self._active) < bounds.runs_at_once and next(iter(self._queue)) is run),
                timeout=bounds.queue_seconds)
        finally:
            del self._queue[run]
            self._changed.notify_all()     # the next in the queue looks again
        if run.stopped:
            raise RunStopped("the run was stopped while it waited for a place")
        if self.stopping:
            self._refuse("the playground is about to restart and takes no new runs; try again in a minute", "stopping")
        if not free:
            self._refuse(f"no place became free within {bounds.queue_seconds:,.0f} seconds; try again in a moment", "queue_seconds")

    def _leave(self, run: Run, outcome: str, seconds: float, first: float | None) -> None:
        with self._changed:
            self._active.discard(run)
            self._changed.notify_all()
        self.telemetry.run_ended(run.page, run.model, outcome, run.tokens, seconds, first)
