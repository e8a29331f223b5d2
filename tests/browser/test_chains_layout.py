"""The Chains page on a projector and on a phone: what belongs together is on one screen, letters
are legible, links name their part."""

from __future__ import annotations

import json
import re

import pytest
from playwright.sync_api import expect

from tests.browser.chains import part, view_of

SMALLEST = """view => Math.min(...[...document.querySelectorAll(`${view} svg.graph text`)]
  .map(one => parseFloat(getComputedStyle(one).fontSize) * one.getScreenCTM().a))"""


@pytest.fixture
def viewport() -> dict:
    return {"width": 1280, "height": 800}


def bottom(locator) -> float:
    box = locator.bounding_box()
    return box["y"] + box["height"]


def states(count: int) -> str:
    rows = [
        [
            0.3 if i == j else 0.6 if j == (i + 1) % count else 0.1 / (count - 2)
            for j in range(count)
        ]
        for i in range(count)
    ]
    names = [f"station {i}" for i in range(count)]
    return json.dumps({"states": names, "transition": rows, "preset": ""})


def test_the_walk_is_on_one_screen_and_its_graph_uses_the_width(open_page):
    _, view = view_of(open_page, "walk")
    for name in ("graph", "matrix", "visits", "player", "lanes"):
        assert bottom(part(view, name)) <= 800, name
    assert part(view, "graph").locator("svg").bounding_box()["width"] >= 560
    expect(part(view, "visits")).to_contain_text(re.compile(r"0\.951\s*\(long run 0\.833\)"))


@pytest.mark.parametrize("count", [3, 4, 5, 6, 7, 8])
def test_a_walk_through_many_states_is_on_one_screen_too(open_page, count):
    _, view = view_of(open_page, "walk", state=states(count))
    expect(view.locator(".graph .node")).to_have_count(count)
    for name in ("graph", "matrix", "visits", "player", "lanes"):
        assert bottom(part(view, name)) <= 800, name
    names = view.locator(".graph .node > text").all_text_contents()
    assert names == [f"station {i}" for i in range(count)]  # whole


def test_visits_stand_in_the_rows_of_the_walk(open_page):
    _, view = view_of(open_page, "walk", state=states(5))
    bars, lanes = view.locator(".walk-lanes .bar"), view.locator(".lanenames > span")
    expect(bars.nth(4)).to_be_visible()
    expect(lanes.nth(4)).to_be_visible()
    for i in range(5):
        assert abs(bars.nth(i).bounding_box()["y"] - lanes.nth(i).bounding_box()["y"]) <= 3


def test_the_hidden_models_tables_trellis_and_playback_are_on_one_screen(open_page):
    _, view = view_of(open_page, "hidden")
    for name in ("transition", "initial", "emission", "player", "trellis"):
        assert bottom(part(view, name)) <= 800, name


def test_labels_of_eight_states_are_legible_and_nothing_is_cut_off(open_page):
    page, view = view_of(open_page, "walk", state=states(8))
    expect(view.locator(".graph .node")).to_have_count(8)
    assert page.evaluate(SMALLEST, "#chain-walk") >= 12
    cut = "one => one.scrollWidth > one.clientWidth"
    assert not part(view, "matrix").locator("..").evaluate(cut)


def test_labels_are_legible_on_a_phone_too(phone, open_page):
    page, view = view_of(open_page, "walk", state=states(8))
    expect(view.locator(".graph .node")).to_have_count(8)
    assert page.evaluate(SMALLEST, "#chain-walk") >= 12
    names = view.locator(".graph .node > text").all_text_contents()
    assert len(set(names)) == 8, names
    page.set_viewport_size({"width": 700, "height": 844})  # and it follows the window
    expect(view.locator("svg.graph")).to_have_css("width", re.compile(r"^(6\d\d|640)"))


def test_the_text_of_why_networks_loop_has_a_link_of_its_own(open_page):
    page, view = view_of(open_page, "loops")
    section = part(view, "textSection")
    part(view, "model").select_option("ngram/fox/1/word")
    part(view, "prompt").fill("the brown fox")
    part(view, "length").fill("20")
    part(view, "write").click()
    words = section.locator(".transport-words")
    expect(words).to_contain_text(re.compile(r"token \d+ / 2\d"))
    section.get_by_role("slider", name="Token of both runs").focus()
    page.keyboard.press("Home")
    page.keyboard.press("ArrowRight")
    expect(words).to_contain_text("token 2 / ")
    section.get_by_role("button", name="QR code").click()
    page.wait_for_url(re.compile(r"at=1\b"))
    assert "text" in page.url
    with page.watch.leaving():
        page.reload()
    expect(
        part(page.locator("#chain-loops"), "textSection").locator(".transport-words")
    ).to_contain_text("token 2 / ")
