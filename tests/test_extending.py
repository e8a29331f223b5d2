"""What the README says of adding a model, a rule, a sampler and a lesson works as it stands
there."""

import json
import re
import sys
from pathlib import Path

import numpy as np
import pytest

from playground.backend import catalog
from playground.decoding import DecodingSettings, apply_stages, generate, recompute
from playground.decoding.rules import ORDERS, RULES, Rule
from playground.decoding.settings import PARAMETERS, add_rule, memory_of
from playground.decoding.situation import ACTING, Outcome, stage
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
from playground.pages.generate import presets
from playground.pages.generate.parameter_docs import meaning
from playground.pages.lessons.lesson import read_lesson
from playground.parameters import Parameter

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


@pytest.fixture
def tables():
    """The tables of rules, as they were before once the test is over."""
    kept = [(table, dict(table)) for table in (RULES, ORDERS, PARAMETERS, ACTING)]
    yield
    for table, before in kept:
        table.clear()
        table.update(before)


def test_a_sampling_rule_is_a_row_and_a_function(tables):
    exec(block("A sampling rule"), {})
    assert DecodingSettings().rules_on() == ()
    chosen = DecodingSettings(most_surprise=1.0, top_k=3, xtc_probability=0.5)
    assert chosen.rules_on() == ("top_k", "most_surprise", "xtc_threshold")
    assert DecodingSettings.from_dict(json.loads(json.dumps(chosen.to_dict()))) == chosen
    stages = apply_stages(np.log([0.5, 0.3, 0.2]), [], DecodingSettings(most_surprise=1.3))
    assert [stage.name for stage in stages] == ["logits", "most_surprise", "draw"]
    assert stages[-1].kept.tolist() == [True, True, False]
    with pytest.raises(ValueError, match=r"most_surprise must be a number of nats in \[0, 1000\]"):
        DecodingSettings(most_surprise=-1)
    control = next(rule for rule in presets.constants()["rules"] if rule["name"] == "most_surprise")
    assert (control["label"], control["high"], control["highest"]) == ("surprise", 20, 1000)
    assert "0 turns it off" in meaning("most_surprise")
    with pytest.raises(ValueError, match="name must not be one"):
        exec(block("A sampling rule"), {})


def test_a_rule_may_remember_read_a_second_row_and_take_a_mask(tables):
    """Contrast with a weaker network under a grammar, weaker at each step: all that a stage may do,
    over a whole run."""
    weight = Parameter("contrast", float, 0.0, off=0.0, low=0, high=10)
    turns = Parameter("turns", int, 0, low=0, high=1_000_000)
    rule = Rule(
        "contrast", "contrast", "Less of what a weaker network says.", (weight,), memory=(turns,)
    )
    add_rule(rule, behind="dry_multiplier")

    def after(state, probability, settings):
        return {"turns": state["turns"] + 1}

    @stage("contrast", after=after)
    def contrast(candidates, now):
        turns = now.memory.get("turns", 0)
        values = candidates.values - now.settings.contrast / (1 + turns) * now.second
        values = np.where(now.mask, values, np.float32(-np.inf))
        return Outcome(candidates.with_values(values), {"turns": turns})

    class Network:
        def next_logits(self, ids):
            return np.float32([3, 2, 1, 0])

    texts = []
    steps = list(
        generate(
            Network(),
            [0],
            DecodingSettings(contrast=2.0, temperature=0, max_new_tokens=3),
            second=lambda text: texts.append(list(text)) or np.float32([2, 0, 0, 0]),
            mask=lambda text: [True, len(text) != 2, True, True],
        )
    )
    # 3 - 2·2 is below 2; then token 1 is masked and 3 - 2·2/2 = 1 ties with it; then 3 - 2·2/3 is
    # above 1 and below 2
    assert [step.token_id for step in steps] == [1, 0, 1]
    assert [step.state for step in steps] == [None, {"turns": 1}, {"turns": 2}]
    assert texts == [[0], [0, 1], [0, 1, 0]] and memory_of({"turns": 2}) == {"turns": 2}
    again = recompute(
        steps[1].logits,
        [0, 1],
        steps[1].settings,
        1,
        1,
        steps[1].state,
        second=np.float32([2, 0, 0, 0]),
        mask=[True, False, True, True],
    )
    assert again.token_id == 0 and again.record() == steps[1].record()
    with pytest.raises(ValueError, match="second must be one row of 4 values, got shape"):
        apply_stages([1.0] * 4, [0], steps[0].settings, second=[1.0])


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
