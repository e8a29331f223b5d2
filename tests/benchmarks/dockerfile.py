"""The Dockerfile's steps in a fresh virtual environment, for machines without a container engine:
`python tests/benchmarks/dockerfile.py`.

COPY goes into an empty folder, RUN is run there with the new environment's pip (useradd and USER
are left out: they need root), CMD is started with ENV, and the page, /health and one endpoint must
answer. `--index ''` takes torch from the default index; the Dockerfile's own CPU index is tried
first and said to be out of reach where it is. Prints the seconds of each step."""

from __future__ import annotations

import argparse
import json
import os
import shlex
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def steps(text: str) -> list[tuple[str, str]]:
    """[(instruction, rest)] with continued lines joined and comments gone."""
    joined = "\n".join(
        line for line in text.splitlines() if not line.lstrip().startswith("#")
    ).replace("\\\n", " ")
    return [
        (word.upper(), rest.strip())
        for word, _, rest in (
            line.strip().partition(" ") for line in joined.splitlines() if line.strip()
        )
    ]


def copied(rest: str, folder: Path) -> None:
    *sources, target = [part for part in shlex.split(rest) if not part.startswith("--")]
    for here in (path for source in sources for path in sorted(ROOT.glob(source))):
        there = folder / target
        if here.is_dir():
            shutil.copytree(
                here,
                there,
                dirs_exist_ok=True,
                ignore=shutil.ignore_patterns("__pycache__", "*.pyi"),
            )
        else:
            there = there / here.name if target.endswith("/") or target == "." else there
            there.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(here, there)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument(
        "--index",
        default=None,
        help="where torch comes from ('' for the default index); else the Dockerfile's",
    )
    parser.add_argument("--keep", action="store_true")
    chosen = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="dockerfile-"))
    app, venv = folder / "app", folder / "venv"
    app.mkdir()
    begun = time.monotonic()

    def say(words: str) -> None:
        print(f"{time.monotonic() - begun:7.1f} s  {words}", flush=True)

    subprocess.run([sys.executable, "-m", "venv", venv], check=True)
    say(f"environment with Python {sys.version.split()[0]}")
    environment = {
        "PATH": f"{venv / 'bin'}:{os.environ['PATH']}",
        "HOME": str(folder),
        "LANG": "C.UTF-8",
        "PIP_DISABLE_PIP_VERSION_CHECK": "1",
    }
    environment |= {
        name: value
        for name, value in os.environ.items()
        if name.startswith("PIP_") or name.endswith("_proxy")
    }
    server = None
    try:
        for word, rest in steps((ROOT / "Dockerfile").read_text(encoding="utf-8")):
            if word in ("ENV", "ARG"):
                environment |= dict(pair.split("=", 1) for pair in shlex.split(rest) if "=" in pair)
                if chosen.index is not None and "TORCH_INDEX" in environment:
                    environment["TORCH_INDEX"] = chosen.index
            elif word == "COPY":
                copied(rest, app)
                say(f"COPY {rest}")
            elif word == "RUN" and "useradd" not in rest:
                subprocess.run(["bash", "-ec", rest], cwd=app, env=environment, check=True)
                say(f"RUN {rest[:90]}")
            elif word == "CMD":
                port = free_port()
                server = subprocess.Popen(
                    json.loads(rest), cwd=app, env=environment | {"PORT": str(port)}
                )
                answered(server, port, environment)
                say(f"CMD {rest}: the page, /health and /markov answer")
            else:
                say(f"{word} {rest}: nothing to do here")
    finally:
        if server is not None:
            server.send_signal(signal.SIGTERM)
            server.wait(60)
        if not chosen.keep:
            shutil.rmtree(folder, ignore_errors=True)
    say("done")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def answered(server: subprocess.Popen, port: int, environment: dict[str, str]) -> None:
    address = f"http://127.0.0.1:{port}"
    for _ in range(240):
        if server.poll() is not None:
            raise SystemExit(
                f"the app ended with status {server.returncode} before its page answered"
            )
        try:
            if b"gradio" in urllib.request.urlopen(address, timeout=10).read().lower():
                break
        except OSError:
            time.sleep(1)
    assert (
        json.loads(urllib.request.urlopen(f"{address}/health", timeout=60).read())["status"] == "ok"
    )
    ask = (
        "from gradio_client import Client; playground = Client('%s', verbose=False, "
        "httpx_kwargs={'timeout': 300}); print(playground.predict(transition=[[.5,.5],[.2,.8]], "
        "api_name='/markov')['stationary'])"
    )
    subprocess.run(["python", "-c", ask % address], env=environment, check=True)


if __name__ == "__main__":
    main()
