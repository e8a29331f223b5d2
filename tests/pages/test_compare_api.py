"""/compare as a program calls it: JSON by keyword, and an error that names field, value and
range."""

import gradio as gr
import pytest
from gradio_client import Client
from gradio_client.exceptions import AppError

from playground.pages.compare import endpoints
from tests.pages.doubles import DoubleBackend


@pytest.fixture(scope="module")
def client():
    class App:
        @staticmethod
        def backend():
            return DoubleBackend()

    with gr.Blocks() as demo:
        endpoints.register(App())
    demo.launch(
        server_name="127.0.0.1",
        prevent_thread_lock=True,
        quiet=True,
        ssr_mode=False,
        show_error=True,
    )
    yield Client(demo.local_url, verbose=False)
    demo.close()


def test_compare_answers_a_json_object_and_says_what_is_wrong(client):
    columns = [{"kind": "greedy"}, {"kind": "beam", "beams": 2}]
    answer = client.predict(
        model="double", prompt="The fox", columns=columns, tokens=4, runs=2, api_name="/compare"
    )
    assert [row["name"] for row in answer["table"]] == ["greedy", "beam 2"] and [
        len(texts) for texts in answer["texts"]
    ] == [1, 1]
    with pytest.raises(
        AppError,
        match=r"columns\[0\]: top_p must be a number in \[0, 1\] \(1 turns it off\), got 3",
    ):
        client.predict(
            model="double", prompt="The fox", columns=[{"top_p": 3}], api_name="/compare"
        )


def test_speculate_answers_both_texts_and_says_what_is_wrong(client):
    answer = client.predict(
        model="double", prompt="The fox", tokens=8, drafts=2, temperature=0, api_name="/speculate"
    )
    assert answer["text"] == answer["plain"] and answer["tokens"] == [8, 8]
    assert answer["passes"] and answer["passes"][0]["index"] == 0
    assert answer["tokens_a_pass"] == 8 / answer["passes"][-1]["passes"]
    with pytest.raises(AppError, match=r"drafts must be a whole number in \[1, 16\], got 0"):
        client.predict(model="double", prompt="The fox", drafts=0, api_name="/speculate")
