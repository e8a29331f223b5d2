"""Four writers beside a training, over the real protocol: `python tests/benchmarks/reward.py
[--rounds 4] [--seconds 15] [--threads 1]`.

Starts `app.py` on the loopback. Four visitors press Play on the Generate page again and again
without a pause; in turns nobody trains and a fifth visitor trains on Compare's Reward, which goes
first changes from round to round. Printed: their tokens a second in each turn, the ratio of each
pair, the median (goal: at least 0.7), and how long an update takes beside them, without them, and
how much of that it is at work. `--threads`: of torch in the app, for what others write (a training
has one in any case). Run it on a machine with nothing else to do.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import pathlib
import statistics
import sys
import time
import uuid

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2]))

import httpx
from gradio_client.utils import apply_diff

from tests.benchmarks.load import Report, Visitor, describe
from tests.pages.process import App

WRITERS, GOAL = 4, 0.7
WORDS = {"reward": "words", "words": "wolf fox bear lion cat dog", "length": 16, "expression": ""}


def training_of(url: str) -> tuple[int, int]:
    """(component, function) of the page's event that trains."""
    config = httpx.get(url + "/config", timeout=30).json()
    widget = next(
        one["id"] for one in config["components"] if one["props"].get("elem_id") == "compare-reward"
    )
    event = next(one for one in config["dependencies"] if [widget, "go"] in one["targets"])
    return widget, event["id"]


class Trainer(Visitor):
    """The visitor who trains: `updates` grows while it does."""

    def begin(self, widget: int, event: int) -> None:
        self.widget, self.run = widget, uuid.uuid4().hex
        self.updates: list[dict] = []
        self.came = asyncio.Event()
        request = {**WORDS, "beta": 0.25, "updates": 200, "seed": 0, "run": self.run}
        body = {
            "data": [],
            "fn_index": event,
            "event_data": {"request": request},
            "trigger_id": widget,
        }
        self.work = asyncio.create_task(self._follow(body))

    async def _follow(self, body: dict) -> None:
        value = None
        async for message in self.events(body):
            data = message.get("output", {}).get("data")
            if message.get("msg") == "process_completed":
                return
            if message.get("msg") != "process_generating" or not data:
                continue
            value = apply_diff(value, data[0]) if isinstance(data[0], list) else data[0]
            news = json.loads(value) if isinstance(value, str) else value or {}
            if news.get("kind") == "error":
                raise SystemExit(f"the training was refused: {news['message']}")
            for frame in news.get("frames", ()):
                if "update" in frame:
                    self.updates.append(frame["update"])
                    self.came.set()

    async def until(self, count: int) -> None:
        while len(self.updates) < count:
            self.came.clear()
            await self.came.wait()

    async def end(self) -> None:
        body = {
            "session_hash": self.session,
            "component_id": self.widget,
            "fn_name": "stop",
            "data": self.run,
        }
        await self.client.post("/gradio_api/component_server", json=body)
        with contextlib.suppress(asyncio.TimeoutError):
            await asyncio.wait_for(self.work, 30)

    def pace(self, begin: int = 0) -> str:
        """Seconds an update, by the clock and at work."""
        each = self.updates[begin:]
        if len(each) < 2:
            return "no two updates came"
        clock, work = (
            (each[-1][name] - each[0][name]) / (len(each) - 1) for name in ("seconds", "worked")
        )
        return f"{clock:.2f} s an update, {work:.2f} s of them at work"


def seen(report: Report) -> int:
    return len(report.first) + len(report.between)


async def writing(visitor: Visitor, model: str, over: asyncio.Event) -> None:
    while not over.is_set():
        await visitor.play(model, 48)


async def turn(report: Report, seconds: float) -> float:
    """Tokens a second of all writers together."""
    before, began = seen(report), time.monotonic()
    await asyncio.sleep(seconds)
    return (seen(report) - before) / (time.monotonic() - began)


async def measure(url: str, rounds: int, seconds: float, model: str) -> list[float]:
    app, training, report, over = describe(url), training_of(url), Report(), asyncio.Event()
    ratios = []
    async with httpx.AsyncClient(base_url=url, timeout=600) as client:
        trainer = Trainer(client, 99, app, Report())
        writers = [
            asyncio.create_task(writing(Visitor(client, number, app, report), model, over))
            for number in range(WRITERS)
        ]
        await turn(report, 5)  # warm
        for number in range(rounds):
            found = {}
            for beside in (False, True) if number % 2 else (True, False):
                if beside:
                    trainer.begin(*training)
                    await trainer.until(1)
                found[beside] = await turn(report, seconds)
                if beside:
                    print(f"   beside {WRITERS} writers: {trainer.pace()}", flush=True)
                    await trainer.end()
                await turn(report, 1)  # what the last turn left behind
            ratios.append(found[True] / found[False])
            print(
                f"   round {number + 1}: {found[False]:.1f} tokens a second, beside a training "
                f"{found[True]:.1f}: {ratios[-1]:.2f}",
                flush=True,
            )
        over.set()
        await asyncio.gather(*writers)
        trainer.begin(*training)
        await trainer.until(6)
        print(f"   without them: {trainer.pace(1)}")
        await trainer.end()
    return ratios


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--rounds", type=int, default=4)
    parser.add_argument("--seconds", type=float, default=15)
    parser.add_argument("--threads", default="1")
    parser.add_argument("--model", default="fairy-causal")
    asked = parser.parse_args()
    with App(OMP_NUM_THREADS=asked.threads) as server:
        server.until_warm()
        ratios = asyncio.run(measure(server.url, asked.rounds, asked.seconds, asked.model))
    print(
        f"writers keep {statistics.median(ratios):.2f} of their speed "
        f"[{min(ratios):.2f}, {max(ratios):.2f}], goal {GOAL}"
    )


if __name__ == "__main__":
    main()
