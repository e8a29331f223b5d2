"""The page and single figures of it in a frame of another site, in Chromium and from another
origin."""

import http.server
import re
import threading

import pytest
from playwright.sync_api import expect

from playground.pages.embedding import FIGURES
from tests.browser.generate_page import unfold
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


def dialog_of(page):
    return page.get_by_role("dialog", name="Embed: show it on another site")


def test_embed_beside_copy_link_writes_the_frame_of_the_figure(page, open_page):
    open_page("chains")
    page.locator("#chain-walk").get_by_role("button", name="Embed").click()
    dialog = dialog_of(page)
    dialog.get_by_label("What").select_option("graph")
    lines = dialog.get_by_label("Lines for the other page").input_value()
    assert lines.startswith('<iframe src="http') and "&amp;embed=graph" in lines
    dialog.get_by_role("button", name="Copy the lines").click()
    assert page.evaluate("navigator.clipboard.readText()") == lines
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    expect(page.locator("#chain-walk").get_by_role("button", name="Embed")).to_be_focused()


PAGES = {
    "generate": ["page", "strip", "bars"],
    "escape": ["page", "loop"],
    "chains": ["page", "graph", "trellis"],
    "diffusion": ["page", "wall"],
    "compare": ["page"],
    "lessons": ["page"],
}


@pytest.mark.parametrize(("slug", "figures"), PAGES.items())
def test_a_phone_finds_embed_behind_copy_link_on_every_page_that_has_one(
    page, open_page, slug, figures
):
    page.set_viewport_size({"width": 390, "height": 844})
    open_page(slug)
    if slug == "generate":
        page.locator("#generator .prose-token").first.wait_for()
        unfold(page)
    if slug == "lessons":  # both stand in a menu
        page.locator("#lesson-stage").get_by_role("button", name="More").click()
    link = page.locator(
        "button:text-is('Copy link'):visible, [role=menuitem]:text-is('Copy link'):visible"
    )
    link.first.wait_for()
    opener = link.first.locator("xpath=following-sibling::*[1]")
    expect(opener).to_have_text("Embed")
    opener.click()
    dialog = dialog_of(page)
    dialog.wait_for()  # the server writes the address
    what = dialog.get_by_label("What").locator("option")
    assert what.evaluate_all("all => all.map(one => one.value)") == figures
    lines = dialog.get_by_label("Lines for the other page").input_value()
    assert f"tab={slug}" in lines and "embed=page" in lines
    box = dialog.bounding_box()
    assert box["x"] >= 0 and box["x"] + box["width"] <= 390
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    dialog.get_by_role("button", name="Close").click()
    expect(dialog).to_be_hidden()


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
