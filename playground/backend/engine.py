"""One loop for each loaded model: it joins every visitor's next forward pass into one batch.

Sessions put requests in; each tick of the loop takes what waits (next tokens of all sessions,
pieces of long prompts, rows of canvases), runs one forward pass, and hands each session its own
logits. Rules and draws stay in the visitor's thread; the answers of a batch go out one after
another, so that thirty threads do not fight for the interpreter's lock. A session that closes
leaves at the next tick. An exception reaches only the session whose request caused it: a batch that
fails is run again request by request. Where the device works by itself (CUDA), a pass is in flight
while the rules of those answered before it run: many visitors fall into two groups that take turns
at the device and at the processor.
"""

from __future__ import annotations

import contextlib
import queue
import sys
import threading
import time
from collections import deque
from collections.abc import Callable
from typing import Any

from playground.backend import zero_gpu
from playground.backend.engine_request import Flight, Request, is_device_lost, is_out_of_memory
from playground.backend.errors import BackendError, EngineError, OutOfMemory, RunStopped
from playground.backend.limits import limits
from playground.i18n import t

# After a tick the loop waits for those it has just answered, as long as they keep coming: from one
# to the next at most the tick's own time and 20 ms, at most a quarter of a second after the first.
# A pass over a few would run against the Python of all others for the interpreter's lock: measured
# with 24 visitors, 4 rows took 100 ms then, and 24 rows together 25 ms.
GAP, LONGEST_GAP, LONGEST_GRACE = 1.0, 0.02, 0.25  # ticks, seconds, seconds
# Meanwhile each of them has the interpreter to itself until it asks again, at most this long: a
# step's rules take 1 ms alone, and more than twice that in each of thirty threads at once, as every
# array operation gives the lock away and wants it back.
TURN_SECONDS = 0.002
# A forward pass takes the interpreter's lock hundreds of times; at Python's default of 5 ms each
# time may cost that long.
SWITCH_SECONDS = 0.001
TWO_GROUPS = 16  # visitors from which on an idle device gets half of them first
REST_SECONDS = 0.01  # between two looks at requests for which there is no room


