"""n-gram models against counting with dictionaries; as causal models; as chains; greedy cycles;
copied spans."""

import collections
import itertools
import json
import math
import random

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from playground.markov import NgramModel
from playground.markov.counts import count_contexts, pack
from playground.markov.presets import BROWN_FOX, brown_fox
from playground.markov.spans import copied_spans


def counted(ids, order):
    table = collections.defaultdict(collections.Counter)
    for start in range(len(ids) - order):
        table[tuple(ids[start : start + order])][ids[start + order]] += 1
    return table


@settings(max_examples=80, deadline=None)
@given(
    st.text(alphabet="ab c\u00e9\U0001f98a", min_size=6, max_size=80),
    st.integers(1, 5),
    st.sampled_from(["word", "character"]),
    st.sampled_from(["end", "wrap"]),
)
def test_counts_agree_with_a_dictionary(text, order, unit, ending):
    pieces = text.split() if unit == "word" else list(text)
    if len(pieces) <= order:
        with pytest.raises(ValueError, match=f"more than {order}"):
            NgramModel.fit(text, order, unit, ending=ending)
        return
    model = NgramModel.fit(text, order, unit, ending=ending)
    assert [model.tokens[number] for number in model.numbers] == pieces
    assert list(dict.fromkeys(pieces)) == list(
        model.tokens[: model.eos_id]
    )  # numbered by first appearance
    for size in range(order + 1):
        table, truth = model.table(size), counted(model.numbers.tolist(), size)
        assert [tuple(row) for row in table.contexts.tolist()] == sorted(truth)
        for row, context in enumerate(sorted(truth)):
            tokens, counts = table.successors(row)
            assert dict(zip(tokens.tolist(), counts.tolist(), strict=True)) == truth[context]
            assert table.find(context) == row
        assert table.find([10_000] * size) == (-1 if size else 0)
    assert model.encode(text) == model.numbers.tolist()
    assert model.decode(model.numbers) == (" ".join(pieces) if unit == "word" else text)


def test_vocabularies_too_large_for_one_key_are_ranked_on_the_way():
    generator = np.random.default_rng(0)
    numbers = generator.integers(0, 50_000, 3_000)
    numbers[1_500:] = numbers[:1_500]  # repeated contexts
    rows = np.lib.stride_tricks.sliding_window_view(numbers, 6)
    assert (np.argsort(pack(rows, 50_000), kind="stable") == np.lexsort(rows.T[::-1])).all()
    table, truth = (
        count_contexts(numbers.astype(np.int32), 50_000, 5),
        counted(numbers.tolist(), 5),
    )
    assert [tuple(row) for row in table.contexts.tolist()] == sorted(truth)
    assert table.counts.sum() == 2_995 and table.totals.max() == 2


@pytest.mark.parametrize("smoothing", ["none", "add-k", "backoff"])
@pytest.mark.parametrize("ending", ["end", "wrap"])
@pytest.mark.parametrize("order", [1, 3])
def test_it_is_a_causal_model(order, ending, smoothing):
    model = NgramModel.fit(BROWN_FOX, order, smoothing=smoothing, ending=ending, k=0.5)
    assert model.vocab_size == 11 + (ending == "end") and model.eos_id == (
        11 if ending == "end" else None
    )
    for ids in (
        [],
        [0],
        model.encode("the brown"),
        model.encode("fox fox fox fox"),
        model.numbers.tolist(),
    ):
        logits = model.next_logits(ids)
        assert logits.dtype == torch.float32 and logits.shape == (model.vocab_size,)
        assert not logits.isnan().any() and logits.exp().sum().item() == pytest.approx(1, abs=1e-5)
        assert (logits > -math.inf).all() or smoothing == "none"
    ids = model.encode("the brown fox which")
    along = model.logits_along(ids)
    assert along.shape == (4, model.vocab_size) and model.logits_along([]).shape == (
        0,
        model.vocab_size,
    )
    for end in range(1, 5):
        assert torch.equal(along[end - 1], model.next_logits(ids[:end]))
    states = model.hidden_states(model.numbers.tolist())
    assert (
        states.shape == (len(model.numbers), 32 * order) and model.hidden_states([]).shape[0] == 0
    )
    if order == 1:
        assert torch.equal(states[1], states[10]) and not torch.equal(
            states[0], states[1]
        )  # brown, brown; the, brown
    model.close()


