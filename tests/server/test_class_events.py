"""Events of a class where something is wrong with the line."""

import asyncio
from typing import Any

import pytest
from starlette.testclient import TestClient

from playground.classroom.session import ClassSession
from playground.server import class_events
from playground.server.class_events import Channel
from tests.server.class_client import CODE, Student, Teacher, application

SCOPE = {"type": "http", "method": "GET", "path": "/", "headers": []}


async def never() -> Any:
    await asyncio.Event().wait()


def test_a_viewer_that_does_not_read_ends_its_own_stream_alone(monkeypatch):
    monkeypatch.setattr(class_events, "STALLED", 0.05)
    sent = []

    async def send(message):
        sent.append(message["type"])
        if message["type"] == "http.response.body":
            await never()  # nobody takes it

    async def run():
        session = ClassSession(CODE, "en", 0.0)
        channel, now = Channel(session, lambda: 0.0), 0.0
        seat = session.sit(session.join(now).token, now)
        await asyncio.wait_for(channel.stream(seat)(SCOPE, never, send), 20)
        assert seat.streams == [] and session.seats == {seat.token: seat}

    asyncio.run(run())
    assert sent == ["http.response.start", "http.response.body"]


def test_the_server_says_as_events_that_it_is_there(monkeypatch):
    monkeypatch.setattr(class_events, "PING", 0.05)
    came = []

    async def send(message):
        came.append(message.get("body", b"").decode())
        if any(part.startswith("event: ping") for part in came):
            raise OSError  # enough

    async def run():
        session = ClassSession(CODE, "en", 0.0)
        await Channel(session, lambda: 0.0).stream(None)(SCOPE, never, send)

    with pytest.raises(OSError):
        asyncio.run(run())
    assert came[1].startswith("id:") or "event: snapshot" in came[1]
    assert "data: 1" in came[-1]  # without data a browser would not hear it


def test_a_page_that_has_not_changed_is_not_sent_again():
    with TestClient(application()) as client:
        Teacher(client)
        first = client.get(f"/class/{CODE}")
        again = client.get(f"/class/{CODE}", headers={"if-none-match": first.headers["etag"]})
        assert (first.status_code, again.status_code, again.content) == (200, 304, b"")
        assert Student(client).state()["present"] == 1
