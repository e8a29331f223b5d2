"""The teacher's phone over HTTP: it teaches as soon as the panel allows it, and never gives its key
to others."""

import pytest
from starlette.testclient import TestClient

from tests.server.class_client import CODE, Student, Teacher, application

AT = f"/class/{CODE}"


@pytest.fixture
def client():
    with TestClient(application()) as client:
        yield client


@pytest.fixture
def teacher(client):
    return Teacher(client)


def taken(client, teacher):
    """(headers of a phone that took the offer, its two figures)."""
    token = teacher("phone").json()["token"]
    found = client.post(f"{AT}/take", json={"token": token}).json()
    return {"X-Class-Key": found["key"]}, found["check"]


def stage(client, headers):
    return client.get(f"{AT}/stage", headers=headers).json()["stage"]


def test_a_phone_waits_is_allowed_asks_and_reveals(client, teacher):
    phone, check = taken(client, teacher)
    assert teacher.state()["phone"] == {"stage": "asks", "check": check}
    assert stage(client, phone) == "asks"
    assert client.post(f"{AT}/ticket", headers=phone).status_code == 403
    assert teacher("allow", check=check).json()["phone"]["stage"] == "here"
    assert stage(client, phone) == "here"
    question = {"kind": "choice", "text": "Which?", "choices": ["a", "b"], "truth": 1}
    asked = client.post(f"{AT}/ask", json={"question": question}, headers=phone)
    assert asked.status_code == 200 and asked.json()["you_are"] == "teacher"
    student = Student(client)
    student.answer(asked.json()["question"]["id"], 1)
    assert client.post(f"{AT}/reveal", json={}, headers=phone).json()["revealed"]["hit"] == 1
    assert client.get(f"{AT}/results.csv", headers=phone).status_code == 200


def test_a_phone_that_was_put_away_holds_nothing(client, teacher):
    phone, check = taken(client, teacher)
    teacher("allow", check=check)
    teacher("offer", offered={"title": "Generate"})
    own, its = (
        client.post(f"{AT}/ticket", headers=headers).json()["ticket"]
        for headers in (teacher.headers, phone)
    )
    assert client.get(f"{AT}/state?ticket={its}").status_code == 200
    assert teacher("drop").json()["phone"]["stage"] == "none"
    assert teacher.state()["offered"] is None and stage(client, phone) == "none"
    assert client.post(f"{AT}/close", headers=phone).status_code == 403
    assert client.get(f"{AT}/state?ticket={its}").status_code == 403
    assert client.get(f"{AT}/state?ticket={own}").status_code == 200


def test_the_phone_offers_no_key_and_allows_none(client, teacher):
    phone, check = taken(client, teacher)
    teacher("allow", check=check)
    for step in ("phone", "allow"):
        assert client.post(f"{AT}/{step}", json={"check": check}, headers=phone).status_code == 403
    assert stage(client, phone) == "here"


def test_commands_reach_the_projected_page_in_order_and_no_student(client, teacher):
    student = Student(client)
    sent = [("turn", 1), ("ask", 0), ("open", "escape"), ("cover", False), ("play", None)]
    for number, (name, value) in enumerate(sent, start=1):
        state = teacher("steer", command={"do": name, "value": value}).json()
        assert state["command"] == {"id": number, "do": name, "value": value}
    teacher("offer", offered={"questions": ["What comes next?"], "covered": True})
    seen = student.state()
    assert not {"command", "offered", "phone"} & seen.keys()
    assert teacher.state()["offered"]["covered"] is True


@pytest.mark.parametrize(
    "command",
    [
        None,
        {},
        {"do": "end"},
        {"do": "turn", "value": 1000000000.0},
        {"do": "open", "value": "x" * 200},
        {"do": "turn", "value": [1]},
        {"do": ["turn"]},
    ],
)
def test_a_bad_command_is_a_sentence(client, teacher, command):
    answer = teacher("steer", command=command)
    assert answer.status_code == 400 and "command" in answer.json()["error"]
    assert teacher.state()["command"] is None


def test_what_is_offered_is_small(client, teacher):
    answer = teacher("offer", offered={"text": "x" * 3000})
    assert answer.status_code == 400 and answer.json()["error"].startswith("offered must have")


@pytest.mark.parametrize("token", [None, 7, "", "0" * 32, ["x"]])
def test_a_token_that_was_not_offered_takes_nothing(client, teacher, token):
    teacher("phone")
    assert client.post(f"{AT}/take", json={"token": token}).status_code == 403
    assert teacher.state()["phone"]["stage"] == "offered"


def test_the_panels_page_is_there_for_a_class_alone(client, teacher):
    page = client.get(f"{AT}/panel")
    assert page.status_code == 200 and "views/classroom/phone.js" in page.text
    assert teacher.headers["X-Class-Key"] not in page.text
    assert client.get("/class/AAAAA/panel").status_code == 404
