"""The class's shares beside the model's probabilities, against scipy and against enumeration."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import entropy

from playground.classroom import scores
from playground.classroom.questions.token import NextToken
from playground.markov.ngram import NgramModel

TEXT = "the fox and the dog and the cat saw the fox and a dog and the bird saw a cat"


@given(
    st.lists(st.integers(0, 6), min_size=1, max_size=60),
    st.lists(st.integers(1, 50), min_size=7, max_size=7),
)
def test_overlap_and_surprisal_are_what_the_sums_over_the_vocabulary_say(answers, weights):
    p = np.array(weights) / sum(weights)
    counts = dict(scores.tallied(answers))
    q = np.bincount(answers, minlength=7) / len(answers)
    assert scores.overlap(counts, p) == pytest.approx(np.minimum(q, p).sum(), abs=1e-12)
    cross = entropy(q, base=2) + entropy(q, p, base=2)
    assert scores.mean_surprisal(counts, p) == pytest.approx(cross, abs=1e-9)


def test_a_guess_of_probability_zero_is_infinite():
    assert scores.surprisal(0.0) == math.inf and scores.surprisal(1.0) == 0.0
    assert scores.mean_surprisal({"a": 1, "b": 9}, {"a": 0.0, "b": 0.5}) == math.inf
    assert scores.overlap({"a": 1}, {"a": 0.0}) == 0.0


@given(st.lists(st.integers(0, 5), min_size=1, max_size=40), st.integers(1, 50))
def test_the_likeliest_come_by_falling_probability_then_by_id(weights, most):
    p = np.array(weights) / max(1, sum(weights))
    ordered = sorted(range(len(p)), key=lambda token: (-p[token], token))
    assert scores.likeliest(p, most) == ordered[:most]


def asked(model, text, **more):
    ids = model.encode(text)
    question = NextToken({"ids": ids, "prompt_length": len(ids), "index": 0, **more}, model)
    question.begin()
    return question, model.next_probabilities(ids)


def test_students_who_draw_from_the_model_show_its_distribution():
    """q → p: the distance of the shares from p shrinks as one over the root of the number of
    students."""
    model = NgramModel.fit(TEXT, 1, smoothing="add-k", ending="wrap")
    question, p = asked(model, "saw the")
    generator, distances = np.random.default_rng(5), []
    for students in (100, 10_000, 1_000_000):
        drawn = generator.multinomial(students, p)
        answers = [
            question.accept(model.tokens[token], None, "")
            for token in np.flatnonzero(drawn)
            for _ in range(1)
        ]
        everyone = [
            answer
            for answer, token in zip(answers, np.flatnonzero(drawn), strict=True)
            for _ in range(int(drawn[token]))
        ]
        question.prepare(everyone)
        figures = question.reveal(everyone, frozenset())
        rows = [*figures["rows"], *figures["outside"]]
        distance = sum(abs(row["q"] - row["p"]) for row in rows) / 2
        distances.append(distance * math.sqrt(students))
        assert figures["overlap"] == pytest.approx(1 - distance, abs=1e-6)
        assert figures["mean_surprisal"] == pytest.approx(
            float(-(drawn / students) @ np.log2(p)), abs=1e-6
        )
    assert max(distances) < 2.0


def test_rows_outside_hidden_and_others_are_the_whole_class_and_the_whole_distribution():
    words = " ".join(f"word{number}" for number in range(60))
    model = NgramModel.fit(words, 1, smoothing="add-k", ending="wrap")
    question, _ = asked(model, "word7")
    answers = [question.accept(f"word{number % 55}", None, "") for number in range(150)]
    hidden = frozenset({answers[40].key, answers[41].key})
    question.prepare(answers)
    figures = question.reveal(answers, hidden)
    parts = [*figures["rows"], *figures["outside"], figures["hidden"], figures["others"]]
    assert sum(part["count"] for part in parts) == len(answers) == figures["n"]
    assert sum(part["q"] for part in parts) == pytest.approx(1, abs=1e-12)
    assert sum(part.get("p") or 0 for part in parts) == pytest.approx(1, abs=1e-9)
    assert len(figures["outside"]) == 30 and figures["hidden"]["count"] == 4
    assert not {row["key"] for row in figures["outside"]} & hidden


def test_words_that_the_model_cannot_write_count_as_probability_zero_where_the_teacher_lets_them():
    model = NgramModel.fit(TEXT, 1, ending="wrap")
    question, _ = asked(model, "saw the", known_only=False)
    answers = [question.accept(word, None, "") for word in ("fox", "dragon", "Dragon")]
    question.prepare(answers)
    figures = question.reveal(answers, frozenset())
    assert figures["infinite"] == 2 and figures["mean_surprisal"] is None
    assert [(row["text"], row["count"], row["p"]) for row in figures["outside"]] == [
        ("Dragon", 2, None)
    ]
    assert question.yours_revealed(answers[1], "")["bits"] is None
    strict, _ = asked(model, "saw the")
    with pytest.raises(ValueError, match="does not know “dragon”"):
        strict.accept("dragon", None, "")
