"""A class over the real protocol: simulated visitors against a started app, mixed pages, bounded
time.

    python tests/benchmarks/load.py [--visitors 30 100] [--seconds 300] [--model fairy-causal]
    [--url http://...]

Starts `app.py` on the loopback (unless --url names a running one), waits until the shipped models
answer, checks each named endpoint once with `gradio_client`, then lets the visitors loose: each
presses Play on the Generate page (the page's own streaming event, over Gradio's queue, as the
browser does), unmasks, asks for a distribution, scores a text, walks a chain, asks what a barrier
does, opens the page anew, again and again with a short pause. The protocol is spoken directly, so
that the load itself costs little.

Reports for each number of visitors: runs begun, finished, refused at a stated limit, lost; server
errors; first token and time between tokens (p50/p95/p99, from the stream as it arrives); seconds of
the other endpoints; the server's memory.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import os
import pathlib
import random
import subprocess
import sys
import time
import uuid
from collections import Counter

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2]))

import httpx
from gradio_client.utils import apply_diff

from tests.pages.process import App

SETTINGS = {"temperature": 0.8, "top_p": 0.9, "repetition_penalty": 1.1}
PROMPTS = [
    "Once upon a time",
    "The king said to the little girl",
    "There was a castle in the wood",
    "A poor man had three sons",
]
CANVASES = [
    "once upon a [MASK] there was a king",
    "the [MASK]*12 .",
    '" come here , " said the [MASK] [MASK] .',
]
CALLS = {
    "distribution": lambda seed, model: {
        "model": model,
        "prompt": PROMPTS[seed % 4],
        "seed": seed,
        **SETTINGS,
    },
    "score": lambda seed, model: {
        "model": model,
        "text": "Once upon a time there was a king who had three sons.",
    },
    "decode": lambda seed, model: {
        "model": model,
        "prompt": PROMPTS[seed % 4],
        "max_new_tokens": 16,
        "seed": seed,
        **SETTINGS,
    },
    "unmask": lambda seed, model: {"canvas": CANVASES[seed % 3], "steps": 8, "seed": seed},
    "corrupt": lambda seed, model: {
        "text": "once upon a time there was a king",
        "t": 0.5,
        "seed": seed,
    },
    "escape": lambda seed, model: {"delta_e": 1 + seed % 5, "temperature": 0.8, "top_p": 0.9},
    "markov": lambda seed, model: {
        "transition": [[0.7, 0.2, 0.1], [0.3, 0.4, 0.3], [0.2, 0.4, 0.4]],
        "steps": 60,
        "seed": seed,
    },
    "hmm": lambda seed, model: {
        "initial": [0.6, 0.4],
        "transition": [[0.7, 0.3], [0.4, 0.6]],
        "emission": [[0.1, 0.4, 0.5], [0.6, 0.3, 0.1]],
        "length": 20,
        "seed": seed,
    },
}


def ranked(values: list[float], share: float) -> float:
    values = sorted(values)
    return values[min(len(values) - 1, int(share * len(values)))] if values else float("nan")


def spread(values: list[float]) -> str:
    return "p50 {:.0f} / p95 {:.0f} / p99 {:.0f} ms (n={})".format(
        *(1000 * ranked(values, q) for q in (0.5, 0.95, 0.99)), len(values)
    )


class Report:
    def __init__(self) -> None:
        self.outcomes: Counter = Counter()
        self.errors: Counter = Counter()
        self.first: list[float] = []
        self.between: list[float] = []
        self.calls: dict[str, list[float]] = {}
        self.tokens = 0


class Visitor:
    """One browser: a session hash, requests one after another."""

    def __init__(self, client: httpx.AsyncClient, number: int, app: dict, report: Report):
        self.client, self.number, self.app, self.report = client, number, app, report
        self.session = uuid.uuid4().hex[:11]
        self.random = random.Random(number)

    async def events(self, body: dict):
        """Join the queue, yield the messages of the stream."""
        body = {**body, "session_hash": self.session}
        joined = await self.client.post("/gradio_api/queue/join", json=body)
        if joined.status_code >= 500:
            self.report.errors[f"join {joined.status_code}"] += 1
        joined.raise_for_status()
        async with self.client.stream(
            "GET", "/gradio_api/queue/data", params={"session_hash": self.session}
        ) as stream:
            if stream.status_code >= 500:
                self.report.errors[f"data {stream.status_code}"] += 1
            async for line in stream.aiter_lines():
                if line.startswith("data:"):
                    yield json.loads(line[5:])

    async def play(self, model: str, tokens: int) -> str:
        """Press Play; the outcome: finished, refused or lost."""
        request = {
            "run": uuid.uuid4().hex,
            "model": model,
            "prompt": self.random.choice(PROMPTS),
            "chat": False,
            "settings": {**SETTINGS, "max_new_tokens": tokens, "seed": self.random.randrange(1000)},
        }
        body = {
            "data": [],
            "fn_index": self.app["play"]["id"],
            "event_data": {"request": request},
            "trigger_id": self.app["play"]["targets"][0][0],
        }
        began = last = time.monotonic()
        seen, value, outcome = 0, None, "lost"
        async for message in self.events(body):
            kind = message.get("msg")
            if kind in ("process_generating", "process_completed") and message.get(
                "output", {}
            ).get("data"):
                data = message["output"]["data"]
                if kind == "process_generating" and value is not None and isinstance(data[0], list):
                    value = apply_diff(value, data[0])
                elif kind == "process_generating":
                    value = data[0]
                news = (
                    json.loads(value)
                    if isinstance(value, str)
                    else value
                    if isinstance(value, dict)
                    else {}
                )
                now = time.monotonic()
                frames = len(news.get("frames", ())) if kind == "process_generating" else 0
                if frames:
                    if not seen:
                        self.report.first.append(now - began)
                    else:
                        self.report.between.extend([(now - last) / frames] * frames)
                    seen, last = seen + frames, now
                if news.get("kind") == "error":
                    said = json.dumps(news["message"])
                    refused = "places are taken" in said or "no place became free" in said
                    outcome = "refused" if refused else "lost"
                    self.report.errors[said[:80]] += not refused
                elif news.get("kind") == "end":
                    outcome = "finished"
            if kind == "process_completed":
                if not message.get("success", True):
                    outcome = "lost"
                    self.report.errors[
                        "play: " + str(message.get("output", {}).get("error"))[:80]
                    ] += 1
                break
        self.report.tokens += seen
        return outcome

    async def open(self) -> str:
        """The page itself, as a browser that comes."""
        began = time.monotonic()
        answer = await self.client.get("/")
        if answer.status_code >= 500:
            self.report.errors[f"open {answer.status_code}"] += 1
        self.report.calls.setdefault("(the page)", []).append(time.monotonic() - began)
        return "finished" if answer.status_code == 200 else "lost"

    async def call(self, name: str, model: str) -> str:
        """One named endpoint by keywords."""
        began = time.monotonic()
        answer = await self.client.post(
            f"/gradio_api/call/v2/{name}", json=CALLS[name](self.random.randrange(1000), model)
        )
        if answer.status_code >= 500:
            self.report.errors[f"{name} {answer.status_code}"] += 1
        answer.raise_for_status()
        event, outcome = None, "lost"
        async with self.client.stream(
            "GET", f"/gradio_api/call/{name}/{answer.json()['event_id']}"
        ) as stream:
            async for line in stream.aiter_lines():
                if line.startswith("event:"):
                    event = line[6:].strip()
                elif line.startswith("data:") and event in ("complete", "error"):
                    refused = "places are taken" in line or "no place became free" in line
                    outcome = (
                        "finished" if event == "complete" else "refused" if refused else "lost"
                    )
                    if outcome == "lost":
                        self.report.errors[f"{name}: {line[5:85]}"] += 1
                    break
        self.report.calls.setdefault(name, []).append(time.monotonic() - began)
        return outcome

    async def live(self, until: float, model: str, tokens: int) -> None:
        await asyncio.sleep(
            self.random.random() * min(10.0, (until - time.monotonic()) / 3)
        )  # thirty press Play within ten seconds
        await self.open()
        while time.monotonic() < until:
            name = (
                "play"
                if not self.app["calls"] or self.random.random() < 0.6
                else self.random.choice([*self.app["calls"], "open"])
            )
            self.report.outcomes["begun"] += 1
            try:
                outcome = await (
                    self.play(model, tokens)
                    if name == "play"
                    else self.open()
                    if name == "open"
                    else self.call(name, model)
                )
            except (httpx.HTTPError, KeyError, ValueError) as error:
                outcome = "lost"
                self.report.errors[f"{name}: {type(error).__name__}"] += 1
            self.report.outcomes[outcome] += 1
            await asyncio.sleep(self.random.uniform(0.2, 2.0))


def memory_of(process: subprocess.Popen | None) -> float:
    """Resident megabytes of the server, or nan."""
    try:
        return (
            int(pathlib.Path(f"/proc/{process.pid}/statm").read_text().split()[1])
            * os.sysconf("SC_PAGE_SIZE")
            / 1e6
        )
    except (OSError, AttributeError, ValueError):
        return float("nan")


def describe(url: str, seconds: float = 120) -> dict:
    """The page's streaming event and the named endpoints that exist."""
    until = time.monotonic() + seconds
    while True:
        try:
            config = httpx.get(url + "/config", timeout=10).json()
            break
        except (httpx.HTTPError, ValueError):
            if time.monotonic() > until:
                raise SystemExit("the app did not answer") from None
            time.sleep(0.5)
    plays = [
        entry
        for entry in config["dependencies"]
        if any(target[1] == "write" for target in entry["targets"])
    ]
    names = {entry.get("api_name") for entry in config["dependencies"]}
    if not plays:
        raise SystemExit("the app has no Generate page")
    return {"play": plays[0], "calls": [name for name in CALLS if name in names]}


