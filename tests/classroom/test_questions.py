"""Each kind of question: what the class sees, what it may answer, what is revealed."""

import json

import numpy as np
import pytest

from playground.classroom.questions import model_of, read_question
from playground.classroom.results import as_csv, as_json
from playground.classroom.session import ClassSession
from playground.markov.ngram import NgramModel
from tests.classroom.test_session import revealed

HOSTILE = "<img src=x onerror=alert(1)>"


def play(raw, said, truth=None, model=None):
    """A class that answers a question: (public, revealed, what each student sees of it, the
    session)."""
    session = ClassSession("ABCDE", "en", 0.0)
    question = read_question(raw, model)
    question.begin()
    session.ask(question)
    seats = [session.sit(session.join(0.0).token, 0.0) for _ in said]
    for seat, one in zip(seats, said, strict=True):
        session.answer(seat, 1, one)
    revealed(session, truth)
    own = [question.yours_revealed(session.answers[seat.token], seat.token) for seat in seats]
    json.dumps([session.revealed, own], allow_nan=False)
    return question.public(), session.revealed, own, session


def test_a_choice():
    raw = {
        "kind": "choice",
        "text": "Which rule cuts it?",
        "choices": ["top-k", "top-p"],
        "truth": 1,
    }
    public, figures, own, _ = play(raw, [1, 1, 0])
    assert public["choices"] == ["top-k", "top-p"] and "truth" not in public
    assert [(row["count"], row["true"]) for row in figures["rows"]] == [(1, False), (2, True)]
    assert (figures["hit"], figures["n"], own[2]["answer"]) == (2, 3, 0)


def test_a_number_and_how_far_away_it_was():
    raw = {"kind": "number", "text": "At what temperature?", "low": 0, "high": 3}
    _, figures, own, _ = play(raw, [0.5, 2, 1.25], truth=1.5)
    assert figures["values"] == [0.5, 1.25, 2] and figures["median"] == 1.25
    assert figures["mean"] == pytest.approx(1.25) and own[0]["distance"] == pytest.approx(1.0)


def test_bars_that_are_dragged():
    raw = {"kind": "numbers", "text": "T = 0.5?", "labels": ["king", "sun"], "truth": [0.75, 0.25]}
    _, figures, own, _ = play(raw, [[0.5, 0.5], [1, 0]])
    assert [row["mean"] for row in figures["rows"]] == [0.75, 0.25]
    assert own[0]["distances"] == [0.25, 0.25]


def test_an_order_and_at_which_place_each_was_put():
    raw = {"kind": "order", "text": "Which first?", "choices": ["a", "b", "c"], "truth": [2, 0, 1]}
    public, figures, own, _ = play(raw, [[2, 0, 1], [2, 1, 0], [0, 1, 2]])
    assert public["choices"] == ["a", "b", "c"] and "truth" not in public
    assert [(row["text"], row["counts"]) for row in figures["rows"]] == [
        ("c", [2, 0, 1]),
        ("a", [1, 1, 1]),
        ("b", [0, 2, 1]),
    ]
    assert (figures["hit"], figures["n"], own[1]["answer"]) == (1, 3, [2, 1, 0])


def test_two_texts_are_blind_and_shuffled_for_each_seat():
    raw = {
        "kind": "pair",
        "text": "Which is better?",
        "left": "LEFT",
        "right": "RIGHT",
        "names": {"left": "greedy", "right": "top-p"},
    }
    question = read_question(raw)
    seats = [f"seat {number}" for number in range(40)]
    first = [question.public_for(seat)["first"] for seat in seats]
    assert 8 < first.count("LEFT") < 32
    answers = [question.accept("first", None, seat) for seat in seats]
    figures = question.reveal(answers, frozenset())
    assert (figures["left"], figures["right"]) == (first.count("LEFT"), first.count("RIGHT"))
    for seat in seats:
        seen = question.public_for(seat)
        assert seen == question.public_for(seat) and "greedy" not in json.dumps(seen)
        assert {seen["first"], seen["second"]} == {"LEFT", "RIGHT"} and "left" not in seen


def test_a_place_and_a_word():
    raw = {
        "kind": "place_word",
        "text": "Which place next?",
        "canvas": ["the", "[MASK]", "was", "[MASK]"],
        "masks": [1, 3],
        "truth": {"place": 1, "word": "king"},
    }
    said = [
        {"place": 1, "word": "King"},
        {"place": 1, "word": "queen"},
        {"place": 3, "word": "king"},
    ]
    _, figures, own, _ = play(raw, said)
    assert figures["places"] == [
        {"place": 1, "count": 2, "q": 2 / 3},
        {"place": 3, "count": 1, "q": 1 / 3},
    ]
    assert (figures["hit_place"], figures["hit_both"]) == (2, 1)
    assert own[0]["hit_both"] and not own[2]["hit_place"]
    with pytest.raises(ValueError, match="not covered"):
        read_question(raw).accept({"place": 0, "word": "a"}, None, "")


class Denoiser:
    """Two tokens beside the mask; the first place says .75 "king"."""

    codec = None

    def encode(self, text):
        return [["king", "queen", "[MASK]"].index(word) for word in text.split()]

    def logits(self, canvas):
        return np.log(np.tile([0.75, 0.25, 1e-9], (1, np.shape(canvas)[1], 1)))

    def close(self):
        self.closed = True


