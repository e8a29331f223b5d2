"""The link of the Chains page: which view is open, and the draft of that view where it differs from
the first one shown."""

from __future__ import annotations

from collections.abc import Callable

from playground.i18n import t
from playground.pages.chains import parsing
from playground.pages.links import Choice, PageLink, Text

VIEWS = ("walk", "text", "rates", "hidden", "loops")
LINK = PageLink("chains", {"view": Choice("walk", VIEWS), "state": Text("", longest=6000)})


def link_of(view: str, defaults: dict) -> Callable[[dict], dict]:
    """For a widget's Copy link: `link(draft)` -> {"query": "?tab=chains..."} or {"error":
    sentence}."""

    def link(draft: dict) -> dict:
        try:
            return {
                "query": LINK.encode(
                    {
                        "view": view,
                        "state": parsing.packed(draft if isinstance(draft, dict) else {}, defaults),
                    }
                )
            }
        except ValueError as error:
            return {"error": str(error)}

    return link


def restore(state: object, defaults: dict, figures: Callable[[dict], dict]) -> dict:
    """The value of a widget: the draft of the link with its figures, or the default and a sentence
    that says what was wrong."""
    try:
        text = LINK.fields["state"].read("state", state if isinstance(state, str) else "")
        draft = parsing.unpacked(text, defaults)
        return {"draft": draft, "figures": figures(draft), "message": "", "opened": True}
    except (ValueError, KeyError, TypeError) as error:
        message = t(
            "This link could not be opened, so the first example stands here: {error}.", error=error
        )
        return {
            "draft": dict(defaults),
            "figures": figures(dict(defaults)),
            "message": message,
            "opened": True,
        }
