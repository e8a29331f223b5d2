"""The real thing: `python -m playground.cluster` with two replicas of a model and the page in front
of them.

Runs where Ray is installed (`pip install -r requirements-cluster.txt`) and is skipped elsewhere:
what a run needs of it, the protocol and the way around a dead replica, `test_cluster_remote.py`
tests everywhere.
"""

from __future__ import annotations

import importlib.util
import os
import signal
import socket
import subprocess
import sys
import threading
from pathlib import Path

import httpx
import pytest
import yaml

from playground.backend.remote import RemoteBackend
from playground.backend.service import Backend
from playground.decoding import DecodingSettings, generate

ROOT = Path(__file__).resolve().parents[2]
MODEL, PROMPT = "fairy-causal", "once upon a time"
SETTINGS = DecodingSettings(max_new_tokens=40, do_sample=True, top_p=0.95, seed=11)
with_ray = pytest.mark.skipif(
    importlib.util.find_spec("ray") is None,
    reason="Ray is not installed (pip install -r requirements-cluster.txt)",
)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.fixture(scope="module")
def cluster():
    """(address of the models, address of the page) of the one command that the README names."""
    port, page = free_port(), free_port()
    process = subprocess.Popen(
        [
            sys.executable,
            "-m",
            "playground.cluster",
            "--models",
            MODEL,
            "--replicas",
            "2",
            "--threads",
            "1",
            "--port",
            str(port),
        ],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
        env={
            **os.environ,
            "PORT": str(page),
            "HOST": "127.0.0.1",
            "OMP_NUM_THREADS": "1",
            "GRADIO_ANALYTICS_ENABLED": "False",
            "PYTHONUNBUFFERED": "1",
            "PLAYGROUND_DEVICE": "cpu",
        },
    )
    lines, up = [], threading.Event()

    def read():
        for line in process.stdout:
            lines.append(line)
            if f"http://127.0.0.1:{page}" in line:
                up.set()
        up.set()

    threading.Thread(target=read, daemon=True).start()
    up.wait(280)
    assert process.poll() is None, lines[-20:]
    yield f"http://127.0.0.1:{port}", f"http://127.0.0.1:{page}"
    process.terminate()
    assert process.wait(120) == 0, lines[-20:]


def written(model, at: int | None = None, fault=None) -> str:
    ids, said = model.encode(PROMPT), []
    for step in generate(model, ids, SETTINGS, ignore_end=True):
        said.append(step.token_id)
        if len(said) == at:
            fault()
    return model.decode(ids + said)


@with_ray
@pytest.mark.timeout(400)
def test_a_replica_is_killed_in_mid_run_and_the_visitors_text_is_the_same(cluster):
    local, remote = Backend(), RemoteBackend(cluster[0])
    whole = written(local.causal(MODEL))
    model = remote.causal(MODEL)
    engine, killed = model._engine, []

    def kill():
        killed.append(engine.answered_by)
        os.kill(int(engine.answered_by.rsplit("-", 1)[1]), signal.SIGKILL)

    try:
        assert written(model, 10, kill) == whole
        assert killed[0].startswith(MODEL) and engine.answered_by != killed[0]
        assert b"playground_remote_retries_total" in remote.metrics()[0]
    finally:
        remote.close()
        local.close()


@with_ray
@pytest.mark.timeout(400)
def test_the_page_in_front_writes_what_a_single_machine_writes_and_holds_no_weights(cluster):
    from gradio_client import Client

    client = Client(cluster[1], verbose=False, httpx_kwargs={"timeout": 200})
    answer = client.predict(
        model=MODEL,
        prompt=PROMPT,
        max_new_tokens=12,
        do_sample=True,
        top_p=0.95,
        seed=11,
        api_name="/decode",
    )
    local = Backend()
    with local.causal(MODEL) as model:
        steps = list(
            generate(
                model,
                model.encode(PROMPT),
                DecodingSettings(max_new_tokens=12, do_sample=True, top_p=0.95, seed=11),
            )
        )
    local.close()
    assert [step["token_id"] for step in answer["steps"]] == [step.token_id for step in steps]
    state = httpx.get(cluster[1] + "/health", timeout=60).json()
    assert (
        state["cluster"] == cluster[0]
        and state["memory"]["weights"] == 0
        and state["status"] == "ok"
    )


def test_the_cluster_file_names_models_of_the_catalogue_under_the_addresses_that_pages_ask():
    from playground.backend.catalog import CATALOG

    for application in yaml.safe_load(
        (ROOT / "deploy" / "cluster.yaml").read_text(encoding="utf-8")
    )["applications"]:
        options = application["args"]
        assert options["model"] in {entry.id for entry in CATALOG}
        assert (
            application["route_prefix"] == f"/models/{options['model']}"
            and application["import_path"] == "playground.cluster.serve:application"
        )
        assert (
            set(options) <= {"model", "replicas", "most_replicas", "threads", "gpus"}
            and options["replicas"] <= options["most_replicas"]
        )
