"""Home in a real browser: it moves by itself, is played by hand, and answers by the shipped
models."""

from __future__ import annotations

import re
from itertools import pairwise

import pytest
from playwright.sync_api import expect

from playground.pages.shell import HOME_MODULES
from tests.browser.conftest import axe, dark, drag_by_finger, fits, no_requests
from tests.browser.kept_page import kept, page

__all__ = ["kept", "page"]

WORDS = "#home-machine .home-word"
ASKED = re.compile("component_server")


@pytest.fixture
def home(page, open_page):
    """At rest: with reduced motion nothing plays by itself, and every movement is over at once."""
    page.emulate_media(reduced_motion="reduce")
    open_page("home")
    page.locator("#home-machine .tile").first.wait_for()
    return page


def said(page):
    """What is read aloud."""
    return page.locator("#home-machine [aria-live=polite]")


def source(page):
    return page.locator("#home-machine .home-source")


def play(page, count):
    """`count` more words, by chance."""
    there = page.locator(WORDS).count()
    for k in range(there + 1, there + count + 1):
        page.get_by_role("button", name="Drop the ball").click()
        expect(page.locator(WORDS)).to_have_count(k)


def test_it_moves_by_itself_without_asking_the_server_and_stops_at_a_touch(page, open_page):
    open_page("home")
    page.locator(WORDS).first.wait_for()
    with no_requests(page):
        expect(page.locator(WORDS)).to_have_count(2)
    expect(source(page)).to_have_text("Recorded: fairy-causal, 15 M")
    page.mouse.wheel(0, 1)
    expect(page.get_by_role("button", name="Autoplay: stop")).to_be_hidden()
    expect(source(page)).to_have_text("Live: fairy-causal, 15 M")


def test_the_first_screen_is_small(home):
    text = home.locator("#home-machine").inner_text()
    assert len(re.findall(r"[^\W\d_]{2,}|\b[AaI]\b", text)) < 40, text
    controls = home.evaluate("""() => [...document.querySelectorAll('#home-machine :is(button, input, a, select)')]
      .filter(one => one.checkVisibility() && one.tabIndex >= 0).length""")
    assert controls <= 8
    loaded = home.evaluate("""() => performance.getEntriesByType('resource')
      .map(one => one.name.match(/\\/web\\/[0-9a-f]+\\/(.*\\.js)$/)?.[1]).filter(Boolean)""")
    eager = set(loaded) & set(HOME_MODULES)
    assert eager == set(HOME_MODULES) and len(HOME_MODULES) < 10
    assert not [name for name in set(loaded) - eager if name.startswith("views/home/")]
    assert home.evaluate("document.documentElement.scrollHeight <= 900")


def test_keys_choose_drop_and_close(home):
    home.keyboard.press("2")
    expect(home.locator(WORDS)).to_have_text("man")
    expect(home.locator("#home-machine .home-score")).to_contain_text("You chose 1, chance chose 0")
    expect(source(home)).to_have_text("Live: fairy-causal, 15 M")
    home.locator("#home-machine .tile").first.wait_for()
    home.keyboard.press(" ")
    expect(home.locator(WORDS)).to_have_count(2)
    expect(said(home)).to_contain_text(re.compile(r"Chance chose .+%\. Next: "))
    home.locator("#home-machine .tile.rest").click()
    home.get_by_role("searchbox", name="Find any word of the model").wait_for()
    home.keyboard.press("Escape")
    expect(home.get_by_role("searchbox")).to_be_hidden()
    expect(home.locator("#home-machine .tile").first).to_be_focused()


def test_any_word_of_the_vocabulary_can_be_found_and_chosen(home):
    home.locator("#home-machine .tile.rest").click()
    search = home.get_by_role("searchbox", name="Find any word of the model")
    search.fill("qqqq")
    expect(home.locator("#home-machine")).to_contain_text(
        "None of the 11,066 tokens holds these letters."
    )
    search.fill("wood")
    expect(home.locator("#home-machine .tile").first).to_contain_text("wood")
    search.press("Enter")
    expect(home.locator(WORDS)).to_have_text("wood")


