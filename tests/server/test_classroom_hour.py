"""A whole hour's script with a hundred students: join, follow, five questions of five kinds,
Shannon's game, a reload of everybody, lost connections, results, end. Nothing is lost."""

import asyncio
import time
from collections import Counter

import httpx

from tests.server.class_client import (
    Models,
    Served,
    Teacher,
    application,
    phones_of,
    token_question,
)

STUDENTS = 100
GUESSES = ("fox", "dog", "cat")
PASSAGE = "saw the dog and a cat"


def questions(models):
    """(question, what a student of a place answers)"""
    return [
        (token_question(models), lambda place: GUESSES[place % 3]),
        (
            {"kind": "choice", "text": "Which rule?", "choices": ["a", "b", "c"], "truth": 1},
            lambda place: place % 3,
        ),
        (
            {"kind": "number", "text": "At what T?", "low": 0, "high": 10},
            lambda place: (place % 3) + 0.5,
        ),
        (
            {"kind": "place_word", "text": "?", "canvas": ["the", "", ""], "masks": [1, 2]},
            lambda place: {"place": 1 + place % 2, "word": GUESSES[place % 3]},
        ),
        ({"kind": "pair", "text": "?", "left": "one", "right": "two"}, lambda place: "tie"),
    ]


def counted(figures):
    """How many answers a reveal holds, whatever the kind."""
    kind = figures["kind"]
    if kind == "number":
        return len(figures["values"])
    if kind == "pair":
        return figures["left"] + figures["right"] + figures["tie"]
    rows = figures["words"] if kind == "place_word" else figures["rows"]
    return sum(row["count"] for row in rows)


class Hour:
    """The students and what they do; `teach(step, **body)` is the teacher's, in a thread."""

    def __init__(self, phones, teacher):
        self.teacher, self.phones = teacher, phones
        self.streams = []

    async def teach(self, step, **body):
        answer = await asyncio.to_thread(self.teacher, step, **body)
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def all(self, act):
        return await asyncio.gather(*(act(place, phone) for place, phone in enumerate(self.phones)))

    async def reach(self, holds):
        return await self.all(lambda _, phone: phone.until(holds))

    async def join(self):
        """Everybody, again after a reload: the same seat, a new stream."""
        for stream in self.streams:
            stream.cancel()
        await asyncio.gather(*self.streams, return_exceptions=True)
        seats = [phone.seat for phone in self.phones]
        for phone in self.phones:
            phone.states, phone.names = [], []
        await self.all(lambda _, phone: phone.join())
        assert not seats[0] or seats == [phone.seat for phone in self.phones]
        self.streams = [asyncio.create_task(phone.follow()) for phone in self.phones]
        await self.reach(lambda state: True)

    async def ask(self, question, answer, number):
        await self.teach("ask", question=question)
        await self.reach(lambda s: (s["state"], s["asked_so_far"]) == ("asked", number))

        async def say(place, phone):
            reply = await phone.answer(number, answer(place))
            assert reply.status_code == 200, reply.text

        await self.all(say)
        if number == 2:
            await self.join()  # everybody reloads while a question is open
        if number == 3:  # every tenth loses its connection and comes back later
            for stream in self.streams[::10]:
                stream.cancel()
        await self.teach("close")
        figures = (await self.teach("reveal"))["revealed"]
        assert figures["n"] == STUDENTS and counted(figures) == STUDENTS, question["kind"]
        if number == 3:
            await asyncio.gather(*self.streams[::10], return_exceptions=True)
            self.streams[::10] = [asyncio.create_task(p.follow()) for p in self.phones[::10]]
        seen = await self.reach(lambda s: (s["state"], s["asked_so_far"]) == ("revealed", number))
        assert all(state["revealed"] == figures and state["yours"] for state in seen)

    async def play(self, number):
        """Shannon's game: everybody guesses the same wrong word first, every second time, then the
        right one."""
        await self.teach("ask", question={"kind": "shannon", "model": "fox", "passage": PASSAGE})
        await self.reach(lambda s: (s["state"], s["asked_so_far"]) == ("asked", number))

        async def guess(place, phone):
            for index, word in enumerate(PASSAGE.split()[1:]):
                for said in (["fox"] if index % 2 else []) + [word]:
                    reply = (await phone.answer(number, {"word": said})).json()
            assert reply["yours"]["finished"]

        await self.all(guess)
        figures = (await self.teach("reveal"))["revealed"]
        assert figures["class"] == [[1, 3 * STUDENTS], [2, 2 * STUDENTS]]
        assert figures["why_none"]["class"] == "few_words" and figures["words"] == 5

    async def run(self, models):
        await self.join()
        await self.teach("drive", state={"page": "generate", "text": "the fox", "step": 1})
        await self.reach(lambda s: (s["front"] or {}).get("text") == "the fox")
        script = questions(models)
        for number, (question, answer) in enumerate(script, start=1):
            await self.ask(question, answer, number)
        await self.play(len(script) + 1)
        headers = self.teacher.headers
        results = await asyncio.to_thread(
            lambda: self.teacher.client.get(f"{self.teacher.at}/results.json", headers=headers)
        )
        rounds = results.json()["rounds"]
        table = await asyncio.to_thread(
            lambda: self.teacher.client.get(f"{self.teacher.at}/results.csv", headers=headers)
        )
        assert table.status_code == 200 and len(table.text.splitlines()) > len(script)
        assert [one["figures"]["kind"] for one in rounds] == [
            "token", "choice", "number", "place_word", "pair", "shannon",
        ]  # fmt: skip
        said = {row["text"]: row["count"] for row in rounds[0]["answers"]}
        assert said == Counter(GUESSES[place % 3] for place in range(STUDENTS))
        await self.teach("end")
        await asyncio.gather(*self.streams)
        assert all(phone.states[-1]["state"] == "ended" for phone in self.phones)


def test_an_hour_with_a_hundred_students():
    models = Models()
    # an hour in less than a minute: rates are of the class's own clock
    with Served(application(models, clock=lambda: 60 * time.monotonic())) as served:

        async def hour():
            async with phones_of(served.url, STUDENTS) as phones:
                with httpx.Client(base_url=served.url, timeout=60) as desk:
                    await Hour(phones, Teacher(desk)).run(models)

        asyncio.run(hour())
