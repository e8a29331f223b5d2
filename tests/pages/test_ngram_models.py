"""n-gram models of a visitor: his own, bounded, usable where networks are."""

from __future__ import annotations

import numpy as np
import pytest

from playground.decoding import DecodingSettings, generate
from playground.markov.ngram import NgramModel
from playground.pages import ngram_models

TEXT = "a rose is a rose is a rose and a thorn is a thorn"


def test_a_visitors_model_is_his_alone():
    name = ngram_models.offer("anna", TEXT, NgramModel.fit(TEXT, 2))
    assert name in [one for _, one in ngram_models.choices("anna")]
    assert name not in [one for _, one in ngram_models.choices("bert")]
    assert ngram_models.causal(name, "anna").order == 2
    with pytest.raises(ValueError, match="text that this server does not hold"):
        ngram_models.causal(name, "bert")


def test_a_visitor_keeps_four_and_the_oldest_goes():
    names = [
        ngram_models.offer("clara", f"{TEXT} {number}", NgramModel.fit(f"{TEXT} {number}", 1))
        for number in range(6)
    ]
    held = [one for _, one in ngram_models.choices("clara")]
    assert [name in held for name in names] == [False, False, True, True, True, True]


def test_the_shipped_fox_can_be_made_anywhere():
    model = ngram_models.causal("ngram/fox/3/word")
    steps = generate(
        model, model.encode("the brown fox"), DecodingSettings(max_new_tokens=3, do_sample=False)
    )
    assert model.decode([step.token_id for step in steps]) == "jumped over the"


def test_a_model_is_also_an_exact_denoiser():
    denoiser = ngram_models.denoiser("ngram/fox/1/word")
    the, fox = denoiser.encode("the fox")
    import torch

    canvas = torch.tensor([[the, denoiser.mask_id, fox]])
    middle = torch.softmax(denoiser.logits(canvas)[0, 1].double(), 0)
    assert denoiser.decode([int(middle.argmax())]) == "brown" and float(
        middle.max()
    ) == pytest.approx(1)


@pytest.mark.parametrize(
    "name",
    [
        "ngram/fox/9/word",
        "ngram/fox/1/byte",
        "ngram/fox",
        "fairy-causal",
        None,
        "ngram/fox/12/word",
    ],
)
def test_a_bad_name_is_refused(name):
    with pytest.raises(ValueError, match="model must be the name of an n-gram model"):
        ngram_models.causal(name)


def test_names_of_the_catalogue_are_not_taken_for_ngrams():
    assert (
        ngram_models.knows("ngram/fox/1/word")
        and not ngram_models.knows("fairy-causal")
        and not ngram_models.knows(None)
    )


def test_counts_are_the_texts_own():
    model = ngram_models.causal(ngram_models.offer("dora", TEXT, NgramModel.fit(TEXT, 1)), "dora")
    probabilities = np.exp(model.next_logits(model.encode("a")).numpy())
    assert probabilities[model.encode("rose")[0]] == pytest.approx(
        3 / 5
    ) and probabilities.sum() == pytest.approx(1)
