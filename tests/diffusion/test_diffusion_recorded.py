"""The same seed gives the same text as it always did: every sampler's steps against recorded ones.

`python -m tests.diffusion.test_diffusion_recorded` prints the recording again, for samplers that
are new.
"""

import hashlib
import json
from pathlib import Path

import numpy as np
import pytest
import torch

from playground.diffusion import ExactDenoiser, UnmaskSettings, list_samplers, unmask
from playground.diffusion.drafts import SelfReading

RECORDED = Path(__file__).with_name("recorded_steps.json")
CHAIN = ExactDenoiser([0.5, 0.3, 0.2], [[0.6, 0.3, 0.1], [0.2, 0.5, 0.3], [0.3, 0.3, 0.4]])
CANVASES = {
    "chain": [[3, 3, 3, 3, 3, 3, 3, 3], [1, 3, 3, 0, 3, 2, 3, 3], [0, 1, 3, 3, 3, 3, 3, 2]],
    "network": [[5, 5, 5, 5, 5, 5, 5, 5, 5, 5], [0, 5, 3, 5, 5, 299, 5, 5, 5, 1]],
}


class Network:
    """A small random network of 300 words: logits by position and by the words on either side; its
    mask is word 5."""

    vocab_size, mask_id = 300, 5

    def __init__(self):
        generator = np.random.default_rng(7)
        self.place, self.left, self.right = (
            torch.from_numpy(generator.normal(0, 1.5, (rows, 300))) for rows in (16, 300, 300)
        )

    def logits(self, canvas):
        sides = self.left[canvas.roll(1, 1)] + self.right[canvas.roll(-1, 1)]
        return (self.place[: canvas.shape[1]] + sides).float()

    def draft(self, canvas):
        return SelfReading(self, canvas)


CASES = [
    ("mdlm", 6, {}),
    ("mdlm", 6, {"as_published": True, "schedule": "cosine"}),
    ("mdlm", 6, {"block_length": 3, "overlap": 1, "temperature": 0.7}),
    ("mdlm", 6, {"schedule": "entropy-linear", "top_p": 0.9}),
    ("mdlm", 5, {"guidance": 1.5, "block_length": 2}),
    ("sedd", 6, {"schedule": "geometric"}),
    ("sedd", 6, {"schedule": "linear-sigma", "selection": "euler"}),
    ("maskgit", 5, {}),
    ("maskgit", 5, {"alg_temp": 2.0, "block_length": 4}),
    ("llada", 5, {}),
    ("llada", 5, {"block_length": 3, "temperature": 0.0}),
    ("llada", 5, {"selection": "random", "guidance": 0.5}),
    ("dream", 5, {"selection": "origin"}),
    ("dream", 5, {"selection": "maskgit_plus"}),
    ("dream", 5, {"selection": "topk_margin", "alg_temp": 0.4}),
    ("dream", 5, {"selection": "entropy", "temperature": 0.6, "block_length": 4, "overlap": 2}),
    ("dream", 5, {"selection": "maskgit_plus", "as_published": True, "top_p": 0.8}),
    ("dream", 5, {"selection": "topk_margin", "as_published": True, "temperature": 0.0}),
    ("dream", 5, {"selection": "entropy", "as_published": True, "alg_temp": 0.1}),
    ("dream", 5, {"selection": "origin", "as_published": True}),
    ("remdm", 8, {"eta": 0.4}),
    ("remdm", 6, {"schedule": "cosine", "block_length": 4}),
    ("fast-dllm", 1, {}),
    ("fast-dllm", 1, {"threshold": 0.4, "block_length": 3}),
    ("fast-dllm", 1, {"threshold": 0.3, "as_published": True}),
    ("joint-threshold", 1, {"threshold": 0.5, "edit_threshold": 0.3}),
    ("entropy-bound", 1, {"bound": 0.9}),
    ("entropy-bound", 8, {"selection": "renoise", "bound": 2.0}),
    ("diffusion-gemma", 8, {}),
    ("diffusion-gemma", 8, {"bound": 2.0, "t_max": 2.0, "confidence_threshold": 0.5}),
    ("any-order", 1, {}),
    ("any-order", 1, {"block_length": 3, "top_p": 0.7, "seed": 2**40 + 3}),
    ("self-verifying", 1, {}),
    ("self-verifying", 6, {"guidance": 0.5, "temperature": 0.8}),
    ("self-speculative", 1, {}),
    ("self-speculative", 6, {"top_p": 0.9, "temperature": 0.8}),
    ("gibbs", 2, {"burn_in": 1}),
    ("gibbs", 2, {"selection": "random", "guidance": 1.0}),
    ("uniform", 5, {}),
    ("uniform", 5, {"schedule": "cosine", "temperature": 0.5}),
    ("diffusion-lm", 5, {}),
    ("diffusion-lm", 5, {"selection": "clamp", "schedule": "entropy-linear"}),
    ("cdcd", 5, {}),
    ("cdcd", 5, {"schedule": "geometric", "top_p": 0.8}),
    ("cdcd", 5, {"schedule": "geometric", "guidance": 1.5}),
    ("uniform", 5, {"guidance": 1.5}),
    ("coarse-to-fine", 6, {}),
    ("coarse-to-fine", 5, {"guidance": 1.5, "temperature": 0.7}),
]
EXACT_ALONE = ("uniform", "coarse-to-fine", "diffusion-lm", "cdcd")
RUNS = [
    (model, *case)
    for case in CASES
    for model in CANVASES
    if model == "chain" or case[0] not in EXACT_ALONE
]


def name_of(model, sampler, steps, fields):
    return " ".join([model, sampler, str(steps), *(f"{k}={v}" for k, v in fields.items())])


def steps_of(model, sampler, steps, fields):
    """{"last": the last canvas, "calls": of each row, "steps": a digest of all canvases, states,
    times and phases}."""
    denoiser = CHAIN if model == "chain" else Network()
    taken = list(
        unmask(denoiser, CANVASES[model], UnmaskSettings(sampler, steps, **{"seed": 5, **fields}))
    )
    digest = hashlib.sha256()
    for step in taken:
        time = None if step.t is None else [f"{t:.9f}" for t in step.t]
        digest.update(
            json.dumps(
                [
                    step.canvas.tolist(),
                    step.state.tolist(),
                    step.revealed.tolist(),
                    step.calls.tolist(),
                    step.fresh.tolist(),
                    time,
                    step.phase,
                ]
            ).encode()
        )
    return {
        "count": len(taken),
        "last": taken[-1].canvas.tolist(),
        "calls": taken[-1].calls.tolist(),
        "steps": digest.hexdigest()[:16],
    }


@pytest.mark.parametrize("run", RUNS, ids=lambda run: name_of(*run))
def test_the_same_seed_gives_the_recorded_steps(run):
    assert steps_of(*run) == json.loads(RECORDED.read_text(encoding="utf-8"))[name_of(*run)]


def test_every_sampler_is_recorded():
    assert {case[0] for case in CASES} == {card.name for card in list_samplers()}


if __name__ == "__main__":
    lines = [f"{json.dumps(name_of(*run))}: {json.dumps(steps_of(*run))}" for run in RUNS]
    print("{\n" + ",\n".join(lines) + "\n}")
