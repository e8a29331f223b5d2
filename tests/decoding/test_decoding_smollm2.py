"""On the real model: greedy text and beams equal to transformers' own, token for token."""

import pytest
import torch

from playground.decoding import DecodingSettings, beam_search, generate

pytestmark = pytest.mark.smollm2

PROMPTS = [
    "Once upon a time",
    "The future of artificial intelligence is",
    "The capital of California is",
    "def fibonacci(n):",
    "I went to the market and bought",
    "1, 2, 3, 4,",
    "The sea was",
    "Question: why is the sky blue?\nAnswer:",
    "Dear Sir,",
    "Das Wetter ist",
]


@pytest.fixture(scope="module")
def pair():
    """(our session, transformers' network with the same weights)."""
    from transformers import AutoModelForCausalLM

    from playground.backend import get_backend
    from playground.backend.weights import cache_folder

    try:
        model = get_backend().causal("smollm2-135m")
    except Exception as error:
        pytest.skip(f"SmolLM2 cannot be had here: {error}")
    network = AutoModelForCausalLM.from_pretrained(
        cache_folder() / "models" / "smollm2-135m", dtype=torch.float32
    ).eval()
    yield model, network
    model.close()


def library(network, ids, length, **settings):
    output = network.generate(
        torch.tensor([ids]),
        attention_mask=torch.ones(1, len(ids), dtype=torch.long),
        do_sample=False,
        max_new_tokens=length,
        pad_token_id=0,
        **settings,
    )
    return output[0, len(ids) :].tolist()


def test_greedy_text_equals_the_library_for_ten_prompts(pair):
    model, network = pair
    for prompt in PROMPTS:
        ids = model.encode(prompt)
        ours = [
            step.token_id
            for step in generate(model, ids, DecodingSettings(do_sample=False, max_new_tokens=12))
        ]
        assert ours == library(network, ids, 12), prompt


def test_beams_equal_the_library(pair):
    model, network = pair
    for prompt, beams in zip(PROMPTS[:3], (2, 3, 4), strict=True):
        ids = model.encode(prompt)
        ours = beam_search(model, ids, beams, 6)[0][0]
        assert ours == library(network, ids, 6, num_beams=beams)[: len(ours)], prompt
