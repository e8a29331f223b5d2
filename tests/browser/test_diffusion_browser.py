"""The Unmask view as a visitor meets it: runs, edits, two at once, the keyboard."""

import re

import pytest
from playwright.sync_api import expect

from playground.diffusion import ExactDenoiser
from tests.browser.conftest import no_requests
from tests.browser.diffusion_page import (
    more_settings,
    player,
    run,
    settle,
    tale_page,
    time,
    words,
)


@pytest.fixture
def tale(open_page):
    return tale_page(open_page)


def test_alive_on_load_and_scrubbing_asks_nobody(open_page):
    page = open_page("diffusion")
    expect(player(page)).to_have_attribute("data-state", "recorded")
    expect(words(page).first).to_be_visible()
    length = int(player(page).get_attribute("data-steps"))
    settle(page)
    with no_requests(page):
        time(page).press("Home")
        expect(player(page)).to_have_attribute("data-view", "0")
        for _ in range(length):
            time(page).press("ArrowRight")
        expect(player(page)).to_have_attribute("data-view", str(length))
        box = time(page).bounding_box()
        page.mouse.move(box["x"] + box["width"] * 0.2, box["y"] + 20)
        page.mouse.down()
        page.mouse.move(box["x"] + box["width"] * 0.7, box["y"] + 20, steps=12)
        page.mouse.up()
        player(page).locator(".canvas-map canvas").click(position={"x": 200, "y": 40})
        words(page).nth(2).click()
        more_settings(page)
        page.get_by_label("step numbers").check()
        player(page).get_by_role("button", name="Play").click()
        expect(player(page)).to_have_attribute("data-view", str(length))


def test_run_shows_every_step_and_the_focused_word(tale):
    page = tale()
    run(page, 6)
    expect(player(page).locator(".canvas-head")).to_contain_text("seed 8")
    assert (
        "[MASK]" not in player(page).locator(".canvas-prose").inner_text()
        and "▢" not in player(page).locator(".canvas-prose").inner_text()
    )
    assert "the king" in player(page).locator(".canvas-prose").inner_text()
    assert (
        player(page).locator(".canvas-prose").inner_text().endswith(".")
        and " ." not in player(page).locator(".canvas-prose").inner_text()
    )
    settle(page)
    with no_requests(page):
        time(page).press("Home")
        assert words(page).nth(3).get_attribute("aria-label") == "4: hidden"
        time(page).press("ArrowRight")
        time(page).press("ArrowRight")
        hidden = next(
            i for i, b in enumerate(words(page).all()) if "hidden" in b.get_attribute("aria-label")
        )
        words(page).nth(hidden).click()
        heading = player(page).get_by_role("heading", name=re.compile(f"Word {hidden + 1}"))
        expect(heading).to_contain_text("what it could be")
        bars = player(page).locator(".canvas-bars .bar")
        assert bars.count() == 11  # ten and the others
        expect(bars.last).to_contain_text("others")
        expect(player(page).locator(".canvas-note", has_text="Entropy")).to_contain_text(
            "of the probability has moved"
        )
    states = {b.get_attribute("class").split()[0] for b in words(page).all()}
    assert {"canvas-locked", "canvas-new", "canvas-masked"} <= states
    for name in (
        "mean confidence",
        "least confidence",
        "mean entropy, bits",
        "tokens this step",
        "network calls so far",
    ):
        expect(player(page).get_by_text(name, exact=True)).to_be_visible()


def test_stop_keeps_what_there_is(tale, gate):
    page = tale(canvas="the king [MASK]*12 .", steps="12")
    opened = gate(ExactDenoiser, "logits", 4)
    page.locator("#diffusion-run").click()
    expect(player(page)).to_have_attribute("data-state", "running")
    expect(player(page)).to_have_attribute(
        "data-steps", re.compile("[1-4]")
    )  # of four steps the last may still be on its way
    player(page).get_by_role("button", name="Stop").click()
    expect(player(page)).to_have_attribute("data-state", "stopped")
    kept = player(page).get_attribute("data-steps")
    opened.set()
    settle(page)
    assert player(page).get_attribute("data-steps") == kept and int(kept) <= 4, (
        "steps went on coming after Stop"
    )
    time(page).press("Home")
    time(page).press("End")
    expect(player(page)).to_have_attribute("data-view", kept)
    assert 0 < player(page).locator(".canvas-prose").inner_text().count("▢") < 12
    run(page, 12)  # and the page goes on working


