"""Gradio loads the page anew when a lost connection is back: what was typed is still there."""

from playwright.sync_api import expect

from tests.browser.conftest import unfold
from tests.browser.generate_page import recorded
from tests.browser.kept_page import kept, leave_as, page

__all__ = ["kept", "page", "recorded"]


def test_what_was_typed_in_a_part_of_compare_is_kept(open_page, page):
    for name, typed in (("strategies", "there was a frog"), ("contexts", "the king said")):
        open_page("compare", part=name)
        widget = page.locator(f"#compare-{name}")
        widget.locator("[data-opened]").wait_for()
        widget.locator("textarea").first.fill(typed)
        with page.watch.leaving():
            page.reload()
        widget.locator("[data-opened]").wait_for()
        expect(widget.locator("textarea").first).to_have_value(typed)
    open_page("compare", part="strategies")
    page.locator("#compare-strategies [data-opened]").wait_for()
    expect(page.locator("#compare-strategies textarea").first).not_to_have_value("there was a frog")


def test_what_was_typed_on_generate_is_kept(recorded, open_page, page):
    leave_as(page, "")
    recorded.get_by_label("Prompt").fill("There was a frog")
    with page.watch.leaving():
        page.reload()
    expect(page.locator("#generator .prose-token.on")).to_be_visible()
    unfold(page)
    expect(recorded.get_by_label("Prompt")).to_have_value("There was a frog")
    open_page("generate")
    expect(page.locator("#generator .prose-token.on")).to_be_visible()
    expect(page.locator("#generator [data-part=prompt]")).not_to_have_value("There was a frog")