def test_probabilities_by_hand():
    model = NgramModel.fit("a b a b a c", 1)
    assert model.next_probabilities([0]).tolist() == [
        0,
        2 / 3,
        1 / 3,
        0,
    ] and model.next_probabilities([2]).tolist() == [0, 0, 0, 1]
    assert model.next_probabilities([]).tolist() == [
        3 / 6,
        2 / 6,
        1 / 6,
        0,
    ]  # nothing before: the words themselves
    smoothed = NgramModel.fit("a b a b a c", 1, smoothing="add-k", k=2)
    np.testing.assert_allclose(smoothed.next_probabilities([0]), np.array([2, 4, 3, 2]) / 11)
    np.testing.assert_allclose(smoothed.next_probabilities([2]), 1 / 4)
    backoff = NgramModel.fit("a b a b a c", 1, smoothing="backoff")
    lower = (np.array([3, 2, 1, 0]) + 3 * 1 / 4) / (6 + 3)  # Witten-Bell: 3 kinds among 6 words
    np.testing.assert_allclose(backoff.next_probabilities([2]), lower)
    np.testing.assert_allclose(
        backoff.next_probabilities([0]), (np.array([0, 2, 1, 0]) + 2 * lower) / (3 + 2)
    )


def test_a_context_without_successor_ends_or_wraps_as_chosen():
    ends, wraps = brown_fox(1, "end"), brown_fox(1, "wrap")
    sleeping = ends.encode("sleeping")
    assert (
        ends.successors(sleeping)[0].tolist() == [ends.eos_id]
        and ends.successors(sleeping)[2] == "end"
    )
    assert wraps.decode(wraps.successors(sleeping)[0]) == "the"
    last = list(ends.generate(ends.encode("which is"), 50, greedy=True))
    assert [record["text"] for record in last] == ["sleeping", ""] and last[-1][
        "token_id"
    ] == ends.eos_id
    # a context that never occurred goes on with the text's beginning, not with its first word for
    # ever
    third = brown_fox(3, "wrap")
    produced = [
        record["text"] for record in third.generate(third.encode("dog dog dog"), 6, greedy=True)
    ]
    assert produced == ["the", "brown", "fox", "jumped", "over", "the"]


@pytest.mark.parametrize("smoothing", ["none", "add-k", "backoff"])
@pytest.mark.parametrize("text", ["a b a", "a b c a b", "b a a b", "a a a", "a b a c", "c a b c b"])
@pytest.mark.parametrize("order", [1, 2])
def test_beginning_again_counts_nothing_that_the_text_does_not_hold(text, order, smoothing):
    """A context with a successor goes on as the text does; the last one, where nothing follows,
    with the beginning."""
    wraps, ends = (
        NgramModel.fit(text, order, smoothing=smoothing, k=1e-9, ending=ending)
        for ending in ("wrap", "end")
    )
    numbers = wraps.numbers.tolist()
    seen = {tuple(numbers[at : at + order]) for at in range(len(numbers) - order)}
    for context in seen:
        assert wraps.successors(context)[2] == ends.successors(context)[2] == "context"
        assert wraps.successors(context)[0].tolist() == ends.successors(context)[0].tolist()
        assert wraps.successors(context)[1].tolist() == ends.successors(context)[1].tolist()
    final = numbers[-order:]
    if tuple(final) not in seen:
        tokens, counts, source = wraps.successors(final)
        assert (tokens.tolist(), counts.tolist(), source) == ([numbers[0]], [1], "wrap")
    if text == "a b a" and order == 1 and smoothing != "backoff":
        np.testing.assert_allclose(wraps.next_probabilities([0]), [0, 1], atol=1e-8)


@pytest.mark.parametrize("text", ["a\r\nb\r\n", "a\rb\r", "a\nb\n"])
def test_characters_of_a_file_from_any_system_have_one_line_end(text):
    model = NgramModel.fit(text, 1, "character", ending="wrap")
    assert model.tokens == ("a", "\n", "b") and model.encode("b\r\na") == [2, 1, 0]