class Engine:
    """The loop of one model.

    worker: knows the network; has `plan(waiting, tick) -> batch` (a list of work items, chosen
        fairly), `run(batch)` (one forward pass, finishes requests that are complete),
        `leave(session)`, `make_room()` (frees what can be freed), `item.request`. Where
        `asynchronous` is True also `launch(batch)`, which begins a pass and returns what waits for
        it and finishes.
    free_memory: called once before a forward pass that ran out of memory is tried again.
    inline: no thread; the asking thread runs the ticks (ZeroGPU forks each call, so no loop would
        be there).
    """

    def __init__(
        self,
        name: str,
        worker: Any,
        free_memory: Callable[[], object] | None = None,
        inline: bool = False,
        observe: Callable[[str, int, int, float], None] | None = None,
    ):
        self.name, self.worker, self.inline = name, worker, inline
        self.free_memory = free_memory or (lambda: None)
        self.observe = observe or (lambda name, requests, tokens, seconds: None)
        self.tick = 0
        self.waiting: list[Request] = []
        self.stopped = False
        self.lost = False  # the device failed for good; the host is told by /health
        self.expected: set[Any] = set()  # sessions answered in the last tick that have not closed
        self.gap = 0.0  # seconds that the next tick waits for one of them after another
        self.turns: deque[Request] = deque()  # answered, and not handed out yet
        self.flight: Flight | None = None
        self._landed = 0.0  # when the last pass ended
        self._inbox: queue.SimpleQueue = queue.SimpleQueue()
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None

    # what sessions call
    # --------------------------------------------------------------------------------------------

    def ask(self, session: Any, kind: str, payload: Any) -> Any:
        """Put a request in and wait for its answer. Raises what went wrong, in the asking
        thread."""
        if self.stopped:
            raise RunStopped(
                t("the model {name} was unloaded; start the run again", name=repr(self.name))
            )
        request = Request(session, kind, payload)
        if self.inline:
            return zero_gpu.answer(
                lambda: self._ask_here(request)
            )  # in a run: at once; a question alone: a call of its own
        self._start()
        self._inbox.put(request)
        if self.stopped:  # the loop may have ended before it could see the request
            request.finish(
                error=RunStopped(
                    t("the model {name} was unloaded; start the run again", name=repr(self.name))
                )
            )
        return request.wait(limits().request_seconds)

    def _ask_here(self, request: Request) -> Any:
        with self._lock:
            self.waiting.append(request)
            while not request.finished:
                self._one_tick()
        return request.wait(0)

    def leave(self, session: Any) -> None:
        """The session's waiting requests end with RunStopped and its cache is freed at the next
        tick; returns at once."""
        if self.inline:
            self._drop(session)
        elif not self.stopped:
            self._start()
            self._inbox.put(("leave", session))

    def make_room(self) -> None:
        """Free what no open session needs, before the next tick; returns at once."""
        if self._thread is not None and not self.stopped:
            self._inbox.put(("make room", None))

    def stop(self) -> None:
        """End the loop; every waiting request ends with RunStopped."""
        self.stopped = True
        if self._thread is not None and self._thread is not threading.current_thread():
            self._inbox.put(("stop", None))
            self._thread.join(timeout=30)

    @property
    def depth(self) -> int:
        """Requests waiting now."""
        return sum(not request.finished for request in list(self.waiting)) + self._inbox.qsize()

    # the loop
    # ----------------------------------------------------------------------------------------------

    def _start(self) -> None:
        if self._thread is None:
            with self._lock:
                if self._thread is None:
                    sys.setswitchinterval(min(sys.getswitchinterval(), SWITCH_SECONDS))
                    self._thread = threading.Thread(
                        target=self._loop, name=f"engine-{self.name}", daemon=True
                    )
                    self._thread.start()

    def _loop(self) -> None:
        while not self.stopped:
            self._collect()
            if self.stopped:
                break
            if self._ready():
                if not self._one_tick():
                    self._rest()
            else:
                self._land()
        self.flight = None
        self._hand_out_all()
        for request in self.waiting:
            request.finish(
                error=RunStopped(
                    t("the model {name} was unloaded; start the run again", name=repr(self.name))
                )
            )
        while True:
            try:
                message = self._inbox.get_nowait()
            except queue.Empty:
                return
            if isinstance(message, Request):
                message.finish(
                    error=RunStopped(
                        t(
                            "the model {name} was unloaded; start the run again",
                            name=repr(self.name),
                        )
                    )
                )

    def _collect(self) -> None:
        """Take in what has arrived. Blocks while nothing waits; after a tick the answers go out one
        by one, and the loop waits a moment for those who got theirs."""
        holder, turn_ends = None, 0.0  # whose turn it is, and how long
        came = time.monotonic()  # the last of those who came
        latest = came + LONGEST_GRACE
        while not self.stopped:
            ready = self._ready()
            here = {request.session for request in ready}
            now = time.monotonic()
            until = min(came + self.gap, latest)
            if self.turns and (
                now >= until or now >= turn_ends or holder in here or holder not in self.expected
            ):
                request = self.turns.popleft()
                holder, turn_ends = request.session, now + TURN_SECONDS
                request.hand_out()
            if self.turns:
                wait = max(0.0, min(until, turn_ends) - now)
            elif not ready and self.flight is None:
                wait = None  # nobody is here: until somebody comes
            elif self._inbox.empty() and (now >= until or not self.expected.difference(here)):
                return  # time is up, or everybody is here (a visitor alone always is)
            else:
                wait = max(0.0, until - now)
            try:
                self._take(self._inbox.get(timeout=wait))
            except queue.Empty:
                continue
            came = time.monotonic()
            latest = came + LONGEST_GRACE if wait is None else latest

    def _ready(self) -> list[Request]:
        """Requests that wait and are in no pass."""
        return [request for request in self.waiting if not request.flying]

    def _rest(self) -> None:
        """Nothing of what waits had room: until somebody comes or leaves, or a moment has
        passed."""
        with contextlib.suppress(queue.Empty):
            self._take(self._inbox.get(timeout=REST_SECONDS))

    def _take(self, message: Any) -> None:
        if isinstance(message, Request):
            self.waiting.append(message)
        elif message[0] == "leave":
            self._drop(message[1])
        elif message[0] == "make room":
            self.worker.make_room()

    def _hand_out_all(self) -> None:
        while self.turns:
            self.turns.popleft().hand_out()

    def _drop(self, session: Any) -> None:
        for request in self.waiting:
            if request.session is session:
                request.finish(error=RunStopped(t("the run was stopped")))
        self.waiting = [request for request in self.waiting if request.session is not session]
        for request in self.turns:
            if request.session is session:
                request.hand_out()  # its turn comes no more
        self.expected.discard(session)
        self.worker.leave(session)

    def _one_tick(self) -> bool:
        """One forward pass over what the worker chooses; False if it chose nothing. A pass in
        flight lands once the next one is launched."""
        self.tick += 1
        self.waiting = [request for request in self.waiting if not request.dropped]
        asynchronous = not self.inline and getattr(self.worker, "asynchronous", False)
        chosen = self._ready()
        if asynchronous and self.flight is None and len(chosen) >= TWO_GROUPS:
            chosen = chosen[: (len(chosen) + 1) // 2]
        try:
            batch = self.worker.plan(chosen, self.tick)
        except (
            BaseException
        ) as error:  # a worker that cannot plan would spin for ever: all who wait are told
            for request in chosen:
                request.finish(
                    error=EngineError(
                        t("the engine of {name} failed: {error}", name=repr(self.name), error=error)
                    )
                )
            batch = []
        landing = self.flight
        if batch:
            began = time.perf_counter()
            for item in batch:
                item.request.held = len(batch) > 1 and not self.inline
                item.request.flying = True
            land = self._launched(batch) if asynchronous else lambda: self._run(batch)
            self.flight = Flight(batch, land, began)
            self.expected.difference_update(item.request.session for item in batch)
        if landing is not None:
            self._end(landing)
        if batch and not asynchronous:
            self._land()
        self.waiting = [request for request in self.waiting if not request.finished]
        return bool(batch) or landing is not None

    def _launched(self, batch: list[Any]) -> Callable[[], None]:
        """Begin a pass; an error of its beginning or of its end is dealt with when it lands."""
        try:
            land = self.worker.launch(batch)
        except BaseException as error:
            first = error
            return lambda: self._again(batch, first)
        return lambda: self._run(batch, land)

    def _land(self) -> None:
        flight, self.flight = self.flight, None
        if flight is not None:
            self._end(flight)
            self.waiting = [request for request in self.waiting if not request.finished]

    def _end(self, flight: Flight) -> None:
        """Wait for a pass; its answers are handed out one after another from here on."""
        flight.land()
        now = time.perf_counter()
        # two passes in flight are one after another on the device: none counts the other's time
        seconds = now - max(flight.began, self._landed)
        self._landed = now
        batch = flight.batch
        for item in batch:
            item.request.flying = False
        self.turns.extend(
            item.request for item in batch if item.request.finished and item.request.held
        )
        self.expected = {item.request.session for item in batch if item.request.finished}
        self.gap = min(GAP * seconds, LONGEST_GAP)
        self.observe(self.name, len(batch), sum(item.tokens for item in batch), seconds)

    def _run(self, batch: list[Any], work: Callable[[], None] | None = None) -> None:
        try:
            if work is None:
                self.worker.run(batch)
            else:
                work()
        except BaseException as error:
            self._again(batch, error)

    def _again(self, batch: list[Any], first: BaseException) -> None:
        """After an error: each request alone, what it takes with memory that was freed."""
        if is_out_of_memory(first):
            self.worker.make_room()
            self.free_memory()
            if len(batch) == 1:
                self._alone(batch[0])
                return
        elif len(batch) == 1:
            self._fail(batch[0], first)
            return
        for item in batch:  # one of them spoiled the batch, or it was too large: each alone
            self._alone(item)

    def _alone(self, item: Any) -> None:
        try:
            self.worker.run([item])
        except BaseException as error:
            self._fail(item, error)

    def _fail(self, item: Any, error: BaseException) -> None:
        if isinstance(error, BackendError):
            failure: BaseException = error
        elif is_out_of_memory(error):
            failure = OutOfMemory(
                t(
                    "the memory of this machine does not suffice for {name} with this text, even "
                    "after other models were put away; try a shorter text or a smaller model",
                    name=repr(self.name),
                )
            )
        elif is_device_lost(error):
            self.lost = True
            failure = EngineError(
                t(
                    "the GPU reported an error, after which this server must be started again "
                    "({reason})",
                    reason=str(error).strip().partition("\n")[0][:200],
                )
            )
        else:
            failure = EngineError(
                t(
                    "the model {name} failed in a forward pass ({kind}: {reason})",
                    name=repr(self.name),
                    kind=type(error).__name__,
                    reason=str(error)[:200],
                )
            )
        failure.__cause__ = error
        item.request.finish(error=failure)