def test_mask_again_lock_run_on_and_undo(tale):
    page = tale()
    run(page, 6)
    before = player(page).locator(".canvas-prose").inner_text()
    for place in (4, 5):
        words(page).nth(place).click()
        player(page).get_by_role("button", name="Hide it").click()
    expect(words(page).nth(5)).to_have_class(re.compile("canvas-remasked"))
    expect(player(page).locator(".canvas-tools")).to_contain_text("2 to be drawn again")
    player(page).get_by_role("button", name="Undo").click()
    expect(words(page).nth(5)).not_to_have_class(re.compile("canvas-remasked"))
    words(page).nth(6).press("m")  # by keyboard as well
    words(page).nth(3).press("l")
    expect(words(page).nth(3)).to_have_class(re.compile("canvas-locked"))
    kept = words(page).nth(3).inner_text()
    player(page).get_by_role("button", name="Continue").click()
    expect(player(page).locator(".canvas-head")).to_contain_text("run on, seed 9")
    expect(player(page)).to_have_attribute("data-state", "done")
    time(page).press("Home")
    expect(player(page)).to_have_attribute("data-view", "0")
    hidden = [
        i
        for i, b in enumerate(words(page).all())
        if "hidden" in b.get_attribute("aria-label").split(": ")[1]
    ]
    assert hidden == [4, 6]
    time(page).press("End")
    assert words(page).nth(3).inner_text() == kept and "canvas-locked" in words(page).nth(
        3
    ).get_attribute("class")
    assert words(page).nth(0).inner_text() == "the"
    player(page).get_by_role("button", name="Undo").click()  # the run before
    assert player(page).locator(".canvas-prose").inner_text() == before


def test_the_sampler_chosen_is_explained_before_it_is_run(tale):
    page = tale()
    said = page.locator("#diffusion-sampler")
    expect(
        said.locator(".say")
    ).to_be_hidden()  # nothing was chosen yet: the run on view has its own card
    page.get_by_label("Sampler", exact=True).select_option(label="ReMDM: masks again")
    expect(said).to_contain_text("may be hidden again")
    expect(said).to_contain_text("not as set here")  # at the temperature that the page begins with
    expect(said).to_contain_text("Source: Wang et al. 2025, arXiv 2503.00307")
    more_settings(page)
    page.get_by_label("Temperature", exact=True).fill("1")
    expect(said).to_contain_text("Exact when it draws one word a step.")
    expect(player(page)).to_have_attribute("data-state", "recorded")


def test_an_explanation_moves_no_button_and_goes_when_the_run_has_its_own(tale):
    page = tale()
    run(page, 6)
    keep = page.get_by_role("button", name="Keep it", exact=True)
    before = keep.bounding_box()
    page.get_by_label("Sampler", exact=True).select_option(label="ReMDM: masks again")
    expect(page.locator("#diffusion-sampler .say")).to_be_visible()
    assert keep.bounding_box() == before
    run(page)
    expect(page.locator("#diffusion-sampler .say")).to_be_hidden()
    expect(player(page).locator(".canvas-about")).to_contain_text("ReMDM")