def test_the_brown_fox_loops_greedily_through_a_tie_that_is_shown():
    model = brown_fox(1)
    loop = model.greedy_cycle(model.encode("the"))
    assert (
        model.decode(loop["cycle"]) == "brown fox jumped over the"
        and loop["tail"] == []
        and not loop["ended"]
    )
    assert [[model.tokens[number] for number in tie["tokens"]] for tie in loop["ties"]] == [
        ["jumped", "which"]
    ]
    steps = list(model.generate(model.encode("the"), 12, greedy=True))
    assert [step["text"] for step in steps[:5]] == [step["text"] for step in steps[5:10]]
    assert (
        steps[2]["ties"] == model.encode("jumped which")
        and steps[2]["u"] is None
        and steps[2]["probability"] == 0.5
    )
    assert steps[0]["candidates"][0] == {"id": 1, "text": "brown", "probability": 2 / 3}
    sampled = [
        model.decode([step["token_id"] for step in model.generate(model.encode("the"), 60, seed)])
        for seed in range(8)
    ]
    assert any("sleeping" in text for text in sampled)  # sampling leaves the loop
    second = brown_fox(2)
    assert len(second.greedy_cycle()["cycle"]) == 9  # order 2: "the lazy" is reached too
    assert brown_fox(1).greedy_cycle(model.encode("which"))["ended"]
    assert model.greedy_cycle(model.encode("the"), limit=3)["cycle"] == []


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10_000), st.integers(1, 3))
def test_a_reported_cycle_is_what_greedy_generation_repeats(seed, order):
    rng = random.Random(seed)
    model = NgramModel.fit(" ".join(rng.choice("abcd") for _ in range(40)), order)
    start = model.numbers[:order].tolist()
    loop = model.greedy_cycle(start)
    produced = [step["token_id"] for step in model.generate(start, 200, greedy=True)]
    if loop["ended"]:
        assert produced == [*loop["tail"], model.eos_id]
    else:
        laps = itertools.islice(itertools.cycle(loop["cycle"]), 200 - len(loop["tail"]))
        assert produced == loop["tail"] + list(laps)


def test_sampling_follows_the_counts_and_each_step_its_own_draw():
    model = NgramModel.fit("a b a b a c a", 1, ending="wrap")
    steps = list(model.generate([0], 20_000, seed=1))
    after_a = [step["text"] for before, step in itertools.pairwise(steps) if before["text"] == "a"]
    assert after_a.count("b") / len(after_a) == pytest.approx(
        2 / 3, abs=0.02
    )  # a is followed by b, b and c: something follows it, so the last a adds nothing
    assert list(model.generate([0], 30, seed=1)) == steps[:30]
    assert json.loads(json.dumps(steps[:5], allow_nan=False)) == steps[:5]
    for step in steps[:50]:
        assert step["probability"] == step["count"] / step["total"] and 0 <= step["u"] < 1


@pytest.mark.parametrize(
    "order, ending", [(1, "end"), (1, "wrap"), (2, "end"), (3, "wrap"), (4, "end")]
)
def test_the_context_chain_is_the_model(order, ending):
    rng = random.Random(order)
    model = NgramModel.fit(
        " ".join(rng.choice("abc") for _ in range(60)) + " d", order, ending=ending
    )
    chain = model.context_chain()
    assert chain.initial.sum() == pytest.approx(1) and (chain.initial >= 0).all()
    lengths = np.diff(chain.offsets)
    np.testing.assert_allclose(np.add.reduceat(chain.probability, chain.offsets[:-1]), 1)
    source = np.repeat(np.arange(len(lengths)), lengths)
    for edge in range(len(chain.tokens)):
        context, token = chain.contexts[source[edge]].tolist(), int(chain.tokens[edge])
        assert chain.probability[edge] == pytest.approx(model.next_probabilities(context)[token])
        following = chain.contexts[chain.next_context[edge]].tolist()
        assert following == (
            [model.eos_id] * order if token == model.eos_id else [*context[1:], token]
        )
    if ending == "wrap":  # around the circle the shares of the contexts are stationary
        after = np.zeros(len(lengths))
        np.add.at(after, chain.next_context, chain.initial[source] * chain.probability)
        np.testing.assert_allclose(after, chain.initial)
    windows = collections.Counter(
        tuple(model.numbers[start : start + order].tolist())
        for start in range(len(model.numbers) - order + 1)
    )
    if ending == "end":
        shares = {
            tuple(context): share
            for context, share in zip(chain.contexts.tolist(), chain.initial, strict=True)
            if share
        }
        assert shares == pytest.approx(
            {context: count / windows.total() for context, count in windows.items()}
        )


