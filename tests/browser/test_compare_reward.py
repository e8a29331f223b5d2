"""Reward on Compare: the recorded run is there, a short training ends with texts of both and credits, Stop keeps what is there."""

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import axe, fits


@pytest.fixture
def part(open_page):
    page = open_page("compare", part="reward")
    widget = page.locator("#compare-reward")
    widget.locator("[data-opened]").wait_for()
    return widget


def test_the_recorded_run_stands_there_and_the_price_says_what_it_trades(part, page):
    part.locator("[data-state=recorded]").wait_for()
    expect(part.get_by_text("Recorded earlier")).to_be_visible()
    expect(part.get_by_text("On the same seeds")).to_be_visible()
    expect(part.locator(".reward-canvas span[data-step]")).to_have_count(24)
    expect(part.locator(".reward-chart svg")).to_have_count(2)
    price = part.get_by_label("β, the price of drifting")
    price.fill("0.05")
    expect(part.get_by_text("the reward is hacked")).to_be_visible()
    price.fill("0.25")
    expect(part.get_by_text("the reward is hacked")).to_have_count(0)
    assert axe(page, "#compare-reward") == []
    page.set_viewport_size({"width": 390, "height": 844})
    fits(page)


def test_a_short_training_ends_and_a_bad_expression_gets_its_sentence(part):
    part.get_by_label("updates", exact=True).fill("2")
    part.get_by_label("reward", exact=True).select_option("short")
    expect(part.get_by_label("words", exact=True)).to_be_hidden()
    part.get_by_role("button", name="Train").click()
    part.locator("[data-state=done]").wait_for(timeout=120_000)
    expect(part.get_by_text("after 2 updates")).to_be_visible()
    part.get_by_label("reward", exact=True).select_option("expression")
    part.get_by_label("expression", exact=True).fill("happy ** 2")
    part.get_by_role("button", name="Train").click()
    part.locator(".problem", has_text="is none of these").wait_for()
    expect(part.get_by_text("after 2 updates")).to_be_visible()  # what was there stays


def test_stop_ends_a_training_and_keeps_what_is_there(part):
    part.get_by_label("updates", exact=True).fill("200")
    part.get_by_role("button", name="Train").click()
    part.get_by_text("Update 1:").wait_for(timeout=120_000)
    part.get_by_role("button", name="Stop").click()
    part.locator("[data-state=stopped]").wait_for(timeout=60_000)
    expect(part.get_by_text("the mean reward of 32 texts")).to_be_visible()
