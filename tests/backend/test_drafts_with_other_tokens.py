"""Speculative decoding over two networks whose tokens differ: SmolLM2's architecture with weights
of a seed, and shipped fairy-causal.

SmolLM2's own weights are not needed: what is tested is how letters go from one tokenizer to the
other and back, not how well one guesses the other's words."""

import pytest

from playground.backend import catalog
from playground.backend.catalog import MODELS, Entry, Place
from playground.backend.service import Backend
from playground.pages.compare import drafts
from tests.gpu.models import seeded

SMOL, FAIRY, MASKED = "smollm2-135m", "fairy-causal", "fairy-diffusion"
ASKED = {"prompt": "Once upon a time, in an old Käse-shop", "tokens": 16, "drafts": 4, "seed": 2}


@pytest.fixture
def pair(tmp_path, monkeypatch):
    """A backend with both networks, and the shipped masked one."""
    for name in (FAIRY, MASKED):
        if not (MODELS / name / "config.json").is_file():
            pytest.skip(f"the weights of {name} are not here")
        (tmp_path / name).symlink_to(MODELS / name)
    seeded(tmp_path / SMOL, small=True)
    kinds = {SMOL: "causal", FAIRY: "causal", MASKED: "denoiser"}
    entries = tuple(
        Entry(name, name, kind, 1, "none", (Place("asset", name),)) for name, kind in kinds.items()
    )
    monkeypatch.setattr(catalog, "CATALOG", entries)
    monkeypatch.setattr(catalog, "MODELS", tmp_path)
    serving = Backend()
    yield serving
    serving.close()


def answer(backend, **asked):
    return list(drafts.speculative_text(backend, {**ASKED, **asked}))[-1]["answer"]


@pytest.mark.parametrize(("model", "drafter"), [(SMOL, FAIRY), (FAIRY, SMOL)])
def test_words_are_spelled_in_the_targets_tokens_and_the_likeliest_text_stays(pair, model, drafter):
    found = answer(pair, model=model, drafter=drafter, temperature=0)
    assert found["way"] == "spelling" and found["same_text"]
    assert found["tokens"] == [16, 16] and found["text"] == found["plain"]
    made = [one for step in found["passes"] for one in step["drafts"]]
    # the network of a seed repeats bytes that are no letters: nothing of it can be spelled
    assert len(made) > 8 or model == FAIRY
    assert all(one["q"] == 1 for one in made)
    judged = [one for one in made if one["accepted"] is not None]
    assert all(one["overlap"] == pytest.approx(one["p"]) for one in judged)
    # what was drafted is a word of the target, not of the drafter
    network = pair.causal(model)
    assert all(one["text"] == network.piece(one["id"]) for one in made)
    network.close()


@pytest.mark.parametrize(("model", "drafter"), [(SMOL, FAIRY), (FAIRY, SMOL)])
def test_drawn_texts_are_whole_and_the_same_again(pair, model, drafter):
    first, again = (
        answer(pair, model=model, drafter=drafter, temperature=0.9, top_p=0.95) for _ in range(2)
    )
    assert first["text"] == again["text"] and first["tokens"][1] == 16
    assert [step["drafts"] for step in first["passes"]] == [
        step["drafts"] for step in again["passes"]
    ]
    assert "".join("".join(step["pieces"]) for step in first["passes"]) == first["text"]


def test_a_masked_network_with_other_tokens_is_refused_with_a_sentence(pair):
    with pytest.raises(ValueError, match=f"drafter must have the tokens of {SMOL}.*take its twin"):
        answer(pair, model=SMOL, drafter=MASKED)
