"""Every run of every page is one call with the GPU on ZeroGPU, and what it answers crosses between
processes."""

from types import SimpleNamespace

import pytest

from playground.backend import zero_gpu
from playground.backend.service import Backend
from tests.backend.test_backend_zero_gpu import InProcess


@pytest.fixture(scope="module")
def space():
    """(the app as on ZeroGPU, its stand-in for spaces, a client)."""
    import sys

    from gradio_client import Client

    from playground.pages.shell import build_app

    with pytest.MonkeyPatch.context() as patch:
        stand_in, serving = InProcess(), Backend()
        patch.setitem(sys.modules, "spaces", stand_in)
        demo = build_app(lambda: serving)
        demo.launch(
            server_name="127.0.0.1",
            prevent_thread_lock=True,
            quiet=True,
            ssr_mode=False,
            show_error=True,
        )
        patch.setenv("SPACES_ZERO_GPU", "true")  # Gradio too looks at it when it starts
        yield SimpleNamespace(
            shell=demo.shell,
            serving=serving,
            spaces=stand_in,
            client=Client(demo.local_url, verbose=False),
        )
        demo.close()
        serving.close()


RUNS = [
    ("decode", {"model": "fairy-causal", "prompt": "the king", "max_new_tokens": 3}),
    ("score", {"model": "fairy-causal", "text": "the king was old"}),
    ("distribution", {"model": "fairy-causal", "prompt": "the king"}),
    ("unmask", {"canvas": "the king [MASK]*3 .", "steps": 3}),
    (
        "compare",
        {
            "model": "fairy-causal",
            "prompt": "the wolf",
            "columns": [{"kind": "greedy"}, {"kind": "beam", "beams": 2}],
            "tokens": 4,
        },
    ),
]


@pytest.mark.parametrize(("name", "arguments"), RUNS, ids=[name for name, _ in RUNS])
def test_an_endpoint_takes_the_gpu_once(space, name, arguments):
    before = len(space.spaces.calls)
    assert space.client.predict(**arguments, api_name=f"/{name}")
    assert len(space.spaces.calls) == before + 1


def test_a_refusal_keeps_its_words(space):
    with pytest.raises(Exception, match="canvas must have a"):
        space.client.predict(canvas="the king .", api_name="/unmask")


def took(space, frames):
    before = len(space.spaces.calls)
    frames = list(frames)
    assert not [frame for frame in frames if "error" in frame or "problem" in frame], frames
    assert len(space.spaces.calls) == before + 1 and zero_gpu._inside is False
    return frames


def test_a_text_on_the_page_is_one_call(space):
    from playground.pages import run
    from playground.pages.generate import score_work, write_work

    raw = {
        "model": "fairy-causal",
        "prompt": "the king",
        "text": "the king was old",
        "settings": {"max_new_tokens": 4},
    }
    visitor = SimpleNamespace(session_hash="visitor")

    def play(name, work):
        return run.stream(space.serving, visitor, {**raw, "run": name}, "generate", work)

    messages = took(space, play("one", write_work(space.serving)))
    assert sum(len(one.get("frames", ())) for one in messages) == 4
    messages = took(space, play("two", score_work(space.serving)))
    assert messages[-1]["reason"] == "scored"


def test_an_unmasking_run_on_the_page_is_one_call(space):
    from playground.pages.diffusion.controls import LINK
    from playground.pages.diffusion.unmask_block import messages

    values = {**LINK.defaults(), "canvas": "the king [MASK]*3 .", "steps": 3}
    asked = {"run": "r", "values": values}
    news = took(space, messages(asked, space.shell, SimpleNamespace(session_hash="visitor")))
    steps = [record for one in news for record in one.get("frames", ()) if "step" in record]
    assert news[-1]["kind"] == "end" and len(steps) == 3


def test_a_comparison_on_the_page_is_one_call(space):
    from playground.pages.compare.strategies import run
    from playground.pages.compare.stream import kind_of_run, messages
    from playground.pages.run import stream

    wish = {
        "run": "one",
        "model": "fairy-causal",
        "prompt": "the king",
        "tokens": 4,
        "runs": 1,
        "seed": 0,
        "scorer": "",
        "columns": [{"kind": "greedy"}],
    }
    news = took(
        space,
        stream(
            space.serving,
            SimpleNamespace(session_hash="visitor"),
            wish,
            "compare",
            lambda asked, handle: messages(run(space.serving, asked)),
            **kind_of_run(),
        ),
    )
    assert news[-1]["kind"] == "end"


def test_no_endpoint_runs_beside_it():
    """What does not stream takes its place by gate.run and its GPU by gate.whole."""
    from pathlib import Path

    import playground.pages

    for path in sorted(Path(playground.pages.__file__).parent.rglob("*.py")):
        text = path.read_text(encoding="utf-8")
        if path.name != "gate.py":
            assert text.count("gate.run(") == text.count("gate.whole("), path
