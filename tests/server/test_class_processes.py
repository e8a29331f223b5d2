"""deploy/nginx.conf with two page processes: everybody of a class reaches the process that its code
picks; one that dies takes its own classes with it, its phones say so, and the teacher opens
the class again. Skipped where there is no nginx."""

from __future__ import annotations

import httpx
import pytest

from tests.pages.process import App
from tests.server.class_client import Student, Teacher
from tests.server.test_sticky import NGINX, Front

pytestmark = pytest.mark.skipif(
    NGINX is None, reason="there is no nginx here (apt-get install nginx-light)"
)


def visitor(front: Front) -> httpx.Client:
    """A browser of its own: without the cookie that nginx gives to visitors of the pages."""
    return httpx.Client(base_url=front.url, headers={"user-agent": "Mozilla/5.0"}, timeout=60)


def homes(apps: list[App], codes: list[str]) -> dict[str, App]:
    """Which process holds each class, asked of the processes themselves."""
    found = {}
    for code in codes:
        answers = [httpx.post(f"{app.url}/class/{code}/seat").status_code for app in apps]
        assert sorted(answers) == [200, 404], (code, answers)
        found[code] = apps[answers.index(200)]
    return found


def test_a_class_lives_in_the_process_that_its_code_picks_and_dies_with_it(tmp_path):
    with App() as one, App() as two:
        apps = [one, two]
        front = Front(tmp_path, [app.port for app in apps])
        try:
            codes = [f"QUE{a}{b}" for a in "ABCD" for b in "EF"]
            teachers = {code: Teacher(visitor(front), code) for code in codes}
            home = homes(apps, codes)
            assert {id(app) for app in home.values()} == {id(one), id(two)}, "all in one process"
            for code, teacher in teachers.items():
                students = [Student(visitor(front), code) for _ in range(3)]
                number = teacher.ask({"kind": "choice", "text": "?", "choices": ["a", "b"]})
                for student in students:
                    assert student.answer(number, 1).status_code == 200
                assert teacher("reveal").json()["revealed"]["n"] == 3
            lost = next(code for code in codes if home[code] is one)
            kept = next(code for code in codes if home[code] is two)
            student = Student(visitor(front), lost)
            one.process.kill()
            one.process.wait(30)
            gone = student.client.get(f"{student.at}/state", headers=student.headers)
            assert gone.status_code == 404 and "may have ended" in gone.json()["error"]
            again = Teacher(visitor(front), lost)
            again.ask({"kind": "text", "text": "once more"})
            assert Student(visitor(front), lost).state()["question"]["text"] == "once more"
            assert teachers[kept].state()["state"] == "revealed", "the other's classes go on"
        finally:
            front.process.terminate()
            front.process.wait(30)


def test_a_class_does_not_hold_up_the_end_of_its_process():
    """Open streams would keep the server waiting."""
    with App() as app, httpx.Client(base_url=app.url, timeout=60) as client:
        teacher = Teacher(client)
        ticket = teacher("ticket").json()["ticket"]
        with client.stream("GET", f"{teacher.at}/events?ticket={ticket}") as events:
            next(events.iter_lines())
            app.process.terminate()
            assert app.process.wait(60) == 0
