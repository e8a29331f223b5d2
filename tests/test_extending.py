"""What the README says of adding a model, a sampler and a lesson works as it stands there."""

import re
from pathlib import Path

import numpy as np
import pytest

from playground.backend import catalog
from playground.diffusion import ExactDenoiser, UnmaskSettings, list_samplers, samplers, unmask
from playground.diffusion import settings as unmask_settings
from playground.markov import MarkovChain
from playground.pages.lessons.lesson import read_lesson

README = (Path(__file__).parents[1] / "README.md").read_text(encoding="utf-8")


def block(after: str) -> str:
    """The first fenced block after a bold word of the README, which must be short."""
    text = README.split(f"**{after}**", 1)[1]
    found = re.search(r"```\w+\n(.*?)```", text, re.S).group(1)
    lines = [line for line in found.splitlines() if line.strip()]
    assert len(lines) < 10, f"{after} takes {len(lines)} lines"
    return found


def test_a_model_of_the_hub_is_one_entry(monkeypatch):
    names = dict(vars(catalog))
    exec(block("A model of the hub"), names)
    monkeypatch.setattr(catalog, "CATALOG", names["CATALOG"])
    entry = catalog.find("tiny-stories", "causal")
    assert (
        entry.listed
        and entry.record()["places"]
        and len(names["CATALOG"]) == len({entry.id for entry in names["CATALOG"]})
    )


def test_a_sampler_is_one_class(monkeypatch):
    monkeypatch.setattr(samplers, "_RULES", list(samplers._RULES))
    names = list(unmask_settings.SAMPLERS)
    try:
        exec(block("A sampler"), {**vars(samplers), "np": np})
        assert list_samplers()[-1].name == "left-to-right"
        denoiser = ExactDenoiser.from_chain(MarkovChain([[0.9, 0.1], [0.5, 0.5]]))
        steps = list(
            unmask(denoiser, [denoiser.mask_id] * 4, UnmaskSettings("left-to-right", steps=1))
        )
        masked = [(step.canvas[0] == denoiser.mask_id).tolist() for step in steps]
        assert masked == [[place > k for place in range(4)] for k in range(4)]
        with pytest.raises(ValueError, match="name must not be one of"):
            samplers.add_sampler(samplers._RULES[-1])
    finally:
        unmask_settings.SAMPLERS[:] = names


def test_a_lesson_is_one_file(tmp_path):
    path = tmp_path / "20-my-lesson.md"
    path.write_text(block("A lesson"), encoding="utf-8")
    lesson = read_lesson(path)
    assert lesson.title == "My lesson" and lesson.steps[0].answer == "0.881."
