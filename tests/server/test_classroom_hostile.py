"""Strangers at the classroom: wrong keys, guessed codes, floods, bodies of 10 MB, answers that are
markup, and eyes on others' answers."""

import json
import re

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from starlette.testclient import TestClient

from playground.web.seat_page import seat_page
from tests.server.class_client import CODE, Models, Student, Teacher, application, token_question

HOSTILE = "<img src=x onerror=alert(1)>"
STEPS = ("drive", "ask", "close", "reveal", "again", "hide", "end", "ticket")


@pytest.fixture
def client():
    with TestClient(application(), raise_server_exceptions=False) as client:
        yield client


def refused(answer, *statuses):
    assert answer.status_code in statuses, (answer.status_code, answer.text)
    sentence = answer.json()["error"]
    assert len(sentence) > 10 and "Traceback" not in sentence
    return sentence


@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("key", [None, "", "0" * 32, "\u00e9" * 8, "0" * 9_000])
def test_without_the_key_nothing_of_the_teachers_is_done(client, step, key):
    Teacher(client)
    student = Student(client)
    headers = dict(student.headers)
    if key is not None:
        headers["X-Class-Key"] = key.encode("latin-1")
    refused(client.post(f"/class/{CODE}/{step}", json={}, headers=headers), 403)
    assert student.state()["state"] == "open"


def test_a_teachers_ticket_only_reads(client):
    teacher = Teacher(client)
    ticket = teacher("ticket").json()["ticket"]
    assert client.get(f"{teacher.at}/state?ticket={ticket}").json()["you_are"] == "teacher"
    for step in STEPS:
        refused(client.post(f"{teacher.at}/{step}?ticket={ticket}", json={}), 403)
    refused(client.get(f"{teacher.at}/state?ticket={'0' * 32}"), 403)


def test_guessed_codes_and_seats_find_nothing(client):
    teacher = Teacher(client)
    for code in ("AAAAA", "QUEEM", "QUEENS", "QU", "..%2f", "%00", "QUEEN%20", "ÄÖÜßé"):
        assert client.get(f"/class/{code}").status_code == 404
        assert client.post(f"/class/{code}/seat").status_code == 404
        assert client.get(f"/class/{code}/state").status_code == 404
    for seat in ("", "0" * 32, "x" * 5_000):
        refused(client.get(f"{teacher.at}/state", headers={"X-Class-Seat": seat}), 403)
        refused(client.get(f"{teacher.at}/events?seat={seat}"), 403)
    refused(client.get(f"{teacher.at}/events"), 403)
    refused(client.post("/class/QUEEO"), 400)


def test_nobody_sees_anothers_answer_before_the_reveal(client):
    teacher, curious, other = Teacher(client), Student(client), Student(client)
    for question in (
        {"kind": "text", "text": "why?"},
        {"kind": "choice", "text": "?", "choices": ["this one", "zebra quartz"]},
        {"kind": "number", "text": "?", "low": 0, "high": 9e6},
    ):
        secret = {"text": "zebra quartz", "choice": 1, "number": 7654321}[question["kind"]]
        number = teacher.ask(question)
        assert other.answer(number, secret).status_code == 200
        for step in (None, "close"):
            if step:
                teacher(step)
            seen = curious.state()
            assert seen["answered"] == 1 and seen["yours"] is None and seen["revealed"] is None
            seen.pop("question")
            assert "zebra" not in json.dumps(seen) and "7654321" not in json.dumps(seen)
            refused(client.get(f"{teacher.at}/results.json", headers=curious.headers), 403)
        teacher("again")


def test_the_truth_and_the_text_to_come_are_not_on_view_before_the_reveal(client):
    models = Models()
    with TestClient(application(models)) as client:
        teacher, student = Teacher(client), Student(client)
        teacher.ask(token_question(models, drawn=models.model.encode("cat")[0]))
        assert "cat" not in json.dumps(student.state())
        teacher("again")
        teacher.ask({"kind": "number", "text": "?", "low": 0, "high": 9e6, "truth": 7654321})
        assert "7654321" not in json.dumps(student.state())
        teacher("again")
        teacher.ask({"kind": "shannon", "model": "fox", "passage": "saw the dog and a cat"})
        seen = student.state()
        assert seen["question"]["prompt"] == "saw" and "dog" not in json.dumps(seen)
        number = seen["question"]["id"]
        own = student.answer(number, {"word": "fox"}).json()["yours"]
        assert own["text"] == "saw" and own["tries"] == ["fox"]


def test_markup_travels_as_text_alone(client):
    teacher, student = Teacher(client), Student(client)
    number = teacher.ask({"kind": "text", "text": HOSTILE, "figure": {"x": HOSTILE}})
    answer = student.answer(number, HOSTILE)
    assert answer.headers["content-type"].startswith("application/json")
    teacher("reveal")
    seen = client.get(f"{teacher.at}/state", headers=student.headers)
    assert seen.json()["revealed"]["rows"][0]["text"] == HOSTILE
    assert seen.headers["content-type"].startswith("application/json")
    assert seen.headers["x-content-type-options"] == "nosniff"
    page = client.get(f"{teacher.at}?x={HOSTILE}")
    assert page.content == seat_page("en") and HOSTILE not in page.text


