"""Labels of Gradio's components in another language: what is marked is given anew, what the visitor
chose is not touched."""

import gradio as gr
import pytest

from playground.i18n import t, tables
from playground.pages import labels
from playground.widgets.masthead import Masthead


@pytest.fixture(autouse=True)
def upper(monkeypatch):
    """A language in which every message is in capitals."""
    monkeypatch.setattr(
        labels, "translated", lambda text, language: text.upper() if language == "de" else str(text)
    )


def test_marked_texts_are_given_anew_and_values_stay():
    with gr.Blocks():
        number = gr.Number(7, label=t("Seed"), info=t("of all draws"))
    update = labels.in_language(labels.marked(number), "de")
    assert update == gr.update(label="SEED", info="OF ALL DRAWS")
    assert "value" not in update


def test_names_of_choices_change_and_their_values_do_not():
    with gr.Blocks():
        menu = gr.Dropdown([(t("Two twins"), "twins"), ("gpt2", "gpt2")], label="plain")
    marked = labels.marked(menu)
    assert labels.in_language(marked, "de")["choices"] == [("TWO TWINS", "twins"), ("GPT2", "gpt2")]


def test_a_component_without_marks_and_a_widget_are_left_alone():
    with gr.Blocks():
        assert labels.marked(gr.Number(7, label="Seed")) == {}
        assert labels.marked(Masthead(list, elem_id="m")) == {}


@pytest.mark.parametrize("count", [0, 1, 2])
def test_the_event_updates_every_marked_component(count):
    with gr.Blocks() as demo:
        masthead = Masthead(list, elem_id="m")
        tabs = [gr.Button(t("Run")) for _ in range(count)]
        gr.Number(7, label="Seed")
        labels.follow(demo, masthead)
    events = [fn for fn in demo.fns.values() if fn.targets == [(masthead._id, "language")]]
    assert len(events) == (count > 0)
    for event in events:
        assert event.outputs == tabs
        said = event.fn(gr.EventData(None, {"name": "de"}))
        assert (said if count > 1 else [said]) == [gr.update(value="RUN")] * count


def test_the_language_is_whatever_a_browser_sends():
    """A forged event gets English, no error."""
    with gr.Blocks():
        button = gr.Button(t("Run"))
    assert labels.in_language(labels.marked(button), "../x") == gr.update(value="Run")
    assert tables.translated(t("Run"), "../x") == "Run"