def test_heat_evens_the_tiles_out_without_asking(home):
    play(home, 1)
    expect(source(home)).to_have_text("Live: fairy-causal, 15 M")
    home.locator("#home-machine .tile").nth(7).wait_for()
    shares = "() => [...document.querySelectorAll('#home-machine .tile')].map(one => parseFloat(one.title.match(/, <?([\\d.]+)%$/)[1]))"
    before = home.evaluate(shares)
    slider = home.get_by_role("slider", name="Heat")
    with no_requests(home):
        slider.focus()
        for _ in range(10):
            home.keyboard.press("ArrowRight")
    after = home.evaluate(shares)
    assert after[0] < before[0] and after[-1] > before[-1]
    assert sum(after) == pytest.approx(100, abs=0.6)


def test_after_six_words_two_doors_a_gif_and_another_game(home):
    play(home, 6)
    ending = home.locator("#home-machine .home-ending")
    expect(ending).to_contain_text("Once upon a time there was a king who had three sons.")
    with home.expect_download() as download:
        ending.get_by_role("button", name="Download GIF").click()
    with open(download.value.path(), "rb") as file:
        assert file.read(6) == b"GIF89a"
    home.get_by_role("button", name="Play again").click()
    expect(home.locator(WORDS)).to_have_count(0)
    home.locator("#home-machine .tile").first.wait_for()
    play(home, 6)
    ending.get_by_role("link", name=re.compile("Diffusion")).click()
    home.locator("#pages [role=tab][data-tab-id=diffusion][aria-selected=true]").wait_for()
    assert "tab=diffusion" in home.url


def test_everywhere_at_once_the_surest_blank_is_next_and_blur_is_doubt(home):
    home.get_by_role("button", name="Everywhere at once").click()
    expect(source(home)).to_have_text("Live: fairy-diffusion, 15 M")
    expect(home.locator("#home-machine .home-mask")).to_have_count(6)
    expect(home.locator("#home-machine .home-mask i")).to_have_count(6)
    ghosts = home.locator("#home-machine .home-mask i").evaluate_all(
        "all => all.map(one => [one.parentElement.classList.contains('here'), "
        "parseFloat(one.style.filter.slice(5))])"
    )
    assert min(blur for _, blur in ghosts) == next(blur for here, blur in ghosts if here)
    play(home, 1)
    expect(home.locator("#home-machine .home-mask")).to_have_count(5)
    home.get_by_role("button", name="Word by word").click()
    expect(home.locator("#home-machine .home-mask")).to_have_count(0)


def test_a_server_that_does_not_answer_is_a_sentence_and_the_words_stay(home):
    play(home, 2)
    expect(source(home)).to_have_text("Live: fairy-causal, 15 M")
    expect(home.locator("#home-machine button.tile").nth(2)).to_be_visible()  # the next ones lie
    home.route(ASKED, lambda route: route.abort())
    home.keyboard.press("3")
    expect(home.locator("#home-machine [role=alert]")).to_contain_text("The server did not answer")
    expect(home.locator(WORDS)).to_have_count(3)
    home.unroute(ASKED)
    play(home, 1)
    expect(home.locator("#home-machine [role=alert]")).to_be_hidden()
    home.watch.faults.clear()  # the requests that were refused on purpose


def test_another_language_says_the_same_game(home):
    play(home, 2)
    words = home.locator(WORDS).all_inner_texts()
    home.locator("#masthead select").select_option("de")
    expect(home.get_by_role("button", name="Kugel fallen lassen")).to_be_visible()
    expect(home.locator("#home-machine")).to_contain_text("Sie wählten 0, der Zufall 2")
    assert home.locator(WORDS).all_inner_texts() == words


def test_the_ball_is_dragged_and_let_go_with_a_mouse(home):
    rail, strip = (home.locator(f"#home-machine .tiles-{part}") for part in ("rail", "strip"))
    second = home.locator("#home-machine .tile").nth(1)
    word, box, line, track = (
        second.locator(".tile-word").inner_text(),
        second.bounding_box(),
        rail.bounding_box(),
        strip.bounding_box(),
    )
    y, goal = line["y"] + line["height"] / 2, box["x"] + box["width"] / 2
    home.mouse.move(track["x"] + 2, y)
    home.mouse.down()
    home.mouse.move(goal, y, steps=5)
    expect(second).to_have_class(re.compile("under"))
    u = float(home.locator("#home-machine .tiles-u").inner_text())
    assert u == pytest.approx((goal - track["x"]) / track["width"], abs=0.002)
    home.mouse.up()
    expect(home.locator(WORDS)).to_have_text(word)
    expect(home.locator("#home-machine .home-score")).to_contain_text("You chose 1, chance chose 0")


