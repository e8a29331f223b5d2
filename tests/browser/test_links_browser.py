"""A copied link, opened in a fresh page, shows the same result at the same step; a link that shows
no result runs nothing."""

import json
import re

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import unfold

COUNT = "() => window.finishedTexts"


@pytest.fixture
def follow(page):
    """Presses the button, takes the address from the clipboard, opens it."""

    def go(button, change=lambda address: address):
        button.click()
        expect(page.locator(".say-toast")).to_have_class("say-toast on")
        address = page.evaluate("() => navigator.clipboard.readText()")
        with page.watch.leaving():
            page.goto("about:blank")
            page.goto(change(address), wait_until="commit")
        return address

    return go


def test_a_text_comes_back_at_its_step(page, open_page, follow):
    open_page(
        "generate",
        prompt="the wolf said",
        max_new_tokens="14",
        seed="5",
        temperature="0.9",
        step="6",
        model="fairy-causal",
    )
    area = page.locator("#generator")
    expect(area.locator(".prose-token")).to_have_count(14)
    line = area.locator("[role=slider]").first
    expect(line).to_have_attribute("aria-valuenow", "7")
    text = area.locator("[data-part=text]").text_content()
    line.focus()
    page.keyboard.press("Home")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    unfold(page)
    area.get_by_label("Rules", exact=True).check()
    # the controls move on: the link is of the text on view
    area.locator("input[aria-label='seed'], .rules-number input").last.fill("99")
    address = follow(area.get_by_role("button", name="Copy link"))
    assert "seed=5" in address and "step=2" in address
    expect(area.locator(".prose-token")).to_have_count(14)
    expect(line).to_have_attribute("aria-valuenow", "3")
    assert area.locator("[data-part=text]").text_content() == text

    unfold(page)
    area.locator("[data-part=mode-score]").click()
    area.locator("[data-part=score]").fill("the king was old and tired .")
    area.get_by_role("button", name="Score", exact=True).click()
    expect(area.locator("[data-part=ended]")).to_contain_text("Perplexity")
    said = area.locator("[data-part=ended]").inner_text()
    follow(area.get_by_role("button", name="Copy link"))
    expect(area.locator("[data-part=ended]")).to_have_text(said)


def test_a_link_fetches_no_model_and_a_hostile_one_runs_nothing(page, open_page):
    area = page.locator("#generator")
    open_page("generate", model="gpt2", prompt="hello")
    expect(area.locator("[data-part=problem]")).to_contain_text(
        "which is not here yet. Press Play to download it"
    )
    assert page.evaluate(COUNT) == 0 and area.locator("[data-part=prompt]").input_value() == "hello"
    open_page(
        "generate",
        model="<img src=x onerror=alert(1)>",
        prompt="${alert(1)}",
        step="-3",
        temperature="hot",
        chosen="1.x",
    )
    expect(area.locator("[data-part=problem]")).to_contain_text(
        "Part of this link could not be read"
    )
    assert (
        page.evaluate(COUNT) == 0
        and area.locator("[data-part=prompt]").input_value() == "${alert(1)}"
    )


def test_a_canvas_comes_back_with_its_edit_and_step(page, open_page, follow):
    open_page(
        "diffusion",
        model="exact-tale",
        canvas="the king [MASK]*5 .",
        sampler="llada",
        selection="random",
        steps="5",
        seed="3",
    )
    player = page.locator("#diffusion-player .widget")
    expect(player).to_have_attribute("data-state", "recorded")  # a link without a run runs nothing
    page.locator("#diffusion-run").click()
    expect(player).to_have_attribute("data-state", "done")
    words = player.locator(".canvas-words button")
    words.nth(3).press("m")
    player.get_by_role("button", name="Continue").click()
    expect(player.locator(".canvas-what")).to_contain_text("run on, seed 4")
    expect(player).to_have_attribute("data-state", "done")
    seen = words.all_inner_texts()
    steps = int(player.get_attribute("data-steps"))
    page.locator("#diffusion-player [role=slider]").first.focus()
    page.keyboard.press("End")
    address = follow(page.locator("button:text-is('Copy link'):visible"))
    assert "ran=1" in address and "edited=1" in address
    expect(player).to_have_attribute("data-state", "done")
    expect(player).to_have_attribute("data-view", str(steps))
    assert words.all_inner_texts() == seen
    open_page("diffusion", ran="1", edited="1~2~x")
    expect(player.locator(".canvas-problem")).to_contain_text("edited must be")
    expect(words.first).to_be_visible()


def test_a_walk_comes_back_at_its_step(page, open_page, follow):
    open_page("chains")
    area = page.locator(".tabitem:visible").last
    area.locator("[data-part=more]").first.wait_for()
    area.locator("[data-part=another]").first.click()
    line = area.locator("[role=slider]").first
    line.focus()
    for _ in range(5):
        page.keyboard.press("ArrowRight")
    at, path = (
        line.get_attribute("aria-valuenow"),
        area.locator("[data-part=lanes]").first.inner_text(),
    )
    address = follow(area.locator("[data-part=link]").first)
    assert "&at=" in address
    expect(line).to_have_attribute("aria-valuenow", at)
    assert area.locator("[data-part=lanes]").first.inner_text() == path
    open_page("chains", at="99999")
    expect(page.locator(".say-toast")).to_contain_text(
        "The step in this link must be a whole number"
    )
    assert json.dumps(address)


def test_an_address_with_a_slash_too_many_is_the_page_and_its_links_are_plain(page, app_url):
    home = app_url.rstrip("/")
    page.goto(f"{home}//?tab=lessons&lang=de", wait_until="commit")
    stage = page.locator("#lesson-stage")
    stage.get_by_role("button", name="Weiter").click()
    expect(page).to_have_url(re.compile("^" + re.escape(f"{home}/?tab=lessons") + ".*#"))
