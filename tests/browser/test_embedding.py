"""The page and single figures of it in a frame of another site, in Chromium and from another
origin."""

import http.server
import re
import threading

import pytest
from playwright.sync_api import expect

from playground.pages.embedding import FIGURES
from tests.pages.process import App


@pytest.mark.parametrize("name", FIGURES)
def test_an_embedded_figure_stands_alone_and_leads_home(page, name):
    figure = FIGURES[name]
    view = f"&view={figure.view}" if figure.view else ""
    page.goto(f"/?tab={figure.slug}&embed={name}{view}", wait_until="commit")
    shown = page.locator(f":is({figure.shown}):visible")
    shown.first.wait_for()
    expect(page.locator("#pages > .tab-wrapper")).to_be_hidden()
    expect(page.locator("#masthead h1")).to_be_hidden()
    beside = page.evaluate(
        """selector => [...document.querySelectorAll('.tabitem button, .tabitem input, .tabitem p')].filter(
            one => one.checkVisibility() && !one.closest(selector)).length""",
        f":is({figure.shown})",
    )
    assert beside == 0, "something beside the figure is on the page"
    home = page.get_by_role("link", name="Playground: open the whole page")
    home.hover()
    assert f"tab={figure.slug}" in home.get_attribute("href")
    assert "embed" not in home.get_attribute("href")


def test_a_name_that_is_not_known_shows_the_whole_page_without_its_masthead(page):
    page.goto("/?tab=chains&embed=nonsense", wait_until="commit")
    page.locator("#chain-walk button:visible").first.wait_for()
    expect(page.locator("#masthead h1")).to_be_hidden()


def test_the_dialog_of_the_link_writes_the_frame_of_the_figure(page, open_page):
    open_page("chains")
    page.locator("#chain-walk").get_by_role("button", name="QR code").click()
    dialog = page.get_by_role("dialog", name="This page as a QR code")
    dialog.get_by_text("Embed: show it on another site").click()
    dialog.get_by_label("What").select_option("graph")
    lines = dialog.get_by_label("Lines for the other page").input_value()
    assert lines.startswith('<iframe src="http') and "&amp;embed=graph" in lines
    dialog.get_by_role("button", name="Copy the lines").click()
    assert page.evaluate("navigator.clipboard.readText()") == lines


class Foreign(http.server.BaseHTTPRequestHandler):
    """A page of another site with one frame; the address of the frame is its query."""

    def do_GET(self):
        body = f'<!doctype html><title>School</title><h1>Lesson</h1><iframe src="{self.path[2:]}" width="900" height="700"></iframe>'
        self.send_response(200)
        self.send_header("content-type", "text/html")
        self.end_headers()
        self.wfile.write(body.encode())

    def log_message(self, *_):
        """Nothing: the test's output is its own."""


@pytest.fixture(scope="module")
def school():
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Foreign)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://localhost:{server.server_port}"  # another host's name than the app's 127.0.0.1
    server.shutdown()


@pytest.fixture(scope="module")
def open_app(school):
    app = App(PLAYGROUND_FRAME_ANCESTORS=school)
    yield app
    app.process.kill()
    app.process.wait(30)


def test_a_site_that_is_named_shows_a_live_figure_and_another_one_shows_nothing(
    chromium, school, open_app, app_url
):
    context = chromium.new_context()
    page = context.new_page()
    page.goto(f"{school}/?{open_app.url}/?tab=chains&embed=graph")
    frame = page.frame_locator("iframe")
    walk = frame.locator("#chain-walk")
    walk.get_by_role("button", name="Step", exact=True).click(timeout=60_000)
    expect(walk).to_contain_text(re.compile(r"step\s+\d+\s*/"))
    page.goto(f"{school}/?{app_url}/?tab=chains")
    # not by what is missing: an app that is still loading shows nothing either
    page.wait_for_function("document.querySelector('iframe').contentDocument === null")
    assert page.frames[-1].url.startswith("chrome-error://"), "the browser refused the frame"
    context.close()
