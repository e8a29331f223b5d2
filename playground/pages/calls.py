"""A call of a named endpoint: its work goes on in a thread, and ends when whoever asked has
cancelled it or is gone.

Gradio cannot end a plain function: one that has begun goes on to its last line, whoever listens.
Here the call is a coroutine beside its thread; it stops the runs that the call has entered
(`gate.run`, `gate.through`), as the page's Stop does.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextvars import ContextVar
from typing import Any, TypeVar

import anyio
from gradio.context import LocalContext

T = TypeVar("T")

LOOK = 0.2  # seconds between two looks whether anybody still listens


class Call:
    """One call and the runs that belong to it."""

    def __init__(self) -> None:
        self.stopped = False
        self.runs: list[Any] = []

    def add(self, run: Any) -> None:
        """From now on `run` ends with the call; at once if the call has ended."""
        self.runs.append(run)
        if self.stopped:
            run.stop()

    def stop(self) -> None:
        self.stopped = True
        for run in list(self.runs):
            run.stop()


_current: ContextVar[Call | None] = ContextVar("call", default=None)


def belongs(run: Any) -> Any:
    """`run`, which ends with the endpoint's call in which it was made, if it was made in one."""
    call = _current.get()
    if call is not None:
        call.add(run)
    return run


async def answered(work: Callable[[], T]) -> T:
    """`work()` in a thread. A cancelled call is over when the work has ended: its place is free by
    then."""
    call = Call()
    _current.set(call)  # the context of this task alone, and of the thread that is started from it
    blocks, event = LocalContext.blocks.get(None), LocalContext.event_id.get(None)
    limiter = getattr(blocks, "limiter", None)
    thread = asyncio.ensure_future(anyio.to_thread.run_sync(work, limiter=limiter))
    try:
        while not (await asyncio.wait({thread}, timeout=LOOK))[0]:
            if not is_heard(blocks, event):
                call.stop()
        return thread.result()
    except asyncio.CancelledError:
        call.stop()
        await asyncio.wait({thread})
        if not thread.cancelled():
            thread.exception()  # nobody is left to hear of it
        raise


def is_heard(blocks: Any, event: str | None) -> bool:
    """False where Gradio has noticed that the client of an event is gone (the stream of its answers
    was closed)."""
    jobs = getattr(getattr(blocks, "_queue", None), "active_jobs", ())
    return all(one.alive for job in jobs if job for one in job if one._id == event)
