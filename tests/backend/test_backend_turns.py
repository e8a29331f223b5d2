"""A batch's answers go out by turns, and the next pass waits for those who got theirs as long as
they keep coming."""

import queue
import threading
import time
from types import SimpleNamespace

import pytest

from playground.backend import engine as engine_module
from tests.backend.test_backend_engine import text


def ask_in_threads(faces, between, rounds):
    """Each face in a thread of its own asks `rounds` times, with `between(number)` after each
    answer; what went wrong. All begin together: none has asked its last when another one starts."""
    wrong, together = [], threading.Barrier(len(faces))

    def visit(number, face):
        together.wait(60)
        try:
            for length in range(1, rounds + 1):
                face.next_logits(text(number, length))
                between(number)
            face.close()
        except Exception as error:
            wrong.append(error)

    threads = [threading.Thread(target=visit, args=pair) for pair in enumerate(faces)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert not any(thread.is_alive() for thread in threads)
    return wrong


def test_the_answers_of_a_batch_go_out_one_after_another(backend, monkeypatch):
    """Whoever has its answer works alone until it asks again or leaves."""
    for name, seconds in (
        ("GAP", 1e9),
        ("LONGEST_GAP", 50.0),
        ("LONGEST_GRACE", 50.0),
        ("TURN_SECONDS", 50.0),
    ):
        monkeypatch.setattr(engine_module, name, seconds)
    faces = [backend.causal("small-gpt2") for _ in range(6)]
    engine, inside, most, batches = faces[0]._engine, [], [], []
    run = engine.worker.run

    def counted(batch):
        batches.append(len(batch))
        run(batch)

    def between(number):
        inside.append(number)
        if batches[-1] == len(
            faces
        ):  # from the first tick that has all of them to the first who leaves
            for _ in range(200):
                time.sleep(0)  # gives the interpreter's lock away, as an array operation does
                most.append(len(inside))
        inside.remove(number)

    engine.worker.run = counted
    assert ask_in_threads(faces, between, 12) == []
    assert len(faces) in batches and most and set(most) == {1}


class Arrivals:
    """An inbox with its own clock: (second, message) in order; waiting moves the clock."""

    def __init__(self, *messages):
        self.messages, self.now = list(messages), 0.0

    def empty(self):
        return not self.messages or self.messages[0][0] > self.now

    def get(self, timeout=None):
        if self.messages and (timeout is None or self.messages[0][0] <= self.now + timeout):
            second, message = self.messages.pop(0)
            self.now = max(self.now, second)
            return message
        self.now += timeout + 1e-9
        raise queue.Empty


@pytest.mark.parametrize(
    ("expected", "coming", "taken", "second"),
    [
        (10, 10, 10, 0.150),  # one every 15 ms: all of them
        (10, 9, 9, 0.155),  # the tenth stays away: a gap of 20 ms ends the wait
        (40, 40, 17, 0.265),  # so many come that a quarter of a second after the first ends it
    ],
    ids=["all", "one stays away", "too many"],
)
def test_the_loop_waits_while_those_it_answered_keep_coming(
    monkeypatch, expected, coming, taken, second
):
    sessions = [object() for _ in range(expected)]
    engine = engine_module.Engine("small", SimpleNamespace())
    engine.expected, engine.gap = set(sessions), 0.02
    engine._inbox = Arrivals(
        *(
            (0.015 * (place + 1), engine_module.Request(session, "next", [1]))
            for place, session in enumerate(sessions[:coming])
        )
    )
    engine.turns.append(
        engine_module.Request(sessions[0], "next", [1])
    )  # as after a tick; the others have their answers
    monkeypatch.setattr(engine_module, "time", SimpleNamespace(monotonic=lambda: engine._inbox.now))
    engine._collect()
    assert (
        len(engine.waiting) == taken
        and engine._inbox.now == pytest.approx(second, abs=1e-6)
        and not engine.turns
    )


def test_a_visitor_who_does_not_ask_again_keeps_nobodys_answer_back(backend, monkeypatch):
    for name, seconds in (
        ("GAP", 1e9),
        ("LONGEST_GAP", 50.0),
        ("LONGEST_GRACE", 50.0),
    ):  # so only the end of the turn can help
        monkeypatch.setattr(engine_module, name, seconds)
    faces, together = [backend.causal("small-gpt2") for _ in range(4)], threading.Barrier(4)
    worker = faces[0]._engine.worker
    plan = worker.plan
    worker.plan = lambda waiting, tick: plan(waiting, tick) if len(waiting) == 4 else []
    # each goes on only when all four have their answers
    assert ask_in_threads(faces, lambda number: together.wait(30), 5) == []
