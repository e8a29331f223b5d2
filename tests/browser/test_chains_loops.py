"""Why networks loop, in a real browser: orbits, and the hidden states of a text."""

from __future__ import annotations

import re

from playwright.sync_api import expect

from tests.browser.chains import part, view_of
from tests.browser.conftest import after_redraw, no_requests


def test_an_orbit_starts_where_one_clicks_and_the_map_has_sliders(open_page):
    page, widget = view_of(open_page, "loops")
    after_redraw(
        page, "#chain-loops", lambda: part(widget, "field").click(position={"x": 30, "y": 40})
    )
    expect(part(widget, "ends")).to_contain_text("a cycle of 5 points")
    widget.get_by_label("points").fill("3")
    expect(part(widget, "ends")).to_contain_text("a cycle of 3 points")
    expect(part(widget, "kinds")).to_contain_text("Attracting cycles: 3 points")
    widget.get_by_role("button", name="Chaos").click()
    expect(part(widget, "ends")).to_contain_text("chaos")
    with no_requests(page):
        widget.get_by_role("slider", name="Step of the orbit").focus()
        page.keyboard.press("Home")
        expect(part(widget, "planeSection").locator(".transport-words")).to_contain_text(
            "step 0 / "
        )


def test_a_loops_recurrence_plot_shows_its_period(open_page):
    page, widget = view_of(open_page, "loops")
    part(widget, "model").select_option("ngram/fox/1/word")
    part(widget, "prompt").fill("the brown fox")
    part(widget, "length").fill("30")
    after_redraw(page, "#chain-loops", lambda: part(widget, "write").click())
    expect(part(widget, "greedySaid")).to_contain_text("period 5")
    expect(part(widget, "greedyPlot")).to_have_attribute("aria-label", re.compile("5 apart"))
    expect(part(widget, "drawnSaid")).not_to_contain_text("A loop")
    alpha = part(widget, "greedyPlot").evaluate(
        "c => { const d = c.getContext('2d').getImageData(0, 0, c.width, c.height).data; return "
        "[0, 1, 2, 3, 4, 5].map(lag => d[4 * (20 * c.width + 20 - lag) + 3]) }"
    )
    assert (
        alpha[0] == 255 and alpha[5] == 255 and max(alpha[1:5]) < 60
    )  # a stripe every five moments, pale between
    part(widget, "prompt").fill("unicorn")
    part(widget, "write").click()
    expect(part(widget, "textProblem")).to_contain_text("'unicorn'")
    expect(part(widget, "prompt")).to_have_value("unicorn")
