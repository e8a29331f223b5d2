"""A class goes only where its states allow, whoever does what in which order; before the reveal
nobody sees another's answer."""

import json

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from playground.classroom import view
from playground.classroom.classes import Bounds, Classes, code_of
from playground.classroom.questions import read_question
from playground.classroom.refusal import Refused
from playground.classroom.session import ROUNDS, ClassSession

ASKED = {"kind": "text", "text": "What is a loop?"}
ALLOWED = {
    "ask": {"open", "revealed"},
    "close": {"asked"},
    "reveal": {"asked", "closed"},
    "again": {"asked", "closed", "revealed"},
    "answer": {"asked"},
    "hide": {"asked", "closed", "revealed"},
}


def revealed(session, truth=None):
    question, answers = session.close_to_reveal(truth)
    question.prepare(answers)
    session.reveal(question)


class Lesson(RuleBasedStateMachine):
    """Anybody does anything; beside it a model that knows the state and each seat's last answer."""

    def __init__(self):
        super().__init__()
        self.now = 0.0
        self.session = ClassSession("ABCDE", "en", self.now, seats_most=6)
        self.state, self.answers, self.questions, self.revealed = "open", {}, 0, 0
        self.seats = []

    def seen(self):
        return json.dumps(
            [view.common(self.session, self.now), view.teachers(self.session, self.now)]
        )

    def does(self, name, act, also=True):
        """`act` where the state allows it; else it is refused and nothing changes."""
        before = self.seen()
        if self.state in ALLOWED[name] and also:
            act()
            assert self.session.version > json.loads(before)[0]["id"] or name == "reveal"
            return True
        with pytest.raises((Refused, ValueError)) as refused:
            act()
        assert len(str(refused.value)) > 10 and self.seen() == before
        return False

    @rule(seconds=st.floats(0, 20))
    def wait(self, seconds):
        self.now += seconds

    @rule()
    def join(self):
        full = len(self.session.seats) >= 6
        try:
            token = self.session.join(self.now).token
            assert not full or len(self.session.seats) == 6
            self.session.sit(token, self.now)
            self.seats = [seat for seat in self.seats if seat in self.session.seats] + [token]
        except Refused as refused:
            assert refused.reason == "often" or (refused.reason == "full" and full)

    @precondition(lambda self: self.seats)
    @rule(data=st.data(), words=st.integers(0, 3))
    def answer(self, data, words):
        token = data.draw(st.sampled_from(self.seats))
        seat = self.session.sit(token, self.now)
        said = f"secret{words}{token}"[:40]
        number = self.session.question_id
        if self.does("answer", lambda: self.session.answer(seat, number, said)):
            self.answers[token] = said

    @precondition(lambda self: self.seats and self.state == "asked")
    @rule()
    def answer_to_another_question(self):
        seat = self.session.sit(self.seats[0], self.now)
        for number in (0, self.session.question_id + 1, None, "1", [1]):
            with pytest.raises(Refused, match="over"):
                self.session.answer(seat, number, "late")

    @rule()
    def ask(self):
        if self.does("ask", lambda: self.session.ask(read_question(ASKED))):
            self.questions, self.answers = self.questions + 1, {}
            self.state = "asked"

    @rule()
    def close(self):
        if self.does("close", self.session.close):
            self.state = "closed"

    @rule()
    def reveal(self):
        if self.does("reveal", lambda: revealed(self.session)):
            self.state, self.revealed = "revealed", self.revealed + 1

    @rule()
    def again(self):
        if self.does("again", self.session.again):
            self.state, self.answers = "open", {}

    @rule(hidden=st.booleans())
    def hide(self, hidden):
        some = next(iter(self.answers.values()), "nothing")
        self.does("hide", lambda: self.session.hide(some, hidden), bool(self.answers))

    @rule()
    def drive(self):
        try:
            self.session.drive({"text": "the front", "step": 4}, self.now)
        except Refused as refused:
            assert refused.reason == "often"

    @invariant()
    def the_state_and_the_counts_are_those_of_the_model(self):
        seen = view.common(self.session, self.now)
        assert (seen["state"], seen["asked_so_far"]) == (self.state, self.questions)
        assert seen["answered"] == len(self.answers)
        assert (seen["question"] is None) == (self.state == "open")
        assert (seen["revealed"] is None) == (self.state != "revealed")
        assert len(self.session.results()) == min(self.revealed, ROUNDS + 1)

    @invariant()
    def before_the_reveal_nobody_sees_anothers_answer_or_the_front(self):
        for token in self.seats:
            seat = self.session.seats[token]
            seen = json.dumps(
                [view.common(self.session, self.now), view.personal(self.session, seat)]
            )
            mine = self.answers.get(token)
            assert mine is None or mine in seen
            if self.state != "revealed":
                assert not any(said in seen for who, said in self.answers.items() if who != token)
            if self.state in ("asked", "closed"):
                assert "the front" not in seen
            assert self.session.key not in seen


Lesson.TestCase.settings = settings(max_examples=60, stateful_step_count=40, deadline=None)
TestLesson = Lesson.TestCase


@pytest.fixture
def session():
    return ClassSession("ABCDE", "en", 0.0)


