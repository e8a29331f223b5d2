"""Runs at once, the queue, the time of a run, the log line without the text, metrics, health, the
graceful stop."""

import json
import logging
import threading

import pytest

from playground.backend import LimitExceeded, RunStopped
from playground.backend.limits import Limits, set_limits
from playground.backend.service import Backend


@pytest.fixture()
def serving():
    return Backend()


class Visit(threading.Thread):
    """A visitor whose run goes on until it is let go; `entered` once it has a place."""

    def __init__(self, serving, visitor):
        super().__init__(daemon=True)
        self.serving, self.visitor = serving, visitor
        self.entered, self.let_go, self.error = threading.Event(), threading.Event(), None
        self.start()

    def run(self):
        try:
            with self.serving.run(self.visitor, "generate", "m") as run:
                self.entered.set()
                self.let_go.wait(20)
                run.step()
        except BaseException as error:
            self.error = error


def test_a_second_run_of_the_same_visitor_is_refused_by_name_at_once(serving):
    with serving.run("anna", "generate", "m"):
        with pytest.raises(
            LimitExceeded, match=r"at most 1 run\(s\) at once for each visitor"
        ) as caught:
            serving.run("anna", "generate", "m").__enter__()
        assert caught.value.limit == "runs_per_visitor"
        with serving.run("ben", "generate", "m"):
            assert serving.runs.active == 2
    with serving.run("anna", "generate", "m"):
        pass


def test_stop_and_play_fifty_times_leaves_nothing_behind(serving):
    """Each Stop ends the visitor's run at its next step; the next Play need not wait for it."""
    for _ in range(50):
        run = serving.run("anna", "generate", "m")
        run.__enter__()
        assert serving.stop("anna") >= 1
        with pytest.raises(RunStopped):
            try:
                run.step()
            except RunStopped as error:
                run.__exit__(RunStopped, error, None)
                raise
    assert (serving.runs.active, serving.runs.waiting, serving.stop("anna")) == (0, 0, 0)


def test_a_browser_that_closes_mid_run_frees_its_place(serving):
    def page():
        with serving.run("anna", "generate", "m") as run:
            while True:
                run.step()
                yield run.tokens

    stream = page()
    assert [next(stream) for _ in range(3)] == [1, 2, 3] and serving.runs.active == 1
    stream.close()
    assert serving.runs.active == 0
    stream = page()
    next(stream)
    del stream  # vanished without a word
    assert serving.runs.active == 0


def test_beyond_the_places_visitors_queue_in_their_order(serving):
    set_limits(Limits(runs_at_once=1))
    first = Visit(serving, "v0")
    assert first.entered.wait(20)
    others = []
    for n in (1, 2, 3):
        others.append(Visit(serving, f"v{n}"))
        while serving.runs.waiting < n:
            pass
    for visit, following in zip([first, *others], [*others, None], strict=True):
        assert following is None or not following.entered.is_set()
        visit.let_go.set()
        visit.join(20)
        assert visit.error is None
        if following is not None:
            assert following.entered.wait(20)


def test_a_full_queue_refuses_at_once_and_names_the_limit(serving):
    set_limits(Limits(runs_at_once=1, queue_length=1))
    first = Visit(serving, "v0")
    assert first.entered.wait(20)
    second = Visit(serving, "v1")
    while serving.runs.waiting < 1:
        pass
    with pytest.raises(
        LimitExceeded, match="all 1 places are taken and 1 visitors wait already"
    ) as caught:
        serving.run("v2", "generate", "m").__enter__()
    assert caught.value.limit == "queue_length"
    serving.stop("v1")
    second.join(20)
    assert isinstance(second.error, RunStopped) and serving.runs.waiting == 0
    first.let_go.set()
    first.join(20)


def test_waiting_ends_after_the_queues_seconds(serving):
    set_limits(Limits(runs_at_once=0, queue_seconds=0.01))
    with pytest.raises(LimitExceeded, match="no place became free within"):
        serving.run("v2", "generate", "m").__enter__()
    assert serving.runs.waiting == 0


