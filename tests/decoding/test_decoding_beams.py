"""Beam search on the real models: every text and score that transformers' own generate returns, for
a list of prompts, beams and penalties.

The whole grid (every prompt with every number of beams and every penalty) is a program: `python -m
tests.decoding.test_decoding_beams MODEL`.
"""

import sys

import pytest
import torch

from playground.decoding import beam_search
from playground.decoding.together import Together

TALES = [
    "once upon a time there was a king who had",
    "the bird sang, and",
    "in the forest there lived a",
    "the princess was so beautiful that",
    "then he said",
    "the fisherman",
    "he ran and ran and",
    "the old woman said to him,",
]
GENERAL = [
    "Once upon a time",
    "The capital of California is",
    "def fibonacci(n):",
    "1, 2, 3, 4,",
    "Dear Sir,",
    "The sea was",
]
PENALTIES = (1.0, 0.0, 2.0, -1.0)
PROMPTS = {"fairy-causal": TALES, "smollm2-135m": GENERAL}


def theirs(library, ids, beams, tokens, penalty):
    """[(ids, score)] of generate(num_beams=..., num_return_sequences=num_beams), best first; the
    padding behind an end cut off."""
    end = library.eos_id
    found = library.network.generate(
        torch.tensor([ids]),
        attention_mask=torch.ones(1, len(ids), dtype=torch.long),
        num_beams=beams,
        num_return_sequences=beams,
        do_sample=False,
        max_new_tokens=tokens,
        length_penalty=penalty,
        eos_token_id=end,
        pad_token_id=end,
        return_dict_in_generate=True,
        output_scores=True,
    )
    texts = [row[len(ids) :] for row in found.sequences.tolist()]
    texts = [text[: text.index(end) + 1] if end in text else text for text in texts]
    if beams == 1:
        return [(texts[0], None)]
    return [
        (text, score)
        for text, score in zip(texts, found.sequences_scores.tolist(), strict=True)
        if score > -1e8
    ]


def differences(backend, library, name, prompt, beams, tokens, penalty):
    """What differs, as a sentence; "" where nothing does."""
    together = Together([backend.causal(name) for _ in range(beams)])
    try:
        ids = list(together.encode(prompt))
        ours = beam_search(together, ids, beams, tokens, penalty)
    finally:
        together.close()
    want = theirs(library, ids, beams, tokens, penalty)
    if [text for text, _ in ours] != [text for text, _ in want]:
        return f"{prompt!r}, {beams} beams, penalty {penalty}: {[text for text, _ in ours]} instead of {[text for text, _ in want]}"
    pairs = [
        (one, other) for (_, one), (_, other) in zip(ours, want, strict=True) if other is not None
    ]
    far = [
        f"{one} instead of {other}"
        for one, other in pairs
        if abs(one - other) > 2e-5 + 1e-5 * abs(other)
    ]  # sums of float32 in another order
    return f"{prompt!r}, {beams} beams, penalty {penalty}: scores {'; '.join(far)}" if far else ""


@pytest.fixture(scope="module")
def shipped():
    from playground.backend import get_backend

    backend = get_backend()
    return backend, backend.library("fairy-causal")


@pytest.mark.parametrize("beams", range(1, 9))
def test_the_shipped_model_gives_the_librarys_beams(shipped, beams):
    """Each number of beams with three prompts and penalties; every prompt comes up with three
    numbers of beams."""
    backend, library = shipped
    for place in range(3):
        prompt, penalty = (
            TALES[(beams + 2 * place) % len(TALES)],
            PENALTIES[(beams // 2 + place) % len(PENALTIES)],
        )
        assert differences(backend, library, "fairy-causal", prompt, beams, 12, penalty) == ""


def test_a_text_that_ends_early_is_scored_as_the_library_scores_it(shipped):
    """Beside a prompt that soon meets its end of text the length penalty decides between texts of
    different lengths."""
    backend, library = shipped
    for penalty in PENALTIES:
        assert (
            differences(
                backend,
                library,
                "fairy-causal",
                "and they lived happily ever after",
                4,
                16,
                penalty,
            )
            == ""
        )


@pytest.mark.smollm2
def test_smollm2_gives_the_librarys_beams():
    from playground.backend import get_backend

    backend = get_backend()
    try:
        library = backend.library("smollm2-135m")
    except Exception as error:
        pytest.skip(f"SmolLM2 cannot be had here: {error}")
    for prompt, beams, penalty in zip(GENERAL[:3], (8, 3, 1), PENALTIES[:3], strict=True):
        assert differences(backend, library, "smollm2-135m", prompt, beams, 5, penalty) == ""


def main(name: str = "fairy-causal", tokens: str = "16") -> None:
    from playground.backend import get_backend

    backend = get_backend()
    library, compared, wrong = backend.library(name), 0, []
    for prompt in PROMPTS[name]:
        for beams in range(1, 9):
            for penalty in PENALTIES:
                said = differences(backend, library, name, prompt, beams, int(tokens), penalty)
                compared += 1
                wrong += [said] * bool(said)
        print(
            f"{name}: {compared} searches of {tokens} tokens compared, {len(wrong)} differ",
            flush=True,
        )
    print("\n".join(wrong) or "none differs")
    backend.close()


if __name__ == "__main__":
    main(*sys.argv[1:])
