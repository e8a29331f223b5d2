"""A visitor's session keeps what the visitor changed, and not the settings of every component."""

from __future__ import annotations

import gradio as gr
import pytest
from gradio_client import Client

from playground.server.sessions import keep_sessions_small


@pytest.fixture(scope="module")
def counter():
    """An app that counts a visitor's calls and changes one component, served."""
    with gr.Blocks() as demo:
        count, words, other = gr.State(0), gr.Textbox("first"), gr.Textbox("untouched")

        def called(before: int, text: str):
            return before + 1, gr.Textbox(f"{text} {before + 1}", label="changed")

        other.change(called, [count, words], [count, words], api_name="count")
    demo.launch(prevent_thread_lock=True, quiet=True, ssr_mode=False)
    keep_sessions_small(demo)
    yield demo
    demo.close()


def text_of(answer) -> str:
    return answer["value"] if isinstance(answer, dict) else answer


def test_each_visitor_has_a_state_of_their_own(counter):
    one, two = (Client(counter.local_url, verbose=False) for _ in range(2))
    answers = [
        text_of(client.predict("call", api_name="/count")) for client in (one, one, two, one)
    ]
    assert answers == ["call 1", "call 2", "call 1", "call 3"]


def test_a_session_writes_down_what_an_event_changed_alone(counter):
    client = Client(counter.local_url, verbose=False)
    client.predict("call", api_name="/count")
    kept = counter.state_holder.session_data[client.session_hash].config_values
    assert {config["props"].get("label") for config in kept.values()} <= {"changed", None}
    assert not any(config["props"].get("value") == "untouched" for config in kept.values())
