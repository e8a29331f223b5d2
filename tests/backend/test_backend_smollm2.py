"""The real small model: fetched, converted, and writing exactly what transformers' own generate
writes."""

import pytest
import torch

PROMPTS = [
    "Once upon a time",
    "The future of artificial intelligence is",
    "The capital of California is",
    "I think that I think that",
    "def fibonacci(n):",
    "Dear Sir or Madam,",
    "1, 2, 3, 4,",
    "Der Himmel ist",
    "“Stop!” she cried —",
    "😀 means",
]

pytestmark = pytest.mark.smollm2


@pytest.fixture(scope="module")
def network(smollm2):
    """transformers' own network over the same weights, with its own attention and cache."""
    from playground.backend.loading import read_network

    loaded = smollm2.residents.get("smollm2-135m")
    folder = loaded.network.config._name_or_path
    from pathlib import Path

    return read_network(Path(folder), "causal", packed=False)[0]


@pytest.mark.parametrize("prompt", PROMPTS)
def test_greedy_text_equals_generate_token_for_token(smollm2, network, prompt):
    with smollm2.causal("smollm2-135m") as model:
        ids = model.encode(prompt)
        theirs = network.generate(
            torch.tensor([ids]), do_sample=False, max_new_tokens=12, pad_token_id=2
        )[0].tolist()
        while len(ids) < len(theirs):
            ids.append(int(model.next_logits(ids).argmax()))
    assert ids == theirs


def test_the_model_is_whole(smollm2):
    model = smollm2.causal("smollm2-135m")
    assert (model.vocab_size, model.eos_id, model.adds_bos, model.has_chat_template) == (
        49_152,
        2,
        False,
        True,
    )
    assert model.decode(model.encode("Once upon a time, né 😀")) == "Once upon a time, né 😀"
    assert "".join(model.piece(i) for i in model.encode("Hello world")) == "Hello world"
    chat = model.encode("Hi", chat=True)
    assert model.codec.decode(chat, skip_special=False).endswith(
        "<|im_start|>user\nHi<|im_end|>\n<|im_start|>assistant\n"
    )


def test_a_batch_with_others_changes_no_logit_by_more_than_a_ten_thousandth(smollm2, network):
    import threading

    texts = {}
    with smollm2.causal("smollm2-135m") as model:
        lines = [model.encode(prompt) for prompt in PROMPTS[:6]]

    def visit(seed):
        with smollm2.causal("smollm2-135m") as model:
            texts[seed] = model.next_logits(lines[seed])

    threads = [threading.Thread(target=visit, args=(seed,)) for seed in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for seed, ids in enumerate(lines):
        expected = network(torch.tensor([ids])).logits[0, -1]
        torch.testing.assert_close(texts[seed], expected, atol=1e-4, rtol=1e-5)
