"""Whole runs on ZeroGPU: Hugging Face lends a GPU for one call of a decorated function, made in a
process forked for it.

Everywhere else both functions here call the work itself and cost nothing. On ZeroGPU (package
`spaces`, read in version 0.51):

- only what is pickled comes back: items and answers are plain data or CPU tensors, an error crosses
  as a value, so that its sentence reaches the visitor (spaces would keep the class's name alone);
- a process that spaces keeps for the next call of the SAME function would not know the next
  visitor's request: each run is a function of its own, forked when it begins, and its process ends
  after it;
- what the process changes is lost with it: count, remember and load outside. A run within a run is
  part of the outer one.
"""

from __future__ import annotations

import contextlib
import os
import pickle
import sys
import threading
from collections.abc import Callable, Generator, Iterator, Sequence
from typing import Any, TypeVar

from playground.backend import device
from playground.backend.catalog import offered

T = TypeVar("T")

RUN_SECONDS, LONG_SECONDS, QUESTION_SECONDS = (
    60,
    120,
    15,
)  # what a visitor's quota is charged at most
PLACED = (
    "fairy-causal",
    "fairy-diffusion",
    "smollm2-135m",
)  # shipped, and preloaded with the build
LINGER = 2.0  # seconds for the last item to leave the process
_inside = False  # in the forked process


def stream(work: Callable[[], Iterator[T]], seconds: int = RUN_SECONDS) -> Generator[T, None, None]:
    """The items of `work()`: on ZeroGPU one call of spaces.GPU for all of them. Closing this ends
    the work at its next item."""
    if _inside or not device.on_zero_gpu():
        yield from work()
        return
    parent = os.getpid()

    def run() -> Iterator[tuple[str, Any]]:
        _enter()
        try:
            for item in work():
                yield "item", _portable(item)
        except Exception as error:
            yield "error", _portable_error(error)
        finally:
            _leave(parent)

    try:
        yield from _unwrapped(device.zero_gpu(seconds)(run)())
    finally:
        _forget(run)


def answer(work: Callable[[], T], seconds: int = QUESTION_SECONDS) -> T:
    """`work()`: on ZeroGPU as one call of spaces.GPU."""
    if _inside or not device.on_zero_gpu():
        return work()
    return next(stream(lambda: iter([work()]), seconds))


def register() -> None:
    """On ZeroGPU: decorates one function, for a Space in which none is decorated when it starts is
    refused. Called before the launch."""
    device.zero_gpu(QUESTION_SECONDS)(_nothing)


def place(backend: Any, models: Sequence[str] = PLACED) -> None:
    """On ZeroGPU: these models onto the GPU in the main process, before the launch, as the hub asks
    of a Space: their weights are packed at the start, and each call gets them from there. What
    cannot be had says so when it is asked for."""
    if not device.on_zero_gpu():
        return
    on_offer = offered()
    for name in models:
        if name in on_offer:
            load(backend, name)


def load(backend: Any, model: Any) -> None:
    """On ZeroGPU: the catalogue's model into this process, for what a forked one loads is lost with
    it. What fails fails again in the run."""
    if _inside or not device.on_zero_gpu():
        return

    entry = offered().get(model) if isinstance(model, str) else None
    if entry is not None:
        with contextlib.suppress(Exception):
            (backend.causal if entry.kind == "causal" else backend.denoiser)(model).close()


def _nothing() -> None:
    """Stands for the runs, which are decorated as they come."""


def _unwrapped(results: Iterator[tuple[str, Any]]) -> Iterator[Any]:
    try:
        for kind, value in results:
            if kind == "error":
                raise value
            yield value
    finally:
        close = getattr(results, "close", None)
        if close is not None:
            close()


def _portable(item: Any) -> Any:
    """Tensors leave the GPU; everything else stays as it is."""
    if hasattr(item, "detach") and hasattr(item, "cpu"):
        return item.detach().cpu()
    if isinstance(item, tuple):
        return tuple(_portable(part) for part in item)
    if isinstance(item, list):
        return [_portable(part) for part in item]
    return item


def _portable_error(error: Exception) -> Exception:
    try:
        again = pickle.loads(pickle.dumps(error))
        if type(again) is type(error) and str(again) == str(error):
            return error
    except Exception:
        pass
    return ValueError(str(error)) if isinstance(error, ValueError) else RuntimeError(str(error))


def _enter() -> None:
    global _inside
    _inside = True


def _leave(parent: int) -> None:
    global _inside
    _inside = False
    if os.getpid() != parent:
        end = threading.Timer(LINGER, os._exit, (0,))
        end.daemon = True
        end.start()


def _forget(function: Callable) -> None:
    """spaces remembers every decorated function for ever; these are used once."""
    known = getattr(sys.modules.get("spaces.zero.decorator"), "decorated_cache", None)
    if isinstance(known, dict):
        decorated = known.pop(function, None)
        known.pop(decorated, None)
