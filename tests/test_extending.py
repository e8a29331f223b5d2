"""What the README says of adding a model, a sampler and a lesson works as it stands there."""

import re
import sys
from pathlib import Path

import pytest

from playground.backend import catalog
from playground.diffusion import (
    ExactDenoiser,
    UnmaskSettings,
    exact_distribution,
    list_samplers,
    samplers,
    unmask,
)
from playground.diffusion.meter import total_variation, true_distribution
from playground.diffusion.samplers import base
from playground.markov import MarkovChain
from playground.pages.lessons.lesson import read_lesson

README = (Path(__file__).parents[1] / "README.md").read_text(encoding="utf-8")


def block(after: str) -> str:
    """The first fenced block after a bold word of the README, which must be short."""
    text = README.split(f"**{after}**", 1)[1]
    found = re.search(r"```\w+\n(.*?)```", text, re.S).group(1)
    lines = [x for x in found.splitlines() if x.strip() and not x.startswith(("import", "from"))]
    assert len(lines) <= 10, f"{after} takes {len(lines)} lines"
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


def test_a_sampler_is_one_file(monkeypatch, tmp_path):
    (tmp_path / "left_to_right.py").write_text(block("A sampler"), encoding="utf-8")
    monkeypatch.setattr(base, "_ADDED", dict(base._ADDED))
    monkeypatch.setattr(samplers, "__path__", [*samplers.__path__, str(tmp_path)])
    samplers.import_samplers()
    try:
        card = list_samplers()[-1]
        assert (card.name, card.title) == ("left-to-right", "Left to right")
        denoiser = ExactDenoiser.from_chain(MarkovChain([[0.9, 0.1], [0.5, 0.5]]))
        settings = UnmaskSettings("left-to-right", steps=1)
        masked = [
            (step.canvas[0] == denoiser.mask_id).tolist()
            for step in unmask(denoiser, [denoiser.mask_id] * 4, settings)
        ]
        assert masked == [[place > k for place in range(4)] for k in range(4)]
        law = exact_distribution(denoiser, settings, 4)
        assert total_variation(law, true_distribution(denoiser, 4)) < 1e-12
        with pytest.raises(ValueError, match="block_length must be None for left-to-right, got 2"):
            UnmaskSettings("left-to-right", steps=1, block_length=2)
        with pytest.raises(ValueError, match="name must not be one of"):
            samplers.add_sampler(card)
    finally:
        del sys.modules["playground.diffusion.samplers.left_to_right"]


def test_a_lesson_is_one_file(tmp_path):
    path = tmp_path / "20-my-lesson.md"
    path.write_text(block("A lesson"), encoding="utf-8")
    lesson = read_lesson(path)
    assert lesson.title == "My lesson" and lesson.steps[0].answer == "0.881."
