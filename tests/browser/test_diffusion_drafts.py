"""Drafts and checks on the wall, the map by the keyboard, many texts, and how few controls stand
there first. On the exact tale."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import no_requests
from tests.browser.diffusion_page import player, run, settle, tale_page, time, words

CANVAS = "the king [MASK]*14 ."


@pytest.fixture
def tale(open_page):
    return tale_page(open_page)


def steps_of(page):
    return int(player(page).get_attribute("data-steps"))


def refusal(page):
    """Goes to the first pass that refused a draft."""
    time(page).press("Home")
    for _ in range(steps_of(page)):
        time(page).press("ArrowRight")
        if player(page).locator(".canvas-refusal").is_visible():
            return
    raise AssertionError("no draft was refused: choose another seed")


@pytest.mark.parametrize("sampler", ["self-speculative", "self-verifying"])
def test_the_refused_draft_is_struck_out_with_p_q_and_what_is_left(tale, sampler):
    page = tale(sampler=sampler, steps="1", canvas=CANVAS, temperature="1")
    run(page)
    settle(page)
    with no_requests(page):
        refusal(page)
        struck = words(page).locator("s:visible")
        expect(struck).to_have_count(1)
        table = player(page).locator(".canvas-refusal")
        assert table.locator("s").inner_text() == struck.inner_text()
        said = player(page).locator(".canvas-drafts .say")
        found = re.search(r"(\d+) of (\d+) drafts stay; then “(.+)” is refused", said.inner_text())
        assert found and found[3] == struck.inner_text()
        expect(player(page).locator(".canvas-draft-kept")).to_have_count(int(found[1]))
        expect(player(page).locator(".canvas-draft-left")).to_have_count(
            int(found[2]) - int(found[1]) - 1
        )
        expect(said).to_contain_text("pieces a call so far")
        assert ("1.7 calls" in said.inner_text()) == (sampler == "self-speculative")
        assert table.locator(".canvas-refusal-cell").count() >= 6
    # all words stand there in the end, and other samplers have no such panel
    time(page).press("End")
    assert "▢" not in player(page).locator(".canvas-prose").inner_text()


def test_hidden_text_of_a_draft_is_text(tale):
    page = tale(sampler="self-verifying", steps="1", canvas=CANVAS, temperature="1")
    run(page)
    refusal(page)
    labels = [word.get_attribute("aria-label") for word in words(page).all()]
    assert sum("which was refused" in label for label in labels) == 1


def test_arrow_keys_move_on_the_map(tale):
    page = tale()
    run(page, 6)
    chart = player(page).locator(".canvas-map canvas")
    expect(player(page)).to_have_attribute("data-view", "6")
    chart.focus()
    page.keyboard.press("Home")
    expect(player(page)).to_have_attribute("data-view", "0")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    expect(player(page)).to_have_attribute("data-view", "2")
    place = lambda: [w.get_attribute("aria-pressed") for w in words(page).all()].index("true")  # noqa: E731
    before = place()
    page.keyboard.press("ArrowRight")
    assert place() == before + 1
    expect(player(page)).to_have_attribute("data-view", "2")
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("ArrowUp")
    assert place() == before
    expect(player(page)).to_have_attribute("data-view", "1")
    expect(chart).to_be_focused()


def test_perplexity_stands_beside_the_dial_and_many_texts_are_compared(tale):
    page = tale()
    run(page, 6)
    expect(player(page).locator(".diffusion-score")).to_have_text(re.compile(r"perplexity [\d.]+"))
    view = player(page)
    view.locator("summary", has_text="Many texts").click()
    view.get_by_label("How many texts").select_option("4")
    seen = view.get_attribute("data-run")
    view.get_by_role("button", name="Write and compare").click()
    lines = view.locator(".canvas-several li")
    expect(view.locator(".canvas-several li.on")).to_have_count(1)
    expect(lines).to_have_count(4)
    expect(lines.first).to_have_class("on")
    expect(lines.first).to_contain_text("perplexity")
    assert view.get_attribute("data-run") == seen  # the run on view stays
    expect(words(page).first).to_be_visible()


@pytest.mark.parametrize("size", [(1280, 800), (1920, 1080)])
def test_few_controls_stand_on_the_first_screen(open_page, size):
    page = open_page("diffusion")
    page.set_viewport_size({"width": size[0], "height": size[1]})
    expect(words(page).first).to_be_visible()
    count = page.evaluate(
        """() => [...document.querySelectorAll("#diffusion-player :is(button, input, select, textarea, summary, [tabindex='0'])")]
          .filter((one) => {
            const box = one.getBoundingClientRect(), folded = one.closest("details:not([open])");
            return box.width > 1 && box.height > 1 && box.top < innerHeight && box.bottom > 0 && !one.closest(".canvas-words")
              && (!folded || one.matches("summary"));
          }).length"""
    )
    assert count <= 20
