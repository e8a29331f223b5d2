"""A call of an endpoint that nobody waits for any more: its run ends at its next step and gives its
place back."""

import json
import socket
import threading
import urllib.request
from urllib.parse import urlsplit

import gradio as gr
import pytest
from gradio_client import Client

from playground.backend.limits import Limits, set_limits
from playground.pages import gate
from playground.pages.compare import endpoints as compare
from playground.pages.diffusion import endpoints as diffusion
from playground.pages.diffusion.runs import Side
from playground.pages.generate import endpoints as generate
from tests.pages.doubles import DoubleBackend, WordModel

LONG = 30.0  # seconds: no run here may take so long by itself, nor does one that is stopped
PAUSE = 0.1  # seconds a step, so that a run of 200 would take 20
CALLS = {
    "decode": {"model": "double", "prompt": "The fox", "max_new_tokens": 400},
    "unmask": {"canvas": "[MASK]*20", "model": "exact-tale", "sampler": "gibbs", "steps": 90},
    "compare": {
        "model": "double",
        "prompt": "The fox",
        "columns": [{"kind": "sampling"}, {"kind": "greedy"}],
        "tokens": 200,
    },
}
WHOLE = {"decode": 400, "unmask": 1800, "compare": 200}  # steps, were the run not stopped


class Steps:
    """How many steps of the network or the sampler were made, and a way to wait for the next."""

    def __init__(self):
        self.changed, self.count, self.still = threading.Condition(), 0, threading.Event()

    def slow(self, fn):
        def step(*args, **kwargs):
            with self.changed:
                self.count += 1
                self.changed.notify_all()
            self.still.wait(PAUSE)
            return fn(*args, **kwargs)

        return step

    def until(self, condition):
        with self.changed:
            assert self.changed.wait_for(condition, LONG)


@pytest.fixture
def steps(monkeypatch):
    steps = Steps()
    monkeypatch.setattr(WordModel, "next_logits", steps.slow(WordModel.next_logits))
    monkeypatch.setattr(Side, "frame", steps.slow(Side.frame))
    yield steps
    steps.still.set()


@pytest.fixture(scope="module")
def backend():
    return DoubleBackend()


@pytest.fixture(scope="module")
def url(backend):
    class App:
        @staticmethod
        def backend():
            return backend

    with gr.Blocks(analytics_enabled=False) as demo:
        generate.register(backend)
        diffusion.register(App())
        compare.register(App())
    demo.queue(default_concurrency_limit=None)
    demo.launch(
        server_name="127.0.0.1",
        prevent_thread_lock=True,
        quiet=True,
        ssr_mode=False,
        run_history=False,
    )
    yield demo.local_url
    demo.close()


def is_over(backend, steps, name):
    """The run ended before its last step, and left neither a place taken nor a place in the
    queue."""
    with backend.runs._changed:
        assert backend.runs._changed.wait_for(
            lambda: not backend.runs.active and not backend.runs.waiting, LONG
        ), f"/{name} goes on writing for nobody"
    assert steps.count < WHOLE[name]


@pytest.mark.parametrize("name", CALLS)
def test_a_cancelled_job_ends_its_run(backend, url, steps, name):
    job = Client(url, verbose=False, httpx_kwargs={"timeout": LONG}).submit(
        **CALLS[name], api_name=f"/{name}"
    )
    steps.until(lambda: steps.count >= 2)
    job.cancel()
    is_over(backend, steps, name)


def test_a_job_that_waits_for_a_place_leaves_the_queue_when_it_is_cancelled(backend, url, steps):
    set_limits(Limits(runs_at_once=1))
    try:
        with gate.run(backend, None, "page", "double"):
            job = Client(url, verbose=False, httpx_kwargs={"timeout": LONG}).submit(
                **CALLS["decode"], api_name="/decode"
            )
            while not backend.runs.waiting:
                assert not job.done()
                steps.still.wait(0.02)
            job.cancel()
            with backend.runs._changed:
                assert backend.runs._changed.wait_for(lambda: not backend.runs.waiting, LONG)
        assert steps.count == 0
    finally:
        set_limits(None)


@pytest.mark.parametrize("name", CALLS)
def test_a_connection_that_is_dropped_ends_its_run(backend, url, steps, name):
    """Plain HTTP as any program speaks it: ask, read the stream of the answer, go away in the
    middle."""
    info = json.loads(urllib.request.urlopen(f"{url}gradio_api/info", timeout=LONG).read())
    names = [one["parameter_name"] for one in info["named_endpoints"][f"/{name}"]["parameters"]]
    defaults = [
        one.get("parameter_default") for one in info["named_endpoints"][f"/{name}"]["parameters"]
    ]
    data = [CALLS[name].get(field, value) for field, value in zip(names, defaults, strict=True)]
    asked = urllib.request.Request(
        f"{url}gradio_api/call/{name}",
        json.dumps({"data": data}).encode(),
        {"content-type": "application/json"},
    )
    event = json.loads(urllib.request.urlopen(asked, timeout=LONG).read())["event_id"]
    place = urlsplit(url)
    with socket.create_connection((place.hostname, place.port), LONG) as stream:
        stream.sendall(
            f"GET /gradio_api/call/{name}/{event} HTTP/1.1\r\nHost: {place.netloc}\r\n\r\n".encode()
        )
        assert b"200 OK" in stream.recv(4096)
        steps.until(lambda: steps.count >= 2)
    is_over(backend, steps, name)


def test_a_run_that_is_heard_to_its_end_is_answered_whole(url):
    answer = Client(url, verbose=False).predict(
        model="double", prompt="The fox", max_new_tokens=5, api_name="/decode"
    )
    assert len(answer["steps"]) == 5 and answer["finish"] == "max_new_tokens"
