"""Freed memory is returned once after each busy time, and never while somebody writes."""

from __future__ import annotations

import subprocess
import sys

import pytest

from playground.server.memory import AfterRuns


def returns(active: list[int], seconds: float = 5.0) -> list[int]:
    """The looks, one a second, at which memory was returned."""
    now, found = [0], []
    after = AfterRuns(lambda: found.append(now[0]), seconds=seconds, clock=lambda: float(now[0]))
    for now[0], running in enumerate(active):
        after.look(running)
    return found


def test_memory_is_returned_once_after_a_busy_time_and_again_after_the_next():
    assert returns([0, 1, 2, 1, *[0] * 12, 3, *[0] * 9]) == [8, 21]


def test_nothing_is_returned_between_two_runs_or_before_the_first():
    assert returns([0] * 20) == []
    assert returns([1, 0, 0, 0] * 6) == []


def test_steps_follow_one_a_look_and_a_new_run_ends_them():
    now, found = [0], []
    steps = [lambda name=name: found.append((now[0], name)) for name in "ab"]
    after = AfterRuns(*steps, seconds=2, clock=lambda: float(now[0]))
    for now[0], running in enumerate([1, 0, 0, 0, 0, 1, 0, 0, 1, 0, 0, 0]):
        after.look(running)
    assert found == [(2, "a"), (3, "b"), (7, "a"), (10, "a"), (11, "b")]


def test_a_step_that_fails_is_logged_and_ends_nothing(caplog):
    now, found = [0], []
    after = AfterRuns(lambda: 1 // 0, lambda: found.append(now[0]), seconds=2, clock=lambda: now[0])
    for now[0], running in enumerate([1, 0, 0, 0, 0]):
        after.look(running)
    assert found == [3] and "memory was not given back" in caplog.text


# malloc_info writes a <heap> for each arena
ARENAS = """
import ctypes, sys, threading
from playground.server.memory import bound_arenas
if sys.argv[1] == "bound":
    assert bound_arenas()
library, gate = ctypes.CDLL("libc.so.6"), threading.Barrier(9)
library.malloc.restype = library.fopen.restype = ctypes.c_void_p
library.fopen.argtypes = [ctypes.c_char_p, ctypes.c_char_p]
library.malloc_info.argtypes = [ctypes.c_int, ctypes.c_void_p]
library.fclose.argtypes = [ctypes.c_void_p]
def work():
    gate.wait()
    library.malloc(100)
    gate.wait()
for _ in range(8):
    threading.Thread(target=work).start()
gate.wait()
gate.wait()
file = library.fopen(b"/dev/stdout", b"w")
library.malloc_info(0, file)
library.fclose(file)
"""


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="glibc alone has arenas")
def test_threads_share_two_arenas():
    def arenas(how: str) -> int:
        command = [sys.executable, "-c", ARENAS, how]
        done = subprocess.run(command, capture_output=True, text=True, check=True)
        return done.stdout.count("<heap nr=")

    assert arenas("bound") == 2 < arenas("free")
