"""The Generate page as its browser tests use it, with the model that the page starts with."""

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import unfold
from tests.browser.kept_page import leave_as, left_as


def at_rest(open_page, page):
    """The page with its model ready and the recorded text at rest."""
    open_page("generate", depth="numbers")
    app = page.locator("#generator")
    page.wait_for_function(
        "document.querySelectorAll('#generator .prose-token').length > 0 && "
        "document.querySelector('[data-part=progress]').hidden",
        timeout=120_000,
    )
    pause(page)
    unfold(page)
    return app


def taken_up(request, open_page, page):
    """At rest, unfolded, with the rules as they are at first: opened anew only where the test
    before has left something else, which `leave_as(page, "")` says. The text is the recorded one or
    another test's."""
    phone = "phone" in request.fixturenames
    if phone or not left_as(page, "at rest"):
        gen = at_rest(open_page, page)
        leave_as(page, "" if phone else "at rest")
        return gen
    gen = page.locator("#generator")
    numbers(gen)
    pause(page)
    return gen


@pytest.fixture
def gen(request, open_page, page):
    return taken_up(request, open_page, page)


@pytest.fixture
def recorded(open_page, page):
    """At rest with the recorded text and nothing else."""
    return at_rest(open_page, page)


def rules(gen):
    """The chain of rules in sight."""
    gen.get_by_label("Rules", exact=True).check()


def numbers(gen):
    gen.get_by_label("Numbers", exact=True).check()


def pause(page):
    button = page.locator("#generator .transport-buttons .main")
    button.evaluate(
        "button => button.textContent === 'Pause' && button.click()"
    )  # in one breath: playing may end by itself meanwhile
    expect(button).to_have_text("Play")


def write(page, gen, tokens=16, prompt="Once upon a time", act="New text"):
    gen.get_by_label("Prompt").fill(prompt)
    gen.get_by_label("Length").fill(str(tokens))
    gen.get_by_label("Speed, steps a second").select_option("30")
    written = finished(page)
    gen.get_by_role("button", name=act, exact=True).click()
    wait_done(page, written)


def finished(page):
    """How many texts have been written or scored since the page opened."""
    return page.evaluate("window.finishedTexts")


def wait_done(page, before=0):
    page.wait_for_function(
        "before => window.finishedTexts > before && !document.querySelector('#generator "
        ".gen.running')",
        arg=before,
        timeout=60_000,
    )
    pause(page)


def text(gen):
    return gen.locator(".gen-text").inner_text()


def bars(gen):
    return gen.locator("[data-part=bars]").inner_text()