def check(url: str, app: dict, model: str) -> None:
    """Each named endpoint once by gradio_client, which also loads the models."""
    from gradio_client import Client

    client = Client(url, verbose=False)
    for name in app["calls"]:
        answer = client.predict(**CALLS[name](0, model), api_name=f"/{name}")
        assert isinstance(answer, dict), name


async def crowd(
    url: str, visitors: int, seconds: float, app: dict, model: str, tokens: int
) -> tuple[Report, float]:
    report = Report()
    pool = httpx.Limits(max_connections=4 * visitors, max_keepalive_connections=2 * visitors)
    async with httpx.AsyncClient(base_url=url, timeout=600, limits=pool) as client:
        began = time.monotonic()
        await asyncio.gather(
            *(
                Visitor(client, number, app, report).live(began + seconds, model, tokens)
                for number in range(visitors)
            )
        )
    return report, time.monotonic() - began


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--visitors", type=int, nargs="+", default=[1, 30, 100])
    parser.add_argument("--seconds", type=float, default=300)
    parser.add_argument("--tokens", type=int, default=48)
    parser.add_argument("--model", default="fairy-causal")
    parser.add_argument("--settle", type=float, default=30, help="seconds of rest after each load")
    parser.add_argument("--url")
    options = parser.parse_args()
    with contextlib.ExitStack() as ends:
        process = None
        if options.url is None:
            server = ends.enter_context(
                App(PLAYGROUND_MODELS="", OMP_NUM_THREADS=os.environ.get("OMP_NUM_THREADS", "1"))
            )
            process, options.url = server.process, server.url
        url = options.url.rstrip("/")
        app = describe(url)
        check(url, app, options.model)
        asyncio.run(crowd(url, 2, 3, app, options.model, 8))
        for visitors in options.visitors:
            before = memory_of(process)
            report, seconds = asyncio.run(
                crowd(url, visitors, options.seconds, app, options.model, options.tokens)
            )
            begun = report.outcomes["begun"] or 1
            print(
                f"{visitors} visitors, {seconds:.0f} s: {begun} runs, {dict(report.outcomes)}, "
                f"finished {report.outcomes['finished'] / begun:.1%}, errors "
                f"{sum(report.errors.values())} {dict(report.errors)}"
            )
            print(
                f"   first token {spread(report.first)}\n   per token   {spread(report.between)}, "
                f"{report.tokens / seconds:.1f} tokens/s in all"
            )
            for name, times in sorted(report.calls.items()):
                print(f"   /{name:<12} {spread(times)}")
            after = memory_of(process)
            time.sleep(options.settle)
            print(
                f"   server memory {before:.0f} -> {after:.0f} MB, "
                f"{memory_of(process):.0f} MB {options.settle:.0f} s later",
                flush=True,
            )


if __name__ == "__main__":
    main()
