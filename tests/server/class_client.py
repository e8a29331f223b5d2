"""A classroom without the pages, and its users, for tests: a teacher and students over HTTP."""

from __future__ import annotations

import asyncio
import contextlib
import json
import socket
import ssl
import threading
from collections.abc import AsyncIterator
from typing import Any

import httpx
import uvicorn
from starlette.applications import Starlette
from starlette.middleware import Middleware

from playground.backend.errors import ModelUnavailable
from playground.markov.ngram import NgramModel
from playground.server.classroom import class_routes
from playground.server.security_headers import Guard

TEXT = "the fox saw the dog and the fox saw a cat and the cat saw the fox and a dog"
CODE = "QUEEN"


class Models:
    """A backend that has one model, an n-gram."""

    def __init__(self, text: str = TEXT):
        self.model = NgramModel.fit(text, 1, smoothing="add-k", ending="wrap")
        self.state = "ready"

    def status(self, name: str) -> dict[str, str]:
        return {"state": self.state}

    def catalog(self) -> list[Any]:
        return []

    def run(self, *_: Any) -> Any:
        return contextlib.nullcontext()

    def causal(self, name: str) -> NgramModel:
        return self.model

    def denoiser(self, name: str) -> Any:
        raise ModelUnavailable(name)


def token_question(models: Models, text: str = "saw the", **more: Any) -> dict[str, Any]:
    ids = models.model.encode(text)
    return {"kind": "token", "model": "fox", "ids": ids, **more}


def application(models: Models | None = None, **options: Any) -> Starlette:
    chosen = models or Models()
    return Starlette(routes=class_routes(lambda: chosen, **options), middleware=[Middleware(Guard)])


class Served:
    """The application in a real server, in a thread of this process."""

    def __init__(self, app: Starlette):
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        # a pooled connection must not be closed by the server while a request is on its way over
        # it, which a browser would send anew and httpx does not
        config = uvicorn.Config(
            app, port=self.port, log_level="warning", lifespan="off", timeout_keep_alive=300
        )
        self.server = uvicorn.Server(config)
        self.thread = threading.Thread(target=self.server.run, daemon=True)

    def __enter__(self) -> Served:
        self.thread.start()
        while not self.server.started:
            threading.Event().wait(0.01)
        return self

    def __exit__(self, *_: object) -> None:
        self.server.force_exit = self.server.should_exit = True
        self.thread.join(20)


class Teacher:
    """Teaches one class through an httpx client (synchronous)."""

    def __init__(self, client: httpx.Client, code: str = CODE, language: str = "en"):
        self.client, self.at = client, f"/class/{code}"
        made = client.post(self.at, json={"language": language})
        assert made.status_code == 201, made.text
        self.headers = {"X-Class-Key": made.json()["key"]}

    def __call__(self, step: str, **body: Any) -> httpx.Response:
        return self.client.post(f"{self.at}/{step}", json=body, headers=self.headers)

    def ask(self, question: dict[str, Any]) -> int:
        answer = self("ask", question=question)
        assert answer.status_code == 200, answer.text
        return answer.json()["question"]["id"]

    def state(self) -> dict[str, Any]:
        return self.client.get(f"{self.at}/state", headers=self.headers).json()


class Student:
    """A seat, synchronous."""

    def __init__(self, client: httpx.Client, code: str = CODE):
        self.client, self.at = client, f"/class/{code}"
        joined = client.post(f"{self.at}/seat")
        assert joined.status_code == 200, joined.text
        self.seat = joined.json()["seat"]
        self.headers = {"X-Class-Seat": self.seat}

    def answer(self, question: Any, answer: Any) -> httpx.Response:
        body = {"question": question, "answer": answer}
        return self.client.post(f"{self.at}/answer", json=body, headers=self.headers)

    def state(self) -> dict[str, Any]:
        return self.client.get(f"{self.at}/state", headers=self.headers).json()


@contextlib.asynccontextmanager
async def phones_of(url: str, students: int) -> AsyncIterator[list[Phone]]:
    """A phone for each student, with connections of its own as phones have them: a pool for all
    would look through all its connections at every request."""
    context = ssl.create_default_context()
    async with contextlib.AsyncExitStack() as stack:
        clients = [
            httpx.AsyncClient(base_url=url, timeout=60, verify=context, trust_env=False)
            for _ in range(students)
        ]
        yield [Phone(await stack.enter_async_context(client)) for client in clients]


class Phone:
    """A student in an event loop: follows the events, keeps every state, answers when asked."""

    def __init__(self, client: httpx.AsyncClient, code: str = CODE):
        self.client, self.at = client, f"/class/{code}"
        self.states: list[dict[str, Any]] = []
        self.names: list[str] = []
        self.changed = asyncio.Event()
        self.failure: BaseException | None = None
        self.seat = ""

    async def join(self) -> None:
        answer = await self.client.post(f"{self.at}/seat", json={"seat": self.seat or None})
        assert answer.status_code == 200, answer.text
        self.seat = answer.json()["seat"]

    async def follow(self, last: int | None = None) -> None:
        """Take events until the stream ends; who waits for a state hears of an error at once."""
        try:
            await self._follow(last)
        except Exception as error:
            self.failure = error
            self.changed.set()
            raise

    async def _follow(self, last: int | None) -> None:
        headers = {} if last is None else {"last-event-id": str(last)}
        address = f"{self.at}/events?seat={self.seat}"
        async with self.client.stream("GET", address, headers=headers, timeout=60) as events:
            assert events.status_code == 200
            name = ""
            async for line in events.aiter_lines():
                if line.startswith("event: "):
                    name = line.removeprefix("event: ")
                    self.names += [name] if name != "ping" else []
                elif line.startswith("data: ") and name != "ping":
                    self.states.append(json.loads(line.removeprefix("data: ")))
                    self.changed.set()

    async def until(self, holds: Any) -> dict[str, Any]:
        """The first state, of those that came or come, for which `holds`."""
        while True:
            self.changed.clear()
            for state in self.states:
                if holds(state):
                    return state
            if self.failure is not None:
                raise AssertionError(f"the events of a phone broke off: {self.failure!r}")
            await asyncio.wait_for(self.changed.wait(), 60)

    async def answer(self, question: int, answer: Any) -> httpx.Response:
        body = {"question": question, "answer": answer}
        headers = {"X-Class-Seat": self.seat}
        return await self.client.post(f"{self.at}/answer", json=body, headers=headers)
