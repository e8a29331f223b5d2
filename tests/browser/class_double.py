"""The wire of a class without a class behind it: whatever a test says is what the student's page is
told.

`ClassDouble` serves the student's page and its routes at `url`; `show(**state)` tells every seat a
new state, `answers` holds what was sent. `silent` keeps back all events (a proxy that buffers),
`breaks` is how many of the next streams end before their first event, `opened` how many were
opened; `refuse` is what the next answers are refused with.
"""

from __future__ import annotations

import asyncio
import json
import threading
from typing import Any

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, StreamingResponse
from starlette.routing import Route

from playground.server.web_files import web_routes
from playground.web.seat_page import seat_page

EMPTY: dict[str, Any] = {
    **{"id": 0, "state": "open", "code": "KFMWP", "language": "en", "present": 3, "answered": 0},
    **{"front": None, "question": None, "yours": None, "revealed": None, "you_are": "seat"},
}


class ClassDouble:
    def __init__(self, port: int):
        self.url = f"http://127.0.0.1:{port}"
        self.state = dict(EMPTY)
        self.answers: list[Any] = []
        self.polls = self.breaks = self.opened = 0
        self.silent = False
        self.gone = self.full = False
        self.refuse: tuple[int, str] | None = None
        self.yours = lambda answer: {"answer": answer}
        self.listeners: set[asyncio.Queue] = set()
        config = uvicorn.Config(
            self.app(), port=port, log_level="error", timeout_graceful_shutdown=1
        )
        self.server = uvicorn.Server(config)
        self.thread = threading.Thread(target=self.server.run, daemon=True)

    def app(self) -> Starlette:
        class_ = "/class/{code}"
        routes = [
            Route(class_, self.page),
            Route(class_ + "/seat", self.seat, methods=["POST"]),
            Route(class_ + "/events", self.events),
            Route(class_ + "/state", self.now),
            Route(class_ + "/answer", self.answer, methods=["POST"]),
        ]
        return Starlette(routes=routes + web_routes())

    def start(self) -> None:
        self.thread.start()
        while not self.server.started:
            threading.Event().wait(0.01)

    def stop(self) -> None:
        self.server.should_exit = True
        self.thread.join(10)

    def show(self, **changes: Any) -> None:
        """Another state for every seat."""
        self.state = {**self.state, **changes, "id": self.state["id"] + 1}
        for queue in list(self.listeners):
            queue.loop.call_soon_threadsafe(queue.put_nowait, dict(self.state))

    async def page(self, request: Request) -> HTMLResponse:
        return HTMLResponse(seat_page(self.state["language"]))

    async def seat(self, request: Request) -> JSONResponse:
        if self.gone:
            return JSONResponse({"error": "There is no such class."}, 404)
        if self.full:
            return JSONResponse({"error": "The class is full: it has room for 200."}, 503)
        return JSONResponse({"seat": (await request.json()).get("seat", "0" * 32)})

    async def now(self, request: Request) -> JSONResponse:
        self.polls += 1
        return JSONResponse(self.state)

    async def events(self, request: Request) -> StreamingResponse:
        queue: Any = asyncio.Queue()
        queue.loop = asyncio.get_running_loop()
        self.opened += 1
        self.listeners.add(queue)

        async def lines():
            try:
                if self.breaks:
                    self.breaks -= 1
                    return
                state, name = dict(self.state), "snapshot"
                while True:
                    if self.silent:
                        yield ": nothing gets through\n\n"
                    else:
                        yield f"event: {name}\nid: {state['id']}\ndata: {json.dumps(state)}\n\n"
                    state, name = await queue.get(), "change"
            finally:
                self.listeners.discard(queue)

        return StreamingResponse(lines(), media_type="text/event-stream")

    async def answer(self, request: Request) -> JSONResponse:
        body = await request.json()
        if self.refuse:
            status, sentence = self.refuse
            return JSONResponse({"error": sentence}, status)
        self.answers.append(body["answer"])
        yours = self.yours(body["answer"])
        self.show(yours=yours, answered=1)
        return JSONResponse({"question": body["question"], "answered": 1, "yours": yours})
