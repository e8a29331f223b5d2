"""Diffusion by the keyboard, and what is said about a control that goes away: nothing lies over the
next one."""

import re
import threading
from itertools import pairwise

import pytest
from playwright.sync_api import expect

from playground.pages.diffusion.runs import Side
from tests.browser.diffusion_page import TALE, player, run, tale_page

STOPS = """() => [...document.querySelectorAll('#diffusion-player :is(button, input, select, textarea, summary, canvas[tabindex])')]
  .filter(one => one.tabIndex >= 0 && !one.disabled && one.checkVisibility() && one.getClientRects().length)
  .map(one => ({name: one.getAttribute('aria-label') ?? one.textContent, box: one.getBoundingClientRect()}))
  .map(({name, box}) => [name, box.left, box.top, box.right, box.bottom])"""


@pytest.fixture
def tale(open_page):
    return tale_page(open_page)


@pytest.fixture
def held(monkeypatch):
    """A run that goes on until the test lets it end."""
    opened, frame = threading.Event(), Side.frame

    def waits(self, step, *more):
        if step.index >= 1:
            opened.wait(30)
        return frame(self, step, *more)

    monkeypatch.setattr(Side, "frame", waits)
    yield opened
    opened.set()


def running(page):
    page.locator("#diffusion-run").click()
    expect(player(page)).to_have_attribute("data-state", "running")
    expect(player(page)).to_have_attribute("data-steps", re.compile("[1-9]"))


@pytest.mark.parametrize("size", [(1280, 800), (390, 844)])
def test_the_tab_key_goes_as_the_eye_does(tale, page, size):
    page.set_viewport_size({"width": size[0], "height": size[1]})
    tale()
    run(page)
    stops = page.evaluate(STOPS)
    assert len(stops) > 12
    for (name, left, *_, bottom), (after, its_left, top, _, its_bottom) in pairwise(stops):
        beside = its_left > left and its_bottom > bottom - 40
        assert top >= bottom - 1 or beside, f"{after} stands before {name}"


def test_what_is_said_about_stop_goes_with_it_and_does_not_cover_the_next_control(tale, held):
    page = tale()
    running(page)
    stop, bubble = page.get_by_role("button", name="Stop", exact=True), page.get_by_role("tooltip")
    stop.hover()
    expect(bubble).to_contain_text("End the run")
    box = bubble.bounding_box()
    throw = page.get_by_role("button", name="Throw this word away").bounding_box()
    apart = box["y"] + box["height"] <= throw["y"] or box["x"] >= throw["x"] + throw["width"]
    assert apart or box["y"] >= throw["y"] + throw["height"], (box, throw)
    page.mouse.down()
    page.mouse.up()
    expect(stop).to_be_hidden()
    # longer than a line waits for a pointer that rests: what came under the still pointer is not
    # asked about
    page.evaluate("() => new Promise(done => setTimeout(done, 700))")
    expect(bubble).to_be_hidden()


def test_stop_by_the_keyboard_leaves_the_focus_in_its_row(tale, held):
    page = tale()
    running(page)
    page.get_by_role("button", name="Stop", exact=True).press("Enter")
    expect(page.locator("#diffusion-run")).to_be_focused()
    expect(player(page)).to_have_attribute("data-state", "stopped")
    page.evaluate("() => new Promise(done => setTimeout(done, 400))")
    expect(page.get_by_role("tooltip")).to_be_hidden()  # nobody went there by the keyboard


def test_a_link_still_opens_its_canvas_in_the_field_that_runs_it(tale, page):
    tale(canvas="the king [MASK]*2 .")
    field = page.locator("#diffusion-canvas textarea")
    expect(field).to_have_value("the king [MASK]*2 .")
    field.press("Enter")
    expect(player(page)).to_have_attribute("data-state", "done")
    assert TALE["canvas"] != field.input_value()
