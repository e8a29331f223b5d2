"""A link, a seed or a preset that was made before a rule came draws the same text as it did then.

`earlier_texts.json` holds what the commit named in it drew, token for token; it is never made anew
by a later one."""

import json
from pathlib import Path
from urllib.parse import parse_qsl

import numpy as np
import pytest

from playground.decoding import PRESETS, DecodingSettings, generate
from playground.pages.generate.links import state_of

EARLIER = json.loads((Path(__file__).parent / "earlier_texts.json").read_text())["texts"]
LINKS = [name for name in EARLIER if not name.startswith("preset ")]


class Network:
    """Logits that depend on the length of the text and its last two tokens: texts that loop now and
    then."""

    vocab_size, eos_id = 12, None

    def next_logits(self, ids):
        rng = np.random.default_rng([len(ids) % 7, *ids[-2:]])
        return rng.standard_normal(12).astype(np.float32) * 2


def text(settings):
    settings = settings.with_changes(max_new_tokens=100)
    return [step.token_id for step in generate(Network(), [1, 2, 3, 1, 2], settings)]


@pytest.mark.parametrize("query", LINKS)
def test_an_earlier_link_draws_its_text(query):
    state = state_of({**dict(parse_qsl(query)), "tab": "generate"})
    assert not state["message"]
    assert text(DecodingSettings.from_dict(state["values"]["settings"])) == EARLIER[query]


@pytest.mark.parametrize("name", PRESETS)
def test_an_earlier_preset_draws_its_text(name):
    assert text(PRESETS[name].with_changes(seed=5)) == EARLIER[f"preset {name}"]


def test_todays_llama_cpp_looks_back_less_far_than_the_earlier_one():
    now = DecodingSettings(
        order="llama.cpp", dry_multiplier=2.0, dry_penalty_last_n=8, temperature=0.8, seed=17
    )
    assert text(now) != text(now.with_changes(dry_penalty_last_n=-1))
