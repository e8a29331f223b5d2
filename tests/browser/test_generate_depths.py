"""The depths of the Generate page, and what is done by hand in them: tiles, the search, the gates."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.generate_page import at_rest, finished, rules, wait_done, write


@pytest.fixture
def gen(open_page, page):
    return at_rest(open_page, page)


def depths_fit(page):
    return page.evaluate("document.documentElement.scrollHeight <= innerHeight")


@pytest.mark.parametrize("depth", ["simple", "rules", "numbers"])
def test_no_depth_scrolls_and_simple_has_few_controls(open_page, page, depth):
    page.set_viewport_size({"width": 1280, "height": 800})
    open_page("generate", depth=depth)
    page.locator("#generator .prose-token").nth(5).wait_for()
    assert depths_fit(page)
    if depth != "simple":
        return
    shown = page.evaluate("""() => {
      const seen = [...document.querySelectorAll('#generator :is(button, input, select, textarea, summary, [tabindex="0"])')]
        .filter(one => one.checkVisibility() && !one.closest('.tiles-strip') && one.tabIndex >= 0 && !one.disabled);
      const radios = seen.filter(one => one.type === 'radio').length;
      return seen.length - Math.max(0, radios - 1) + 1;  // the tiles are one stop of the Tab key, and so are the depths
    }""")
    assert shown <= 14
    assert (
        float(
            page.locator("#generator .gen-text").evaluate(
                "one => parseFloat(getComputedStyle(one).fontSize)"
            )
        )
        >= 32
    )


def test_the_depth_stands_in_the_link(gen, page):
    rules(gen)
    gen.get_by_role("button", name="Copy link").click()
    expect(page.locator(".say-toast")).to_contain_text("Link copied")
    address = page.evaluate("navigator.clipboard.readText()")
    assert "depth=rules" in address
    with page.watch.leaving():
        page.goto(address, wait_until="commit")
    expect(gen.get_by_label("Rules", exact=True)).to_be_checked()
    expect(gen.locator(".chain")).to_be_visible()


def test_a_tile_is_chosen_and_the_ball_lies_where_u_says(gen, page):
    write(page, gen, 8)
    gen.locator(".prose-token").nth(3).click()
    ball, strip = (gen.locator(name).bounding_box() for name in (".tiles-ball", ".tiles-strip"))
    u = float(re.search(r"u = ([0-9.]+)", gen.locator("[data-part=drawn]").inner_text())[1])
    assert abs(ball["x"] + ball["width"] / 2 - strip["x"] - u * strip["width"]) < 3
    hit = gen.locator(".tile.hit")
    assert (
        hit.locator(".tile-word").text_content().strip()
        in gen.locator("[data-part=drawn]").inner_text()
    )
    before = finished(page)
    page.keyboard.press("2")
    wait_done(page, before)
    expect(gen.locator(".prose-token.forced")).to_have_count(1)


def test_any_token_is_found_and_words_are_appended_by_hand(gen, page):
    write(page, gen, 6)
    gen.locator(".prose-token").nth(2).click()
    box = gen.get_by_role("searchbox")
    box.fill("qu")
    before = finished(page)
    gen.locator(".search-one").nth(1).click()
    wait_done(page, before)
    assert "qu" in gen.locator(".prose-token.forced").inner_text()
    box.fill("the old wolf")
    before = finished(page)
    gen.get_by_role("button", name="Append “the old wolf” as it stands").click()
    wait_done(page, before)
    expect(gen.locator(".gen-text")).to_contain_text("the old wolf")


def test_the_bars_of_each_gate_are_what_the_rule_left(gen, page):
    write(page, gen, 5)
    rules(gen)
    gen.locator(".prose-token").nth(2).click()
    first = gen.locator(".link").first.locator(".gate-bar")
    assert first.count() >= 8
    expect(gen.locator(".gate-bar.cut").first).to_be_visible()
    gen.get_by_role("button", name="Step", exact=True).click()
    expect(gen.locator(".link.waiting")).to_have_count(0)  # every gate was passed
    expect(gen.locator(".tile.hit")).to_have_count(1)
