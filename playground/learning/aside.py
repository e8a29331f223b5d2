"""Work that stands back behind everybody else's: a thread of its own, on one core, that the system
serves after all others.

While others write, a training keeps them from little and takes longer itself.
"""

from __future__ import annotations

import contextlib
import os
import queue
import sys
import threading
from collections.abc import Generator
from typing import Any, TypeVar

import torch

T = TypeVar("T")

# of 19: about a tenth of a core where others want all of it, the whole of it where nobody does
NICE = 10


def aside(records: Generator[T, None, None], nice: int = NICE) -> Generator[T, None, None]:
    """The items of `records`, made by one thread of low priority; what it raises is raised here.

    Closing this ends the work at its next item and waits for that. Only Linux knows priorities of
    threads; elsewhere the work has the priority of all others."""
    items: queue.SimpleQueue[tuple[str, Any]] = queue.SimpleQueue()
    over, alone, restored = threading.Event(), threading.Event(), threading.Event()
    others = torch.get_num_threads()

    def work() -> None:
        # a thread takes the number of all when it first asks or computes: later it would undo the
        # next line
        torch.get_num_threads()
        torch.set_num_threads(1)
        alone.set()
        restored.wait()
        lower(nice)
        with contextlib.closing(records):
            try:
                for record in records:
                    if over.is_set():
                        return
                    items.put(("item", record))
                items.put(("end", None))
            except BaseException as error:
                items.put(("error", error))

    thread = threading.Thread(target=work, name="aside", daemon=True)
    thread.start()
    # torch keeps the number for each thread, and hands the last one set to threads that begin later
    alone.wait()
    torch.set_num_threads(others)
    restored.set()
    try:
        while True:
            kind, value = items.get()
            if kind == "end":
                return
            if kind == "error":
                raise value
            yield value
    finally:
        over.set()
        thread.join()


def lower(nice: int) -> None:
    """The calling thread gets the priority `nice`, where threads have one of their own."""
    if sys.platform == "linux":
        with contextlib.suppress(OSError):
            os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), nice)
