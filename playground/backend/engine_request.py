"""A question to an engine, a pass on its way, and what an exception says of memory."""

from __future__ import annotations

import itertools
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

import torch

from playground.backend.errors import EngineError, OutOfMemory
from playground.i18n import t

_order = itertools.count()


class Request:
    """One question to the engine. `answer` holds its tensor, `error` its exception; `wait` blocks
    until either is there."""

    def __init__(self, session: Any, kind: str, payload: Any):
        self.session, self.kind, self.payload = session, kind, payload
        self.order = next(_order)
        self.served = -1  # the last tick in which a part of it ran
        self.rows: list[Any] = []
        self.answer: Any = None  # (V,) logits, a list of row blocks, or (B, L, V)
        self.error: BaseException | None = None
        self.dropped = False
        self.held = False  # the engine says when the answer goes out; errors go at once
        self.flying = False  # in a pass that was launched and has not landed
        self._first = threading.Lock()
        self._done = threading.Lock()
        self._done.acquire()

    def finish(self, answer: Any = None, error: BaseException | None = None) -> None:
        """Give the answer or the exception; the first call counts. Who waits sees it at once,
        unless it is held."""
        with self._first:
            if self.answer is not None or self.error is not None:
                return
            self.answer, self.error = answer, error
        self.rows = []
        if not self.held or error is not None:
            self._done.release()

    def hand_out(self) -> None:
        """A held answer goes out; a second call does nothing."""
        if self.held and self.error is None:
            self.held = False
            self._done.release()

    @property
    def finished(self) -> bool:
        return self.answer is not None or self.error is not None

    def wait(self, seconds: float) -> Any:
        if not self._done.acquire(timeout=seconds):
            self.dropped = True
            raise EngineError(
                t(
                    "the model did not answer within {seconds} seconds; try again when fewer "
                    "visitors are here",
                    seconds=round(seconds),
                )
            )
        if self.error is not None:
            raise self.error
        return self.answer


def is_out_of_memory(error: BaseException) -> bool:
    """Whether an exception says that the device's or the machine's memory is full."""
    if isinstance(error, MemoryError | OutOfMemory | torch.OutOfMemoryError):
        return True
    text = str(error)
    return isinstance(error, RuntimeError) and (
        "out of memory" in text or "can't allocate memory" in text or "not enough memory" in text
    )


def is_device_lost(error: BaseException) -> bool:
    """Whether an exception says that the GPU failed: what this process asks of it afterwards fails
    too."""
    return (
        isinstance(error, RuntimeError)
        and not is_out_of_memory(error)
        and ("CUDA error" in str(error) or type(error).__name__ == "AcceleratorError")
    )


@dataclass
class Flight:
    """A pass that was launched: `land` waits for it and finishes its requests."""

    batch: list[Any]
    land: Callable[[], None]
    began: float


class Answering(Protocol):
    """What a session asks: an `Engine` in this process, or the way to one elsewhere."""

    def ask(self, session: Any, kind: str, payload: Any) -> Any: ...

    def leave(self, session: Any) -> None: ...
