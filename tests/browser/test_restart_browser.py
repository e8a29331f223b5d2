"""The server is killed while a text is written and started again: the page says so, keeps the text,
and goes on with it."""

import signal

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import unfold
from tests.pages import process as host


@pytest.fixture
def start(monkeypatch):
    """Starts the app as a process of its own; `start(port)` again at the same address."""
    started = []

    def begin(port=None):
        if port is not None:
            monkeypatch.setattr(host, "free_port", lambda: port)
        started.append(host.App())
        return started[-1]

    yield begin
    for app in started:
        app.process.kill()
        app.process.wait(30)


@pytest.fixture
def own_page(chromium):
    context = chromium.new_context()
    page = context.new_page()
    page.set_default_timeout(120_000)
    yield page
    context.close()


def whole(gen):
    """All of the text: what lies behind the step on view is hidden while it plays, yet it is
    there."""
    return " ".join(gen.locator(".gen-text").text_content().split())


def test_a_killed_server_loses_nothing_that_was_written(start, own_page):
    page, app = own_page, start()
    gen, problem, tokens = (
        page.locator("#generator"),
        page.locator("#generator [data-part=problem]"),
        page.locator("#generator .prose-token"),
    )
    page.goto(f"{app.url}/?tab=generate")
    page.wait_for_function(
        "document.querySelectorAll('#generator .prose-token').length > 0 && "
        "document.querySelector('[data-part=progress]').hidden"
    )
    unfold(page)
    gen.get_by_label("keep seed").check()
    gen.get_by_label("Prompt").fill("once upon a time there was a king")
    gen.get_by_label("Length").fill("500")
    gen.get_by_role("button", name="New text", exact=True).click()
    page.wait_for_function(
        "document.querySelector('#generator .gen.running') && "
        "!document.querySelector('[data-part=notes]').textContent.includes('A saved example') "
        "&& document.querySelectorAll('#generator .prose-token').length >= 3"
    )
    app.process.send_signal(
        signal.SIGSTOP
    )  # in the middle of the text, however fast this machine is
    assert page.locator("#generator .gen.running").count() == 1
    page.evaluate("window.before_the_kill = true")
    app.process.kill()
    app.process.wait(30)
    expect(problem).to_contain_text("The connection to the server was lost", timeout=60_000)
    page.wait_for_function("!document.querySelector('#generator .gen.running')")
    count, written = tokens.count(), whole(gen)
    assert count >= 3 and "there was a king" in written

    start(app.port)
    page.wait_for_function(
        "!window.before_the_kill && document.querySelector('#generator .prose-token')"
    )  # Gradio loads the page anew by itself
    expect(problem).to_contain_text("What has been written stays")
    assert tokens.count() == count and whole(gen) == written
    page.wait_for_function("document.querySelector('[data-part=progress]').hidden")
    gen.get_by_role("button", name="Continue from here", exact=True).click()
    page.wait_for_function(f"document.querySelectorAll('#generator .prose-token').length > {count}")
    expect(problem).to_be_hidden()