def test_two_at_once_go_in_step(tale):
    page = tale(two="1", sampler_b="llada", steps_b="3", seed_b="7")
    run(page, 6)
    assert player(page).locator(".canvas-words").count() == 2
    expect(player(page).get_by_role("heading", name="A: LLaDA, 6 steps, seed 8")).to_be_visible()
    expect(player(page).get_by_role("heading", name="B: LLaDA, 3 steps, seed 7")).to_be_visible()
    settle(page)
    with no_requests(page):
        time(page).press("Home")
        for _ in range(3):
            time(page).press("ArrowRight")
        masked = [
            sum("hidden" in b.get_attribute("aria-label") for b in words(page, side).all())
            for side in (0, 1)
        ]
    assert masked[1] == 0 < masked[0], (
        "after three steps the run of three is through and the other is not"
    )
    time(page).press("End")
    kept = [word.inner_text() for word in words(page, 1).all()]
    words(page, 0).nth(4).press("m")  # each canvas has edits of its own
    words(page, 0).nth(5).press("m")
    words(page, 1).nth(3).press("l")
    expect(player(page).locator(".canvas-tools")).to_contain_text("2 to be drawn again, 1 kept")
    expect(words(page, 1).nth(4)).not_to_have_class(re.compile("canvas-remasked"))
    player(page).get_by_role("button", name="Undo").click()
    words(page, 1).nth(6).press("m")
    expect(player(page).locator(".canvas-tools")).to_contain_text("3 to be drawn again")
    before = player(page).get_attribute("data-run")
    player(page).get_by_role("button", name="Continue").click()
    expect(player(page)).not_to_have_attribute("data-run", before)
    expect(player(page)).to_have_attribute("data-state", "done")
    expect(player(page).locator(".canvas-head")).to_contain_text("run on, seeds 9 and 8")
    time(page).press("Home")
    hidden = [
        [
            i
            for i, b in enumerate(words(page, side).all())
            if "hidden" in b.get_attribute("aria-label").split(": ")[1]
        ]
        for side in (0, 1)
    ]
    assert hidden == [[4, 5], [6]]
    time(page).press("End")
    now = [word.inner_text() for word in words(page, 1).all()]
    assert [w for i, w in enumerate(now) if i != 6] == [w for i, w in enumerate(kept) if i != 6]
    more_settings(page)
    page.get_by_label("Two at once").uncheck()
    run(page, 6)
    assert player(page).locator(".canvas-words").count() == 1


def test_by_keyboard_alone(tale):
    page = tale()
    before = player(page).get_attribute("data-run") or ""
    page.locator("#diffusion-canvas textarea").press("Enter")  # runs
    expect(player(page)).not_to_have_attribute("data-run", before)
    expect(player(page)).to_have_attribute("data-state", "done")
    words(page).nth(0).focus()
    for _ in range(4):
        page.keyboard.press("ArrowRight")
    expect(words(page).nth(4)).to_be_focused()
    expect(player(page).get_by_role("heading", name=re.compile("Word 5"))).to_be_visible()
    page.keyboard.press("m")
    expect(words(page).nth(4)).to_have_class(re.compile("canvas-remasked"))
    expect(words(page).nth(4)).to_be_focused()
    before = player(page).get_attribute("data-run")
    player(page).get_by_role("button", name="Continue").press("Enter")
    expect(player(page)).not_to_have_attribute("data-run", before)
    expect(player(page)).to_have_attribute("data-state", "done")
    player(page).get_by_role("button", name="Play").press("Space")
    expect(player(page)).to_have_attribute("data-view", player(page).get_attribute("data-steps"))
    page.get_by_role("tab", name="Corrupt", exact=True).press("Enter")
    expect(page.get_by_role("slider", name=re.compile("Time t"))).to_be_visible()


def test_an_error_is_a_sentence_and_nothing_is_lost(tale):
    page = tale()
    run(page, 6)
    before = player(page).locator(".canvas-prose").inner_text()
    page.locator("#diffusion-canvas textarea").fill("the dragon [MASK]*4 .")
    page.locator("#diffusion-run").click()
    expect(player(page).get_by_role("alert")).to_contain_text("'dragon'")
    assert player(page).locator(".canvas-prose").inner_text() == before
    expect(page.locator("#diffusion-canvas textarea")).to_have_value("the dragon [MASK]*4 .")
