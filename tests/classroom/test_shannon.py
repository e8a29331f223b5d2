"""Shannon's game where everything can be enumerated: a text played by the n-gram that it is the
source of."""

import math
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from playground.classroom import shannon
from playground.classroom.questions.game import ShannonGame
from playground.markov.ngram import NgramModel

WORDS = np.random.default_rng(3).choice(["a", "b", "c", "d"], 240, p=[0.55, 0.25, 0.15, 0.05])
SOURCE = " ".join([*WORDS, WORDS[0]])  # round, so that each word is followed by one
MODEL = NgramModel.fit(SOURCE, 1, ending="wrap")


def enumerated():
    """(q, H) of the n-gram as a source: contexts as often as they stand in the text, each with its
    own order of guesses."""
    counts = np.zeros((4, 4))
    for here, after in pairwise(MODEL.numbers):
        counts[here, after] += 1
    ordered = -np.sort(-counts, axis=1)
    p = counts / counts.sum(axis=1, keepdims=True)
    bits = -np.where(p > 0, p * np.log2(np.where(p > 0, p, 1)), 0).sum(axis=1)
    return ordered.sum(axis=0) / counts.sum(), float(bits @ counts.sum(axis=1) / counts.sum())


def game():
    """The source's own text: each of its 240 steps is played once."""
    played = ShannonGame({"passage": SOURCE}, MODEL)
    played.begin()
    return played


def play(question, guesses_of):
    """A student who guesses in the order of `guesses_of(ids so far)` until each word is right."""
    answer = None
    for word in question.words:
        for guess in guesses_of(question.ids[: word.place]):
            answer = question.accept({"word": MODEL.tokens[guess]}, answer, "seat")
            if answer.detail.last[0]:
                break
    return answer


def by_rank(ids):
    return np.lexsort((np.arange(4), -MODEL.next_probabilities(ids)))


def test_students_who_guess_by_the_ranks_give_the_enumerated_shares_and_bounds_around_the_entropy():
    q, entropy = enumerated()
    question = game()
    answers = [play(question, by_rank) for _ in range(3)]
    figures = question.reveal(answers, frozenset())
    for name, times in (("class", 3), ("model", 1)):
        numbers = [number for number, count in figures[name] for _ in range(count)]
        assert len(numbers) == 240 * times
        assert np.abs(shannon.guess_shares(numbers) - q).max() < 1e-12
        bounds = figures["bounds"][name]
        assert bounds["lower"] <= entropy <= bounds["upper"] and bounds["lower"] > 0.5
    assert figures["cross_entropy"] == pytest.approx(entropy, abs=1e-6)
    assert figures["pooled"] == 720 and figures["given_up"] == 0


def test_the_bounds_are_shannons_sums():
    """q = .5 .25 .25: lower 1·.25·0 + 2·0·1 + 3·.25·log2 3, upper 1.5 bits."""
    q = [0.5, 0.25, 0.25]
    assert shannon.upper_bound(q) == pytest.approx(1.5, abs=1e-15)
    assert shannon.lower_bound(q) == pytest.approx(0.75 * math.log2(3), abs=1e-15)


@given(st.lists(st.floats(0.001, 1), min_size=1, max_size=12))
def test_for_shares_in_falling_order_the_lower_bound_is_below_the_upper_one(weights):
    q = np.sort(np.array(weights) / sum(weights))[::-1].tolist()
    assert shannon.lower_bound(q) <= shannon.upper_bound(q) + 1e-12
    assert shannon.bounds(q, 50).why_none is None


def test_no_bounds_where_the_shares_are_not_in_order_or_the_words_are_few():
    """The ranks of a real model on 26 words gave 3.04 "to" 2.96."""
    assert shannon.bounds([0.3, 0.4, 0.3], 100) == shannon.Bounds(why_none="order")
    assert shannon.bounds([0.5, 0.0, 0.5], 100).record() is None
    assert shannon.bounds([1.0], 49) == shannon.Bounds(why_none="few_words")
    assert shannon.bounds([1.0], 50).record() == {"lower": 0.0, "upper": 0.0}


@given(st.lists(st.sampled_from([-1.0, 0.0, 1.5, 3.0]), min_size=2, max_size=9), st.data())
def test_ranks_are_places_in_one_order_of_all_tokens(logits, data):
    row, token = np.array(logits), data.draw(st.integers(0, len(logits) - 1))
    order = np.lexsort((np.arange(len(row)), -row)).tolist()
    assert shannon.rank_of(row, token) == order.index(token) + 1
    p = np.exp(row) / np.exp(row).sum()
    assert shannon.bits_of(row, token) == pytest.approx(-math.log2(p[token]), abs=1e-9)


def test_a_word_is_guessed_until_right_and_a_try_counts_once():
    question = game()
    first = MODEL.tokens[question.words[0].token]
    wrong = [word for word in MODEL.tokens if word != first][:2]
    answer = None
    for word in wrong:
        answer = question.accept({"word": word}, answer, "")
    assert question.yours(answer, "")["tries"] == wrong
    with pytest.raises(ValueError, match="tried"):
        question.accept({"word": wrong[0]}, answer, "")
    answer = question.accept({"word": first}, answer, "")
    mine = question.yours(answer, "")
    assert mine["done"][0]["guesses"] == 3 and mine["place"] == 1 and mine["tries"] == []
    assert mine["text"].split() == [*WORDS[:2]]


def test_a_word_that_is_sent_twice_is_no_try_at_the_next_one():
    question = game()
    first = MODEL.tokens[question.words[0].token]
    answer = question.accept({"word": first, "place": 0}, None, "")
    again = question.accept({"word": first, "place": 0}, answer, "")
    assert again is answer and question.yours(again, "")["tries"] == []
    assert question.accept({"give_up": True, "place": 0}, answer, "") is answer
    assert question.accept({"give_up": True, "place": 1}, answer, "").detail.done == (1, 0)


def test_whoever_gives_up_is_counted_and_is_in_no_bound():
    question = game()
    answer = question.accept({"give_up": True}, None, "")
    figures = question.reveal([answer], frozenset())
    assert (figures["given_up"], figures["class"], figures["pooled"]) == (1, [], 0)
    assert figures["why_none"]["class"] == "few_words"


def test_the_text_to_come_is_never_on_view():
    question = game()
    shown = question.public()
    assert shown["prompt"] == WORDS[0] and SOURCE not in str(shown)
    answer = question.accept({"give_up": True}, None, "")
    assert question.yours(answer, "")["text"].split() == [*WORDS[:2]]
