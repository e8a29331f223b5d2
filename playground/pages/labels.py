"""Labels of Gradio's own components in the visitor's language: `gr.Number(label=t("Seed"))` is all
that a page writes.

English is what the page is built with. When the masthead says that another language is on, one
event gives the marked labels, hints, placeholders, names of choices, and the texts of buttons and
paragraphs anew; no value of the visitor's is touched."""

from __future__ import annotations

from typing import Any

import gradio as gr

from playground.i18n import Message
from playground.i18n.tables import translated
from playground.pages.events import sent
from playground.widgets.widget import Widget

TEXTS = ("label", "info", "placeholder", "value")


def marked(component: Any) -> dict[str, Any]:
    """{argument: Message, or choices with Messages as names} of a component, as its page wrote
    them."""
    if isinstance(component, Widget):
        return {}
    given = component.constructor_args
    found = {name: given[name] for name in TEXTS if isinstance(given.get(name), Message)}
    choices = [
        choice if isinstance(choice, (tuple, list)) else (choice, choice)
        for choice in given.get("choices") or ()
    ]
    if any(isinstance(name, Message) for name, _ in choices):
        found["choices"] = choices
    return found


def in_language(arguments: dict[str, Any], language: str) -> dict[str, Any]:
    """The marked arguments of a component as an update in a language."""
    update: dict[str, Any] = {
        name: translated(text, language) for name, text in arguments.items() if name != "choices"
    }
    if "choices" in arguments:
        update["choices"] = [
            (translated(name, language), value) for name, value in arguments["choices"]
        ]
    return gr.update(**update)


def follow(demo: gr.Blocks, masthead: Any) -> None:
    """The marked labels of all components follow the masthead's language. Call it when the pages
    are built."""
    found = [(component, marked(component)) for component in demo.blocks.values()]
    found = [(component, arguments) for component, arguments in found if arguments]
    if not found:
        return

    def say(event: gr.EventData):
        updates = [in_language(arguments, str(sent(event, "name", "en"))) for _, arguments in found]
        return updates if len(updates) > 1 else updates[0]

    masthead.language(
        say,
        None,
        [component for component, _ in found],
        api_visibility="private",
        show_progress="hidden",
        queue=False,
    )
