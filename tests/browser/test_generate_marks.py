"""On Generate: a text written with the watermark shows its green tokens and z; Score looks for it;
a form cuts what would break it."""

from playwright.sync_api import expect

from playground.pages.generate.links import LINK

TALE = "once upon a time there was a king"


def opened(open_page, **values):
    page = open_page("generate", **values)
    page.locator("#generator").wait_for()
    return page


def test_a_marked_text_is_coloured_and_its_figure_falls(open_page):
    query = {"prompt": TALE, "watermark_bias": "6", "max_new_tokens": "40", "seed": "4"}
    assert set(query) <= set(LINK.fields)
    page = opened(open_page, **query)
    mark = page.locator("#generator [data-part=watermark]")
    expect(mark.get_by_text("the text bears the watermark")).to_be_visible(timeout=60_000)
    assert page.locator("#generator .prose-token.shaded").count() > 20
    mark.get_by_text("How it falls as words are changed").click()
    expect(mark.locator("svg.curves")).to_be_visible()


def test_a_text_without_the_mark_shows_nothing_of_it(open_page):
    page = opened(open_page, prompt=TALE, max_new_tokens="12", seed="4")
    expect(page.locator("#generator .prose-token")).to_have_count(12, timeout=60_000)
    expect(page.locator("#generator [data-part=watermark]")).to_be_hidden()