def test_order_one_is_a_dense_chain_and_others_are_not():
    chain = brown_fox(1).markov_chain()
    assert chain.states[:3] == ("the", "brown", "fox") and chain.transition[2].max() == 0.5
    np.testing.assert_allclose(chain.transition[-1], np.eye(12)[-1])  # the end stays
    assert NgramModel.fit(BROWN_FOX, 1, smoothing="backoff").markov_chain().transition.min() > 0
    with pytest.raises(ValueError, match="order 1"):
        brown_fox(2).markov_chain()
    with pytest.raises(ValueError, match="smoothing must be 'none'"):
        NgramModel.fit(BROWN_FOX, 1, smoothing="add-k").context_chain()


@pytest.mark.parametrize(
    "arguments, words",
    [
        (("", 1), "more than 1 words for order 1, got 0"),
        (("one", 1), "got 1"),
        (("a b c", 0), "order must be"),
        (("a b c", 6), "from 1 to 5"),
        ((b"bytes", 1), "text must be a string"),
        (("a b c", 1, "letter"), "unit must be one of word, character, got 'letter'"),
        (("a b c", 1, "word", "kneser"), "smoothing must be one of"),
        (("a b c", 1, "word", "add-k", 0), "k must be a positive number, got 0"),
        (("a b c", 1, "word", "none", 1, "stop"), "ending must be one of end, wrap"),
        (("\u00e9" * 2_600_000, 1), "5,200,000"),
    ],
)
def test_bad_input_is_refused(arguments, words):
    with pytest.raises(ValueError) as error:
        NgramModel.fit(*arguments)
    assert words in str(error.value)


def test_unknown_words_are_named_and_hostile_text_is_text():
    with pytest.raises(ValueError, match="'zebra'"):
        brown_fox().encode("the zebra")
    hostile = "<script>alert(1)</script> \u202e \u200b {x} <b> \ud800 <script>alert(1)</script> <b>"
    for unit in ("word", "character"):
        model = NgramModel.fit(hostile, 1, unit)
        assert model.decode(model.encode(hostile)) == (
            " ".join(hostile.split()) if unit == "word" else hostile
        )


def test_megabytes_fit():
    rng = np.random.default_rng(0)
    words = [f"w{number}" for number in range(5_000)]
    text = " ".join(words[number] for number in np.minimum(rng.zipf(1.2, 100_000), 5_000) - 1)
    for order, unit in ((5, "word"), (4, "character")):
        model = NgramModel.fit(text, order, unit)
        assert model.table(order).counts.sum() == len(model.numbers) - order


# copied spans
# --------------------------------------------------------------------------------------------------


@settings(max_examples=80, deadline=None)
@given(st.lists(st.integers(0, 3), max_size=30), st.lists(st.integers(0, 2), max_size=40))
def test_spans_are_the_longest_copies_from_the_left(generated, source):
    def occurs(piece):
        return [
            start
            for start in range(len(source) - len(piece) + 1)
            if source[start : start + len(piece)] == piece
        ]

    spans = copied_spans(generated, source, minimum=1)
    position = 0
    for span in spans:
        assert span["start"] >= position
        assert all(not occurs([token]) for token in generated[position : span["start"]])
        found = occurs(generated[span["start"] : span["end"]])
        assert span["source_start"] == found[0] and span["occurrences"] == len(found)
        assert span["end"] == len(generated) or not occurs(
            generated[span["start"] : span["end"] + 1]
        )
        position = span["end"]
    assert all(not occurs([token]) for token in generated[position:])
    assert copied_spans(generated, source, 3) == [
        span for span in spans if span["end"] - span["start"] >= 3
    ]


def test_a_sample_of_order_n_copies_at_least_n_tokens_at_every_place():
    model = brown_fox(2)
    ids = [0, 1] + [
        step["token_id"]
        for step in model.generate([0, 1], 40, seed=3)
        if step["token_id"] != model.eos_id
    ]
    assert all(span["end"] - span["start"] >= 3 for span in copied_spans(ids, model.numbers)[:-1])
    with pytest.raises(ValueError, match="minimum"):
        copied_spans([1], [1], 0)
