"""The Escape page in a real browser: drag, read T_c, paste logits, run the experiment and stop it."""

from __future__ import annotations

import re
import threading

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import axe, dark, fits, unfold

SENTENCE = "#escape-calculator .escape-sentence"


@pytest.fixture
def escape(open_page):
    page = open_page("escape")
    page.locator("#escape-calculator .escape-sentence b").first.wait_for()
    return page


def open_fold(page, part: str) -> None:
    """Opens a part that is folded away: "#escape-logits", "#escape-live", "#escape-calculator [data-part=theory]"."""
    page.locator(f"{part} summary").first.click()


def slide(page, label: str, value: float) -> None:
    page.get_by_role("slider", name=label, exact=True).evaluate(
        "(slider, value) => { slider.value = value; slider.dispatchEvent(new Event('input', {bubbles: true})); }",
        value,
    )


def test_dragging_the_barrier_moves_the_critical_temperature(escape):
    open_fold(escape, "#escape-calculator [data-part=theory]")
    before = escape.locator(SENTENCE).inner_text()
    slide(escape, "barrier ΔE", 5)
    escape.locator(SENTENCE, has_text="1.517").wait_for()  # 5 / ln(3 · 9)
    assert escape.locator(SENTENCE).inner_text() != before
    assert "1.517" in escape.locator("#escape-calculator .escape-formulas").inner_text()
    assert escape.locator("#escape-calculator tr.forbids td").first.inner_text() == "top-p"


def test_what_no_temperature_escapes_is_said_in_words(escape):
    slide(escape, "rivals N", 0)
    slide(escape, "top-p", 0.45)
    escape.locator(SENTENCE, has_text="No temperature escapes").wait_for()
    escape.locator("#escape-calculator select").select_option("llama.cpp")
    escape.locator(SENTENCE, has_text="there is no T_c").wait_for()


def test_the_keyboard_moves_a_control(escape):
    slider = escape.get_by_role("slider", name="temperature T", exact=True)
    slider.focus()
    for _ in range(30):
        escape.keyboard.press("ArrowRight")
    escape.locator(SENTENCE, has_text="is above").wait_for()


def test_pasted_logits_are_read_and_hostile_tokens_stay_text(escape):
    open_fold(escape, "#escape-logits")
    hostile = "<img src=x onerror=window.__pwned=1> 9\n${window.__pwned=2} 7\n\\u00zz `x` </script> 5\nplain 3"
    escape.locator("#escape-logits textarea").fill(hostile)
    escape.get_by_role("button", name="Read these logits").click()
    escape.locator("#escape-logits .logits-source", has_text="4 tokens").wait_for()
    assert "<img src=x onerror=window.__pwned=1>" in escape.locator(
        "#escape-logits .logits-line.loop"
    ).inner_text().replace("·", " ")
    assert escape.evaluate("() => window.__pwned") is None
    assert escape.locator("#escape-logits img").count() == 0
    escape.locator("#escape-logits .logits-line", has_text="plain").get_by_role(
        "button", name="way out"
    ).click()
    escape.locator("#escape-logits .logits-line.out", has_text="plain").wait_for()


def test_a_bad_table_gets_a_sentence_and_loses_nothing(escape):
    open_fold(escape, "#escape-logits")
    escape.locator("#escape-logits textarea").fill("cat ten\ndog 3")
    escape.get_by_role("button", name="Read these logits").click()
    escape.locator(
        "#escape-logits .problem", has_text="line 1 of the logits must end with a number"
    ).wait_for()
    assert escape.locator("#escape-logits textarea").input_value() == "cat ten\ndog 3"
    assert (
        escape.locator("#escape-logits .logits-line.loop").count() == 1
    )  # the last good reading stays


def test_a_link_restores_the_settings_and_a_broken_one_says_so(page, open_page):
    open_page("escape", delta_e="4.5", top_p="0.8")
    page.locator(SENTENCE, has_text=re.compile(r"1\.811")).wait_for()  # 4.5 / ln(3 · 4)
    open_page("escape", top_p="7", delta_e="3")
    page.locator("#escape-calculator .problem", has_text="top_p must be").wait_for()


def test_copy_link_gives_an_address_that_carries_the_settings(escape):
    slide(escape, "barrier ΔE", 6)
    escape.locator(SENTENCE, has_text="1.820").wait_for()
    escape.locator("#escape-calculator").get_by_role("button", name="Copy link").click()
    assert "delta_e=6" in escape.evaluate("() => navigator.clipboard.readText()")


