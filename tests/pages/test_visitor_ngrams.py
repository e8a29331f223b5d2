"""n-gram models on the Generate page: the visitor's own by a key that nobody can guess, and the
shipped ones."""

import threading

import pytest

from playground.markov import NgramModel
from playground.pages import ngram_models
from playground.pages.generate.figures import recompute_step
from playground.pages.generate.request import RunRequest
from playground.pages.generate.run import write
from tests.pages.doubles import DoubleBackend

TEXT = "a b c a b d a b"


class NoNetworks(DoubleBackend):
    def causal(self, name):
        raise ValueError(f"model {name} is not on offer")

    status = prepare = causal


@pytest.fixture
def backend():
    return ngram_models.WithNgrams(NoNetworks())


def texts(backend, model, prompt, **settings):
    request = RunRequest.read(
        {
            "model": model,
            "prompt": prompt,
            "run": "r",
            "settings": {"max_new_tokens": 8, **settings},
        }
    )
    return [
        frame["piece"]
        for news in write(backend, request, threading.Event())
        for frame in news.get("frames", [])
    ]


def test_the_brown_fox_loops_on_the_generate_page(backend):
    assert "".join(texts(backend, "ngram/fox/1/word", "the brown", do_sample=False)).split()[
        :3
    ] == ["fox", "jumped", "over"]


def test_a_visitor_writes_with_a_model_of_his_own_and_nobody_else_does(backend):
    name = ngram_models.offer("mine", TEXT, NgramModel.fit(TEXT, 2))
    key = ngram_models.keyed(name, "mine")
    assert texts(backend, key, "a b", do_sample=False)
    for stranger in (name, ngram_models.keyed(name, "another"), name + "@0000"):
        with pytest.raises(ValueError, match="does not hold"):
            texts(backend, stranger, "a b")


def test_a_moved_slider_reads_its_step(backend):
    key = ngram_models.keyed(ngram_models.offer("mine", TEXT, NgramModel.fit(TEXT, 2)), "mine")
    ids = ngram_models.causal(key).encode("a b")
    record = recompute_step(
        backend,
        {"model": key, "ids": ids, "prompt_length": 2, "index": 0, "settings": {"top_k": 1}},
    )
    assert {row["text"].strip() for row in record["rows"] if row["final"] > 0} == {
        "c",
        "d",
    }  # once each: top-k keeps ties


def test_an_unknown_word_is_named(backend):
    with pytest.raises(ValueError, match="zebra"):
        texts(backend, "ngram/fox/1/word", "zebra")


def test_other_models_are_the_backends(backend):
    with pytest.raises(ValueError, match="not on offer"):
        backend.causal("smollm2-135m")
