"""One benchmark over two checkouts: a process for each, which take turns within one run."""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parents[2]


class Worker:
    """A process of `script` (called with `--work FOLDER`) that measures the package of one
    checkout."""

    def __init__(self, script: str, folder: Path = HERE):
        call = [sys.executable, script, "--work", str(folder.resolve())]
        self.process = subprocess.Popen(
            call, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )

    def ask(self, *arguments: Any) -> Any:
        """What `answer` of the process says to these arguments (plain data, both)."""
        assert self.process.stdin and self.process.stdout
        print(json.dumps(arguments), file=self.process.stdin, flush=True)
        line = self.process.stdout.readline()
        if not line:
            raise SystemExit(f"the process of {self.process.args} ended before it answered")
        return json.loads(line)

    def close(self) -> None:
        self.process.terminate()


def work(folder: Path, answer: Callable[..., Any]) -> None:
    """The other end of a Worker: `answer`s line after line; `playground` is imported from
    `folder`."""
    sys.path.insert(0, str(folder))
    for line in sys.stdin:
        print(json.dumps(answer(*json.loads(line))), flush=True)


def in_turns(now: Worker, before: Worker, rounds: int, *arguments: Any) -> tuple[list, list]:
    """The answers of both, round by round; who begins changes from round to round."""
    answers: tuple[list, list] = ([], [])
    for turn in range(rounds):
        for which in (0, 1) if turn % 2 == 0 else (1, 0):
            answers[which].append((now, before)[which].ask(*arguments))
    return answers


def spread(took: list[float]) -> dict[str, float]:
    """p50 and p95 of milliseconds."""
    ordered = sorted(took)
    return {
        "p50_ms": round(statistics.median(ordered), 3),
        "p95_ms": round(ordered[int(0.95 * (len(ordered) - 1))], 3),
    }