def test_the_experiment_runs_and_stops(escape, monkeypatch):
    from playground.decoding import experiment

    real, tickets, opened = experiment.next_logits_of, threading.Semaphore(6), threading.Event()

    def six_tokens(*args, **kwargs):  # the seventh waits: a run that is surely going on
        if not opened.is_set() and not tickets.acquire(blocking=False):
            opened.wait(60)
        return real(*args, **kwargs)

    monkeypatch.setattr(experiment, "next_logits_of", six_tokens)
    open_fold(escape, "#escape-live")
    escape.locator("#escape-stop").click()
    escape.get_by_text("Nothing is running.").wait_for()
    escape.locator("#escape-run").click()
    escape.locator("#escape-live .live-text .loop").wait_for(timeout=60_000)
    escape.locator("#escape-live .live-words", has_text="agree within the interval").wait_for(
        timeout=60_000
    )
    assert escape.locator("#escape-live .live-progress").is_visible()
    escape.locator("#escape-stop").click()
    escape.get_by_text("Stopped; what was measured stays.").wait_for()
    opened.set()
    assert escape.locator("#escape-live .live-plots section:visible").count() == 5
    assert escape.locator("#escape-live .live-progress").is_hidden()
    assert re.search(
        r"After [246] of 32 tokens", escape.locator("#escape-live .live-words").inner_text()
    )
    escape.locator("#escape-run").click()  # and the page goes on working
    expect(escape.locator("#escape-live .live-words")).to_contain_text(
        "fell back into the same loop", timeout=60_000
    )


def open_all(page) -> None:
    for part in ("[data-part=theory]", "[data-part=penalties]"):
        open_fold(page, f"#escape-calculator {part}")
    open_fold(page, "#escape-logits")
    open_fold(page, "#escape-live")


def test_on_a_phone_nothing_sticks_out(phone, escape):
    fits(escape)
    open_all(escape)
    fits(escape)


def test_folded_the_page_is_short_and_says_what_is_folded_away(escape):
    assert escape.evaluate("document.documentElement.scrollHeight") < 1400
    for title in ("Theory", "Penalties", "From real logits", "A real loop"):
        expect(escape.locator("summary", has_text=title)).to_be_visible()
    assert escape.locator("#escape-logits textarea").is_hidden()


def test_the_temperature_is_dragged_on_the_curve(escape):
    plot = escape.locator("#escape-calculator .escape-figure .axes-svg")
    box = plot.bounding_box()
    middle = box["y"] + box["height"] / 2
    escape.mouse.move(box["x"] + 0.3 * box["width"], middle)
    escape.mouse.down()
    escape.mouse.move(box["x"] + 0.7 * box["width"], middle, steps=3)
    escape.mouse.up()
    escape.locator(SENTENCE, has_text="is above").wait_for()
    slider = escape.get_by_role("slider", name="temperature T", exact=True)
    assert 1 < float(slider.input_value()) < 1.8


def test_a_link_with_visits_opens_the_penalties(open_page):
    page = open_page("escape", delta_e=4, visits=3)
    expect(page.locator("#escape-calculator .escape-by-visit")).to_be_visible()


@pytest.mark.parametrize("mode", ["light", "dark"])
def test_no_serious_accessibility_fault(escape, mode):
    if mode == "dark":
        dark(escape)
    open_all(escape)
    assert axe(escape) == []


def test_a_step_of_the_generate_page_opens_here_over_its_whole_vocabulary(open_page):
    page = open_page("generate", depth="numbers")
    page.locator("#generator .prose-token").first.wait_for(timeout=60_000)
    unfold(page)
    page.get_by_role("button", name="New text").click()
    page.locator("#generator .prose-token").nth(6).wait_for(timeout=60_000)
    with page.context.expect_page() as opened:
        page.get_by_role("button", name="Send this step to Escape").click()
    there = opened.value
    there.locator("#escape-logits .logits-source", has_text="11,066 tokens").wait_for(
        timeout=60_000
    )
    there.locator("#escape-logits .logits-line.loop").wait_for()
    assert (
        page.locator("#generator .prose-token").count() > 6
    )  # the text is still where it was written
    there.close()
