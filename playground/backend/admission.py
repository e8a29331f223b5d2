"""Who may run when: one run at a time for each visitor, so many at once in all, a queue, a time for
each run.

Four kinds have places of their own: "run" (a text is written or unmasked), "long" (an experiment or
comparison that writes many), "training" (weights are learnt for a page) and "question" (one answer,
such as a moved slider's; it counts for no visitor and leaves no line in the log).
"""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Hashable
from types import TracebackType

from playground.backend.errors import LimitExceeded, RunStopped
from playground.backend.limits import Limits, limits
from playground.backend.telemetry import Telemetry

PLACES = {
    "run": "runs_at_once",
    "long": "long_runs_at_once",
    "training": "trainings_at_once",
    "question": "questions_at_once",
}
RESTARTING = "the playground is about to restart and takes no new runs; try again in a minute"


class Run:
    """One run of one visitor: `with backend.run(visitor, page, model) as run:`, and `run.step()` at
    each token or pass."""

    def __init__(self, runs: Runs, visitor: Hashable, page: str, model: str, kind: str = "run"):
        self.visitor, self.page, self.model, self.kind = visitor, page, model, kind
        self.tokens = 0
        self.stopped = False
        self._runs = runs
        self._began = time.monotonic()
        self._first: float | None = None

    def step(self, tokens: int = 1) -> None:
        """Count tokens. Raises LimitExceeded beyond the seconds of a run, RunStopped after
        `stop`."""
        seconds = time.monotonic() - self._began
        if self._first is None and tokens:
            self._first = seconds
        self.tokens += tokens
        if self.stopped:
            raise RunStopped("the run was stopped")
        if seconds > limits().run_seconds:
            raise LimitExceeded(
                f"a run may take at most {limits().run_seconds:,.0f} seconds here; what was "
                "written stays",
                limit="run_seconds",
            )

    def stop(self) -> None:
        """End the run at its next step, or at once while it waits for a place; from any thread."""
        self.stopped = True
        self._runs._look_again()

    def enter(self, seconds: float) -> int:
        """Take a place, or wait at most `seconds` for one: 0 once it is taken, else the number of
        those who wait, up to this one; call it again then, or `leave`. Raises LimitExceeded or
        RunStopped."""
        return self._runs._enter(self, seconds)

    def leave(self) -> None:
        """Give up waiting, or give back the place."""
        self.__exit__(None, None, None)

    def __enter__(self) -> Run:
        while self.enter(60.0):
            pass
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        outcome = "stopped" if self.stopped else "finished"
        if kind is not None:
            outcome = (
                "stopped"
                if issubclass(kind, RunStopped | GeneratorExit)
                else "limit"
                if issubclass(kind, LimitExceeded)
                else "error"
            )
        self._runs._leave(self, outcome, time.monotonic() - self._began, self._first)


class Runs:
    """All runs of the process. Waiting is first come, first served, and bounded in number and
    seconds."""

    def __init__(self, telemetry: Telemetry):
        self.telemetry = telemetry
        self.stopping = False
        self._changed = threading.Condition()
        self._active: set[Run] = set()
        self._queue: OrderedDict[Run, float] = (
            OrderedDict()
        )  # until when each waits (monotonic seconds)

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
        return len(mine)

    def _look_again(self) -> None:
        with self._changed:
            self._changed.notify_all()

    def drain(self, seconds: float) -> bool:
        """Refuse new runs and wait until the running ones have ended; True if all did."""
        self.stopping = True
        with self._changed:
            self._changed.notify_all()
            return self._changed.wait_for(lambda: not self._active, timeout=seconds)

    def _refuse(self, sentence: str, limit: str) -> None:
        self.telemetry.refused.labels(limit).inc()
        raise LimitExceeded(sentence, limit=limit)

    def _enter(self, run: Run, seconds: float) -> int:
        bounds = limits()
        with self._changed:
            if run not in self._queue:
                self._admit(run, bounds)
            if run in self._queue and not self._wait(run, bounds, seconds):
                return 1 + sum(other.kind == run.kind for other in self._before(run))
            self._active.add(run)
        run._began = time.monotonic()
        return 0

    def _admit(self, run: Run, bounds: Limits) -> None:
        """Refuse the run, let it in (nothing is done), or put it in the queue."""
        if self.stopping:
            self._refuse(RESTARTING, "stopping")
        mine = (
            0
            if run.kind == "question"
            else sum(
                other.visitor == run.visitor and other.kind != "question" and not other.stopped
                for other in (*self._active, *self._queue)
            )
        )
        if mine >= bounds.runs_per_visitor:
            self._refuse(
                f"at most {bounds.runs_per_visitor} run(s) at once for each visitor: "
                "press Stop first, or let the one that is running finish",
                "runs_per_visitor",
            )
        places = getattr(bounds, PLACES[run.kind])
        waiting = sum(other.kind == run.kind for other in self._queue)
        if self._taken(run.kind) < places and not waiting:
            return
        if waiting >= bounds.queue_length:
            self._refuse(
                f"all {places} places are taken and {waiting} visitors wait already; try again in "
                "a moment",
                "queue_length",
            )
        self._queue[run] = time.monotonic() + (
            bounds.question_seconds if run.kind == "question" else bounds.queue_seconds
        )

    def _taken(self, kind: str) -> int:
        return sum(other.kind == kind for other in self._active)

    def _before(self, run: Run) -> list[Run]:
        order = list(self._queue)
        return order[: order.index(run)]

    def _wait(self, run: Run, bounds: Limits, seconds: float) -> bool:
        """Whether the run's turn has come; if so, or if it is over for the run, it stands in the
        queue no longer."""
        left = self._queue[run] - time.monotonic()
        places = getattr(bounds, PLACES[run.kind])

        def turn() -> bool:
            return (
                self._taken(run.kind) < places
                and next(other for other in self._queue if other.kind == run.kind) is run
            )

        self._changed.wait_for(
            lambda: run.stopped or self.stopping or turn(), timeout=min(seconds, max(left, 0.0))
        )
        mine = not run.stopped and not self.stopping and turn()
        if not mine and not run.stopped and not self.stopping and left > seconds:
            return False
        del self._queue[run]
        self._changed.notify_all()  # the next in the queue looks again
        if run.stopped:
            raise RunStopped("the run was stopped while it waited for a place")
        if self.stopping:
            self._refuse(RESTARTING, "stopping")
        if not mine:
            waited = bounds.question_seconds if run.kind == "question" else bounds.queue_seconds
            self._refuse(
                f"no place became free within {waited:,.0f} seconds; try again in a moment",
                "question_seconds" if run.kind == "question" else "queue_seconds",
            )
        return True

    def _leave(self, run: Run, outcome: str, seconds: float, first: float | None) -> None:
        with self._changed:
            ran = run in self._active
            self._active.discard(run)
            self._queue.pop(run, None)
            self._changed.notify_all()
        if ran and run.kind != "question":
            self.telemetry.run_ended(run.page, run.model, outcome, run.tokens, seconds, first)
