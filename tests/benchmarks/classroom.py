"""A class beside a text that is being written: how fast everybody hears, how fast answers are
taken, what it costs the writer.

    python tests/benchmarks/classroom.py [--seats 1,30,100,200] [--rounds 8] [--seconds 15] [--json
    FILE]

The app runs in a process of its own (`python app.py`), the students in this one, over real
connections on loopback: they take their share of the machine, and their times contain it. For each
number of seats: rounds (the front moves, a question, everybody answers and changes the answer,
close, reveal). Told are

- broadcast: from the teacher's request to the event at each seat, p50 and p95 in ms (limit: p95 300
  ms with 100 seats on two cores);
- answer: from a student's request to its reply, p50 and p95 in ms; lost: answers that the reveal
  does not count (limit: 0);
- memory a seat: growth of the app's resident memory over all seats with open streams;
- writer: tokens/s of a text that is written all the while, with the class over without, in turns on
  the same machine (limit: 0.9). The class acts as one does, an action every two seconds; the times
  above are taken in the same turns.

Measure on a machine with nothing else to do.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import statistics
import sys
import threading
import time
from concurrent.futures import CancelledError
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from tests.pages.process import App, client_of  # noqa: E402

CODE, PAUSE, TURNS = "QUEEN", 2.0, 2
LIMITS = {"broadcast_p95_ms": 300.0, "writer_ratio": 0.9}


class Connection:
    """One kept connection to the app, plain HTTP/1.1: lighter than any client, so that the students
    cost little."""

    def __init__(self, port: int, headers: dict[str, str]):
        self.port, self.headers = port, headers
        self.reader: asyncio.StreamReader | None = None
        self.writer: asyncio.StreamWriter | None = None

    async def send(self, method: str, path: str, body: Any = None) -> tuple[int, dict[str, str]]:
        """Status and headers; sent anew, as a browser does, where the server had closed the idle
        connection."""
        kept = self.writer is not None
        if self.writer is None or self.writer.is_closing() or self.reader.at_eof():
            self.reader, self.writer = await asyncio.open_connection(
                "127.0.0.1", self.port, limit=2**20
            )
            kept = False
        data = b"" if body is None else json.dumps(body).encode()
        lines = [f"{method} {path} HTTP/1.1", "host: 127.0.0.1", f"content-length: {len(data)}"]
        lines += [f"{name}: {value}" for name, value in self.headers.items()]
        self.writer.write("\r\n".join([*lines, "", ""]).encode() + data)
        try:
            first = await self.reader.readline()
        except ConnectionError:
            first = b""
        if not first and kept:
            self.close()
            self.writer = None
            return await self.send(method, path, body)
        status = int(first.split()[1])
        headers = {}
        while line := (await self.reader.readline()).strip():
            name, _, value = line.decode("latin-1").partition(":")
            headers[name.lower()] = value.strip()
        return status, headers

    async def ask(self, method: str, path: str, body: Any = None) -> dict[str, Any]:
        status, headers = await self.send(method, path, body)
        found = json.loads(await self.reader.readexactly(int(headers["content-length"])))
        if status >= 400:
            raise RuntimeError(f"{method} {path}: {status} {found}")
        return found

    def close(self) -> None:
        if self.writer is not None:
            self.writer.close()


class Seat:
    """A student: one connection for events, one for answers; `came[mark]` is when a state was first
    seen."""

    def __init__(self, port: int):
        self.port, self.came = port, {}
        self.changed = asyncio.Event()

    async def join(self) -> None:
        self.asks = Connection(self.port, {})
        self.asks.headers["x-class-seat"] = (await self.asks.ask("POST", f"/class/{CODE}/seat"))[
            "seat"
        ]
        self.events = Connection(self.port, {"x-class-seat": self.asks.headers["x-class-seat"]})
        await self.events.send("GET", f"/class/{CODE}/events")
        self.task = asyncio.create_task(self.follow())

    async def follow(self) -> None:
        while line := await self.events.reader.readline():
            if line.startswith(b"data: {"):  # pings hold none
                now, state = time.perf_counter(), json.loads(line[6:])
                front = state["front"] or {}
                for mark in (
                    f"{state['state']} {state['asked_so_far']}",
                    f"front {front.get('step')}",
                ):
                    self.came.setdefault(mark, now)
                self.changed.set()

    async def until(self, mark: str) -> float:
        while mark not in self.came:
            self.changed.clear()
            await asyncio.wait_for(self.changed.wait(), 60)
        return self.came[mark]

    def leave(self) -> None:
        self.task.cancel()
        self.events.close()
        self.asks.close()


class Figures:
    def __init__(self) -> None:
        self.broadcast: list[float] = []
        self.answer: list[float] = []
        self.lost = 0


async def act(
    teacher: Connection, seats: list[Seat], step: str, body: Any, mark: str, figures: Figures
) -> dict:
    """One step of the teacher's; how long until each seat has heard of it."""
    began = time.perf_counter()
    answer = await teacher.ask("POST", f"/class/{CODE}/{step}", body)
    figures.broadcast += [
        came - began for came in await asyncio.gather(*(s.until(mark) for s in seats))
    ]
    await asyncio.sleep(PAUSE)
    return answer


