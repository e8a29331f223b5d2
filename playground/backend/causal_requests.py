"""What the worker of left-to-right models knows of a session and of a request."""

from __future__ import annotations

from dataclasses import dataclass

from playground.backend.engine_request import Request
from playground.backend.kv_cache import Slot


class Session:
    """What the worker keeps for one face: the ids whose keys lie in its slot. Touched by the
    engine's loop alone."""

    __slots__ = ("__weakref__", "asked", "cached", "closed", "slot", "used")

    def __init__(self) -> None:
        self.cached: list[int] = []
        self.slot: Slot | None = None
        self.closed = False
        self.used = 0
        self.asked = 0.0  # seconds on the worker's clock when it asked last


@dataclass
class Item:
    """A piece of a request in one tick: `ids[begin:end]` of its text."""

    request: Request
    begin: int
    end: int

    @property
    def tokens(self) -> int:
        return self.end - self.begin


class Ending(list[int]):
    """The ids of a text of which the predictions at the last `last` places are asked for: a text
    with drafts to verify."""

    def __init__(self, ids: list[int], last: int):
        super().__init__(ids)
        self.last = last


def asked_places(request: Request) -> int:
    """How many of the text's last places a request wants predictions of."""
    if request.kind == "last":
        return request.payload.last
    return 1 if request.kind == "next" else len(request.payload)


def common_prefix(one: list[int], other: list[int], most: int) -> int:
    """Length of the common beginning of two lists, at most `most`."""
    most = min(len(one), len(other), most)
    if one[:most] == other[:most]:
        return most
    return next(i for i in range(most) if one[i] != other[i])
