"""The engine answers drafts and their checks: for several visitors at once what each would get
alone, and a sentence without a file."""

import threading

import pytest
import torch
from transformers import BertConfig, BertForMaskedLM

from playground.backend import catalog, denoiser
from playground.backend.denoiser import Denoiser, DenoiserWorker
from playground.backend.engine import Engine
from playground.backend.verifier import SelfSpeculative, Verifier
from playground.diffusion import UnmaskSettings, unmask

MASK = 4


class Codec:
    mask_id, uncased, has_chat_template, bos_id, special_ids = MASK, True, False, None, ()


@pytest.fixture(scope="module")
def parts():
    torch.manual_seed(0)
    config = BertConfig(
        vocab_size=40,
        hidden_size=32,
        num_hidden_layers=3,
        num_attention_heads=4,
        intermediate_size=48,
        max_position_embeddings=16,
        initializer_range=0.3,
    )
    network = BertForMaskedLM(config).eval().requires_grad_(False)
    return network, Verifier.from_network(network, 2).eval().requires_grad_(False)


@pytest.fixture
def shipped(monkeypatch, tmp_path):
    """A denoiser whose verifier is there."""
    monkeypatch.setattr(denoiser, "verifier_folder", lambda name: tmp_path)
    monkeypatch.setattr(denoiser, "verifier_file", lambda name: tmp_path)


def make(parts):
    network, verifier = parts
    engine = Engine("tiny", DenoiserWorker(network, 0, lambda: verifier))
    return engine, lambda: Denoiser("tiny", Codec(), engine, 40, 16)


def texts(writer, length, seed):
    settings = UnmaskSettings("self-speculative", 2, seed=seed)
    steps = list(unmask(writer, torch.full((2, length), MASK), settings))
    return [step.canvas.tolist() for step in steps]


def test_visitors_at_once_get_the_texts_of_the_network_alone(parts, shipped):
    engine, session = make(parts)
    wanted = [(9, 1), (9, 2), (8, 3), (11, 4)]
    found = {}

    def write(length, seed):
        with_engine = session()
        found[length, seed] = texts(with_engine, length, seed)
        with_engine.logits(torch.full((1, length), MASK))  # an ordinary call between them

    threads = [threading.Thread(target=write, args=one) for one in wanted]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    engine.stop()
    alone = SelfSpeculative(*parts, MASK)
    assert found == {one: texts(alone, *one) for one in wanted}


def test_rows_beyond_one_pass_are_asked_in_parts(parts, shipped, monkeypatch):
    class Small:
        denoiser_tokens, request_seconds = 9, 60

    engine, session = make(parts)
    whole = texts(session(), 9, 5)
    monkeypatch.setattr(denoiser, "limits", Small)
    assert texts(session(), 9, 5) == whole
    engine.stop()


def test_without_its_file_the_sampler_says_so_and_everything_else_works(parts, monkeypatch):
    engine, session = make(parts)
    model = session()
    assert "has none" in model.draft_problem
    monkeypatch.setattr(denoiser, "verifier_folder", lambda name: object())
    monkeypatch.setattr(denoiser, "verifier_file", lambda name: None)
    with pytest.raises(ValueError, match="not in this copy"):
        unmask(model, [MASK, MASK], UnmaskSettings("self-speculative", 1))
    *_, last = unmask(model, [MASK, MASK], UnmaskSettings("self-verifying", 1))
    assert (last.canvas != MASK).all()
    engine.stop()


def test_the_catalogue_knows_where_the_verifier_of_fairy_diffusion_is(monkeypatch, tmp_path):
    monkeypatch.setattr(catalog, "MODELS", tmp_path)
    assert catalog.verifier_folder("fairy-causal") is None
    assert catalog.verifier_folder("fairy-diffusion") == tmp_path / "fairy-verifier"
    assert catalog.verifier_file("fairy-diffusion") is None
    (tmp_path / "fairy-verifier").mkdir()
    (tmp_path / "fairy-verifier" / "verifier.safetensors").touch()
    assert catalog.verifier_file("fairy-diffusion") is not None
