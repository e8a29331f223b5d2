"""Our chain in llama.cpp's order beside llama.cpp's own samplers, stage by stage.

`llama_cpp_vectors.json` was recorded once by `record_llama_cpp.py` from the compiled program; no
test needs it."""

import json
from pathlib import Path

import numpy as np
import pytest

from playground.decoding import DecodingSettings, apply_stages
from playground.decoding.rules import RULES
from playground.decoding.settings import PARAMETERS
from playground.decoding.shape import adapted_target, adaptive_p
from playground.decoding.spelling import Spelling
from playground.decoding.stages import next_state

RECORDED = json.loads((Path(__file__).parent / "llama_cpp_vectors.json").read_text())
# llama.cpp's one stage of penalties is three of ours, and the last of them has done its work
OURS = {"penalties": "frequency_penalty", "dry": "dry_multiplier"}


class Breakers(Spelling):
    """Breakers that are given as tokens."""

    def __init__(self, sequences):
        super().__init__(lambda text: [])
        self.heads = {}
        for head, *tail in sequences:
            self.heads.setdefault(head, []).append(tuple(tail))

    def breakers(self, lines):
        return self.heads


def settings_of(case):
    given = dict(case["settings"])
    breakers = given.pop("breakers", [])
    names = [name for name, _ in case["stages"]]
    if "xtc_threshold" in names:
        given["xtc_probability"] = 1.0
    if breakers:
        given["dry_sequence_breakers"] = "spelled below"
    chosen = DecodingSettings(order="llama.cpp", **{k: v for k, v in given.items()})
    object.__setattr__(chosen, "spelling", Breakers(breakers))
    return chosen


def theirs(row):
    return np.array([-np.inf if value is None else value for value in row])


@pytest.mark.parametrize("number", range(len(RECORDED["chain"])))
def test_every_stage_leaves_what_llama_cpp_leaves(number):
    case = RECORDED["chain"][number]
    settings = settings_of(case)
    stages = apply_stages(case["logits"], case["context"], settings, u=0.0)
    ours = {stage.name: stage.logits.numpy() for stage in stages}
    for name, row in case["stages"]:
        row, mine = theirs(row), ours[OURS.get(name, name)]
        assert ((mine > -np.inf) == (row > -np.inf)).all(), (name, settings)
        alive = row > -np.inf
        assert np.allclose(mine[alive], row[alive], rtol=2e-5, atol=2e-5), (name, settings)


@pytest.mark.parametrize("run", RECORDED["adaptive_p"], ids=lambda run: str(run["target"]))
def test_adaptive_p_moves_its_target_as_llama_cpp_does(run):
    settings = DecodingSettings(
        order="llama.cpp", adaptive_target=run["target"], adaptive_decay=run["decay"]
    )
    memory = None
    for step in run["steps"]:
        stages = apply_stages(step["logits"], [0], settings, state=memory)
        assert np.allclose(stages[-1].logits.numpy(), theirs(step["after"]), atol=2e-4)
        memory = next_state(stages, step["token"], settings)


def test_the_recorded_chain_has_every_stage_of_that_program():
    seen = {name for case in RECORDED["chain"] for name, _ in case["stages"]}
    assert seen == {
        *("penalties", "dry", "top_n_sigma", "top_k", "typical_p", "top_p", "min_p"),
        *("xtc_threshold", "temperature", "dynatemp_range"),
    }
    assert seen - set(OURS) <= set(RULES) and PARAMETERS["dry_penalty_last_n"].default == -1
    assert adapted_target(0.5, 5.0, 10.0) == 0.5 and adaptive_p(np.zeros(2, np.float32), 0.5).size
