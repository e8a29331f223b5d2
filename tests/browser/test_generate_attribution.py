"""On Generate, Numbers: which earlier tokens count for the one on view; on demand, under the words,
until another step is looked at."""

import pytest
from playwright.sync_api import expect

from playground.decoding.attribution import leave_one_out
from playground.markov.ngram import NgramModel
from playground.markov.presets import BROWN_FOX

FOX = {"model": "ngram/fox/2/word", "prompt": "the brown fox", "max_new_tokens": "6", "seed": "0"}


@pytest.fixture
def fox(open_page):
    page = open_page("generate", depth="numbers", **FOX)
    tokens = page.locator("#generator .prose-token")
    expect(tokens).to_have_count(6, timeout=30_000)
    expect(button(page)).to_be_enabled()
    return page


def button(page):
    return page.get_by_role("button", name="What counted for this token?")


def words(page):
    return page.locator("#generator .prose-prompt, #generator .prose-token")


def test_the_words_are_tinted_by_what_the_counts_say(fox):
    model = NgramModel.fit(BROWN_FOX, 2, "word")
    tokens = fox.locator("#generator .prose-token")
    tokens.nth(0).click()
    expect(fox.locator("#generator .counted")).to_have_count(0)
    button(fox).click()
    expect(fox.locator("#generator .counted")).to_have_count(3)
    ids = model.encode("the brown fox")
    token = model.encode(tokens.nth(0).inner_text().strip())[0]
    for one in (one for some in leave_one_out(model, ids, token) for one in some):
        title = words(fox).nth(one.place).get_attribute("title")
        assert title.startswith("without it P = "), title
        assert (": 0.00 bits" in title) == (one.change == 0)
    part = fox.locator("#generator [data-part=attribution]")
    expect(part.get_by_role("status")).to_contain_text("counts most")
    part.get_by_role("button", name="Hide the colours").click()
    expect(fox.locator("#generator .counted")).to_have_count(0)


def test_another_step_has_colours_of_its_own_and_what_was_asked_is_kept(fox):
    tokens = fox.locator("#generator .prose-token")
    tokens.nth(1).click()
    button(fox).click()
    expect(fox.locator("#generator .counted")).to_have_count(4)
    tokens.nth(2).click()
    expect(fox.locator("#generator .counted")).to_have_count(0)
    expect(button(fox)).to_be_visible()
    tokens.nth(1).click()
    expect(fox.locator("#generator .counted")).to_have_count(4)


def test_a_run_can_be_stopped(fox, gate):
    opened = gate(NgramModel, "next_logits", 1)  # the whole context is answered, no shorter one
    fox.locator("#generator .prose-token").nth(5).click()
    button(fox).click()
    stop = fox.locator("#generator [data-part=attribution]").get_by_role("button", name="Stop")
    stop.click()
    opened.set()
    expect(button(fox)).to_be_enabled()


def test_the_other_depths_show_nothing_of_it(fox):
    button(fox).click()
    expect(fox.locator("#generator .counted").first).to_be_visible()
    fox.get_by_label("Simple", exact=True).check()
    expect(fox.locator("#generator [data-part=attribution]")).to_be_hidden()
    expect(fox.locator("#generator .counted").first).to_have_css("background-image", "none")
