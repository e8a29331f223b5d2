"""Memory that holds nothing any more goes back to the system (glibc alone; elsewhere nothing is
done).

A class of thirty writers leaves some 500 MB more resident than it found. Half of that are arenas:
glibc gives each thread one of its own, keeps what was freed in it, and a page has a thread for each
run. Two arenas are enough where the interpreter's lock lets one thread work at a time. A while
after the last run the caches of closed sessions are given up, and what is free is returned.
"""

from __future__ import annotations

import ctypes
import logging
import time
from collections.abc import Callable
from typing import Any

log = logging.getLogger(__name__)

ARENAS = 2
M_ARENA_MAX = -8  # <malloc.h>
QUIET = 20.0  # seconds without a run before memory is returned


def _library() -> Any:
    try:
        library = ctypes.CDLL("libc.so.6")
        return library if hasattr(library, "malloc_trim") and hasattr(library, "mallopt") else None
    except OSError:
        return None


def bound_arenas(count: int = ARENAS) -> bool:
    """Let later threads share `count` arenas; False where the C library has none. Call it before
    threads begin."""
    library = _library()
    return library is not None and bool(library.mallopt(M_ARENA_MAX, count))


def return_freed() -> bool:
    """Give what was freed back to the system; False where nothing was, or the C library cannot."""
    library = _library()
    return library is not None and bool(library.malloc_trim(0))


class AfterRuns:
    """Calls `steps` once after each busy time, when nothing has run for `seconds`: one a look, so
    that what the first sets free in another thread is there for the next."""

    def __init__(
        self,
        *steps: Callable[[], Any],
        seconds: float = QUIET,
        clock: Callable[[], float] = time.monotonic,
    ):
        self.steps, self.seconds, self.clock = steps, seconds, clock
        self.last: float | None = None  # when a run was last seen, None once memory was returned
        self.left: list[Callable[[], Any]] = []

    def look(self, active: int) -> None:
        """`active`: runs at work now. Called again and again."""
        if active:
            self.last = self.clock()
            self.left = []
        elif self.last is not None and self.clock() - self.last >= self.seconds:
            self.last = None
            self.left = list(self.steps)
        if self.left:
            try:
                self.left.pop(0)()
            except Exception:  # memory that stays is no reason to end the app
                log.exception("memory was not given back")
