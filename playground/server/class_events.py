"""The states of a class on their way: to everybody as Server-Sent Events, whole each time, so that
a lost one is made up by the next.

What all see is written as JSON once for each version; what is a viewer's own is put beside it.
"""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import AsyncIterator, Callable
from typing import Any

from sse_starlette import EventSourceResponse, ServerSentEvent
from sse_starlette.sse import SendTimeoutError
from starlette.types import Receive, Scope, Send

from playground.classroom import view
from playground.classroom.session import ClassSession, Seat

TOGETHER = 0.2  # seconds in which changes of mere counts are joined
STREAMS = {"seat": 4, "teacher": 8}  # open at once for one viewer; a further one ends the oldest
PING = 15  # seconds
STALLED = 30.0  # seconds that a viewer may leave an event unread
log = logging.getLogger(__name__)


def written(record: Any) -> str:
    return json.dumps(record, ensure_ascii=False, allow_nan=False, separators=(",", ":"))


class Events(EventSourceResponse):
    """A stream of events. Pings are events too, so that the page knows a live line from one that
    died without a word; a phone that does not read (it sleeps, or left the network) ends its own
    stream, which is no fault of the server's, and comes back by itself."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await super().__call__(scope, receive, send)
        except SendTimeoutError:
            log.debug("a viewer left its events unread")


class Channel:
    """Who watches one class. `clock()` in seconds; everything here happens in the loop that answers
    requests."""

    def __init__(self, session: ClassSession, clock: Callable[[], float]):
        self.session, self._clock = session, clock
        self._changed = asyncio.Event()
        self._flushed = -TOGETHER
        self._planned: asyncio.TimerHandle | None = None
        self._state = session.state
        self._common: tuple[Any, str, str] | None = None

    def publish(self) -> None:
        """Something may have changed: a new state goes out at once, a mere count with what follows
        within the next moment."""
        wait = self._flushed + TOGETHER - self._clock()
        if self.session.state != self._state or wait <= 0:
            self._flush()
        elif self._planned is None:
            self._planned = asyncio.get_running_loop().call_later(wait, self._flush)

    def _flush(self) -> None:
        if self._planned is not None:
            self._planned.cancel()
            self._planned = None
        self._flushed, self._state = self._clock(), self.session.state
        changed, self._changed = self._changed, asyncio.Event()
        changed.set()

    def written(self, seat: Seat | None) -> str:
        """The whole state as a viewer sees it (None: the teacher), as JSON."""
        return f'{{"id":{self.session.version},{self._rest(seat)}'

    def _rest(self, seat: Seat | None) -> str:
        """All of the state but its id, which comes first."""
        session, now = self.session, self._clock()
        mark = (session.version, session.present(now), session.state)
        if self._common is None or self._common[0] != mark:
            state = view.common(session, now)
            del state["id"]
            question = written(state.pop("question"))
            self._common = (mark, written(state)[1:-1], f'"question":{question}')
        _, common, question = self._common
        if session.state == "ended":
            own: dict[str, Any] = {"you_are": "seat" if seat else "teacher", "yours": None}
        else:
            own = view.personal(session, seat) if seat else view.teachers(session, now)
        return ",".join([common, *([] if "question" in own else [question]), written(own)[1:]])

    def stream(self, seat: Seat | None, phone: int | None = None) -> EventSourceResponse:
        """Events for a viewer: `snapshot` first, then `change`, until the class ends, too many
        streams are opened, or the teacher's phone that reads was put away."""
        return Events(
            self._events(seat, phone),
            ping=PING,
            ping_message_factory=lambda: ServerSentEvent("1", event="ping"),
            send_timeout=STALLED,
            headers={"cache-control": "no-store"},
        )

    async def _events(
        self, seat: Seat | None, phone: int | None = None
    ) -> AsyncIterator[ServerSentEvent]:
        streams = self.session.teaching if seat is None else seat.streams
        mine = object()
        streams.append(mine)
        del streams[: -STREAMS["teacher" if seat is None else "seat"]]
        name, sent = "snapshot", ""
        self._counted()
        try:
            while mine in streams and self.session.reads(phone):
                changed = self._changed
                rest = self._rest(seat)
                if rest != sent:
                    sent, number = rest, self.session.version
                    yield ServerSentEvent(f'{{"id":{number},{rest}', event=name, id=str(number))
                    name = "change"
                if self.session.state == "ended" or self._gone(seat):
                    return
                await changed.wait()
        finally:
            if mine in streams:
                streams.remove(mine)
            if seat is not None:
                seat.seen = self._clock()
            self._counted()

    def _gone(self, seat: Seat | None) -> bool:
        return seat is not None and self.session.seats.get(seat.token) is not seat

    def _counted(self) -> None:
        """Who is there has changed."""
        self.session.version += 1
        self.publish()
