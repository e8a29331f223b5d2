"""/corrupt and /unmask as a program meets them: gradio_client on the running app."""

import gradio as gr
import pytest
from gradio_client import Client
from gradio_client.exceptions import AppError

from playground.pages.diffusion import models
from playground.pages.diffusion.endpoints import register
from tests.pages.doubles import AwayBackend


@pytest.fixture(scope="module")
def client():
    from types import SimpleNamespace

    with gr.Blocks() as demo:
        register(SimpleNamespace(backend=AwayBackend))
    demo.queue(default_concurrency_limit=4)
    demo.launch(prevent_thread_lock=True, quiet=True, ssr_mode=False, show_error=True)
    yield Client(demo.local_url, verbose=False)
    demo.close()


def test_both_endpoints_are_named_and_nothing_else_is(client):
    assert set(client.view_api(return_format="dict")["named_endpoints"]) == {"/corrupt", "/unmask"}


def test_unmask_answers_the_whole_run(client):
    asked = {
        "canvas": "the king [MASK]*5 .",
        "model": models.TALE,
        "sampler": "llada",
        "selection": "random",
        "steps": 5,
        "seed": 4,
        "top": 2,
    }
    answer = client.predict(api_name="/unmask", **asked)
    assert answer["version"] == 1 and answer["kind"] == "unmask" and answer["settings"]["seed"] == 4
    assert len(answer["steps"]) == 5 and answer["steps"][-1]["state"].count("masked") == 0
    assert all(len(row) <= 2 for step in answer["steps"] for row in step["top"] if row)
    assert answer["text"].startswith("the king ") and "[MASK]" not in answer["text"]
    assert client.predict(api_name="/unmask", **asked) == answer, (
        "the same values must give the same run"
    )


def test_corrupt_answers_the_text_at_t(client):
    answer = client.predict(
        text="the king had a daughter .",
        t=0.5,
        noise="uniform",
        model=models.TALE,
        seed=3,
        api_name="/corrupt",
    )
    assert (
        answer["alpha_bar"] == 0.5
        and len(answer["tokens"]) == 6
        and answer["known"] == sum(answer["kept"])
    )
    measured = client.predict(
        text="the king had a daughter .",
        t=0.5,
        schedule="entropy-linear",
        model=models.TALE,
        seed=3,
        api_name="/corrupt",
    )
    assert 0 < measured["alpha_bar"] < 0.5 and measured["known"] <= answer["known"]
    still = client.predict(
        text="the king had a daughter .", t=0.0, model=models.TALE, api_name="/corrupt"
    )
    assert still["text"] == "the king had a daughter ." and still["known"] == 6


def test_corrupt_reads_every_noise_where_asked(client):
    asked = {"text": "the king had a daughter .", "t": 0.5, "model": models.TALE, "seed": 3}
    for noise in ("absorbing", "uniform", "gaussian"):
        plain = client.predict(noise=noise, **asked, api_name="/corrupt")
        answer = client.predict(noise=noise, reading=True, **asked, api_name="/corrupt")
        read = answer.pop("read")
        assert answer == plain, "an old call gets the old answer"
        assert len(read["tokens"]) == len(read["p"]) == 6 and read["bits"] >= 0
        assert read["text"].startswith("the king")


@pytest.mark.parametrize(
    ("endpoint", "values", "says"),
    [
        (
            "/unmask",
            {"canvas": "[MASK]", "steps": 0},
            "steps must be a whole number in [1, 512], got 0",
        ),
        (
            "/unmask",
            {"canvas": "[MASK]", "temperature": -1},
            "temperature must be a number in [0, 100], got -1",
        ),
        ("/unmask", {"canvas": "[MASK]", "sampler": "x"}, "sampler must be one of dream"),
        ("/unmask", {"canvas": "[MASK]*999"}, "canvas must have 1 to 256 masks, got '[MASK]*999'"),
        (
            "/unmask",
            {"canvas": "[MASK]", "top": 99},
            "top must be a whole number in [0, 10], got 99",
        ),
        (
            "/unmask",
            {"canvas": "[MASK]", "start": "x"},
            "start must be one of masks, random words, got 'x'",
        ),
        ("/unmask", {"canvas": "[MASK]", "model": "nope"}, "model must be one of"),
        ("/unmask", {"canvas": "[MASK]", "hybrid": 4}, "hybrid must be 0 for an exact model"),
        ("/corrupt", {"text": "the king", "t": 2}, "t must be in [0, 1], got 2"),
        (
            "/corrupt",
            {"text": "the king", "noise": "x"},
            "noise must be one of absorbing, uniform, gaussian, got 'x'",
        ),
    ],
)
def test_a_bad_value_names_field_value_and_range(client, endpoint, values, says):
    with pytest.raises(AppError) as error:
        client.predict(api_name=endpoint, **{"model": models.TALE, **values})
    assert says.lower() in str(error.value).lower()


def test_a_model_that_cannot_be_had_is_a_sentence(client):
    with pytest.raises(AppError, match="cannot be had"):
        client.predict(canvas="[MASK]", model="fairy-diffusion", api_name="/unmask")
