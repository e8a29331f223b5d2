"""Beam search: token for token what transformers finds, brute force on small trees, and a tree that
tells the truth."""

import itertools

import numpy as np
import pytest
import torch

from playground.decoding import DecodingSettings, beam_search, generate
from playground.decoding.search import beam_rounds
from tests.doubles import MarkovCausalModel, NetworkCausalModel, RandomCausalModel, tiny_network

END = 3


def library_beams(network, prompt, beams, length, end, **settings):
    output = network.generate(
        torch.tensor([prompt]),
        attention_mask=torch.ones(1, len(prompt), dtype=torch.long),
        num_beams=beams,
        do_sample=False,
        max_new_tokens=length,
        eos_token_id=end,
        pad_token_id=0,
        num_return_sequences=beams,
        return_dict_in_generate=True,
        output_scores=True,
        **settings,
    )
    found = []
    for ids, score in zip(output.sequences.tolist(), output.sequences_scores.tolist(), strict=True):
        if score < -1e8:  # a place that no finished text took
            continue
        ids = ids[len(prompt) :]
        if end is not None and end in ids:
            ids = ids[: ids.index(end) + 1]
        found.append((ids, score))
    return found


def assert_same(ours, theirs):
    assert [ids for ids, _ in ours] == [ids for ids, _ in theirs]
    np.testing.assert_allclose(
        [score for _, score in ours], [score for _, score in theirs], rtol=3e-6, atol=2e-5
    )


@pytest.mark.parametrize("kind", ["llama", "gpt2"])
@pytest.mark.parametrize("end", [None, END])
def test_equals_the_library_for_every_number_of_beams(kind, end):
    network = tiny_network(kind, 1)
    model = NetworkCausalModel(network, end)
    for beams in range(2, 9):
        for prompt in ([5, 6, 7], [11], [1, 2, 30, 4]):
            assert_same(
                beam_search(model, prompt, beams, 10),
                library_beams(network, prompt, beams, 10, end),
            )


@pytest.mark.parametrize("penalty", [-1.0, 0.0, 0.5, 2.0])
@pytest.mark.parametrize("early", [False, True, "never"])
def test_length_penalty_and_early_stopping_follow_the_library(penalty, early):
    network = tiny_network("llama", 2)
    model = NetworkCausalModel(network, END)
    for beams, prompt in [(2, [5, 9]), (4, [8, 8, 1]), (7, [30])]:
        ours = beam_search(model, prompt, beams, 12, penalty, early_stopping=early)
        assert_same(
            ours,
            library_beams(
                network, prompt, beams, 12, END, length_penalty=penalty, early_stopping=early
            ),
        )


def test_penalties_act_on_the_log_probabilities_as_in_the_library():
    network = tiny_network("gpt2", 3)
    settings = DecodingSettings(repetition_penalty=1.7, no_repeat_ngram_size=2)
    ours = beam_search(NetworkCausalModel(network), [5, 6, 5], 4, 12, settings=settings)
    theirs = library_beams(
        network, [5, 6, 5], 4, 12, None, repetition_penalty=1.7, no_repeat_ngram_size=2
    )
    assert_same(ours, theirs)


def test_one_beam_is_greedy():
    network = tiny_network("llama", 4)
    greedy = network.generate(
        torch.tensor([[5, 6]]),
        do_sample=False,
        max_new_tokens=12,
        eos_token_id=None,
        pad_token_id=0,
    )
    assert beam_search(NetworkCausalModel(network), [5, 6], 1, 12)[0][0] == greedy[0, 2:].tolist()


def test_enough_beams_find_the_best_of_all_texts():
    model = RandomCausalModel(vocab_size=4, seed=5)

    def log_probability(ids):
        total = 0.0
        for place, token in enumerate(ids):
            total += float(
                torch.log_softmax(model.next_logits([1, *ids[:place]]).double(), -1)[token]
            )
        return total

    everything = sorted(
        itertools.product(range(4), repeat=3), key=lambda ids: -log_probability(ids)
    )
    ours = beam_search(model, [1], 16, 3, length_penalty=1.0)
    assert [tuple(ids) for ids, _ in ours] == everything[:16]
    assert ours[0][1] == pytest.approx(log_probability(everything[0]) / 3, abs=1e-6)


def test_the_tree_holds_every_weighed_continuation_with_its_score():
    model = RandomCausalModel(vocab_size=20, seed=6, eos_id=0)
    result = beam_search(model, [1, 2], 3, 6)
    tree = result.tree
    for node in tree.nodes[1:]:
        parent = tree.nodes[node.parent]
        assert node.step == parent.step + 1
        assert node.score == pytest.approx(parent.score + node.log_probability, abs=1e-4)
        assert node.normalised == pytest.approx(node.score / node.step, abs=1e-6)
        assert node.fate in {"open", "pruned", "finished", "discarded", "result"}
        assert parent.fate in {"root", "open"}
    for ids in tree.rounds:
        assert len(ids) == 6
        assert sum(tree.nodes[node].fate == "open" for node in ids) <= 3
    assert [tree.path(node.id) for node in tree.nodes if node.fate == "result"] != []
    assert {tuple(ids) for ids, _ in result} == {
        tuple(tree.path(n.id)) for n in tree.nodes if n.fate == "result"
    }