def test_the_ball_is_dragged_with_a_finger_on_a_phone(phone, home):
    last = home.locator("#home-machine .tile").nth(1)
    word, box = last.locator(".tile-word").inner_text(), last.bounding_box()
    rail = home.locator("#home-machine .tiles-rail").bounding_box()
    x, y = rail["x"] + rail["width"] / 2, box["y"] + box["height"] / 2
    drag_by_finger(home, (x, rail["y"] + 4), (x, y))
    expect(home.locator(WORDS)).to_have_text(word)


def test_tiles_too_small_for_a_finger_have_a_button(phone, home):
    tiles = home.locator("#home-machine .tile")
    small = next(
        k for k, one in enumerate(tiles.all()) if one.bounding_box()["height"] < 24
    )  # its word is not to be pressed
    word = tiles.nth(small).locator(".tile-word").text_content()
    button = home.get_by_role("button", name="Small tiles")
    assert button.bounding_box()["height"] >= 44
    button.click()
    expect(tiles.first).to_contain_text(word)
    expect(tiles.first).to_be_focused()
    home.keyboard.press("1")
    expect(home.locator(WORDS)).to_have_text(word)


def test_the_door_to_generate_carries_the_sentence(home):
    play(home, 1)
    expect(said(home)).to_contain_text("Next:")
    home.keyboard.press("2")
    expect(home.locator(WORDS)).to_have_count(2)
    play(home, 4)
    words = home.locator(WORDS).all_inner_texts()
    home.locator(".home-door", has_text="Generate").click()
    gen = home.locator("#generator")
    expect(gen.get_by_label("Rules", exact=True)).to_be_checked()
    expect(gen.locator(".prose-token.on")).to_have_text(words[5])
    assert [one.strip() for one in gen.locator(".prose-token").all_inner_texts()[:6]] == words
    expect(gen.locator(".prose-token.forced")).to_have_count(2)  # up to the word that a hand chose
    assert "tab=generate" in home.url and "depth=rules" in home.url


def test_the_language_can_be_chosen_at_320_pixels(home):
    home.set_viewport_size({"width": 320, "height": 700})
    box = home.locator("#masthead select").bounding_box()
    assert box["x"] >= 0 and box["x"] + box["width"] <= 320


def test_the_focus_stays_on_the_page_when_what_held_it_is_gone(page, open_page):
    open_page("home")
    stop = page.get_by_role("button", name="Autoplay: stop")
    stop.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Drop the ball")).to_be_focused()
    page.locator("#home-machine .tile").first.focus()
    page.keyboard.press("Enter")
    expect(page.locator(WORDS).first).to_be_visible()
    page.wait_for_function(
        "document.activeElement.matches('#home-machine .tile') && "
        "document.querySelectorAll('#home-machine .tile').length > 1"
    )


def test_the_first_stop_of_the_keyboard_skips_to_the_page(home):
    skip = home.get_by_role("link", name="Skip to the page")
    skip.focus()
    expect(skip).to_be_in_viewport()
    home.keyboard.press("Enter")
    home.keyboard.press("Tab")
    assert home.evaluate("document.querySelector('#home-machine').contains(document.activeElement)")


def test_on_a_phone_nothing_sticks_out_and_the_tiles_lie_below_each_other(home):
    for width in (390, 320):
        home.set_viewport_size({"width": width, "height": 844})
        fits(home)
        boxes = [one.bounding_box() for one in home.locator("#home-machine .tile").all()]
        assert all(a["y"] + a["height"] <= b["y"] + 1 for a, b in pairwise(boxes)), width
        play(home, 1)
        home.locator("#home-machine .tile").nth(1).wait_for()


def test_no_serious_accessibility_fault(home):
    faults = {"light": axe(home)}
    dark(home)
    faults["dark"] = axe(home)
    play(home, 6)
    home.get_by_role("button", name="Download GIF").wait_for()
    faults["dark, at the end"] = axe(home)
    light(home)
    faults["light, at the end"] = axe(home)
    assert not any(faults.values()), faults


def light(page):
    page.evaluate("document.body.classList.remove('dark')")
    page.wait_for_function("document.getAnimations().every((one) => one.playState !== 'running')")


def test_on_a_phone_heat_lies_under_the_thumb_on_the_first_screen(home):
    home.set_viewport_size({"width": 390, "height": 844})
    home.evaluate("scrollTo(0, 0)")
    heat = home.locator("#home-machine [data-part=heat]").bounding_box()
    assert heat["y"] + heat["height"] <= 836
    assert heat["height"] >= 44
    assert heat["width"] >= 200
