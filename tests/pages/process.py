"""The app in a process of its own, for tests of what only a whole process shows."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import threading
import urllib.error
import urllib.request
from pathlib import Path

from gradio_client import Client

ROOT = Path(__file__).resolve().parents[2]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class App:
    """`python app.py`, its log as it comes."""

    def __init__(self, **environment: str):
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.process = subprocess.Popen(
            [sys.executable, "app.py"],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            env={
                **os.environ,
                "PORT": str(self.port),
                "HOST": "127.0.0.1",
                "OMP_NUM_THREADS": "1",
                "PLAYGROUND_MODELS": "fairy-causal,fairy-diffusion",
                "GRADIO_ANALYTICS_ENABLED": "False",
                "PYTHONUNBUFFERED": "1",
                **environment,
            },
        )
        self.lines: list[str] = []
        self.changed = threading.Condition()
        threading.Thread(target=self._read, daemon=True).start()
        self.until(lambda: any(self.url in line for line in self.lines), 250)

    def _read(self) -> None:
        for line in self.process.stdout:
            with self.changed:
                self.lines.append(line.rstrip("\n"))
                self.changed.notify_all()
        with self.changed:
            self.lines.append("(end)")
            self.changed.notify_all()

    def until(self, condition, seconds: float) -> None:
        with self.changed:
            assert self.changed.wait_for(lambda: condition() or "(end)" in self.lines, seconds), (
                self.lines[-20:]
            )
        assert condition(), self.lines[-20:]

    def get(self, path: str) -> tuple[int, str]:
        try:
            with urllib.request.urlopen(self.url + path, timeout=30) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode()

    def until_warm(self) -> None:
        while not {"fairy-causal", "fairy-diffusion"} <= set(
            json.loads(self.get("/health")[1])["models"]
        ):
            assert self.process.poll() is None, self.lines[-20:]
            threading.Event().wait(0.2)

    def __enter__(self) -> App:
        return self

    def __exit__(self, *_: object) -> None:
        self.process.kill()
        self.process.wait(30)

    def runs(self) -> list[dict]:
        return [json.loads(line) for line in self.lines if line.startswith('{"event"')]


def client_of(url: str, **options) -> Client:
    return Client(url, verbose=False, httpx_kwargs={"timeout": 120}, **options)
