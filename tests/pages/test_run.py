"""The stream protocol: numbered messages, frames that are counted, one end, one stop, nothing sent
twice after a cut."""

import json
from types import SimpleNamespace

import pytest

from playground.backend.errors import BackendError
from playground.pages import run as runs
from playground.pages.run import HANDLES, begin, end, frame, progress, stream
from tests.pages.doubles import DoubleBackend

REQUEST = SimpleNamespace(session_hash="visitor", client=None)


def work_of(*messages):
    def work(asked, handle):
        yield from messages

    return work


def messages_of(raw, work, backend=None, **how):
    return list(stream(backend or DoubleBackend(), REQUEST, raw, "generate", work, **how))


def records(messages):
    return [record for message in messages for record in message.get("frames", ())]


def test_messages_are_numbered_and_one_end_comes_last():
    sent = messages_of(
        {"run": "a"}, work_of(progress("Loading", 0.5), begin(prompt="x"), frame(1), end("length"))
    )
    assert [message["n"] for message in sent] == list(range(len(sent)))
    assert [message["kind"] for message in sent] == ["progress", "begin", "frame", "end"]
    assert {message["run"] for message in sent} == {"a"} and sent[-1]["reason"] == "length"
    assert sent[0]["share"] == 0.5 and sent[1]["prompt"] == "x"
    json.dumps(sent)


def test_a_work_without_a_last_word_ends_all_the_same():
    assert messages_of({"run": "a"}, work_of(frame(1)))[-1]["reason"] == "done"
    assert [m["kind"] for m in messages_of({"run": "a"}, work_of())] == ["end"]


def test_frames_are_counted_and_none_is_lost_when_they_travel_together():
    sent = messages_of({"run": "a"}, work_of(*map(frame, range(50)), end("length")))
    assert records(sent) == list(range(50))
    count = 0
    for message in sent:
        if message["kind"] == "frame":
            assert message["at"] == count
            count += len(message["frames"])
    assert count == 50


@pytest.mark.parametrize("after", [0, 1, 3, 5, 9])
def test_what_arrived_before_a_cut_is_not_sent_again(after):
    sent = messages_of({"run": "b", "after": after}, work_of(*map(frame, range(5)), end("length")))
    assert records(sent) == list(range(5))[after:]
    assert all(message["at"] >= after for message in sent if message["kind"] == "frame")


def test_stop_by_name_ends_the_run_at_its_next_message_and_gives_the_place_back():
    backend, closed = DoubleBackend(), []

    def work(asked, handle):
        try:
            for number in range(1000):
                yield frame(number)
        finally:
            closed.append(True)

    messages = stream(backend, REQUEST, {"run": "long"}, "generate", work)
    first = next(messages)
    assert first["frames"] == [0] and HANDLES.going("long") and backend.runs.active == 1
    assert HANDLES.stop("long") and not HANDLES.stop("another")
    rest = list(messages)
    assert rest[-1]["kind"] == "end" and rest[-1]["reason"] == "stopped" and len(rest) < 5
    assert closed and not HANDLES.going("long") and backend.runs.active == 0


def test_a_run_in_place_of_another_stops_it_before_it_asks_for_a_place():
    """The page's own stop may come later than the new request: a visitor has one run at a time."""
    backend = DoubleBackend()
    first = stream(backend, REQUEST, {"run": "old"}, "generate", work_of(*map(frame, range(9))))
    next(first)
    refused = messages_of({"run": "beside"}, work_of(frame("b")), backend)
    assert refused[-1]["kind"] == "error" and "at once for each visitor" in str(refused[-1])
    sent = messages_of({"run": "new", "instead": "old"}, work_of(frame("n")), backend)
    assert [message["kind"] for message in sent] == ["frame", "end"]
    assert list(first)[-1]["reason"] == "stopped" and backend.runs.active == 0


@pytest.mark.parametrize("instead", [None, 5, [], "nobody", "self", "x" * 1000])
def test_instead_of_nobody_changes_nothing(instead):
    sent = messages_of({"run": "self", "instead": instead}, work_of(frame(1), end("length")))
    assert sent[-1]["reason"] == "length"


