"""Five hundred requests of strangers against the whole app with its own models: never a server
error, never silence, always a sentence."""

import httpx
import pytest
from gradio_client import Client
from hypothesis import HealthCheck, Phase, given, settings

from playground.backend import get_backend
from playground.backend.catalog import MODELS
from playground.backend.limits import Limits, set_limits
from tests.security.attacks import cases
from tests.security.delivery import PublicInterface, send
from tests.security.honest import REQUEST

CASES = 500


@pytest.fixture(scope="module")
def url():
    """The app with the shipped models (no other is on offer: nothing is fetched) and runs of two
    seconds."""
    for name in ("fairy-causal", "fairy-diffusion"):
        if not (MODELS / name / "config.json").is_file():
            pytest.skip(f"the weights of {name} are not here")
    from playground.pages.shell import build_app, launch_settings

    patch = pytest.MonkeyPatch()
    patch.setenv("PLAYGROUND_MODELS", "fairy-causal,fairy-diffusion")
    set_limits(Limits(run_seconds=2.0, long_runs_at_once=4))
    demo = build_app()
    demo.launch(
        server_name="127.0.0.1",
        prevent_thread_lock=True,
        quiet=True,
        ssr_mode=False,
        run_history=False,
        show_error=True,
        **launch_settings(),
    )
    get_backend().causal("fairy-causal").close()
    get_backend().denoiser("fairy-diffusion").close()
    yield demo.local_url.rstrip("/")
    demo.close()
    set_limits(None)
    patch.undo()


def test_no_request_of_a_stranger_breaks_anything(url):
    interface, program, failures = PublicInterface.of(url), Client(url, verbose=False), []
    assert {
        "decode",
        "distribution",
        "attribution",
        "score",
        "escape",
        "markov",
        "hmm",
        "corrupt",
        "unmask",
        "compare",
        "speculate",
    } <= set(interface.endpoints)
    assert len(interface.events) > 25 and len(interface.functions) > 40
    with httpx.Client(base_url=url, timeout=60) as client:

        @settings(
            max_examples=CASES,
            deadline=None,
            database=None,
            derandomize=True,
            suppress_health_check=list(HealthCheck),
            phases=[Phase.generate],
        )
        @given(cases(interface))
        def attack(case):
            outcome = send(client, case, program)
            if outcome.kind == "failed":
                failures.append((case, outcome.detail))

        attack()
    assert not failures, f"{len(failures)} of {CASES}, e.g. {failures[:3]}"
    answer = program.predict(
        model="fairy-causal",
        prompt="once upon a time",
        max_new_tokens=3,
        seed=1,
        api_name="/decode",
    )
    assert len(answer["steps"]) == 3
    runs = get_backend().runs
    with runs._changed:
        assert runs._changed.wait_for(lambda: not runs.active and not runs.waiting, 30), (
            "a run of a browser that closed is still held"
        )


def test_an_event_that_brings_anything_but_an_object_gets_a_sentence(url):
    """A page's handler looks for names in what came with the event: a list, a number or nothing has
    none."""
    interface, failures = PublicInterface.of(url), []
    with httpx.Client(base_url=url, timeout=60) as client:
        for event in interface.events:
            for data in (None, 7):
                outcome = send(client, ["event", event["id"], event["values"], data])
                if outcome.kind == "failed":
                    failures.append((event["id"], data, outcome.detail))
    assert not failures, f"{len(failures)}, e.g. {failures[:3]}"


def test_a_server_function_that_gets_anything_but_what_its_script_sends_answers_in_words(url):
    """Every function of every page, some or all fields that it may look for replaced by what is not
    of its kind."""
    interface, failures = PublicInterface.of(url), []
    strange = [[], {"a": [1]}, 1e308]
    questions = [
        None,
        7,
        "x",
        {},
        *({name: value for name in REQUEST} for value in strange),
        *({**REQUEST, name: [None]} for name in ("settings", "seed", "columns", "ids")),
    ]
    with httpx.Client(base_url=url, timeout=60) as client:
        for component, name in interface.functions:
            for question in questions:
                outcome = send(client, ["function", component, name, question])
                if outcome.kind == "failed":
                    failures.append((component, name, question, outcome.detail))
    assert not failures, f"{len(failures)}, e.g. {failures[:3]}"