def test_after_the_end_everything_is_forgotten_and_every_step_refused(session):
    seat = session.join(0.0)
    session.sit(seat.token, 0.0)
    session.ask(read_question(ASKED))
    session.answer(seat, 1, "secret")
    key = session.key
    session.end()
    assert not session.seats and not session.answers and session.question is None
    for act in (
        lambda: session.check_key(key, 1.0),
        lambda: session.join(1.0),
        lambda: session.sit(seat.token, 1.0),
        lambda: session.ask(read_question(ASKED)),
        session.close,
        session.again,
        session.end,
        lambda: session.close_to_reveal(),
        lambda: session.drive({}, 1.0),
        lambda: session.hide("secret"),
        lambda: session.answer(seat, 1, "late"),
    ):
        with pytest.raises(Refused) as refused:
            act()
        assert refused.value.reason == "gone"


def test_the_front_is_changed_at_most_twice_a_second(session):
    taken = 0
    for tick in range(100):
        try:
            session.drive({"step": tick}, tick / 10)
            taken += 1
        except Refused:
            pass
    assert 19 <= taken <= 22


def test_a_reveal_that_was_overtaken_is_refused(session):
    """The teacher puts the question away while its model is still asked."""
    session.ask(read_question(ASKED))
    question, _ = session.close_to_reveal()
    session.again()
    session.ask(read_question(ASKED))
    with pytest.raises(Refused):
        session.reveal(question)
    assert session.state == "asked"


def test_a_hidden_answer_still_counts_and_comes_back(session):
    for words in ("fine", "fine", "rude"):
        seat = session.join(0.0)
        session.sit(seat.token, 0.0)
        if session.question is None:
            session.ask(read_question(ASKED))
        session.answer(seat, 1, words)
    session.hide("rude")
    revealed(session)
    assert [row["text"] for row in session.revealed["rows"]] == ["fine"]
    assert session.revealed["hidden"] == {"count": 1, "q": 1 / 3} and session.revealed["n"] == 3
    session.hide("rude", False)
    assert [row["text"] for row in session.revealed["rows"]] == ["fine", "rude"]


def test_a_full_class_gives_the_seat_that_nobody_ever_sat_on_to_the_next(session):
    session.seats_most = 3
    for _ in range(3):
        session.join(0.0)
    with pytest.raises(Refused, match="room for 3"):
        session.join(1.0)
    used = next(iter(session.seats))
    session.sit(used, 1.0)
    session.join(20.0)
    assert used in session.seats and len(session.seats) == 3


def test_tickets_read_are_few_and_run_out(session):
    tickets = [session.ticket(float(at)) for at in range(10)]
    for ticket in (tickets[0], "", "0" * 32):
        with pytest.raises(Refused):
            session.check_ticket(ticket, 10.0)
    session.check_ticket(tickets[9], 500.0)
    session.check_ticket(tickets[9], 1000.0)
    with pytest.raises(Refused):
        session.check_ticket(tickets[9], 1601.0)


@pytest.mark.parametrize("key", [None, "", "0" * 32, "ключ", "\ud800"[:0]])
def test_only_the_key_teaches(session, key):
    with pytest.raises(Refused) as refused:
        session.check_key(key, 0.0)
    assert refused.value.reason == "key"
    session.check_key(session.key, 0.0)
    assert len(session.key) == 32


def test_classes_are_bounded_in_number_and_seats():
    classes = Classes(Bounds(classes=2, seats=3, seats_in_all=4))
    one, two = classes.create("AAAAA", "en", 0.0), classes.create("BBBBB", "en", 0.0)
    with pytest.raises(Refused, match="in use"):
        classes.create("AAAAA", "en", 0.0)
    with pytest.raises(Refused, match="All places"):
        classes.create("CCCCC", "en", 1.0)
    for session in (one, one, one, two):
        seat = classes.join(session, 1.0, None)
        session.sit(seat.token, 1.0)
    with pytest.raises(Refused, match="All seats"):
        classes.join(two, 1.0, None)
    assert classes.join(two, 1.0, seat.token) is seat, "who has a seat finds it again"


def test_a_class_that_nobody_came_to_makes_room_and_one_with_students_does_not():
    classes = Classes(Bounds(classes=2))
    kept = classes.create("AAAAA", "en", 0.0)
    kept.sit(kept.join(0.0).token, 0.0)
    classes.create("BBBBB", "en", 0.0)
    classes.create("CCCCC", "en", 100.0)
    assert {one.code for one in classes} == {"AAAAA", "CCCCC"}


def test_a_class_where_nobody_does_anything_for_two_hours_ends():
    classes = Classes()
    session = classes.create("AAAAA", "en", 0.0)
    session.teaching.append(object())  # an open page alone keeps no class
    assert not classes.idle(7_200.0) and classes.idle(7_201.0) == [session]
    session.check_key(session.key, 7_000.0)
    assert not classes.idle(7_201.0)


def test_guessing_codes_is_slowed_down():
    classes, reasons = Classes(), []
    for _ in range(1_000):
        with pytest.raises(Refused) as refused:
            classes.find("ZZZZZ", 0.0)
        reasons.append(refused.value.reason)
    assert reasons.count("gone") == 200 and reasons.count("often") == 800


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("ABCDE", "ABCDE"),
        ("abcde", "ABCDE"),
        ("ABCDI", None),
        ("ABCD", None),
        ("ÄBCDE", None),
        ("", None),
    ],
)
def test_codes_have_five_letters_without_those_that_look_like_figures(text, code):
    assert code_of(text) == code
