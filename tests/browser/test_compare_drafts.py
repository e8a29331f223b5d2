"""Speculative decoding on Compare, on the shipped twins: the passes are looked through without a
request, verdicts are seen."""

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import axe, fits, no_requests


@pytest.fixture
def part(open_page):
    page = open_page("compare", part="drafts")
    widget = page.locator("#compare-drafts")
    widget.locator("[data-opened]").wait_for()
    return widget


def test_a_refused_draft_is_struck_out_and_the_passes_are_looked_through_without_a_request(
    part, page
):
    part.get_by_label("tokens", exact=True).fill("16")
    part.get_by_role("button", name="Write both").click()
    part.locator("[data-state=done]").wait_for(timeout=60_000)
    expect(part.get_by_text("tokens a pass: 16 tokens took")).to_be_visible()
    passes = part.get_by_label("Pass on view")
    total = int(passes.get_attribute("max"))
    refused = 0
    with no_requests(page):
        for number in range(1, total + 1):
            passes.fill(str(number))
            expect(part.get_by_text(f"{number} of {total}", exact=True)).to_be_visible()
            if part.locator(".drafts-refused").count():
                refused += 1
                expect(part.locator(".drafts-refused s")).to_have_count(1)
                expect(part.locator(".drafts-row.struck")).to_have_count(1)
                expect(part.locator(".drafts-row.on")).to_have_count(1)
        assert refused  # with this seed some draft is
        word = part.locator(".drafts-text button").nth(3)
        word.click()
        expect(word).to_have_class(
            "drafts-kept on" if "kept" in word.get_attribute("class") else "drafts-own on"
        )
    assert axe(page, "#compare-drafts") == []


def test_hostile_words_stay_words_and_a_bad_value_gets_its_sentence(part, page):
    part.get_by_label("prompt", exact=True).fill('king <img src=x onerror="window.__hit=1"> had')
    part.get_by_label("tokens", exact=True).fill("6")
    part.get_by_role("button", name="Write both").click()
    part.locator("[data-state=done]").wait_for(timeout=60_000)
    assert page.evaluate("() => window.__hit") is None and part.locator("img").count() == 0
    part.get_by_label("drafts a pass", exact=True).fill("40")
    part.get_by_role("button", name="Write both").click()
    problem = "drafts must be a whole number in [1, 16], got 40"
    part.locator(".problem", has_text=problem).wait_for()
    assert part.locator(".drafts-text button").count() > 0  # what was written stays


def test_drafts_fit_a_phone(part, page):
    page.set_viewport_size({"width": 390, "height": 844})
    part.locator(".drafts-row").first.wait_for()
    fits(page)
