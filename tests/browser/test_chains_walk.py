"""The Markov chain and continuous time in a real browser: edited, played, hostile names, links."""

from __future__ import annotations

import re

from playwright.sync_api import expect

from tests.browser.chains import part, view_of
from tests.browser.conftest import after_redraw, no_requests

HOSTILE = '<img src=x onerror="window.__p=1">${window.__p=2}'


def test_an_edited_cell_redraws_every_figure_and_a_bad_row_is_marked_not_changed(open_page):
    page, widget = view_of(open_page, "walk")
    stay, leave = (
        widget.get_by_label("Probability of going from sunny to sunny"),
        widget.get_by_label("Probability of going from sunny to rainy"),
    )
    expect(part(widget, "visits")).to_contain_text("(long run 0.833)")
    stay.fill("0.6")
    expect(part(widget, "problem")).to_contain_text("One row does not sum to 1")
    expect(widget.locator("tr.bad output")).to_have_text("sum 0.7")
    expect(stay).to_have_value("0.6")  # nothing was changed behind the visitor's back
    expect(leave).to_have_value("0.1")
    expect(part(widget, "visits")).to_contain_text(
        "(long run 0.833)"
    )  # the figures still belong to the last good matrix
    after_redraw(page, "#chain-walk", lambda: leave.fill("2/5"))
    expect(part(widget, "problem")).to_be_empty()
    expect(part(widget, "visits")).to_contain_text("(long run 0.556)")  # .5 / (.5 + .4)
    expect(part(widget, "eigenvalues")).to_contain_text("0.1000")
    leave.fill("0.9")
    after_redraw(
        page,
        "#chain-walk",
        lambda: widget.get_by_role(
            "button", name="Normalise the row sunny so that it sums to 1"
        ).click(),
    )
    expect(stay).to_have_value("0.4")
    expect(leave).to_have_value("0.6")
    leave.fill("much")
    expect(widget.locator("tr.bad output")).to_have_text("not a number")


def test_the_walk_plays_without_a_request_and_greedy_closes_a_loop(open_page):
    page, widget = view_of(open_page, "walk")
    widget.get_by_role("button", name="Brown fox").click()
    expect(widget.locator(".graph")).to_have_attribute("aria-label", re.compile("7 states"))
    widget.get_by_label("Speed, steps a second").select_option("20")
    with no_requests(page):
        widget.get_by_role("button", name="Play", exact=True).click()
        expect(widget.locator(".transport-words")).to_contain_text(
            re.compile(r"step (4[3-9]|[5-9]\d|\d{3}) / 500")
        )
        widget.get_by_role("button", name="Pause", exact=True).click()
        line = widget.get_by_role("slider", name="Step of the walk")
        line.focus()
        page.keyboard.press("End")
        expect(widget.locator(".transport-words")).to_contain_text("step 500 / 500")
        page.keyboard.press("ArrowLeft")
        expect(widget.locator(".transport-words")).to_contain_text("step 499 / 500")
    after_redraw(page, "#chain-walk", lambda: widget.get_by_role("button", name="greedy").click())
    expect(part(widget, "looping")).to_contain_text(
        "the → brown → fox → jumped → over → the for ever, period 5"
    )
    expect(widget.locator(".transport-loop")).to_have_count(1)
    node = widget.locator(".graph .node").nth(2)
    node.focus()
    after_redraw(page, "#chain-walk", lambda: page.keyboard.press("Enter"))
    expect(part(widget, "start")).to_have_value("2")


def test_hostile_names_are_text_and_survive_a_link(open_page):
    page, widget = view_of(open_page, "walk")
    after_redraw(
        page,
        "#chain-walk",
        lambda: (
            widget.get_by_label("Name of state 1").fill(HOSTILE[:40]),
            page.keyboard.press("Tab"),
        ),
    )
    expect(widget.locator(".heat .side").first).to_have_attribute("title", HOSTILE[:40])
    assert page.evaluate("window.__p") is None and widget.locator("img").count() == 0
    widget.get_by_role("button", name="Copy link").click()
    expect(page.locator(".say-toast")).to_contain_text("ink")
    with page.watch.leaving():
        page.reload(wait_until="commit")
    expect(widget.get_by_label("Name of state 1")).to_have_value(HOSTILE[:40])
    assert page.evaluate("window.__p") is None


def test_a_power_of_the_matrix_is_counted_in_the_browser(open_page):
    page, widget = view_of(open_page, "walk")
    after_redraw(
        page, "#chain-walk", lambda: widget.get_by_role("button", name="Another walk").click()
    )
    with no_requests(page):
        widget.get_by_label("n, number of steps").fill("2")
        expect(part(widget, "power").locator("td.num").first).to_have_text(".860")
        widget.get_by_label("n, number of steps").fill("64")
        expect(part(widget, "power").locator("td.num").first).to_have_text(".833")
    expect(part(widget, "hitting").locator("td.num")).to_have_text(
        ["1.20", "10.00", "2.00", "6.00"]
    )


def test_rates_are_edited_and_time_is_played(open_page):
    page, widget = view_of(open_page, "rates")
    expect(part(widget, "masking")).to_contain_text("This is masking")
    after_redraw(
        page,
        "#chain-rates",
        lambda: widget.get_by_label("Rate of jumping from token to mask").fill("2"),
    )
    expect(part(widget, "masking")).to_contain_text("exp(−2·t)")
    with no_requests(page):
        widget.get_by_role("slider", name="Time").focus()
        page.keyboard.press("Home")
        expect(part(widget, "tout")).to_have_text("P(t) = exp(tQ) at t = 0.00")
        for _ in range(3):
            page.keyboard.press("ArrowRight")
        expect(part(widget, "power").locator("td.num").first).to_have_text(".819")  # exp(-2 * .1)
    widget.get_by_label("Rate of jumping from token to mask").fill("-1")
    expect(part(widget, "problem")).to_contain_text("cannot be negative")
