"""/decode, /distribution, /attribution and /score as a program meets them: JSON by keyword, JSON
back, errors that name field, value and range."""

import json

import gradio as gr
import pytest
from gradio_client import Client
from gradio_client.exceptions import AppError

from playground.pages.generate import endpoints
from tests.pages.doubles import DoubleBackend


@pytest.fixture(scope="module")
def client():
    with gr.Blocks(analytics_enabled=False) as demo:
        endpoints.register(DoubleBackend())
    demo.queue()
    demo.launch(
        prevent_thread_lock=True,
        quiet=True,
        ssr_mode=False,
        run_history=False,
        server_port=None,
        show_error=True,
    )
    yield Client(demo.local_url, verbose=False)
    demo.close()


def test_only_the_named_endpoints_are_public(client):
    info = client.view_api(return_format="dict")
    assert (
        set(info["named_endpoints"]) == {"/decode", "/distribution", "/attribution", "/score"}
        and not info["unnamed_endpoints"]
    )


def test_decode_answers_a_trace_that_is_the_same_for_the_same_seed(client):
    ask = {
        "model": "double",
        "prompt": "The fox",
        "max_new_tokens": 6,
        "temperature": 0.7,
        "top_p": 0.9,
        "seed": 3,
        "api_name": "/decode",
    }
    first, second = client.predict(**ask), client.predict(**ask)
    assert (
        first == second
        and first["kind"] == "decode"
        and len(first["steps"]) == 6
        and first["finish"] == "max_new_tokens"
    )
    assert json.loads(json.dumps(first)) == first and first["text"]
    assert client.predict(**{**ask, "seed": 4})["steps"] != first["steps"]


def test_distribution_is_the_step_that_decode_took(client):
    rules = {"model": "double", "prompt": "The fox", "temperature": 0.7, "top_k": 5, "seed": 3}
    steps = client.predict(**rules, max_new_tokens=4, api_name="/decode")["steps"]
    alone = client.predict(
        **rules, ids=[step["token_id"] for step in steps[:3]], index=3, api_name="/distribution"
    )
    for key in ("token_id", "u", "rows", "remainder", "stages", "surprisal"):
        assert alone[key] == steps[3][key]


def test_score_gives_every_token_its_rank_and_the_perplexity(client):
    result = client.predict(model="double", text="a bb ccc dddd", api_name="/score")
    assert [token["rank"] is None for token in result["tokens"]] == [True, False, False, False]
    assert (
        result["scored"] == 3
        and result["perplexity"] > 1
        and all("text" in token for token in result["tokens"])
    )


def test_attribution_says_what_each_earlier_token_changes(client):
    step = client.predict(model="double", prompt="The fox", ids=[3, 4], api_name="/distribution")
    found = client.predict(
        model="double", prompt="The fox", ids=[3, 4], token=7, api_name="/attribution"
    )
    row = next(row for row in step["rows"] if row["id"] == 7)
    assert found["probability"] == pytest.approx(row["raw"], rel=1e-4)
    # the double looks at its last two tokens alone
    assert [token["change"] == 0 for token in found["tokens"]] == [True, True, False, False]
    likeliest = client.predict(model="double", prompt="The fox", api_name="/attribution")
    assert likeliest["probability"] > 1 / 16


@pytest.mark.parametrize(
    ("endpoint", "values", "sentence"),
    [
        (
            "/decode",
            {"prompt": "x", "top_p": 1.5},
            r"top_p must be a number in \[0, 1\] \(1 turns it off\), got 1.5",
        ),
        ("/decode", {"prompt": "x", "temperature": -1}, r"temperature must be .*got -1"),
        (
            "/decode",
            {"prompt": "x", "max_new_tokens": 100000},
            r"max_new_tokens must be a whole number in \[1, 512\], got 100000",
        ),
        ("/decode", {"prompt": ""}, "prompt is empty"),
        (
            "/decode",
            {"prompt": "x", "order": "mine"},
            'order must be "transformers" or "llama.cpp", or a list of names of rules, got '
            "'mine'",
        ),
        (
            "/decode",
            {"prompt": "x", "model": "nobody"},
            "model must be one of double, got 'nobody'",
        ),
        (
            "/distribution",
            {"prompt": "x", "ids": [-4]},
            "ids must hold whole numbers of at least 0, got '-4'",
        ),
        (
            "/distribution",
            {"prompt": "x", "top": 0},
            r"top must be a whole number in \[1, 100\], got 0",
        ),
        ("/score", {"text": "  "}, "text is empty"),
        ("/attribution", {"prompt": ""}, "prompt is empty"),
        (
            "/attribution",
            {"prompt": "x", "token": 16},
            r"token must be in \[0, 15\], got 16",
        ),
        ("/attribution", {"prompt": "x", "token": -2}, "token must be .*got -2"),
        (
            "/decode",
            {"prompt": "the " * 2048},
            r"The prompt has 2,048 tokens, and this model's context holds 2,048: shorten the prompt.",
        ),
        (
            "/decode",
            {"prompt": "x", "repetition_penalty": 1e-46},
            r"repetition_penalty must be a number in \[0.000001, 1000000\] .*got 1e-46",
        ),
        (
            "/distribution",
            {"prompt": "x", "presence_penalty": -1e39},
            r"presence_penalty must be a number in \[-1000000, 1000000\] .*got -1e\+39",
        ),
        (
            "/decode",
            {"prompt": "x", "temperature": 1e39, "no_repeat_ngram_size": 2},
            r"temperature must be a number in \[0, 1000000\] .*got 1e\+39",
        ),
        (
            "/distribution",
            {"prompt": "x", "mirostat_tau": 1e308},
            r"mirostat_tau must be a number of bits in \[0, 1000000\] .*got 1e\+308",
        ),
    ],
)
def test_a_bad_value_is_an_error_that_names_field_value_and_range(
    client, endpoint, values, sentence
):
    with pytest.raises(AppError, match=sentence):
        client.predict(**{"model": "double", **values}, api_name=endpoint)


def test_a_prompt_that_leaves_room_for_one_token_gets_that_token(client):
    answer = client.predict(
        model="double", prompt="the " * 2047, max_new_tokens=5, api_name="/decode"
    )
    assert len(answer["steps"]) == 1 and answer["finish"] == "context" and answer["text"]
