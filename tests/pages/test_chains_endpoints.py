"""/markov and /hmm as a program uses them: by name, plain JSON in and out, errors that name field,
value and range."""

from __future__ import annotations

import math
import os
from collections.abc import Iterator

import gradio as gr
import pytest


@pytest.fixture(scope="module")
def client() -> Iterator:
    os.environ.setdefault("GRADIO_ANALYTICS_ENABLED", "False")
    from gradio_client import Client

    from playground.pages import chains
    from playground.pages.shell import Shell

    with gr.Blocks(analytics_enabled=False) as demo:
        chains.build(Shell(demo))
    demo.launch(prevent_thread_lock=True, quiet=True, ssr_mode=False, run_history=False)
    yield Client(demo.local_url, verbose=False)
    demo.close()


def refused(client, words: str, **fields) -> None:
    from gradio_client.exceptions import AppError

    with pytest.raises(AppError, match=words):
        client.predict(**fields)


def test_only_the_two_named_endpoints_are_public(client):
    endpoints = client.view_api(print_info=False, return_format="dict")
    assert (
        sorted(endpoints["named_endpoints"]) == ["/hmm", "/markov"]
        and not endpoints["unnamed_endpoints"]
    )


def test_markov_answers_for_the_weather(client):
    answer = client.predict(
        transition=[[0.9, 0.1], [0.5, 0.5]],
        states=["sunny", "rainy"],
        initial=[1, 0],
        steps=50,
        seed=3,
        power=2,
        api_name="/markov",
    )
    assert answer["stationary"] == [pytest.approx([5 / 6, 1 / 6])] and answer["eigenvalues"][
        1
    ] == pytest.approx([0.4, 0])
    assert answer["power"][0] == pytest.approx([0.86, 0.14]) and answer[
        "return_times"
    ] == pytest.approx([1.2, 6])
    assert len(answer["path"]) == 50 and answer["path"][0] == 0
    again = client.predict(
        transition=[[0.9, 0.1], [0.5, 0.5]],
        states=["sunny", "rainy"],
        initial=[1, 0],
        steps=50,
        seed=3,
        power=2,
        api_name="/markov",
    )
    assert again == answer


def test_a_chain_that_never_mixes_answers_null(client):
    answer = client.predict(transition=[[0, 1], [1, 0]], api_name="/markov")
    assert answer["mixing_time"] is None and answer["classes"] == [
        {"states": [0, 1], "recurrent": True, "period": 2}
    ]


@pytest.mark.parametrize(
    ("words", "fields"),
    [
        (
            "transition row 1 sums to 1.1; it must sum to 1",
            {"transition": [[0.9, 0.2], [0.2, 0.9]]},
        ),
        ("transition must be a table of 2 rows of 2 numbers", {"transition": [[0.9, 0.1], [1]]}),
        ("transition must have 1 to 64 rows", {"transition": []}),
        (
            "steps must be a whole number in \\[0, 10000\\], got 10001",
            {"transition": [[1]], "steps": 10001},
        ),
        ("mode must be one of sampled, greedy, got 'cold'", {"transition": [[1]], "mode": "cold"}),
        (
            "seed must be a whole number in \\[0, 2\\^53\\], got -1",
            {"transition": [[1]], "seed": -1},
        ),
        (
            "states must differ from each other",
            {"transition": [[0.5, 0.5], [1, 0]], "states": ["a", "a"]},
        ),
        ("initial must have 1 entries", {"transition": [[1]], "initial": [0.5, 0.5]}),
    ],
)
def test_markov_refuses_by_name(client, words, fields):
    refused(client, words, api_name="/markov", **fields)


UMBRELLA = {
    "initial": [0.5, 0.5],
    "transition": [[0.7, 0.3], [0.3, 0.7]],
    "emission": [[0.9, 0.1], [0.2, 0.8]],
}


def test_hmm_gives_the_textbooks_figures(client):
    answer = client.predict(**UMBRELLA, observations=[0, 0, 1, 0, 0], iterations=2, api_name="/hmm")
    assert answer["log_likelihood"] == pytest.approx(-3.37250204)
    assert answer["viterbi"]["path"] == [0, 0, 1, 0, 0] and math.exp(
        answer["viterbi"]["log_probability"]
    ) == pytest.approx(0.011573604)
    assert [row[0] for row in answer["posterior"]] == pytest.approx(
        [0.86733889, 0.82041905, 0.30748358, 0.82041905, 0.86733889]
    )
    heights = answer["learned"]["log_likelihoods"]
    assert len(heights) == 3 and heights == sorted(heights)


def test_hmm_samples_where_nothing_is_given(client):
    answer = client.predict(**UMBRELLA, length=30, seed=4, api_name="/hmm")
    assert (
        len(answer["observations"]) == len(answer["sampled_states"]) == 30
        and "learned" not in answer
    )


@pytest.mark.parametrize(
    ("words", "fields"),
    [
        ("observations must be symbols from 0 to 1", {"observations": [0, 2]}),
        ("length must be a whole number in \\[1, 10000\\], got 0", {}),
        (
            "iterations must be a whole number in \\[0, 100\\], got 101",
            {"observations": [0], "iterations": 101},
        ),
        (
            "emission row 1 sums to 0.95",
            {"observations": [0], "emission": [[0.9, 0.05], [0.2, 0.8]]},
        ),
        (
            "probability 0 under this model: at position 1",
            {"observations": [1], "emission": [[1, 0], [1, 0]]},
        ),
    ],
)
def test_hmm_refuses_by_name(client, words, fields):
    refused(client, words, api_name="/hmm", **{**UMBRELLA, **fields})


def test_an_answer_of_hmm_is_bounded_in_bytes(client):
    """64 states and 10,000 observations would be 40 MB of tables: refused by name, and answered
    without them."""
    import json

    import numpy as np

    from playground.pages.answer_size import LARGEST

    rows = np.random.default_rng(1).random((64, 64)) ** 9 + 1e-9
    table = (rows / rows.sum(1, keepdims=True)).tolist()
    model = {"initial": [1 / 64] * 64, "transition": table, "emission": table}
    refused(
        client,
        "length must be at most 1,?085 for 64 states with the tables .*, got 10,?000: tables=false",
        **model,
        length=10_000,
        api_name="/hmm",
    )
    refused(
        client, "observations must be at most", **model, observations=[0] * 2000, api_name="/hmm"
    )
    longest = client.predict(**model, length=1085, api_name="/hmm")
    assert len(longest["forward"]) == 1085 and len(json.dumps(longest)) < LARGEST
    compact = client.predict(**model, length=10_000, tables=False, api_name="/hmm")
    assert compact["posterior"] is None and len(compact["viterbi"]["path"]) == 10_000
    assert len(json.dumps(compact)) < LARGEST
