"""Masking on Compare: both laws follow what is typed, a form that cannot be read gets its sentence,
nothing is lost."""

from playwright.sync_api import expect

from tests.browser.conftest import axe, fits


def test_the_laws_follow_the_form_as_it_is_typed(open_page):
    page = open_page("compare", part="masking")
    part = page.locator("#compare-masking")
    part.locator("[data-opened]").wait_for()
    expect(part.get_by_text("of the chance lies on the wrong texts")).to_be_visible()
    expect(part.locator("tbody tr")).to_have_count(2)
    form = part.get_by_label("the form that a text must have")
    form.fill("the (king|wolf) (slept|ate|howled)")
    expect(part.get_by_text("Here the two are the same")).to_be_visible()
    form.fill("the (king")
    part.locator(".problem", has_text="regex cannot be read").wait_for()
    expect(part.get_by_text("Here the two are the same")).to_be_visible()  # what was there stays
    form.fill("the (king|wolf) howled")
    expect(part.locator("tbody tr")).to_have_count(2)
    assert axe(page, "#compare-masking") == []
    page.set_viewport_size({"width": 390, "height": 844})
    fits(page)
