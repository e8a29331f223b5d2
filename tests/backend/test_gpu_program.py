"""The program that measures a GPU, tried on the CPU with little of everything: it says what it
found in figures that add up."""

import pytest
import torch

from playground.backend.device import dtype
from playground.paths import ASSETS
from tests.gpu import engine, texts
from tests.gpu.models import Model
from tests.gpu.parity import compared, own_texts
from tests.gpu.sessions import together


def test_the_engine_is_measured_with_one_visitor_and_with_several():
    model = Model(ASSETS / "models" / "fairy-causal", "causal", "")
    found = engine.measure({"fairy-causal": model}, "cpu", small=True)["fairy-causal"]
    for visitors in ("1", "4"):
        figures = found[visitors]
        assert figures["errors"] == [] and figures["p50_ms"] <= figures["p95_ms"]
        assert 0 < figures["network_share"] <= 1
    assert found["bare_loop_tokens_per_second"] > 0 and found["rules_ms"] > 0


def test_a_visitor_who_fails_before_the_others_begin_stops_nobody():
    def visit(number, ready, seconds):
        if number == 0:
            raise ValueError("the first one fails")
        ready()
        seconds.append(1.0)

    figures = together(3, visit)
    assert figures["errors"] == ["ValueError: the first one fails"] and figures["p50_ms"] == 1000


@pytest.mark.parametrize(
    ("first", "second", "place"), [([1, 2], [1, 2], None), ([1, 2], [1, 3], 1), ([1], [1, 2], 1)]
)
def test_where_two_texts_part(first, second, place):
    assert texts.first_difference(first, second) == place


def test_a_network_equals_itself_and_its_half_precision_copy_nearly():
    torch.manual_seed(0)
    from transformers import LlamaConfig, LlamaForCausalLM

    network = LlamaForCausalLM(
        LlamaConfig(
            vocab_size=60,
            hidden_size=32,
            intermediate_size=64,
            num_hidden_layers=1,
            num_attention_heads=2,
            num_key_value_heads=1,
        )
    ).eval()
    written = own_texts(network, "cpu", 1)
    same = compared(network, "cpu", "float32", written)
    assert same == {"largest_difference": 0.0, "equal_argmax": 1.0, "mean_kl_nats": 0.0}
    half = compared(network, "cpu", "bfloat16", written)
    assert 0 < half["largest_difference"] < 0.1 and 0 <= half["mean_kl_nats"] < 0.01


def test_the_number_format_is_float32_unless_it_is_named(monkeypatch):
    monkeypatch.delenv("PLAYGROUND_DTYPE", raising=False)
    assert dtype() == dtype(2_000_000_000) == torch.float32  # on the CPU
    monkeypatch.setenv("PLAYGROUND_DTYPE", "bfloat16")
    assert dtype() == torch.bfloat16
    monkeypatch.setenv("PLAYGROUND_DTYPE", "float16")
    with pytest.raises(ValueError, match="PLAYGROUND_DTYPE must be float32 or bfloat16"):
        dtype()
