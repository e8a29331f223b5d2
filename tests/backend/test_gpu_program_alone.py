"""`python -m tests.gpu` where neither Gradio nor any other package of the app is installed, on the
CPU."""

import json
import os
import subprocess
import sys

from playground.paths import ASSETS

ROOT = ASSETS.parent
# What the app needs and a bare GPU machine does not have.
AWAY = (
    "accelerate babel fastapi gguf gradio gradio_client hypothesis llguidance mcp pandas PIL plotly prometheus_client "
    "pytest qrcode rouge_score sacrebleu scipy sse_starlette starlette"
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


def run(tmp_path, *words):
    (tmp_path / "sitecustomize.py").write_text(BARE)
    return subprocess.run(
        [sys.executable, "-m", "tests.gpu", "--device", "cpu", "--small", *words],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(tmp_path), "OMP_NUM_THREADS": "1"},
        capture_output=True,
        text=True,
        timeout=280,
        check=False,
    )


def test_it_needs_torch_and_transformers_alone_and_prints_its_figures(tmp_path):
    answer = run(tmp_path, "--only", "engine", "unmask", "memory")
    assert answer.returncode == 0, answer.stderr[-2000:]
    figures = json.loads(answer.stdout)
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


def test_the_same_seeds_on_the_same_device_give_the_same_texts(tmp_path):
    figures = json.loads(run(tmp_path, "--only", "texts").stdout)
    assert set(figures["texts"]) == {"fairy-causal", "fairy-diffusion", "smollm2-135m", "seconds"}
    for name in ("fairy-causal", "fairy-diffusion", "smollm2-135m"):
        assert figures["texts"][name] == {"texts": 2, "the_same": 2, "part_at": []}
