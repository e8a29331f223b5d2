"""What the noise costs, on the page of a copy with the network for every noise and its report."""

import pytest
from playwright.sync_api import expect

from playground.pages.diffusion.noise_costs import report
from tests.browser.conftest import axe, dark, fits, no_requests
from tests.browser.diffusion_page import part, settle

NAME = "What the noise costs"


def test_the_part_is_there_where_its_report_is_shipped_and_only_there(open_page):
    page = open_page("diffusion")
    expect(page.get_by_role("tab", name=NAME, exact=True)).to_have_count(1 if report() else 0)


@pytest.mark.skipif(not report(), reason="no measured network for every noise is shipped")
def test_it_is_accessible_fits_a_phone_and_asks_nothing(phone, open_page):
    page = open_page("diffusion")
    part(page, NAME)
    view = page.locator("#diffusion-costs")
    expect(view.locator(".costs-bar")).to_have_count(len(report()["noises"]))
    fits(page)
    settle(page)
    with no_requests(page):
        view.locator(".costs-bar").last.click()
        expect(view.locator(".costs-bar").last).to_have_attribute("aria-pressed", "true")
        if report().get("control"):
            view.get_by_role("slider", name="step").press("End")
            expect(view.locator("[data-part=moved]")).to_contain_text("Not moved")
    assert axe(page, "#diffusion-costs") == []
    dark(page)
    assert axe(page, "#diffusion-costs") == []


def test_the_numbers_beside_a_plots_axes_are_seen_in_the_dark(open_page):
    page = open_page("diffusion")
    part(page, "Steps, time, quality")
    dark(page)
    plot = page.locator("#diffusion-steps [data-part=latency]")
    number, label = plot.locator(".plot-tick").first, plot.locator(".plot-label").first
    expect(label).to_be_visible()
    fill = "element => getComputedStyle(element).fill"
    assert number.evaluate(fill) == label.evaluate(fill)
