"""The gate before every network: one run a visitor, places and a queue that is shown, sentences at
once, nothing left behind."""

import ast
from pathlib import Path
from types import SimpleNamespace

import pytest

from playground.backend import LimitExceeded, RunStopped
from playground.backend.limits import Limits, set_limits
from playground.pages import gate
from tests.pages.doubles import DoubleBackend

PAGES = Path(gate.__file__).parent


@pytest.fixture(autouse=True)
def limits():
    yield set_limits
    set_limits(None)


def visitor(name):
    return SimpleNamespace(session_hash=name)


def frames(backend, name, count=3, closed=None, **more):
    def work(run):
        try:
            for number in range(count):
                yield {"number": number}
        finally:
            if closed is not None:
                closed.append(name)

    return gate.through(
        backend, visitor(name), "page", "double", work, lambda words: {"words": words}, **more
    )


def test_frames_pass_and_the_place_is_given_back():
    backend = DoubleBackend()
    assert list(frames(backend, "ann")) == [{"number": 0}, {"number": 1}, {"number": 2}]
    assert (backend.runs.active, backend.runs.waiting) == (0, 0)


def test_a_second_run_of_a_visitor_is_refused_with_a_sentence_on_every_page_at_once():
    backend, closed = DoubleBackend(), []
    first = frames(backend, "ann", closed=closed)
    next(first)
    for long in (False, True):
        with pytest.raises(LimitExceeded, match="at most 1 run"):
            next(frames(backend, "ann", long=long))
    with pytest.raises(LimitExceeded), gate.run(backend, visitor("ann"), "api", "double"):
        pass
    with gate.question(backend, "page", "double"):
        assert next(frames(backend, "bob")) == {"number": 0}
    first.close()  # the browser closes
    assert closed == ["ann"] and list(frames(backend, "ann"))


def test_who_waits_is_told_how_many_stand_before_and_then_gets_the_place(limits, monkeypatch):
    monkeypatch.setattr(gate, "LOOK", 0.0)
    limits(Limits(runs_at_once=1))
    backend = DoubleBackend()
    first, second, third = (frames(backend, name) for name in ("ann", "bob", "cid"))
    next(first)
    assert [next(second)["words"], next(third)["words"]] == [
        "All places are taken: you are number 1 in the queue.",
        "All places are taken: you are number 2 in the queue.",
    ]
    list(first)
    assert "number 2" in next(third)["words"]  # first come, first served
    assert [frame for frame in second if "number" in frame] == [
        {"number": 0},
        {"number": 1},
        {"number": 2},
    ]
    assert next(third) == {"number": 0}
    third.close()
    assert (backend.runs.active, backend.runs.waiting) == (0, 0)


def test_who_leaves_the_queue_holds_nobody_up(limits, monkeypatch):
    monkeypatch.setattr(gate, "LOOK", 0.0)
    limits(Limits(runs_at_once=1))
    backend = DoubleBackend()
    first, second, third = (frames(backend, name) for name in ("ann", "bob", "cid"))
    for one in (first, second, third):
        next(one)
    second.close()
    assert backend.runs.waiting == 1
    backend.stop("cid")  # the Stop button of one who waits: quietly over
    assert list(third) == [] and backend.runs.waiting == 0
    assert len(list(first)) == 2


def test_a_full_queue_is_said_at_once(limits):
    limits(Limits(long_runs_at_once=0, queue_length=0))
    with pytest.raises(LimitExceeded, match="all 0 places are taken and 0 visitors wait already"):
        next(frames(DoubleBackend(), "ann", long=True))
    assert next(frames(DoubleBackend(), "ann")) == {
        "number": 0
    }  # other kinds have places of their own


def test_stop_ends_a_run_quietly_and_play_need_not_wait_for_it():
    backend, closed = DoubleBackend(), []
    for _ in range(50):
        stream = frames(backend, "ann", count=1000, closed=closed)
        next(stream)
        gate.halts(lambda: backend)(visitor("ann"))
        after = frames(backend, "ann", count=1)
        assert list(after) == [{"number": 0}]
        assert list(stream) == []
    assert len(closed) == 50 and (backend.runs.active, backend.runs.waiting) == (0, 0)


def test_a_run_beyond_its_seconds_ends_with_a_sentence(limits):
    limits(Limits(run_seconds=0.0))
    closed = []
    with pytest.raises(LimitExceeded, match="a run may take at most 0 seconds here"):
        list(frames(DoubleBackend(), "ann", closed=closed))
    assert closed == ["ann"]


def test_a_model_that_was_put_away_is_no_quiet_end():
    def work(run):
        yield {}
        raise RunStopped("the model was unloaded; start the run again")

    with pytest.raises(RunStopped, match="start the run again"):
        list(gate.through(DoubleBackend(), visitor("ann"), "page", "double", work, dict))


def test_names_that_nobody_offers_do_not_fill_the_figures():
    assert (
        gate.name_of("fairy-causal") == "fairy-causal"
        and gate.name_of("ngram/abc/2/word@key") == "n-gram"
        and gate.name_of("exact-tale") == "exact"
    )
    assert {gate.name_of(name) for name in ("x" * 1000, None, 7, {"a": 1}, "../etc")} == {"other"}


def test_programs_without_a_session_are_visitors_of_their_own():
    assert (
        gate.visitor_of(None) != gate.visitor_of(None) and gate.visitor_of(visitor("ann")) == "ann"
    )


def is_gated(path: Path) -> bool:
    """Whether a file calls the gate, or the stream protocol, every run of which goes through the
    gate."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    ways = {"gate.run", "gate.through", "gate.question"}
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module == "playground.pages":
            ways |= {
                f"{one.asname or one.name}.{way}"
                for one in node.names
                if one.name == "run"
                for way in ("bind", "stream")
            }
        elif isinstance(node, ast.ImportFrom) and node.module == "playground.pages.run":
            ways |= {one.asname or one.name for one in node.names if one.name in ("bind", "stream")}
    return any(
        isinstance(node, ast.Call) and ast.unparse(node.func) in ways for node in ast.walk(tree)
    )


def test_every_file_that_asks_a_network_is_behind_the_gate():
    """Where a page takes a model from the backend, the gate stands in the same file or in the one
    that calls it."""
    behind = {
        f"compare/{name}.py": "compare/stream.py"
        for name in (
            "strategies",
            "beams",
            "drafts",
            "race",
            "library",
            "teacher_forcing",
            "classifier",
            "sweep",
            "contexts",
            "scores",
        )
    }
    behind |= {
        "generate/run.py": "generate/__init__.py",
        "generate/attribution.py": "generate/__init__.py",
        "ngram_models.py": "generate/__init__.py",
        "diffusion/models.py": "diffusion/unmask_block.py",
        "diffusion/scores.py": "diffusion/unmask_block.py",
        "diffusion/hybrid.py": "diffusion/unmask_block.py",
        "diffusion/twin.py": "diffusion/unmask_block.py",
    }
    assert is_gated(PAGES / "run.py")
    recorders = {"record.py", "notebook.py"}  # what a developer runs, in a process of its own
    for path in PAGES.rglob("*.py"):
        calls = [
            node.func.attr
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)
        ]
        if not {"causal", "denoiser", "library"} & set(calls) or path.name in recorders:
            continue
        name = path.relative_to(PAGES).as_posix()
        assert is_gated(PAGES / behind.get(name, name)), (
            f"{name} asks a network, and no gate stands before it"
        )
