"""`python -m tests.gpu` where neither Gradio nor any other package of the app is installed, on the
CPU."""

import json
import os
import subprocess
import sys

import pytest

from playground.paths import ASSETS

ROOT = ASSETS.parent
# What the app needs and a bare GPU machine does not have.
AWAY = (
    "accelerate babel fastapi gguf gradio gradio_client hypothesis llguidance mcp pandas PIL "
    "plotly prometheus_client pytest qrcode rouge_score sacrebleu scipy sse_starlette starlette"
).split()
BARE = f"""
import sys
from importlib.machinery import PathFinder

AWAY = {AWAY!r}

class Bare(PathFinder):
    @classmethod
    def find_spec(cls, name, path=None, target=None):
        return None if name.partition(".")[0] in AWAY else super().find_spec(name, path, target)

sys.meta_path[:] = [Bare if one is PathFinder else one for one in sys.meta_path]
"""


@pytest.fixture(scope="module")
def figures(tmp_path_factory):
    """What one start of the program prints: torch and transformers are read in once."""
    folder = tmp_path_factory.mktemp("bare")
    (folder / "sitecustomize.py").write_text(BARE)
    command = [sys.executable, "-m", "tests.gpu", "--device", "cpu", "--small", "--only"]
    answer = subprocess.run(
        [*command, "texts", "engine", "unmask", "memory"],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(folder), "OMP_NUM_THREADS": "1"},
        capture_output=True,
        text=True,
        timeout=280,
        check=False,
    )
    assert answer.returncode == 0, answer.stderr[-2000:]
    return json.loads(answer.stdout)


def test_it_needs_torch_and_transformers_alone_and_prints_its_figures(figures):
    assert (
        figures["card"] == "none (CPU)"
        and "weights of seed 0" in (figures["models"]["smollm2-135m"])
    )
    for name in ("fairy-causal", "smollm2-135m"):
        of = figures["engine"][name]
        assert of["1"]["errors"] == of["4"]["errors"] == [] and of["plainly"].keys() == {"1", "4"}
        for share in ("network_share", "rules_share", "copies_share"):
            assert 0 <= of["4"][share] < 10
    assert figures["unmask"]["fairy-diffusion"].keys() == {"1", "2"}
    memory = figures["memory"]
    assert memory["session_bytes"]["slot"] * 16 == memory["session_bytes"]["block"]
    assert memory["eviction"]["held"] <= memory["eviction"]["budget"]
    assert memory["eviction"]["errors"] == [] == memory["out_of_memory"]["others_ended_with"]
    assert "memory of this machine does not suffice" in memory["out_of_memory"]["sentence"][0]
    assert "failed in a forward pass" in memory["device_error"]
    assert memory["two_models"]["beside_unmasking_tokens_per_second"] > 0
    assert figures["goals"]["one session of a bare loop, at least"][1] == 0.8


def test_the_same_seeds_on_the_same_device_give_the_same_texts(figures):
    assert set(figures["texts"]) == {"fairy-causal", "fairy-diffusion", "smollm2-135m", "seconds"}
    for name in ("fairy-causal", "fairy-diffusion", "smollm2-135m"):
        assert figures["texts"][name] == {"texts": 2, "the_same": 2, "part_at": []}
