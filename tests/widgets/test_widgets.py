"""What every widget must hold: static templates, no markup from values, constant styles."""

import re
from pathlib import Path

import gradio as gr
import pytest

from playground.web import WEB
from playground.widgets.widget import HERE, Widget, source


@pytest.mark.parametrize("path", sorted(HERE.glob("*.css")), ids=lambda path: path.name)
def test_styles_hold_no_placeholder(path: Path):
    text = path.read_text(encoding="utf-8")
    assert "${" not in text and "{{" not in text and "`" not in text and "url(" not in text, (
        path.name
    )
    assert "\\" not in text, (
        f"{path.name}: a backslash is lost on its way through the template engine"
    )


def test_a_template_with_a_placeholder_is_refused():
    class Bad(Widget):
        TEMPLATE = "<p>${value}</p>"

    with pytest.raises(ValueError, match="TEMPLATE must be constant"):
        Bad()


def test_source_joins_files_in_order():
    first, second = source("chain_view"), source("trellis")
    assert source("chain_view", "trellis") == first + "\n" + second


def test_colours_of_the_rules_are_variables():
    style = (HERE.parents[1] / "assets" / "style.css").read_text(encoding="utf-8")
    known = set(re.findall(r"(--[a-z0-9-]+):", style))
    texts = {
        path.name: path.read_text(encoding="utf-8")
        for path in [*HERE.glob("*.css"), *WEB.rglob("*.css"), *WEB.rglob("*.js")]
    }
    for text in texts.values():  # a script may set a variable that its style reads
        known |= set(re.findall(r"(--[a-z0-9-]+)['\"]?\s*[:,]", text))
    for name, text in texts.items():
        for used in re.findall(r"var\((--[a-z0-9-]+)", text):
            assert used in known or used.startswith(("--block", "--body", "--input", "--button")), (
                f"{name}: {used} is no variable of the page"
            )


def test_the_plot_library_is_the_installed_one():
    from playground.widgets.plot import library_path

    assert library_path().is_file()


def test_a_name_that_a_widget_has_not_is_looked_for_once_and_its_events_are_found(monkeypatch):
    """Gradio asks every component for its arguments at a visitor's first event; gr.HTML would look
    through the script each time."""
    from gradio.components import html

    class Talking(Widget):
        MODULE = "core/messages.js"
        EVENTS = ("say",)

    with gr.Blocks():
        widget, searched = Talking(), []
    search = html.re.search
    monkeypatch.setattr(
        html.re, "search", lambda pattern, text: searched.append(pattern) or search(pattern, text)
    )
    assert [hasattr(widget, "nothing_of_the_kind") for _ in range(3)] == [False] * 3 and len(
        searched
    ) == 1
    assert callable(widget.say) and callable(widget.say)
    with pytest.raises(AttributeError, match="nothing_of_the_kind"):
        widget.nothing_of_the_kind  # noqa: B018