async def round_of(teacher: Connection, seats: list[Seat], number: int, figures: Figures) -> None:
    """The front moves, a question, two answers a seat, close, reveal, on."""
    front = {
        "address": "?tab=generate",
        "page": "generate",
        "text": "once upon a time",
        "step": number,
    }
    await act(teacher, seats, "drive", {"state": front}, f"front {number}", figures)
    question = {"kind": "choice", "text": "Which?", "choices": ["a", "b", "c"]}
    await act(teacher, seats, "ask", {"question": question}, f"asked {number}", figures)

    async def answers(place: int, seat: Seat) -> None:
        await asyncio.sleep(
            PAUSE * place / len(seats)
        )  # a class does not press at the same instant
        for choice in (0, place % 3):
            began = time.perf_counter()
            body = {"question": number, "answer": choice}
            await seat.asks.ask("POST", f"/class/{CODE}/answer", body)
            figures.answer.append(time.perf_counter() - began)

    await asyncio.gather(*(answers(place, seat) for place, seat in enumerate(seats)))
    await act(teacher, seats, "close", {}, f"closed {number}", figures)
    revealed = await act(teacher, seats, "reveal", {}, f"revealed {number}", figures)
    counts = [row["count"] for row in revealed["revealed"]["rows"]]
    wanted = [len(range(choice, len(seats), 3)) for choice in range(3)]
    figures.lost += sum(abs(a - b) for a, b in zip(counts, wanted, strict=True))


class Writer:
    """Writes texts in the app for as long as this program runs; tokens() counts those whose text
    has come."""

    def __init__(self, url: str):
        self.client, self.over, self.marks = client_of(url), threading.Event(), []
        threading.Thread(target=self.write, daemon=True).start()

    def write(self) -> None:
        seed = 0
        while not self.over.is_set():
            seed += 1
            options = {"model": "fairy-causal", "prompt": "once upon a time", "seed": seed}
            try:
                text = self.client.predict(**options, max_new_tokens=32, api_name="/decode")
            except CancelledError:
                if self.over.is_set():
                    return  # the app ends with a text on its way
                raise
            self.marks.append((time.perf_counter(), len(text["steps"])))

    def rate(self, began: float, ended: float) -> float:
        """Tokens/s of the texts that were begun and ended within a turn."""
        inside = [mark for mark in self.marks if began <= mark[0] <= ended]
        if len(inside) < 2:
            return float("nan")
        return sum(tokens for _, tokens in inside[1:]) / (inside[-1][0] - inside[0][0])


def resident(pid: int) -> int:
    with open(f"/proc/{pid}/statm", encoding="ascii") as file:
        return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")


async def measure(app: App, count: int, rounds: int, seconds: float, writer: Writer) -> dict:
    figures, rates, memory, number = Figures(), {"with": [], "without": []}, 0, 0
    for _ in range(TURNS):
        began = time.perf_counter()
        await asyncio.sleep(seconds)
        rates["without"].append(writer.rate(began, time.perf_counter()))
        teacher = Connection(app.port, {})
        made = await teacher.ask("POST", f"/class/{CODE}", {})
        teacher.headers["x-class-key"] = made["key"]
        before = resident(app.process.pid)
        seats = [Seat(app.port) for _ in range(count)]
        for seat in seats:
            await seat.join()
        await asyncio.gather(*(seat.until("open 0") for seat in seats))
        memory = max(memory, resident(app.process.pid) - before)
        began = time.perf_counter()
        for number in range(1, rounds // TURNS + 1):
            await round_of(teacher, seats, number, figures)
        rates["with"].append(writer.rate(began, time.perf_counter()))
        await teacher.ask("POST", f"/class/{CODE}/end")
        for seat in seats:
            seat.leave()
        teacher.close()
    return {
        "seats": count,
        **percentiles("broadcast", figures.broadcast),
        **percentiles("answer", figures.answer),
        "lost": figures.lost,
        "bytes_a_seat": round(memory / count),
        "writer_with": round(statistics.mean(rates["with"]), 1),
        "writer_without": round(statistics.mean(rates["without"]), 1),
        "writer_ratio": round(
            statistics.mean(rates["with"]) / statistics.mean(rates["without"]), 3
        ),
    }


def percentiles(name: str, seconds: list[float]) -> dict[str, float]:
    ordered = sorted(1000 * one for one in seconds)
    return {
        f"{name}_p50_ms": round(ordered[len(ordered) // 2], 1),
        f"{name}_p95_ms": round(ordered[int(0.95 * (len(ordered) - 1))], 1),
    }


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--seats", default="1,30,100,200")
    parser.add_argument("--rounds", type=int, default=8)
    parser.add_argument("--seconds", type=float, default=15.0)
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    load, found = os.getloadavg()[0], []
    with App() as app:
        app.until_warm()
        writer = Writer(app.url)
        for count in map(int, options.seats.split(",")):
            row = asyncio.run(measure(app, count, options.rounds, options.seconds, writer))
            found.append(row)
            print(json.dumps(row), flush=True)
        writer.over.set()
    record = {
        "cores": os.cpu_count(),
        "load_before": round(load, 1),
        "rows": found,
        "limits": LIMITS,
    }
    if options.json:
        options.json.write_text(json.dumps(record, indent=1) + "\n", encoding="utf-8")
    failed = [row["seats"] for row in found if row["lost"]]
    failed += [
        row["seats"]
        for row in found
        if row["seats"] == 100
        and (
            row["broadcast_p95_ms"] > LIMITS["broadcast_p95_ms"]
            or row["writer_ratio"] < LIMITS["writer_ratio"]
        )
    ]
    print("limits kept" if not failed else f"limits missed with {failed} seats")
    sys.exit(bool(failed))


if __name__ == "__main__":
    main()
