"""The process around the pages: what its host can ask (`/health`, `/metrics`), the runs' log lines,
and a stop that loses no text.

- `GET /health`: JSON of `Backend.health()`; 200 while runs are taken, 503 once the process is
  stopping or its GPU failed, so that whatever spreads the visitors over several processes sends new
  ones elsewhere.
- `GET /metrics`: Prometheus's text format.
- SIGTERM: running texts are written to their end, new ones are refused with a sentence; after
  `PLAYGROUND_DRAIN_SECONDS` (30) at most, or at a second SIGTERM, the process ends. Ctrl+C ends at
  once.
"""

from __future__ import annotations

import math
import os
import signal
import threading
import time
from collections.abc import Callable
from typing import Any

from sse_starlette.sse import AppStatus
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from playground.i18n import t
from playground.server.classroom import class_routes
from playground.server.memory import AfterRuns, return_freed

LOOK = 0.2  # seconds between two looks while the process waits for its end
LAST_FRAMES = 3.0  # seconds in which a page may still fetch the last frames of its text


def drain_seconds() -> float:
    """`PLAYGROUND_DRAIN_SECONDS`, 30 where it is not set; ValueError names a value that is no
    number >= 0."""
    text = os.environ.get("PLAYGROUND_DRAIN_SECONDS", "").strip() or "30"
    try:
        seconds = float(text)
    except ValueError:
        seconds = math.nan
    if not (math.isfinite(seconds) and seconds >= 0):
        raise ValueError(
            t("PLAYGROUND_DRAIN_SECONDS must be a number >= 0, got {got}", got=repr(text))
        )
    return seconds


def routes(backend: Callable[[], Any]) -> list[Route]:
    """The two addresses for the host. `backend()` is asked at each call and must be cheap."""

    async def health(request: Request) -> Response:
        state = await run_in_threadpool(lambda: backend().health())
        return JSONResponse(
            state, 200 if state["status"] == "ok" else 503, {"cache-control": "no-store"}
        )

    async def metrics(request: Request) -> Response:
        body, kind = await run_in_threadpool(lambda: backend().metrics())
        return Response(body, media_type=kind)

    return [Route("/health", health, methods=["GET"]), Route("/metrics", metrics, methods=["GET"])]


def with_routes(
    settings: dict[str, Any],
    backend: Callable[[], Any],
    models: Callable[[], Any] | None = None,
) -> dict[str, Any]:
    """Arguments of `launch()` or `mount_gradio_app()` with the two addresses and the classroom
    added; they come before Gradio's own.

    models(): what the classroom asks for models, where it knows more of them than the backend."""
    kwargs = dict(settings.get("app_kwargs") or {})
    kwargs["routes"] = [
        *kwargs.get("routes", ()),
        *routes(backend),
        *class_routes(models or backend),
    ]
    return {**settings, "app_kwargs": kwargs}


class Stop:
    """SIGTERM as something to wait for. Made in the main thread, before the page answers: none is
    missed then."""

    def __init__(self) -> None:
        self.asked = threading.Event()
        self.at_once = threading.Event()
        self.seconds = drain_seconds()
        signal.signal(signal.SIGTERM, self._signalled)

    def _signalled(self, *_: Any) -> None:
        if self.asked.is_set():
            self.at_once.set()
        self.asked.set()

    def serve(
        self, demo: Any, backend: Callable[[], Any], active: Callable[[], int] = lambda: 0
    ) -> None:
        """Block until the process is asked to end, then end it gracefully: drain, last frames,
        close. `active()`: runs at work, 0 as long as no backend was needed."""
        freed = AfterRuns(lambda: backend().room(), return_freed)
        try:
            while not self.asked.wait(LOOK):
                freed.look(active())
            self._drain(backend())
            _last_frames(demo)
        except KeyboardInterrupt:
            pass
        AppStatus.should_exit = True  # streams of classes end; the server would wait for them
        demo.close(verbose=False)

    def _drain(self, backend: Any) -> None:
        until = time.monotonic() + self.seconds
        while not self.at_once.is_set() and not backend.drain(
            min(LOOK, max(0.0, until - time.monotonic()))
        ):
            if time.monotonic() >= until:
                return


def _last_frames(demo: Any) -> None:
    """Wait until Gradio's queue has handed out what it holds: a text that has just ended is still
    on its way to its page."""
    queue, until = getattr(demo, "_queue", None), time.monotonic() + LAST_FRAMES
    while time.monotonic() < until and any(
        job is not None for job in getattr(queue, "active_jobs", ())
    ):
        time.sleep(LOOK / 4)
    time.sleep(LOOK)