@pytest.mark.parametrize("size", [4_001, 1_000_000, 10_000_000])
def test_large_bodies_are_refused_before_they_are_kept(client, size):
    teacher, student = Teacher(client), Student(client)
    number = teacher.ask({"kind": "text", "text": "why?"})
    assert student.answer(number, "x" * size).status_code == 413

    def pieces():
        for _ in range(size // 1_000 + 1):
            yield b" " * 1_000

    answer = client.post(f"{teacher.at}/answer", content=pieces(), headers=student.headers)
    assert answer.status_code == 413
    assert client.post(f"{teacher.at}/seat", content=b" " * size).status_code == 413
    if size > 64_000:
        assert teacher("ask", question={"kind": "text", "text": "x" * size}).status_code == 413
    assert student.answer(number, "still here").status_code == 200


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b"null",
        b"{",
        b'"x"',
        b"\xff",
        b"[" * 3_900,
        b'{"question":NaN}',
        b'{"answer":1e999}',
    ],
)
def test_bodies_that_are_no_object_or_no_json_are_sentences(client, body):
    teacher, student = Teacher(client), Student(client)
    teacher.ask({"kind": "number", "text": "?", "low": 0, "high": 1})
    answer = client.post(f"{teacher.at}/answer", content=body, headers=student.headers)
    refused(answer, 400, 409)


def test_a_flood_of_one_seat_is_slowed_to_five_a_second_and_hurts_nobody_else():
    now = [0.0]
    with TestClient(application(clock=lambda: now[0])) as client:
        teacher, loud, quiet = Teacher(client), Student(client), Student(client)
        number = teacher.ask({"kind": "text", "text": "why?"})
        statuses = []
        for tick in range(1_000):  # a thousand in one second
            now[0] = tick / 1_000
            statuses.append(loud.answer(number, f"answer {tick}").status_code)
        assert set(statuses) == {200, 429} and statuses.count(200) <= 16
        assert quiet.answer(number, "mine").status_code == 200
        assert teacher.state()["answered"] == 2


def test_a_flood_of_newcomers_and_of_classes_is_bounded():
    now = [0.0]
    with TestClient(application(clock=lambda: now[0])) as client:
        teacher = Teacher(client)
        kept = Student(client)
        kept.state()
        joined = [client.post(f"{teacher.at}/seat").status_code for _ in range(1_000)]
        assert joined.count(200) == 199 and set(joined) == {200, 429}
        now[0] = 60.0
        late = Student(client)
        assert late.state()["present"] == 1 and kept.state()["state"] == "open"
        letters = "ABCDEFGH"
        codes = [f"AA{x}{y}{z}" for x in letters for y in letters for z in letters]
        made = [client.post(f"/class/{code}").status_code for code in codes]
        assert made.count(201) <= 64 and set(made) <= {201, 429, 503}
        assert teacher.state()["state"] == "open"


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4)
    ),
    max_leaves=8,
)
NAMED = st.fixed_dictionaries(
    {},
    optional={
        **{name: JSON for name in ("question", "answer", "state", "truth", "hidden", "seat")},
        "language": JSON,
    },
)
KINDS = ("token", "choice", "number", "numbers", "place_word", "pair", "text", "shannon")
FIELDS = ("text", "choices", "p", "low", "high", "ids", "settings", "memory", "canvas", "masks")
ASKED = st.fixed_dictionaries(
    {"kind": st.sampled_from(KINDS)},
    optional={
        **{name: JSON for name in (*FIELDS, "labels", "left", "right", "names", "truth")},
        "passage": st.text(max_size=40),
        "model": st.just("fox"),
        "figure": JSON,
    },
)


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    st.lists(st.tuples(st.sampled_from((*STEPS[:6], "answer", "seat")), NAMED | ASKED), max_size=8)
)
def test_whatever_is_sent_is_answered_by_a_sentence_and_never_by_a_500(steps):
    now = [0.0]
    with TestClient(application(clock=lambda: now[0]), raise_server_exceptions=False) as client:
        teacher, student = Teacher(client), Student(client)
        for step, body in steps:
            now[0] += 1.0
            if step == "ask" and "kind" in body:
                body = {"question": body}
            headers = student.headers if step == "answer" else teacher.headers
            answer = client.post(f"{teacher.at}/{step}", content=json.dumps(body), headers=headers)
            assert answer.status_code < 500, (step, body, answer.text)
            if answer.status_code >= 400:
                refused(answer, 400, 403, 409, 413, 429)
            for viewer in (teacher, student):
                assert viewer.state()["code"] == CODE
            assert not re.search(r"NaN|Infinity", answer.text)


@pytest.mark.parametrize("language", [[], {}, 7, "xx", None])
def test_a_language_that_is_no_name_opens_a_class_in_the_askers(client, language):
    made = client.post("/class/ZEBRA", json={"language": language})
    assert made.status_code == 201, made.text
