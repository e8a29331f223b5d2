"""One protocol for whatever streams to a page: a text, a canvas, an experiment, a comparison,
weights that come in.

A run is one request of one widget. Its messages are plain data, one a yield::

    {"run": id, "n": 0, "kind": "waiting", "words": sentence}                          a place in the line
    {"run": id, "n": 1, "kind": "progress", "words": sentence or None, "share": 0.3}   share None: nobody knows how far
    {"run": id, "n": 2, "kind": "begin", ...}                                          what the drawing needs before the first frame
    {"run": id, "n": 3, "kind": "frame", "at": 0, "frames": [record, ...]}             `at`: how many frames came before
    {"run": id, "n": 4, "kind": "end", "reason": "length", ...}   or   {..., "kind": "error", "message": sentence}

`n` counts the messages and `at` the frames, so that the browser knows doubled and lost ones: of
several values that arrive in one burst a widget sees the last alone. The last messages of each run
are kept for a while, and `going` hands out those that are missing. Exactly one end or error comes
last. More kinds may come later: whoever reads ignores those it does not know.

`instead` names the run that the page showed before: it is stopped first, for the page's own stop
may arrive later than the new request, and a visitor has one run at a time.

A run that was cut off is asked for again under a new name with `after`, the number of frames that
arrived: a draw depends on seed and step alone, so the same frames would come, and those before
`after` are not sent again.
"""

from __future__ import annotations

import contextlib
import threading
import time
from collections import OrderedDict, deque
from collections.abc import Callable, Generator, Iterator
from typing import Any

from playground.backend import RunStopped
from playground.i18n import t, wire
from playground.pages import gate
from playground.pages.errors import sentence_of
from playground.pages.events import sent
from playground.widgets.widget import called

LONGEST_NAME = 64
# The last messages of a run, and runs that have ended, for whoever missed some.
KEPT_MESSAGES, KEPT_RUNS = 32, 32
FRAME_SECONDS = 0.03  # frames that come faster than a screen paints travel together
QUIET: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private"}

Message = dict[str, Any]
Work = Callable[[dict, "Handle"], Iterator[Message]]


def begin(**what: Any) -> Message:
    return {"kind": "begin", **what}


def progress(words: Any = None, share: float | None = None, **more: Any) -> Message:
    return {"kind": "progress", "words": words, "share": share, **more}


def frame(record: Any) -> Message:
    return {"kind": "frame", "frames": [record]}


def end(reason: str, **more: Any) -> Message:
    return {"kind": "end", "reason": reason, **more}


class Handle:
    """A run at work, for its work: `stopped` is set by the page's Stop, `after` is how many frames
    the page has already."""

    def __init__(self, name: str, after: int):
        self.name, self.after = name, after
        self.stopped = threading.Event()
        self.said: deque[Message] = deque(maxlen=KEPT_MESSAGES)
        self._place: Any = None

    def stop(self) -> None:
        self.stopped.set()
        if self._place is not None:
            self._place.stop()


class Handles:
    """The runs at work by their random names: whoever knows the name may end the run (a server
    function has no session)."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._handles: dict[str, Handle] = {}
        self._ended: OrderedDict[str, Handle] = OrderedDict()

    def add(self, handle: Handle) -> None:
        """ValueError where the name is at work already: it would be nobody's to end."""
        with self._lock:
            if handle.name in self._handles:
                raise ValueError(t("run must be a name that is not at work already"))
            self._handles[handle.name] = handle

    def remove(self, handle: Handle) -> None:
        with self._lock:
            if self._handles.get(handle.name) is handle:
                del self._handles[handle.name]
                self._ended[handle.name] = handle
                while len(self._ended) > KEPT_RUNS:
                    self._ended.popitem(last=False)

    def stop(self, name: Any) -> bool:
        """Whether there was such a run."""
        with self._lock:
            found = self._handles.get(str(name)[:LONGEST_NAME])
        if found is not None:
            found.stop()
        return found is not None

    def going(self, name: Any) -> bool:
        return str(name)[:LONGEST_NAME] in self._handles

    def missed(self, name: Any, since: Any) -> list[Message]:
        """The messages from number `since` on, as far as they are kept and follow each other from
        there."""
        with self._lock:
            key = str(name)[:LONGEST_NAME]
            found = self._handles.get(key) or self._ended.get(key)
        if found is None or isinstance(since, bool) or not isinstance(since, int):
            return []
        kept = [message for message in list(found.said) if message["n"] >= since]
        return kept if kept and kept[0]["n"] == since else []


HANDLES = Handles()


def going(question: Any) -> dict:
    """For a run's name, or [name, number of the next message]: whether it is at work, and what the
    page has missed of it."""
    name, since = (
        question if isinstance(question, list) and len(question) == 2 else (question, None)
    )
    return {"going": HANDLES.going(name), "missed": HANDLES.missed(name, since)}


def functions() -> list[Callable]:
    """The two server functions of every widget that streams: `await server.stop(run)`, `await
    server.going([run, next])`."""
    return [
        called("stop", lambda name: {"stopped": HANDLES.stop(name)}),
        called("going", going),
    ]


