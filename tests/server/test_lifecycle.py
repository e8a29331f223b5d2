"""The process as its host sees it: `python app.py` in a process of its own, asked, watched, and
told to end while a text is written."""

from __future__ import annotations

import json
import signal

import pytest
from prometheus_client.parser import text_string_to_metric_families

from playground.server.lifecycle import drain_seconds, with_routes
from tests.pages.process import App, client_of

PROMPT = (
    "zebra quartz once upon a time"  # words that nothing else writes: they must never be in the log
)


@pytest.fixture(scope="module")
def app():
    app = App(PLAYGROUND_DRAIN_SECONDS="120")  # a loaded machine writes slowly
    app.until_warm()
    yield app
    app.process.kill()
    app.process.wait(30)


def values(text: str, name: str) -> dict[tuple, float]:
    return {
        tuple(sorted(sample.labels.items())): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
        if sample.name == name
    }


def test_health_metrics_and_one_log_line_a_run_that_never_holds_the_text(app):
    status, body = app.get("/health")
    assert status == 200 and json.loads(body)["status"] == "ok"
    answer = client_of(app.url).predict(
        model="fairy-causal", prompt=PROMPT, max_new_tokens=5, seed=1, api_name="/decode"
    )
    assert len(answer["steps"]) == 5
    app.until(lambda: len(app.runs()) >= 1, 30)
    [line] = app.runs()
    assert (line["model"], line["outcome"], line["tokens"]) == ("fairy-causal", "finished", 5)
    assert isinstance(line["page"], str) and line["ms"] >= line["first_ms"] >= 0
    log = "\n".join(app.lines)
    assert "zebra" not in log and "quartz" not in log and answer["text"].strip() not in log
    metrics = app.get("/metrics")[1]
    assert (
        values(metrics, "playground_tokens_total")[
            ("model", "fairy-causal"), ("page", line["page"])
        ]
        == 5
    )
    assert sum(values(metrics, "playground_forward_seconds_count").values()) >= 5
    assert "zebra" not in metrics
    state = json.loads(app.get("/health")[1])
    assert state["models"]["fairy-causal"]["bytes"] > 1e7 and state["memory"]["process"] > 1e7
    assert state["runs"] == {"active": 0, "waiting": 0}


def test_told_to_end_it_writes_running_texts_to_their_end_and_refuses_new_ones_with_a_sentence(app):
    client, late = client_of(app.url), client_of(app.url)
    before = len(app.runs())
    running = client.submit(
        canvas="[MASK]*180", sampler="llada", steps=120, seed=2, top=0, api_name="/unmask"
    )  # so many steps, whatever it writes
    while json.loads(app.get("/health")[1])["runs"]["active"] == 0:
        assert not running.done()
    app.process.send_signal(signal.SIGTERM)
    while app.get("/health")[0] == 200:
        assert not running.done(), "the text ended before the process heard that it should"
    with pytest.raises(Exception, match="about to restart and takes no new runs"):
        late.predict(
            model="fairy-causal", prompt=PROMPT, max_new_tokens=5, seed=1, api_name="/decode"
        )
    answer = running.result(timeout=120)
    assert len(answer["steps"]) == 120 and "[MASK]" not in answer["text"]
    assert app.process.wait(60) == 0
    app.until(lambda: "(end)" in app.lines, 30)
    finished = [line for line in app.runs()[before:] if line["outcome"] == "finished"]
    assert [line["tokens"] for line in finished] == [120]


def test_the_two_addresses_come_beside_what_launch_is_given_anyway():
    settings = with_routes(
        {"theme": 1, "app_kwargs": {"docs_url": None, "routes": ["first"]}}, lambda: None
    )
    assert settings["theme"] == 1 and settings["app_kwargs"]["docs_url"] is None
    paths = [getattr(route, "path", route) for route in settings["app_kwargs"]["routes"]]
    assert paths[:3] == ["first", "/health", "/metrics"]
    assert paths[3:] and all(path.startswith("/class/{code}") for path in paths[3:])


@pytest.mark.parametrize("value", ["soon", "-1", "nan", "inf"])
def test_a_bad_time_to_drain_is_named(monkeypatch, value):
    monkeypatch.setenv("PLAYGROUND_DRAIN_SECONDS", value)
    with pytest.raises(ValueError, match=r"PLAYGROUND_DRAIN_SECONDS must be a number >= 0, got"):
        drain_seconds()
