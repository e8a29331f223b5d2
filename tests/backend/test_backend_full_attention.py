"""Qwen3 trained as a masked diffusion model: its own layers under a full mask, against the formulas
written out; no remote code."""

import json

import pytest
import torch
from tokenizers import AddedToken
from transformers import Qwen3Config, Qwen3ForCausalLM

from playground.backend.catalog import Entry
from playground.backend.denoiser import Denoiser
from playground.backend.errors import WeightsRefused
from playground.backend.full_attention import FullQwen3
from playground.backend.loading import Residents, read_network
from playground.diffusion import UnmaskSettings, unmask
from tests.backend.small_models import byte_tokenizer

ROPE = 50_000.0


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A small copy as its authors save it: another model type, code of their own named, the mask
    among the added tokens alone."""
    torch.manual_seed(0)
    where = tmp_path_factory.mktemp("models") / "qwen3-diffusion"
    config = Qwen3Config(
        vocab_size=260,
        hidden_size=32,
        intermediate_size=48,
        num_hidden_layers=2,
        num_attention_heads=4,
        num_key_value_heads=2,
        head_dim=16,
        max_position_embeddings=64,
        tie_word_embeddings=True,
        rope_parameters={"rope_type": "default", "rope_theta": ROPE},
    )
    network = Qwen3ForCausalLM(config)
    with torch.no_grad():
        for name, parameter in network.named_parameters():
            parameter.copy_(
                1 + torch.randn_like(parameter) / 4 if "norm" in name else parameter * 6
            )
    network.save_pretrained(where)
    tokenizer = byte_tokenizer()
    tokenizer.add_tokens([AddedToken("<|mask|>", special=True)], special_tokens=True)
    tokenizer.save_pretrained(where)
    described = json.loads((where / "config.json").read_text())
    described.pop("rope_parameters")
    described |= {
        "model_type": "a2d-qwen3",
        "architectures": ["A2DQwen3LMHeadModel"],
        "auto_map": {"AutoModelForMaskedLM": "modeling_qwen3.A2DQwen3LMHeadModel"},
        "rope_theta": ROPE,  # where files of that time have it
        "rope_scaling": None,
    }
    (where / "config.json").write_text(json.dumps(described))
    return where


def normed(x, weight, epsilon):
    return weight * x / (x.pow(2).mean(-1, keepdim=True) + epsilon).sqrt()


def turned(x):
    """Rotary positions of x (L, H, D)."""
    length, _, size = x.shape
    angle = torch.arange(length).double()[:, None] / ROPE ** (
        torch.arange(0, size, 2).double() / size
    )
    cos, sin = angle.cos()[:, None, :], angle.sin()[:, None, :]
    first, second = x[..., : size // 2], x[..., size // 2 :]
    return torch.cat([first * cos - second * sin, second * cos + first * sin], -1)


def by_hand(network, ids):
    """(L, V): the network's formulas in float64, every place reading every place."""
    config = network.config
    weights = {name: value.double() for name, value in network.state_dict().items()}
    heads, shared, size = (
        config.num_attention_heads,
        config.num_key_value_heads,
        config.head_dim,
    )
    hidden = weights["model.embed_tokens.weight"][ids]
    for number in range(config.num_hidden_layers):
        of = {
            name.removeprefix(f"model.layers.{number}."): value
            for name, value in weights.items()
            if name.startswith(f"model.layers.{number}.")
        }
        x = normed(hidden, of["input_layernorm.weight"], config.rms_norm_eps)
        q, k, v = (
            (x @ of[f"self_attn.{part}_proj.weight"].T).unflatten(-1, (-1, size)) for part in "qkv"
        )
        q = turned(normed(q, of["self_attn.q_norm.weight"], config.rms_norm_eps))
        k = turned(normed(k, of["self_attn.k_norm.weight"], config.rms_norm_eps))
        k, v = (part.repeat_interleave(heads // shared, 1) for part in (k, v))
        scores = torch.einsum("ihd,jhd->hij", q, k) / size**0.5
        read = torch.einsum("hij,jhd->ihd", scores.softmax(-1), v).flatten(1)
        hidden = hidden + read @ of["self_attn.o_proj.weight"].T
        x = normed(hidden, of["post_attention_layernorm.weight"], config.rms_norm_eps)
        gate = torch.nn.functional.silu(x @ of["mlp.gate_proj.weight"].T)
        hidden = hidden + (gate * (x @ of["mlp.up_proj.weight"].T)) @ of["mlp.down_proj.weight"].T
    last = normed(hidden, weights["model.norm.weight"], config.rms_norm_eps)
    return last @ weights["model.embed_tokens.weight"].T


@pytest.fixture()
def model(folder):
    residents = Residents()
    loaded = residents.load(Entry("small-full", "", "denoiser", 1, "none", ()), folder)
    yield loaded.denoiser(), loaded.network
    residents.clear()


def test_the_logits_are_those_of_the_formulas_with_every_place_reading_every_place(model):
    denoiser, network = model
    assert isinstance(denoiser, Denoiser) and type(network) is FullQwen3
    canvas = torch.tensor([[7, denoiser.mask_id, 40, denoiser.mask_id, 99, 12]])
    found = denoiser.logits(canvas)[0]
    expected = by_hand(network, canvas[0])
    assert float(expected.std()) > 0.5  # logits that differ, so that agreeing means something
    assert float((found.double() - expected).abs().max()) < 2e-4
    causal = Qwen3ForCausalLM(network.config).eval()
    causal.load_state_dict(network.state_dict())
    with torch.inference_mode():
        left_to_right = causal(input_ids=canvas).logits[0]
    assert float((found - left_to_right)[0].abs().max()) > 0.1


def test_a_shorter_canvas_in_a_batch_reads_no_padding(model):
    denoiser, network = model
    ids = torch.tensor([[7, 258, 40, 0, 0], [1, 2, 3, 4, 5]])
    seen = torch.tensor([[1, 1, 1, 0, 0], [1, 1, 1, 1, 1]])
    with torch.inference_mode():
        both = network(input_ids=ids, attention_mask=seen).logits
    alone = denoiser.logits(torch.tensor([[7, 258, 40]]))[0]
    assert float((both[0, :3] - alone).abs().max()) < 1e-4 and bool(torch.isfinite(both).all())


def test_it_unmasks_with_the_samplers_of_every_masked_network(model):
    denoiser, _ = model
    canvas = torch.tensor([[7, *[denoiser.mask_id] * 5, 9]])
    *_, last = unmask(denoiser, canvas, UnmaskSettings("llada", 3, seed=1))
    written = last.canvas[0].tolist()
    assert denoiser.mask_id not in written and written[0] == 7 and written[-1] == 9


def test_the_mask_is_found_among_the_added_tokens(model):
    denoiser, _ = model
    assert denoiser.mask_id == 258 and denoiser.encode("a[MASK]b")[1] == 258


def test_other_architectures_that_ask_for_remote_code_are_refused_still(folder, tmp_path):
    for file in folder.iterdir():
        (tmp_path / file.name).write_bytes(file.read_bytes())
    described = json.loads((tmp_path / "config.json").read_text())
    (tmp_path / "config.json").write_text(json.dumps(described | {"model_type": "llada"}))
    with pytest.raises(WeightsRefused, match="remote code"):
        read_network(tmp_path, "denoiser")
    # as a left-to-right model the architecture is nobody's
    with pytest.raises(WeightsRefused):
        read_network(folder, "causal")