def asked_of(raw: Any) -> tuple[dict, Handle]:
    """(request, handle) of what came with an event; ValueError says what is missing."""
    name = raw.get("run") if isinstance(raw, dict) else None
    if not isinstance(name, str) or not 1 <= len(name) <= LONGEST_NAME:
        raise ValueError(
            t(
                "request must be an object with a run, a name of 1 to {most} characters",
                most=LONGEST_NAME,
            )
        )
    after = raw.get("after", 0)
    if isinstance(after, bool) or not isinstance(after, int) or not 0 <= after <= 1_000_000:
        raise ValueError(
            t("after must be a whole number in [0, 1000000], got {value}", value=repr(after)[:100])
        )
    return raw, Handle(name, after)


def stream(
    backend: Any,
    request: Any,
    raw: Any,
    page: str,
    work: Work,
    *,
    long: bool | str = False,
    model: Callable[[dict], Any] = lambda asked: asked.get("model"),
    tokens: Callable[[Any], int] = lambda record: 1,
) -> Iterator[Message]:
    """The messages of one run. `work(asked, handle)` yields what `begin`, `progress`, `frame` and
    `end` make.

    long: it writes many texts and takes one of the places for such, or of the kind that it names
    ("training"). tokens: what a frame's record counts for in the
    host's figures. An exception becomes an error with a sentence; what the page shows stays."""
    try:
        asked, handle = asked_of(raw)
        HANDLES.add(handle)
        if isinstance(raw.get("instead"), str) and raw["instead"] != handle.name:
            HANDLES.stop(raw["instead"])
    except ValueError as error:
        name = str(raw.get("run"))[:LONGEST_NAME] if isinstance(raw, dict) else ""
        yield wire({"run": name, "n": 0, "kind": "error", "message": sentence_of(error)})
        return
    count = 0

    def numbered(message: Message) -> Message:
        nonlocal count
        whole = wire({"run": handle.name, "n": count, **message})
        count += 1
        handle.said.append(whole)
        return whole

    try:
        last = None
        for message in _admitted(backend, request, asked, handle, page, work, long, model, tokens):
            last = message["kind"]
            yield numbered(message)
        if last not in ("end", "error"):
            yield numbered(end("stopped" if handle.stopped.is_set() else "done"))
    except GeneratorExit:
        handle.stop()
        raise
    except Exception as error:
        if handle.stopped.is_set() and isinstance(error, RunStopped):
            yield numbered(end("stopped"))
        else:
            yield numbered({"kind": "error", "message": sentence_of(error)})
    finally:
        HANDLES.remove(handle)


def _admitted(
    backend: Any,
    request: Any,
    asked: dict,
    handle: Handle,
    page: str,
    work: Work,
    long: bool | str,
    model: Callable[[dict], Any],
    tokens: Callable[[Any], int],
) -> Iterator[Message]:
    def started(place: Any) -> Iterator[Message]:
        handle._place = place
        if handle.stopped.is_set():
            place.stop()
        yield from until_stopped(together(work(asked, handle), handle.after), handle)

    yield from gate.through(
        backend,
        request,
        page,
        model(asked),
        started,
        lambda words: {"kind": "waiting", "words": words},
        long=long,
        tokens=lambda message: sum(map(tokens, message.get("frames", ()))),
        ends_itself=True,
    )


def until_stopped(messages: Generator[Message, None, None], handle: Handle) -> Iterator[Message]:
    """What is made up to the visitor's Stop; the work is closed there, whatever it is doing between
    two messages."""
    with contextlib.closing(messages):
        for message in messages:
            yield message
            if handle.stopped.is_set():
                return


def together(messages: Iterator[Message], after: int = 0) -> Generator[Message, None, None]:
    """Frames that come faster than a screen paints travel together, counted by `at`; the first
    `after` are left out."""
    held: list[Any] = []
    at, sent_at = 0, -FRAME_SECONDS

    def packed() -> Message:
        nonlocal at, held, sent_at
        message = {"kind": "frame", "at": at, "frames": held}
        at, held, sent_at = at + len(held), [], time.monotonic()
        return message

    for message in messages:
        if message["kind"] != "frame":
            if held:
                yield packed()
            yield message
            continue
        for record in message["frames"]:
            if at < after and not held:
                at += 1
            else:
                held.append(record)
        if held and time.monotonic() - sent_at >= FRAME_SECONDS:
            yield packed()
    if held:
        yield packed()


def bind(
    widget: Any, name: str, backend: Callable[[], Any], page: str, work: Work, **how: Any
) -> None:
    """The event `name` of a widget (its payload: {"request": {"run", "after", ...}}) starts a run
    that streams into the widget."""
    import gradio as gr

    def start(event: gr.EventData, request: gr.Request) -> Iterator[Message]:
        yield from stream(backend(), request, sent(event, "request"), page, work, **how)

    # Gradio reads the annotations of an event's function, and this module's are strings.
    start.__annotations__ = {"event": gr.EventData, "request": gr.Request}
    getattr(widget, name)(start, None, widget, trigger_mode="multiple", **QUIET)