def test_the_denoiser_says_how_likely_each_word_of_the_class_was():
    raw = {
        "kind": "place_word",
        "model": "x",
        "canvas": ["[MASK]", "[MASK]"],
        "masks": [0, 1],
        "ids": [2, 2],
    }
    said = [{"place": 0, "word": "king"}, {"place": 1, "word": "queen"}]
    _, figures, own, session = play(raw, said, model=(model := Denoiser()))
    assert [row["p"] for row in figures["words"]] == pytest.approx([0.75, 0.25], abs=1e-6)
    assert own[1]["p"] == pytest.approx(0.25, abs=1e-6)
    session.again()
    assert model.closed


def test_words_are_one_line_and_letters_count_alike():
    raw = {"kind": "text", "text": "What is it?"}
    _, figures, _, _ = play(raw, ["A  Loop", "a\nloop", "\u202ea loop", HOSTILE])
    assert [(row["text"].casefold(), row["count"]) for row in figures["rows"]] == [
        ("a loop", 3),
        (HOSTILE, 1),
    ]


@pytest.mark.parametrize(
    "raw",
    [
        {},
        {"kind": "riddle"},
        {"kind": ["text"]},
        {"kind": "text"},
        {"kind": "text", "text": "x" * 301},
        {"kind": "text", "text": "why?", "figure": "x" * 3000},
        {"kind": "text", "text": "why?", "figure": {"x": float("inf")}},
        {"kind": "text", "text": "why?", "figure": ["\ud800"]},
        {"kind": "text", "text": "why?", "figure": json.loads("[" * 900 + "]" * 900)},
        {"kind": "choice", "text": "?", "choices": ["alone"]},
        {"kind": "choice", "text": "?", "choices": "ab"},
        {"kind": "choice", "text": "?", "choices": ["a", "b"], "truth": 2},
        {"kind": "choice", "text": "?", "choices": ["a", "b"], "p": [1]},
        {"kind": "number", "text": "?", "low": 3, "high": 1},
        {"kind": "number", "text": "?", "low": "0", "high": 1},
        {"kind": "number", "text": "?", "low": 0, "high": float("inf")},
        {"kind": "number", "text": "?", "low": 0, "high": 10**400},
        {"kind": "pair", "text": "?", "left": "a", "right": ""},
        {"kind": "place_word", "text": "?", "canvas": ["a"], "masks": [1]},
    ],
)
def test_a_bad_question_is_a_sentence(raw):
    with pytest.raises(ValueError) as error:
        model_of(raw)
        read_question(raw)
    assert len(str(error.value)) > 10


@pytest.mark.parametrize(
    ("raw", "answers"),
    [
        (
            {"kind": "choice", "text": "?", "choices": ["a", "b"]},
            [2, -1, "0", True, 0.5, None, [0]],
        ),
        (
            {"kind": "number", "text": "?", "low": 0, "high": 1},
            [2, "1", None, float("nan"), 10**400],
        ),
        (
            {"kind": "numbers", "text": "?", "labels": ["a", "b"]},
            [[1], [0, 2], "ab", None, [0, None]],
        ),
        (
            {"kind": "order", "text": "?", "choices": ["a", "b"]},
            [[0], [0, 0], [0, 2], [0, True], "01", None, [0, 1, 0]],
        ),
        ({"kind": "pair", "text": "?", "left": "a", "right": "b"}, ["left", None, 1, ["first"]]),
        ({"kind": "text", "text": "?"}, ["", " \n", "\u200b", "x" * 65, 5, None, "\ud800"]),
        (
            {"kind": "place_word", "text": "?", "canvas": ["a"], "masks": [0]},
            [None, {}, {"place": 0}, {"place": 0, "word": ""}, {"place": 9, "word": "a"}],
        ),
    ],
)
def test_a_bad_answer_is_a_sentence(raw, answers):
    question = read_question(raw)
    for answer in answers:
        with pytest.raises(ValueError) as error:
            question.accept(answer, None, "")
        assert len(str(error.value)) > 10


def test_a_question_that_is_refused_lets_go_of_its_model():
    model = Denoiser()
    with pytest.raises(ValueError):
        read_question({"kind": "token", "ids": []}, model)
    assert model.closed


def test_a_spreadsheet_of_results_holds_shannons_game_too():
    model = NgramModel.fit("the fox saw the dog and the fox", 1, smoothing="add-k", ending="wrap")
    raw = {"kind": "shannon", "model": "fox", "passage": "the fox saw the dog"}
    _, _, _, session = play(raw, [{"word": "fox"}, {"word": "dog"}], model=model)
    lines = as_csv(session.results()).splitlines()
    assert len(lines) == 1 + len(session.results()[0]["answers"])


def test_results_hold_counts_of_all_answers_and_no_formula_for_a_spreadsheet():
    model = NgramModel.fit("the fox saw the dog and the fox", 1, ending="wrap")
    ids = model.encode("saw the")
    *_, session = play({"kind": "token", "ids": ids}, ["fox", "fox", "dog"], model=model)
    session.again()
    session.ask(read_question({"kind": "text", "text": "=1+1"}))
    seat = next(iter(session.seats.values()))
    session.answer(seat, 2, "@SUM(A1)")
    revealed(session)
    lines = as_csv(session.results()).splitlines()
    *heard, share, p, hidden = lines[1].split(",")
    assert heard == ["1", "token", "saw the", "fox", "2"] and hidden == ""
    assert float(share) == 2 / 3 and float(p) == pytest.approx(2 / 3, abs=1e-7)
    assert lines[3] == "2,text,'=1+1,'@SUM(A1),1,1.0,,"
    found = json.loads(as_json("ABCDE", session.results()))
    assert [one["figures"]["kind"] for one in found["rounds"]] == ["token", "text"]
    assert seat.token not in json.dumps(found)
