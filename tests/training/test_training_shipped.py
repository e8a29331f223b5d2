"""The weights that ship: whole, small enough, able to do what the pages show."""

import json
import math
from pathlib import Path

import pytest
import torch
from safetensors import safe_open
from transformers import AutoTokenizer, BertForMaskedLM, BertLMHeadModel

from playground.training import MODELS
from playground.training.evaluate import masked_loss
from playground.training.report import diffusion_bound, next_losses
from playground.training.text import SPECIAL
from tests.training.tale import TALE

MODELS_FOLDER = Path(__file__).parents[2] / "assets" / "models"
LARGEST_FILE, LARGEST_PAIR = 9_400_000, 75_000_000  # bytes: a plain push to a Space works
PARAMETERS, PIECES = 15_253_946, 11_066
CAUSAL_BOUND = 2.60  # nats a piece on the tale: 5 % above the shipped weights' figure
NELBO_BOUND = 2.95
DIFFUSION_BOUNDS = {0.15: 1.22, 0.5: 2.32, 0.85: 5.2}  # share hidden -> nats a hidden piece


@pytest.fixture(scope="module")
def loaded():
    torch.set_num_threads(1)
    networks = {}
    for model, network in zip(MODELS, (BertForMaskedLM, BertLMHeadModel), strict=True):
        networks[model], report = network.from_pretrained(
            MODELS_FOLDER / model, dtype=torch.float32, output_loading_info=True
        )
        assert not any(
            report[key] for key in ("missing_keys", "unexpected_keys", "mismatched_keys")
        )
        networks[model].eval()
    return networks


@pytest.fixture(scope="module")
def tokenizers():
    return {model: AutoTokenizer.from_pretrained(MODELS_FOLDER / model) for model in MODELS}


def tale(tokenizer) -> torch.Tensor:
    return torch.tensor(tokenizer(TALE, add_special_tokens=False)["input_ids"])


def test_files_are_small_enough_for_a_plain_push():
    files = [path for model in MODELS for path in (MODELS_FOLDER / model).iterdir()]
    assert max(path.stat().st_size for path in files) < LARGEST_FILE
    assert sum(path.stat().st_size for path in files) < LARGEST_PAIR


@pytest.mark.parametrize("model", MODELS)
def test_every_weight_is_saved_once_in_half_precision(model):
    folder = MODELS_FOLDER / model
    index = json.loads((folder / "model.safetensors.index.json").read_text())["weight_map"]
    total = 0
    for name in set(index.values()):
        with safe_open(folder / name, "pt") as shard:
            for key in shard.keys():
                assert index[key] == name and shard.get_slice(key).get_dtype() == "F16"
                total += math.prod(shard.get_slice(key).get_shape())
    assert total == PARAMETERS
    assert (folder / "README.md").is_file() and (folder / "curve.csv").is_file()


def test_the_twins_are_one_network_with_two_masks(loaded, tokenizers):
    diffusion, causal = (loaded[model] for model in MODELS)
    assert sum(parameter.numel() for parameter in diffusion.parameters()) == PARAMETERS
    assert {k: v.shape for k, v in diffusion.state_dict().items()} == {
        k: v.shape for k, v in causal.state_dict().items()
    }
    assert causal.config.is_decoder and not diffusion.config.is_decoder
    assert (
        tokenizers[MODELS[0]].get_vocab() == tokenizers[MODELS[1]].get_vocab()
        and len(tokenizers[MODELS[0]]) == PIECES
    )
    assert tokenizers[MODELS[0]].convert_ids_to_tokens(range(5)) == list(SPECIAL)


def test_only_the_causal_tokenizer_begins_a_text(tokenizers):
    diffusion, causal = (tokenizers[model]("The King")["input_ids"] for model in MODELS)
    assert causal == [tokenizers[MODELS[1]].cls_token_id, *diffusion] and len(diffusion) == 2


@pytest.mark.parametrize("model", MODELS)
def test_output_layer_is_tied_to_the_embeddings(loaded, model):
    network = loaded[model]
    assert network.cls.predictions.decoder.weight is network.bert.embeddings.word_embeddings.weight


def test_causal_twin_stays_below_its_bound_on_an_unseen_tale(loaded, tokenizers):
    pieces = tale(tokenizers["fairy-causal"])
    a_piece = next_losses(loaded["fairy-causal"], pieces, length=64, stride=16).mean().item()
    assert a_piece < CAUSAL_BOUND


def test_diffusion_twin_stays_below_its_bounds_on_an_unseen_tale(loaded, tokenizers):
    pieces = tale(tokenizers["fairy-diffusion"])
    for rate, bound in DIFFUSION_BOUNDS.items():
        assert masked_loss(loaded["fairy-diffusion"], pieces, rate, length=64) < bound
    assert diffusion_bound(loaded["fairy-diffusion"], pieces, length=64, draws=8).mean < NELBO_BOUND


def test_causal_twin_sees_nothing_to_its_right_and_its_cache_is_exact(loaded, tokenizers):
    network = loaded["fairy-causal"]
    ids = tale(tokenizers["fairy-causal"])[None, :48]
    with torch.no_grad():
        whole = network(input_ids=ids).logits[0]
        first = network(input_ids=ids[:, :20], use_cache=True)
        rest = network(
            input_ids=ids[:, 20:], past_key_values=first.past_key_values, use_cache=True
        ).logits[0]
    assert torch.allclose(torch.cat([first.logits[0], rest]), whole, atol=2e-4)


def test_diffusion_twin_fills_once_upon_a_time(loaded, tokenizers):
    tokenizer = tokenizers["fairy-diffusion"]
    canvas = tokenizer("once upon a [MASK] there was a king", return_tensors="pt")["input_ids"]
    place = (canvas[0] == tokenizer.mask_token_id).nonzero().item()
    with torch.no_grad():
        logits = loaded["fairy-diffusion"](input_ids=canvas).logits[0, place]
    assert tokenizer.convert_ids_to_tokens(logits.argmax().item()) == "time"
