"""Ours against the library on small networks with random weights: the comparison finds no
difference, and would find one."""

import pytest
import torch

from playground.backend.hf_reference import LibraryModel
from playground.decoding import DecodingSettings
from playground.pages.compare import library as page
from playground.pages.compare.strategies import column_of
from tests.doubles import NetworkCausalModel, tiny_network
from tests.pages.doubles import DoubleBackend

COLUMNS = [
    {"kind": "greedy"},
    {"kind": "greedy", "repetition_penalty": 1.4, "no_repeat_ngram_size": 2},
    {"kind": "sampling", "temperature": 0.7, "top_k": 9},
    {"kind": "sampling", "top_p": 0.8, "min_p": 0.02},
    {"kind": "sampling", "typical_p": 0.7, "repetition_penalty": 1.3},
    {"kind": "beam", "beams": 3},
]


class Backend(DoubleBackend):
    def __init__(self, network):
        super().__init__()
        self.network = network

    def causal(self, name):
        model = NetworkCausalModel(self.network)
        model.next_logits_batch = lambda contexts: [
            model.next_logits(context) for context in contexts
        ]
        return model

    def library(self, name):
        found = LibraryModel.__new__(LibraryModel)
        found.network, found.eos_id = self.network, None
        return found


@pytest.fixture(scope="module")
def backend():
    return Backend(tiny_network("llama", 3))


@pytest.mark.parametrize("column", COLUMNS, ids=str)
def test_no_difference_is_found(backend, column):
    frames = list(
        page.run(
            backend, {"model": "double", "prompt": "abc", "tokens": 12, "seed": 4, "column": column}
        )
    )
    verdict = frames[-1]["verdict"]
    assert (
        verdict["same"]
        and verdict["tokens"] == 12
        and verdict["kind"]
        == {"greedy": "greedy", "sampling": "sampling", "beam": "beam"}[column["kind"]]
    )
    if column["kind"] != "beam":
        assert verdict["same_support"] and verdict["largest"] < 1e-4 and len(verdict["rows"]) == 12


def test_other_settings_would_be_seen(backend):
    model = backend.causal("double")
    theirs, scores = backend.library("double").generate(
        [5, 6], seed=1, do_sample=True, max_new_tokens=6, top_k=9
    )
    assert page.compare_steps(
        model, [5, 6], DecodingSettings(top_k=9, max_new_tokens=6), theirs, scores
    )["same"]
    other = page.compare_steps(
        model, [5, 6], DecodingSettings(top_k=8, max_new_tokens=6), theirs, scores
    )
    assert not other["same"] and not other["same_support"]


def test_the_librarys_draws_leave_the_processs_random_numbers_alone(backend):
    torch.manual_seed(7)
    before = torch.get_rng_state()
    first = backend.library("double").generate([5, 6], seed=1, do_sample=True, max_new_tokens=6)[0]
    assert torch.equal(before, torch.get_rng_state())
    assert (
        first
        == backend.library("double").generate([5, 6], seed=1, do_sample=True, max_new_tokens=6)[0]
    )
    assert (
        len(
            backend.library("double").generate(
                [5, 6], do_sample=False, max_new_tokens=6, should_stop=lambda: True
            )[0]
        )
        == 1
    )


def test_a_rule_that_the_library_does_not_have_gets_a_sentence():
    with pytest.raises(ValueError, match="only rules that transformers' generate has"):
        page.library_settings(column_of({"kind": "sampling", "dry_multiplier": 1.0}, 0, 5, 0))
    assert "top_k=0" in page.call_of(column_of({"kind": "sampling", "temperature": 0.5}, 0, 5, 0))