def test_a_run_beyond_its_seconds_ends_with_a_sentence(serving):
    set_limits(Limits(run_seconds=0.0))
    with (
        pytest.raises(
            LimitExceeded, match="a run may take at most 0 seconds here; what was written stays"
        ),
        serving.run("anna", "generate", "m") as run,
    ):
        run.step()
    assert serving.runs.active == 0


def test_a_clock_that_jumps_ends_no_run(serving, monkeypatch):
    import time

    with serving.run("anna", "generate", "m") as run:
        run.step()
        monkeypatch.setattr(time, "time", lambda: 4e9)
        run.step()
        monkeypatch.setattr(time, "time", lambda: 0.0)
        run.step()
    assert run.tokens == 3


def test_the_graceful_stop_refuses_new_runs_and_lets_running_ones_end(serving):
    visit, done = Visit(serving, "v0"), []
    assert visit.entered.wait(20)
    drain = threading.Thread(target=lambda: done.append(serving.drain(20)))
    drain.start()
    while not serving.runs.stopping:
        pass
    assert serving.health()["status"] == "stopping"
    with pytest.raises(LimitExceeded, match="about to restart"):
        serving.run("v1", "generate", "m").__enter__()
    visit.let_go.set()
    drain.join(20)
    assert done == [True] and visit.error is None
    assert serving.drain(0)


def test_the_first_token_is_the_first_step_that_has_one(serving):
    with serving.run("anna", "compare", "m") as run:
        run.step(0)  # "Getting the model …" is no token
        assert run._first is None
        run.step(2)
        assert run._first is not None and run.tokens == 2


def test_a_run_leaves_one_line_and_never_the_text(serving, caplog, monkeypatch):
    monkeypatch.setattr(logging.getLogger("playground.runs"), "propagate", True)
    with caplog.at_level(logging.INFO, "playground.runs"):
        with serving.run("anna", "generate", "smollm2-135m") as run:
            for _ in range(5):
                run.step()
        with pytest.raises(ZeroDivisionError), serving.run("anna", "diffuse", "fairy-diffusion"):
            raise ZeroDivisionError("the secret prompt")
    # once each: a logger that kept its lines to itself before is listened to at two places now
    lines = [json.loads(record.getMessage()) for record in dict.fromkeys(caplog.records)]
    assert [(line["page"], line["model"], line["tokens"], line["outcome"]) for line in lines] == [
        ("generate", "smollm2-135m", 5, "finished"),
        ("diffuse", "fairy-diffusion", 0, "error"),
    ]
    assert all(
        set(line) == {"event", "page", "model", "outcome", "tokens", "ms", "first_ms"}
        for line in lines
    )
    assert "secret" not in caplog.text and "anna" not in caplog.text


def test_metrics_and_health_tell_what_happened(backend):
    with (
        backend.causal("small-gpt2") as model,
        backend.run("anna", "generate", "small-gpt2") as run,
    ):
        for n in range(1, 4):
            model.next_logits([1] * n)
            run.step()
        state = backend.health()
        assert state["status"] == "ok" and state["runs"] == {"active": 1, "waiting": 0}
        assert (
            state["models"]["small-gpt2"]["forward_passes"] == 3 and state["memory"]["caches"] > 0
        )
        json.dumps(state)
    count = 'playground_forward_seconds_count{model="small-gpt2"} 3.0'
    while count not in backend.metrics()[0].decode():  # a tick is counted after its answers are out
        pass
    body, kind = backend.metrics()
    text = body.decode()
    assert kind.startswith("text/plain")
    assert (
        'playground_runs_total{model="small-gpt2",outcome="finished",page="generate"} 1.0' in text
    )
    assert 'playground_tokens_total{model="small-gpt2",page="generate"} 3.0' in text
    assert "playground_runs_active 0.0" in text and 'playground_memory_bytes{use="process"}' in text