def test_rounds_come_one_by_one_and_can_be_stopped():
    asked = iter([False, False, True])
    seen = list(beam_rounds(RandomCausalModel(seed=7), [1], 2, 10, should_stop=lambda: next(asked)))
    assert len(seen) == 3 and seen[-1].finish == "stopped"
    assert all(len(ids) == 2 for ids, _ in seen[-1])


def test_context_limit_ends_the_search():
    result = beam_search(RandomCausalModel(seed=8, context_length=6), [1, 2, 3], 2, 10)
    assert result.finish == "context" and all(len(ids) == 3 for ids, _ in result)


@pytest.mark.parametrize("beams", [0, 65])
def test_bad_number_of_beams_is_named(beams):
    with pytest.raises(ValueError, match=rf"num_beams must be in \[1, 64\], got {beams}"):
        beam_search(MarkovCausalModel([[1.0]]), [0], beams, 3)


PENALTIES = [
    {"repetition_penalty": 1.3},
    {"repetition_penalty": 0.7},
    {"no_repeat_ngram_size": 2},
    {"repetition_penalty": 1.6, "no_repeat_ngram_size": 3},
]


@pytest.mark.parametrize("kind", ["llama", "gpt2"])
@pytest.mark.parametrize("end", [None, END])
@pytest.mark.parametrize("penalty", PENALTIES, ids=str)
def test_one_beam_with_a_penalty_is_the_librarys_greedy_over_raw_logits(kind, end, penalty):
    for seed in range(4):
        network = tiny_network(kind, seed)
        model = NetworkCausalModel(network, end)
        for prompt in ([5, 6, 7], [11], [1, 2, 30, 4, 1, 2]):
            found = network.generate(
                torch.tensor([prompt]),
                attention_mask=torch.ones(1, len(prompt), dtype=torch.long),
                num_beams=1,
                do_sample=False,
                max_new_tokens=14,
                eos_token_id=end,
                pad_token_id=0,
                **penalty,
            )
            theirs = found[0, len(prompt) :].tolist()
            for early_stopping in (False, "never"):
                rules = DecodingSettings(**penalty)
                ours = beam_search(model, prompt, 1, 14, 2.0, early_stopping, rules)
                assert [ids for ids, _ in ours] == [theirs]


@pytest.mark.parametrize(
    "penalty", [*PENALTIES[:3], {"presence_penalty": 2.0}, {"frequency_penalty": 1.5}], ids=str
)
def test_one_beam_is_what_greedy_writes_here(penalty):
    model = RandomCausalModel(vocab_size=12, eos_id=3)
    rules = DecodingSettings(do_sample=False, max_new_tokens=20, **penalty)
    for prompt in ([1, 2], [5], [7, 7, 8]):
        greedy = [step.token_id for step in generate(model, prompt, rules)]
        assert beam_search(model, prompt, 1, 20, settings=rules)[0][0] == greedy


@pytest.mark.parametrize("beams", [2, 3, 5, 8])
@pytest.mark.parametrize("length", [1, 2, 4])
def test_fewer_continuations_than_beams_give_each_text_once(beams, length):
    """A coin has 2, 4, 16 texts; brute force over all of them is the truth, and nothing else is
    returned."""
    model = MarkovCausalModel([[0.7, 0.3], [0.4, 0.6]])
    found = beam_search(model, [0], beams, length)
    texts = list(itertools.product([0, 1], repeat=length))
    assert len({tuple(ids) for ids, _ in found}) == len(found) == min(beams, len(texts))
    assert all(-50 < score < 0 for _, score in found)
    assert all(-50 < node.score <= 0 for node in found.tree.nodes)
    if beams >= len(texts):
        truth = {
            text: sum(
                float(model.log_transition[before, token])
                for before, token in itertools.pairwise([0, *text])
            )
            / length
            for text in texts
        }
        assert dict((tuple(ids), score) for ids, score in found) == pytest.approx(truth)


def test_a_forbidden_token_is_no_continuation():
    model = MarkovCausalModel([[0.0, 1.0, 0.0], [0.5, 0.0, 0.5], [1.0, 0.0, 0.0]], eos_id=2)
    found = beam_search(model, [0], 4, 5)
    assert sorted(ids for ids, _ in found) == [[1, 0, 1, 0, 1], [1, 0, 1, 2], [1, 2]]
    assert all(np.isfinite(node.score) for node in found.tree.nodes)


@pytest.mark.parametrize("penalty", [1e308, -1e308, 6, float("nan"), float("inf")])
def test_a_length_penalty_beyond_float32_is_refused_by_name(penalty):
    with pytest.raises(ValueError, match=r"length_penalty must be in \[-5, 5\], got"):
        beam_search(MarkovCausalModel([[0.7, 0.3], [0.4, 0.6]]), [0], 2, 3, penalty)
