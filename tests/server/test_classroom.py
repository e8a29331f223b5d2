"""The classroom over HTTP: an hour in one class, reloads in every state, and what a class leaves
behind."""

import json
import logging
import math

import gradio as gr
import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from playground.backend.limits import Limits, set_limits
from playground.server.lifecycle import with_routes
from playground.server.security_headers import guarded
from tests.server.class_client import CODE, Models, Student, Teacher, application, token_question


@pytest.fixture
def models():
    return Models()


@pytest.fixture
def client(models):
    with TestClient(application(models)) as client:
        yield client


def test_a_question_from_asking_to_the_reveal(client, models):
    teacher = Teacher(client, language="de")
    students = [Student(client) for _ in range(3)]
    assert students[0].state()["state"] == "open" and students[0].state()["language"] == "de"
    number = teacher.ask(token_question(models))
    for student, word in zip(students, ("fox", "fox", "dog"), strict=True):
        assert student.answer(number, word).status_code == 200
    changed = students[2].answer(number, "cat").json()
    assert (changed["answered"], changed["yours"]["counted_as"]) == (3, "cat")
    seen = teacher.state()
    assert (seen["present"], seen["answered"]) == (3, 3)
    assert [(row["text"], row["count"]) for row in seen["answers"]] == [("fox", 2), ("cat", 1)]
    assert teacher("close").json()["state"] == "closed"
    assert students[0].answer(number, "dog").status_code == 409
    figures = teacher("reveal").json()["revealed"]
    p = models.model.next_probabilities(models.model.encode("saw the"))
    fox = models.model.encode("fox")[0]
    [row] = [row for row in figures["rows"] if row["text"] == "fox"]
    assert row["p"] == pytest.approx(p[fox], abs=1e-7) and row["q"] == 2 / 3
    own = students[0].state()
    assert own["revealed"] == figures and own["you_are"] == "seat" and "answers" not in own
    assert own["yours"]["bits"] == pytest.approx(-math.log2(p[fox]), abs=1e-6)
    assert teacher("again").json()["state"] == "open" and students[0].state()["yours"] is None


def test_a_reload_finds_its_seat_and_answer_in_every_state(client, models):
    teacher, student = Teacher(client), Student(client)
    number = teacher.ask({"kind": "text", "text": "why?"})
    student.answer(number, "because")
    for step, state in ((None, "asked"), ("close", "closed"), ("reveal", "revealed")):
        if step:
            teacher(step)
        again = client.post(f"{student.at}/seat", json={"seat": student.seat}).json()
        assert again["seat"] == student.seat
        seen = student.state()
        assert (seen["state"], seen["yours"]["answer"], seen["present"]) == (state, "because", 1)
    assert teacher.state()["state"] == "revealed", "the key in the tab goes on teaching"


def test_the_front_is_followed_and_kept_back_while_a_question_is_open(client):
    teacher, student = Teacher(client), Student(client)
    front = {"address": "?tab=generate", "page": "generate", "text": "once upon", "step": 2}
    assert teacher("drive", state={**front, "covers": True}).status_code == 200
    sent = {**front, "title": "", "covers": True, "covered": False}
    assert student.state()["front"] == sent
    teacher.ask({"kind": "text", "text": "what next?"})
    teacher("drive", state={**front, "text": "once upon a secret"})
    assert student.state()["front"] is None and "secret" not in json.dumps(student.state())
    teacher("reveal")
    assert student.state()["front"]["text"] == "once upon a secret"
    codes = [teacher("drive", state=front).status_code for _ in range(4)]
    assert codes[-1] == 429


def test_a_question_whose_model_is_not_there_is_not_asked(client, models):
    teacher = Teacher(client)
    models.state = "loading"
    refused = teacher("ask", question=token_question(models))
    assert refused.status_code == 400 and "not loaded" in refused.json()["error"]
    models.state = "ready"
    refused = teacher("ask", question={**token_question(models), "settings": {"top_p": 7}})
    assert refused.status_code == 400 and "top_p" in refused.json()["error"]
    assert teacher.state()["state"] == "open"
    teacher.ask(token_question(models, rules=True, settings={"top_k": 1}))
    rows = teacher("reveal").json()["revealed"]["rows"]
    assert [row["p"] for row in rows if row["p"]] == [1.0]


