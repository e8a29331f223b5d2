"""Noise, exactness, steps and time as a visitor meets them; hostile words, a phone, the dark, a
screen reader."""

import re

import pytest
from playwright.sync_api import expect

from playground.diffusion import ExactDenoiser
from playground.markov import NgramModel
from playground.pages.diffusion import corrupt_block, models
from tests.browser.conftest import axe, dark, fits, no_requests
from tests.browser.diffusion_page import (
    part,
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


def test_corrupt_follows_t_without_a_request(open_page):
    page = open_page("diffusion")
    part(page, "Corrupt")
    view = page.locator("#diffusion-corrupt .canvas-corrupt")
    slider = view.get_by_role("slider", name=re.compile("Time t"))
    expect(slider).to_be_visible()
    settle(page)
    known = []
    with no_requests(page):
        for t in (0, 30, 60, 100):
            slider.fill(str(t))
            known.append(int(view.get_attribute("data-known")))
        slider.fill("0")
        for _ in range(5):
            slider.press("ArrowRight")
        assert view.get_attribute("data-t") == "0.05"
        view.get_by_role("button", name="random words").click()
        view.get_by_label("clamp to the nearest word").check()
        view.get_by_label("rounding τ").select_option("40")
        slider.fill("80")
        expect(view.locator(".say").first).to_contain_text("t = 0.80")
    assert known[0] > 0 == known[-1] and known == sorted(known, reverse=True)
    assert view.locator(".canvas-heat-cell").count() == 25
    row = [float(cell) for cell in view.locator(".canvas-heat-cell").all_inner_texts()[:5]]
    assert sum(row) == pytest.approx(1, abs=0.03)


def test_corrupt_answers_the_last_of_several_texts(open_page, gate):
    """Typed while the first one is still at work, with an empty one between."""
    page = open_page("diffusion")
    part(page, "Corrupt")
    view = page.locator("#diffusion-corrupt .canvas-corrupt")
    view.get_by_role("slider", name=re.compile("Time t")).fill("0")
    settle(page)
    opened = gate(corrupt_block, "corrupted", 0)
    text = view.get_by_label("Text, up to 24 tokens")
    for typed in ("a king who had three daughters .", "", "a king had three daughters ."):
        text.fill(typed)
        text.press("Enter")
    opened.set()
    expect(view.locator(".canvas-words").first).to_have_text("akinghadthreedaughters.")
    text.fill("")
    text.press("Enter")
    expect(view.get_by_role("alert")).to_be_visible()
    text.fill("three daughters .")
    text.press("Enter")
    expect(view.locator(".canvas-words").first).to_have_text("threedaughters.")
    expect(view.get_by_role("alert")).to_be_hidden()


def test_corrupt_asks_once_for_a_text_and_says_that_it_is_read(open_page, gate, monkeypatch):
    page = open_page("diffusion")
    part(page, "Corrupt")
    view = page.locator("#diffusion-corrupt .canvas-corrupt")
    view.get_by_role("slider", name=re.compile("Time t")).fill("0")
    settle(page)
    busy = view.get_by_text("The model reads this text …")
    expect(busy).to_be_hidden()
    asked, real = [], corrupt_block.corrupted
    monkeypatch.setattr(
        corrupt_block, "corrupted", lambda *given, **more: asked.append(1) or real(*given, **more)
    )
    opened = gate(corrupt_block, "corrupted", 0)
    text = view.get_by_label("Text, up to 24 tokens")
    text.fill("a king had three daughters .")
    text.press("Enter")  # the browser says that it changed, too
    expect(busy).to_be_visible()
    opened.set()
    expect(view.locator(".canvas-words").first).to_have_text("akinghadthreedaughters.")
    expect(busy).to_be_hidden()
    settle(page)
    assert len(asked) == 1


@pytest.mark.parametrize("language", ["en", "de", "es", "zh"])
def test_what_the_line_of_time_says_stays_in_its_column(tale, language):
    page = tale(lang=language)
    page.locator("#diffusion-run").click()
    expect(player(page)).to_have_attribute("data-state", "done")
    said = player(page).locator(".transport-words")
    player(page).locator(".transport-line").press("Home")
    expect(said).not_to_contain_text(re.compile("[/] ?6"))
    for width in (1280, 830, 390):
        page.set_viewport_size({"width": width, "height": 800})
        box, needed = said.evaluate("one => [one.clientWidth, one.scrollWidth]")
        assert needed <= box, f"{needed} px of words in {box} px, page {width} px wide"


def test_the_meter_measures_an_edited_chain_and_names_a_bad_row(open_page):
    page = open_page("diffusion")
    part(page, "Exactness")
    meter = page.locator("#diffusion-meter .canvas-meter")
    expect(meter.locator(".canvas-surprise")).to_contain_text("low confidence is off by")
    meter.get_by_role("button", name="sticky").click()
    meter.get_by_label("words in a text").select_option("3")
    cell = meter.get_by_label("a to a")
    cell.fill("0.8")
    cell.blur()
    meter.get_by_role("button", name="Measure").click()
    expect(meter.get_by_role("alert")).to_have_text("transition, row 'a', must sum to 1, got 0.9")
    meter.get_by_role("button", name=re.compile("make it 1")).click()
    meter.get_by_role("button", name="Measure").click()
    expect(meter.get_by_role("status").last).to_have_text("8 texts enumerated")
    meter.get_by_text("As a table").first.click()
    expect(meter.locator("details table").first).to_contain_text("low confidence (LLaDA)")
    measured = meter.locator("details table").evaluate_all(
        "all => all.map(table => [...table.rows].slice(1).flatMap(row => [...row.cells].slice(1))"
        ".filter(cell => /[0-9]/.test(cell.textContent)).length)"
    )
    assert measured == [26, 9], "the curves' points, and the sweeps of Gibbs"
    meter.get_by_role("button", name="KL(truth").click()


def test_steps_time_quality_live_and_by_the_visitors_numbers(open_page, gate):
    page = open_page("diffusion")
    part(page, "Steps, time, quality")
    view = page.locator("#diffusion-steps .canvas-steps")
    expect(view.locator(".say").first).to_contain_text("faster beyond 120 tokens")
    settle(page)
    with no_requests(page):
        view.get_by_role("slider", name="steps a canvas").fill("60")
        expect(view.locator(".say").first).to_contain_text("faster beyond 240 tokens")
    expect(view.locator("table.canvas-figures")).to_contain_text("4,000")
    page.get_by_label("Left-to-right model and its diffusion twin").select_option(
        label="Exact: word pairs of a short tale"
    )
    settle(page)
    view.get_by_role("button", name="Measure quality").click()
    expect(view.get_by_role("status").first).to_have_text("measured", timeout=60_000)
    assert view.locator(".canvas-example").count() == 10
    gate(NgramModel, "next_logits", 14)
    view.get_by_role("button", name="Measure time").click()
    expect(view.get_by_role("status").first).to_have_text(re.compile("token [0-9]+ of 48"))
    view.get_by_role("button", name="Stop").click()
    expect(view.get_by_role("status").first).to_have_text("stopped")
    expect(view.get_by_role("button", name="Measure time")).to_be_enabled()


HOSTILE = [
    "<img src=x onerror=window.pwned=1>",
    "${window.pwned=2}",
    "`x`",
    "\\u00zz",
    "</script>",
    "‮rtl",
    "{{7*7}}",
    "W" * 3000,
]


def test_hostile_words_are_text_and_nothing_else(tale, monkeypatch):
    """A model whose whole vocabulary is markup, templates, escapes and direction marks."""
    size = len(HOSTILE)
    monkeypatch.setattr(
        models,
        "_exact",
        lambda name: ExactDenoiser([1 / size] * size, [[1 / size] * size] * size, states=HOSTILE),
    )
    page = tale(canvas="[MASK]*24", steps="4")
    run(page, 4)
    time(page).press("ArrowLeft")
    for i in range(0, 24, 5):
        words(page).nth(i).click()
    seen = " ".join(words(page).all_inner_texts())
    assert (
        "<img src=x" in seen.replace("·", " ")
        and "${" in seen
        and "‹202E›" in seen
        and "‮" not in seen
    )
    fits(page)
    part(page, "Exactness")
    meter = page.locator("#diffusion-meter .canvas-meter")
    name = meter.get_by_label("Word 1", exact=True)
    name.fill("<img src=x onerror=window.pwned=3>"[:24])
    name.blur()
    meter.get_by_label("words in a text").select_option("3")
    meter.get_by_role("button", name="Measure").click()
    expect(meter.get_by_role("status").last).to_contain_text("enumerated")
    assert (
        page.evaluate("window.pwned") is None
        and page.locator("#diffusion-meter img, #diffusion-player img").count() == 0
    )


def test_on_a_phone_and_in_the_dark(phone, tale):
    page = tale()
    run(page, 6)
    fits(page)
    small = page.evaluate("""() => [...document.querySelectorAll('#diffusion-player button')].filter(
        b => b.offsetParent && b.getBoundingClientRect().height < 43).map(b => b.textContent)""")
    assert small == [], f"targets too small for a finger: {small}"
    dark(page)
    assert axe(page, "#diffusion-player") == []
    for name in ("Corrupt", "Exactness", "Steps, time, quality"):
        part(page, name)
        fits(page)


def test_every_part_is_accessible_and_by_keyboard(tale):
    page = tale()
    run(page, 6)
    first = words(page).nth(0)
    words(page).nth(2).click()
    words(page).nth(2).press("ArrowRight")
    expect(words(page).nth(3)).to_be_focused()
    assert player(page).locator(".canvas-words button[tabindex='0']").count() == 1
    words(page).nth(3).press("Home")
    expect(first).to_be_focused()
    for name, where in (
        ("Unmask", "#diffusion-player"),
        ("Corrupt", "#diffusion-corrupt"),
        ("Exactness", "#diffusion-meter"),
        ("Steps, time, quality", "#diffusion-steps"),
    ):
        part(page, name)
        page.locator(where).wait_for()
        assert axe(page, where) == [], name


@pytest.mark.parametrize("tab", ["Corrupt", "Exactness", "Steps, time, quality"])
def test_figures_at_an_axis_are_read_in_the_dark_as_its_name_is(open_page, tab):
    page = open_page("diffusion")
    dark(page)
    part(page, tab)
    page.wait_for_function(
        """() => {
          const [tick, label] = [".plot-tick", ".plot-label"].map((one) =>
            [...document.querySelectorAll(one)].find((found) => found.checkVisibility()));
          return tick && label && getComputedStyle(tick).fill === getComputedStyle(label).fill;
        }"""
    )  # in one breath: figures are drawn anew when their values come
