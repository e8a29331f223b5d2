"""A hundred students in one class over real connections, while a text is being written: no answer
is lost, every state reaches every seat; who was away receives the present state."""

import asyncio
import threading
from collections import Counter

import httpx
import pytest

from playground import decoding
from playground.decoding.settings import DecodingSettings
from tests.server.class_client import (
    CODE,
    Models,
    Phone,
    Served,
    Teacher,
    application,
    phones_of,
    token_question,
)

STUDENTS = 100
WORDS = ("fox", "dog", "cat", "and")


@pytest.fixture
def served():
    models = Models()
    with Served(application(models)) as served:
        served.models = models
        yield served


class Writer:
    """Writes texts for as long as the class goes on."""

    def __init__(self, model):
        self.model, self.over, self.tokens = model, threading.Event(), 0
        self.thread = threading.Thread(target=self.write, daemon=True)

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.over.set()
        self.thread.join(20)

    def write(self):
        settings = DecodingSettings(max_new_tokens=40, seed=3)
        while not self.over.is_set():
            for _ in decoding.generate(self.model, self.model.encode("the fox"), settings):
                self.tokens += 1
                if self.over.is_set():
                    return


def clients(served, students):
    """One connection pool for a few."""
    limits = httpx.Limits(max_connections=2 * students + 20)
    return httpx.AsyncClient(base_url=served.url, limits=limits, timeout=60)


async def lesson(served, teacher, students):
    """Join, three questions, a change of mind each, close and reveal: the phones."""
    async with phones_of(served.url, students) as phones:
        await asyncio.gather(*(phone.join() for phone in phones))
        following = [asyncio.create_task(phone.follow()) for phone in phones]
        await asyncio.gather(*(phone.until(lambda s: s["state"] == "open") for phone in phones))
        for number in (1, 2, 3):
            asked = await asyncio.to_thread(teacher.ask, token_question(served.models))
            assert asked == number

            def is_asked(state, number=number):
                return state["state"] == "asked" and state["asked_so_far"] == number

            async def guess(place, phone, number=number, is_asked=is_asked):
                await phone.until(is_asked)
                for word in (WORDS[0], WORDS[(place + number) % 4]):
                    answer = await phone.answer(number, word)
                    assert answer.status_code == 200, answer.text

            await asyncio.gather(*(guess(place, phone) for place, phone in enumerate(phones)))
            await asyncio.to_thread(teacher, "close")
            await asyncio.gather(
                *(
                    phone.until(
                        lambda s, n=number: s["state"] == "closed" and s["asked_so_far"] == n
                    )
                    for phone in phones
                )
            )
            await asyncio.to_thread(teacher, "reveal")
            seen = await asyncio.gather(
                *(
                    phone.until(
                        lambda s, n=number: s["state"] == "revealed" and s["asked_so_far"] == n
                    )
                    for phone in phones
                )
            )
            wanted = Counter(WORDS[(place + number) % 4] for place in range(students))
            for place, state in enumerate(seen):
                figures = state["revealed"]
                counts = {row["text"]: row["count"] for row in figures["rows"] if row["count"]}
                assert counts == wanted and figures["n"] == students
                assert state["yours"]["answer"] == WORDS[(place + number) % 4]
        await asyncio.to_thread(teacher, "end")
        await asyncio.gather(*following)
        return phones


def test_a_hundred_students_lose_no_answer_and_miss_no_state_while_a_text_is_written(served):
    with httpx.Client(base_url=served.url, timeout=60) as client, Writer(Models().model) as writer:
        phones = asyncio.run(lesson(served, Teacher(client), STUDENTS))
        assert writer.tokens > 0
    for phone in phones:
        assert phone.names[0] == "snapshot" and set(phone.names[1:]) == {"change"}
        numbers = [state["id"] for state in phone.states]
        assert numbers == sorted(set(numbers)), "states come in order, each once"
        ways = [(state["asked_so_far"], state["state"]) for state in phone.states]
        steps = [way for way, before in zip(ways, [None, *ways], strict=False) if way != before]
        assert steps == [
            (0, "open"),
            *((n, state) for n in (1, 2, 3) for state in ("asked", "closed", "revealed")),
            (3, "ended"),
        ]


def test_who_was_away_is_told_what_stands_now_and_keeps_seat_and_answer(served):
    """A phone that was offline: its stream is cut, it comes back with the id of the last event."""

    async def away(teacher):
        async with clients(served, 4) as client:
            phone, other = Phone(client), Phone(client)
            await phone.join()
            await other.join()
            stream = asyncio.create_task(phone.follow())
            asked = await asyncio.to_thread(teacher.ask, {"kind": "text", "text": "why?"})
            await phone.until(lambda state: state["state"] == "asked")
            assert (await phone.answer(asked, "because")).status_code == 200
            stream.cancel()
            await asyncio.gather(stream, return_exceptions=True)
            last = phone.states[-1]["id"]
            await other.answer(asked, "so")
            await asyncio.to_thread(teacher, "close")
            await asyncio.to_thread(teacher, "reveal")
            seat, phone.states, phone.names = phone.seat, [], []
            await phone.join()
            stream = asyncio.create_task(phone.follow(last))
            state = await phone.until(lambda state: True)
            assert phone.seat == seat and phone.names[0] == "snapshot"
            assert state["state"] == "revealed" and state["id"] > last
            assert state["yours"]["answer"] == "because" and state["revealed"]["n"] == 2
            stream.cancel()
            await asyncio.gather(stream, return_exceptions=True)

    with httpx.Client(base_url=served.url, timeout=60) as client:
        asyncio.run(away(Teacher(client)))


def test_who_leaves_is_no_longer_counted_and_too_many_streams_end_the_oldest(served):
    async def come_and_go(teacher):
        async with clients(served, 20) as client:
            phone = Phone(client)
            await phone.join()
            streams = [asyncio.create_task(phone.follow())]
            while not phone.names:
                await asyncio.sleep(0)
            for _ in range(4):
                before = len([name for name in phone.names if name == "snapshot"])
                streams.append(asyncio.create_task(phone.follow()))
                await phone.until(lambda _, before=before: phone.names.count("snapshot") > before)
            await asyncio.wait_for(streams[0], 30)
            assert not any(stream.done() for stream in streams[1:])
            assert (await asyncio.to_thread(teacher.state))["present"] == 1
            for stream in streams[1:]:
                stream.cancel()
            await asyncio.gather(*streams, return_exceptions=True)

    with httpx.Client(base_url=served.url, timeout=60) as client:
        asyncio.run(come_and_go(Teacher(client)))


def test_events_are_a_stream_that_no_front_keeps_back(served):
    with httpx.Client(base_url=served.url, timeout=60) as client:
        teacher = Teacher(client)
        ticket = teacher("ticket").json()["ticket"]
        address = f"/class/{CODE}/events?ticket={ticket}"
        with client.stream("GET", address) as events:
            assert events.headers["content-type"].startswith("text/event-stream")
            assert events.headers["x-accel-buffering"] == "no"
            assert events.headers["cache-control"] == "no-store"
            lines = events.iter_lines()
            head = [next(lines) for _ in range(3)]
        assert any(line == "event: snapshot" for line in head)
        assert any(line.startswith("id: ") for line in head)
