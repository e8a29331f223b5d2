"""Reward on Compare: the recorded runs are there, a short training ends with texts, credits and its
weights, Stop keeps what is there."""

import re

import pytest
from playwright.sync_api import expect
from safetensors.torch import load_file

from playground.pages.compare.learnt import LEARNT
from tests.browser.conftest import axe, fits
from tests.browser.kept_page import kept, page

__all__ = ["kept", "page"]

TRAINING = 300_000  # milliseconds; a few updates take seconds, minutes where others run too


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
    expect(part.locator(".compare > section:not(.reward-drift) .reward-chart svg")).to_have_count(2)
    expect(part.get_by_text("mean ± standard error")).to_be_visible()
    expect(part.get_by_role("button", name="Save what it learnt")).to_have_count(0)
    price = part.get_by_label("β, the price of drifting")
    price.fill("0.05")
    trade = part.locator(".reward-note", has_text="the reward is hacked")
    expect(trade).to_be_visible()
    price.fill("0.25")
    expect(trade).to_have_count(0)
    assert axe(page, "#compare-reward") == []
    page.set_viewport_size({"width": 390, "height": 844})
    fits(page)


def test_the_hacked_run_stands_beside_the_recorded_one(part, page):
    both = part.locator(".reward-drift")
    expect(both.get_by_role("heading", name="The price of drifting")).to_be_visible()
    expect(both.get_by_text("the reward is hacked")).to_be_visible()
    expect(both.get_by_role("heading", name="After, β = 0.05")).to_be_visible()
    expect(both.locator("path.curve")).to_have_count(4)
    expect(both.locator("tbody tr")).to_have_count(3)
    expect(both.locator(".reward-texts p")).to_have_count(8)
    page.set_viewport_size({"width": 390, "height": 844})
    fits(page)


def test_every_trace_of_the_toy_is_drawn_and_its_estimator_beside_the_gradient(part, page):
    toy = part.locator(".reward-toy")
    toy.get_by_text("An exact toy").click()
    rows = toy.locator("tbody tr")
    expect(rows).to_have_count(8)
    for row in rows.all():
        cells = [cell.inner_text().replace("−", "-") for cell in row.locator("td").all()]
        reward, first, second, total, gained = map(float, cells[2:])
        assert abs(first + second - total) < 2e-4 and cells[5] == cells[6]
        assert 0 <= reward <= 1 and gained == total
    numbers = [one.inner_text() for one in toy.locator(".reward-toy-bars .num").all()]
    assert len(numbers) == 18
    assert numbers[0::3] == numbers[1::3] == numbers[2::3] and len(set(numbers)) > 3
    before = rows.first.inner_text()
    toy.get_by_label("reward", exact=True).select_option("turn")
    expect(rows.first).not_to_have_text(before, use_inner_text=True)
    toy.get_by_label("seed of its probabilities").fill("-1")
    expect(toy.locator(".problem")).to_contain_text("seed must be")
    expect(rows).to_have_count(8)  # what was there stays
    assert axe(page, ".reward-toy") == []
    page.set_viewport_size({"width": 390, "height": 844})
    fits(page)


@pytest.mark.timeout(600)
def test_a_short_training_ends_and_a_bad_expression_gets_its_sentence(part):
    part.get_by_label("updates", exact=True).fill("2")
    part.get_by_label("reward", exact=True).first.select_option("short")
    expect(part.get_by_label("words", exact=True)).to_be_hidden()
    part.get_by_role("button", name="Train").click()
    part.locator("[data-state=done]").wait_for(timeout=TRAINING)
    expect(part.get_by_text("after 2 updates")).to_be_visible()
    with part.page.expect_download() as saved:
        part.get_by_role("button", name="Save what it learnt").click(timeout=TRAINING)
    assert saved.value.suggested_filename == "fairy-diffusion-short.safetensors"
    assert "bert.encoder.layer.5.output.dense.weight" in load_file(saved.value.path())
    part.get_by_label("reward", exact=True).first.select_option("expression")
    part.get_by_label("expression", exact=True).fill("happy ** 2")
    part.get_by_role("button", name="Train").click()
    part.locator(".problem", has_text="is none of these").wait_for()
    expect(part.get_by_text("after 2 updates")).to_be_visible()  # what was there stays


@pytest.mark.timeout(600)
def test_stop_ends_a_training_and_keeps_what_is_there(part, monkeypatch):
    # on a busy machine the page asks more than once for what was learnt
    take = LEARNT.take
    monkeypatch.setattr(LEARNT, "take", lambda name, still: take(name, still, seconds=0.05))
    part.get_by_label("updates", exact=True).fill("200")
    part.get_by_role("button", name="Train").click()
    # one update after the other, each for as long as this machine takes
    part.get_by_text(re.compile(r"Update \d+:")).wait_for(timeout=TRAINING)
    expect(part.get_by_text(re.compile(r"Now, update \d+ \(other seeds\)"))).to_be_visible()
    part.get_by_role("button", name="Stop").click()
    part.locator("[data-state=stopped]").wait_for(timeout=TRAINING)
    expect(part.get_by_text("the mean reward of 32 texts")).to_be_visible()
    expect(part.get_by_role("button", name="Save what it learnt")).to_be_visible(timeout=TRAINING)