def test_a_reader_who_goes_away_ends_the_run():
    backend = DoubleBackend()
    messages = stream(backend, REQUEST, {"run": "gone"}, "generate", work_of(*map(frame, range(9))))
    next(messages)
    messages.close()
    assert not HANDLES.going("gone") and backend.runs.active == 0


def test_a_name_that_is_at_work_is_refused_and_the_first_run_goes_on():
    messages = stream(
        DoubleBackend(), REQUEST, {"run": "x"}, "generate", work_of(frame(1), frame(2))
    )
    next(messages)
    (refused,) = messages_of({"run": "x"}, work_of(frame(1)))
    assert refused["kind"] == "error" and "not at work already" in refused["message"][0]
    assert HANDLES.going("x") and list(messages)[-1]["kind"] == "end"


@pytest.mark.parametrize(
    "raw", [None, [], "text", {}, {"run": ""}, {"run": "a" * 65}, {"run": 3}, {"run": "a", "after": -1},
            {"run": "a", "after": True}, {"run": "a", "after": 1.5}, {"run": "a", "after": "2"}],
)  # fmt: skip
def test_a_forged_request_gets_one_sentence(raw):
    (sent,) = messages_of(raw, work_of(frame(1)))
    assert sent["kind"] == "error" and sent["n"] == 0
    assert "must be" in sent["message"][0]


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (ValueError("canvas must have a [MASK]"), "canvas must have a [MASK]"),
        (BackendError("The model was put away."), "The model was put away."),
        (ZeroDivisionError("secret"), "Something went wrong here (ZeroDivisionError)"),
    ],
)
def test_an_error_in_the_middle_becomes_a_sentence_behind_the_frames(error, words):
    def work(asked, handle):
        yield frame(1)
        raise error

    sent = messages_of({"run": "a"}, work)
    assert records(sent) == [1] and sent[-1]["kind"] == "error"
    message = sent[-1]["message"]
    said = message if isinstance(message, str) else message[0].format(**message[1])
    assert said.startswith(words) and "secret" not in said


def test_tokens_are_counted_for_the_host():
    backend = DoubleBackend()
    messages_of(
        {"run": "a", "model": "fairy-causal"},
        work_of(frame([1, 2]), frame([3])),
        backend,
        tokens=len,
    )
    labels = {"page": "generate", "model": "fairy-causal"}
    registry = backend.runs.telemetry.registry
    assert registry.get_sample_value("playground_tokens_total", labels) == 3


def test_the_functions_of_a_widget_answer_by_name():
    stop, going = runs.functions()
    assert stop.__name__ == "stop" and going.__name__ == "going"
    assert stop("nobody") == {"stopped": False}
    for question in (None, "nobody", [], ["nobody", 0], ["nobody", "x"], [[], {}], {"a": 1}):
        assert going(question) == {"going": False, "missed": []}


def test_messages_that_a_page_has_missed_are_kept_for_a_while():
    messages = stream(
        DoubleBackend(), REQUEST, {"run": "kept"}, "generate", work_of(*map(frame, range(5)))
    )
    first = next(messages)
    assert runs.going(["kept", 0]) == {"going": True, "missed": [first]}
    assert runs.going(["kept", 1])["missed"] == [] == runs.going(["kept", True])["missed"]
    rest = list(messages)
    assert runs.going(["kept", 1]) == {"going": False, "missed": rest}


def test_what_is_kept_for_whoever_missed_it_is_bounded():
    many = [progress(str(k)) for k in range(3 * runs.KEPT_MESSAGES)]
    for number in range(2 * runs.KEPT_RUNS):
        messages_of({"run": f"bounded{number}"}, work_of(*many[: 1 if number else None]))
    assert runs.going(["bounded0", 0])["missed"] == []
    assert len(HANDLES._ended) <= runs.KEPT_RUNS
    whole = messages_of({"run": "long one"}, work_of(*many))
    assert runs.going(["long one", 0])["missed"] == [], "no longer from the beginning"
    assert runs.going(["long one", whole[-3]["n"]])["missed"] == whole[-3:]
