"""Which sites may frame the pages, read from the environment and sent with every answer."""

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from playground.server.framing import VARIABLE, frame_ancestors
from playground.server.security_headers import Guard


@pytest.mark.parametrize(
    ("environment", "sources"),
    [
        ({}, "'self'"),
        ({"SPACE_ID": "someone/playground"}, "*"),
        ({"SPACE_ID": "someone/playground", VARIABLE: "none"}, "'none'"),
        ({VARIABLE: "*"}, "*"),
        ({VARIABLE: "  "}, "'self'"),
        (
            {VARIABLE: "https://school.example/ http://localhost:8000"},
            "'self' https://school.example http://localhost:8000",
        ),
        ({VARIABLE: "https://*.moodle.example:8443"}, "'self' https://*.moodle.example:8443"),
    ],
)
def test_the_environment_says_who_may_frame_the_pages(environment, sources):
    assert frame_ancestors(environment) == sources


@pytest.mark.parametrize(
    "wrong",
    [
        "school.example",
        "https://school.example/page",
        "https://a.example; script-src *",
        "https://a.example, https://b.example",
        "* https://a.example",
        "javascript:alert(1)",
        "https://",
    ],
)
def test_what_is_no_origin_is_refused_by_name(wrong):
    with pytest.raises(ValueError, match="is no origin") as refusal:
        frame_ancestors({VARIABLE: wrong})
    assert VARIABLE in str(refusal.value)


@pytest.mark.parametrize(
    ("setting", "sources"),
    [
        (None, "'self'"),
        ("none", "'none'"),
        ("*", "*"),
        ("https://school.example", "'self' https://school.example"),
    ],
)
def test_each_setting_is_in_the_header_of_every_answer(monkeypatch, setting, sources):
    monkeypatch.delenv("SPACE_ID", raising=False)
    monkeypatch.delenv(VARIABLE, raising=False)
    if setting is not None:
        monkeypatch.setenv(VARIABLE, setting)
    answer = TestClient(Guard(Starlette())).get("/nothing")
    rules = answer.headers["content-security-policy"].split("; ")
    assert f"frame-ancestors {sources}" in rules
    assert "x-frame-options" not in answer.headers  # it would close what the policy opens