def test_results_and_the_end(client, models):
    teacher, student = Teacher(client), Student(client)
    student.answer(teacher.ask(token_question(models)), "fox")
    teacher("reveal")
    for kind in ("json", "csv"):
        answer = client.get(f"{teacher.at}/results.{kind}", headers=teacher.headers)
        assert answer.status_code == 200 and "fox" in answer.text
        assert f'filename="class-{CODE}.{kind}"' in answer.headers["content-disposition"]
        assert client.get(f"{teacher.at}/results.{kind}").status_code == 403
    assert teacher("end").json() == {"ended": True}
    assert student.answer(1, "fox").status_code == 404 and client.get(teacher.at).status_code == 404
    assert Teacher(client).state()["results"] == 0, "the code is free, and nothing is left"


def test_errors_are_said_in_the_askers_language_and_as_a_message(client):
    refused = client.get("/class/AAAAA/state", headers={"X-Class-Language": "de"}).json()
    assert refused["message"][0].startswith("There is no class with this code")
    assert refused["error"] != refused["message"][0]


def test_a_class_leaves_one_line_of_counts(client, monkeypatch, caplog):
    caplog.set_level(logging.INFO)
    monkeypatch.setattr(logging.getLogger("playground.runs"), "propagate", True)
    teacher, student = Teacher(client), Student(client)
    student.answer(teacher.ask({"kind": "text", "text": "zebra?"}), "quartz")
    teacher("end")
    # once each: a logger that kept its lines to itself before is listened to at two places now
    records = dict.fromkeys(caplog.records)
    ours = [r.getMessage() for r in records if not r.name.startswith("httpx")]
    lines = [json.loads(line) for line in ours]
    assert [set(line) for line in lines] == [{"event", "seats", "questions", "answers", "seconds"}]
    assert (lines[0]["seats"], lines[0]["questions"], lines[0]["answers"]) == (1, 1, 1)
    for secret in ("zebra", "quartz", CODE, student.seat, teacher.headers["X-Class-Key"]):
        assert secret not in "".join(ours)


def test_a_code_in_small_letters_leads_to_the_one_address(client):
    Teacher(client)
    answer = client.get(f"/class/{CODE.lower()}", follow_redirects=False)
    assert answer.status_code == 307 and answer.headers["location"] == f"./{CODE}"
    assert client.get(f"/class/{CODE.lower()}").status_code == 200


def test_a_full_class_and_a_full_server_say_so():
    set_limits(Limits(seats_per_class=2, classes_at_once=1))
    try:
        with TestClient(application()) as client:
            teacher = Teacher(client)
            for student in (Student(client), Student(client)):
                student.state()
            refused = client.post(f"{teacher.at}/seat")
            assert refused.status_code == 503 and "room for 2" in refused.json()["error"]
            refused = client.post("/class/OTHER".replace("O", "P"))
            assert refused.status_code == 503
            assert client.post(teacher.at).status_code in (409, 503)
    finally:
        set_limits(None)


def test_below_a_root_path_with_the_pages_headers(models):
    with gr.Blocks(analytics_enabled=False) as demo:
        gr.Markdown("x")
    settings = with_routes({"app_kwargs": guarded()}, lambda: models)
    app = gr.mount_gradio_app(FastAPI(), demo, "/below", ssr_mode=False, **settings)
    with TestClient(app) as client:
        assert client.post(f"/below/class/{CODE}").status_code == 201
        page = client.get(f"/below/class/{CODE}")
        assert page.status_code == 200 and page.headers["content-type"].startswith("text/html")
        assert "frame-ancestors" in page.headers["content-security-policy"]
        assert client.post(f"/below/class/{CODE}/seat").status_code == 200
