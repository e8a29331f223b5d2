"""What the tests of the Chains page share: opening a view, finding its parts."""

from __future__ import annotations

import re

from playwright.sync_api import expect

VIEWS = ("walk", "text", "rates", "hidden", "loops")


def view_of(open_page, name: str, **query):
    """The page and the view, drawn."""
    page = open_page("chains", view=name, **query)
    view = page.locator(f"#chain-{name}")
    view.locator("[data-part]").first.wait_for()
    expect(view.locator(".transport-words").first).to_contain_text(re.compile(r"\d"))
    return page, view


def part(view, name: str):
    return view.locator(f'[data-part="{name}"]')
