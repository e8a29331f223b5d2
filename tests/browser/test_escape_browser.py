"""The Escape page in a real browser: drag, read T_c, paste logits, run the experiment and stop
it."""

from __future__ import annotations

import re
import threading

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import axe, dark, fits, no_requests, unfold
from tests.browser.kept_page import kept, page

__all__ = ["kept", "page"]

SENTENCE = "#escape-calculator .escape-sentence"


@pytest.fixture
def escape(open_page):
    page = open_page("escape")
    page.locator("#escape-calculator .escape-sentence b").first.wait_for()
    return page


def open_fold(page, part: str) -> None:
    """Opens a part that is folded away: "#escape-logits", "#escape-live", "#escape-calculator
    [data-part=theory]"."""
    page.locator(f"{part} summary").first.click()


@pytest.fixture
def own(open_page):
    """The page with a loop of the visitor's own ΔE and N."""
    page = open_page("escape", delta_e=2.05)
    page.locator(SENTENCE + " b").first.wait_for()
    return page


def copied(page, words: str) -> None:
    """Waits until the clipboard holds an address with these words."""
    page.wait_for_function(
        "async (words) => (await navigator.clipboard.readText()).includes(words)", arg=words
    )


def dot(page):
    return page.get_by_role("slider", name="temperature T", exact=True)


def slide(page, label: str, value: float) -> None:
    page.get_by_role("slider", name=label, exact=True).evaluate(
        "(slider, value) => { slider.value = value; slider.dispatchEvent(new Event('input', "
        "{bubbles: true})); }",
        value,
    )


def test_dragging_the_barrier_moves_the_critical_temperature(own):
    open_fold(own, "#escape-calculator [data-part=theory]")
    before = own.locator(SENTENCE).inner_text()
    slide(own, "barrier ΔE", 5)
    own.locator(SENTENCE, has_text="1.517").wait_for()  # 5 / ln(3 · 9)
    assert own.locator(SENTENCE).inner_text() != before
    assert "1.517" in own.locator("#escape-calculator .escape-formulas").inner_text()
    assert own.locator("#escape-calculator tr.forbids td").first.inner_text() == "top-p"


def test_what_no_temperature_escapes_is_said_in_words(own):
    slide(own, "rivals N", 0)
    slide(own, "top-p", 0.45)
    own.locator(SENTENCE, has_text="No temperature escapes").wait_for()
    open_fold(own, "#escape-calculator [data-part=rules]")
    own.get_by_label("order of the rules").select_option("llama.cpp")
    own.locator(SENTENCE, has_text="there is no").wait_for()


def test_the_keyboard_moves_the_dot_and_asks_nobody(own):
    dot(own).focus()
    with no_requests(own):
        for _ in range(20):
            own.keyboard.press("ArrowRight")
        own.keyboard.press("PageUp")
        own.locator(SENTENCE, has_text="T = 0.8 is above").wait_for()
    assert dot(own).get_attribute("aria-valuenow") == "0.8"
    assert "draws escapes" in dot(own).get_attribute("aria-valuetext")


def test_the_recorded_loop_plays_before_anybody_touches_it_and_escapes(escape):
    counts = escape.locator("#escape-calculator .escape-counts dd")
    expect(counts.nth(0)).not_to_have_text("0")  # it moves by itself
    expect(escape.locator(".lap.shut").first).to_contain_text("wind howled, and the")
    out = escape.locator(".lap.free")
    out.wait_for()  # the fourth draw leaves: a draw depends on seed and step alone
    expect(counts.nth(1)).to_have_text("1")
    expect(counts.nth(0)).to_have_text("4")
    expect(out.locator(".lap-first")).to_have_text("pet")
    expect(escape.locator("#escape-calculator [role=status]")).to_contain_text(
        "Escaped at draw 4: “pet”."
    )
    expect(escape.locator(".lap.open:not(.free)").first).to_be_visible()  # and it begins again
    escape.get_by_role("button", name="Pause").click()
    with no_requests(escape):
        escape.get_by_role("button", name="+1,000").click()
        expect(counts.nth(0)).to_contain_text("1,0")
    expect(counts.nth(3)).to_have_text("1 in 14")


def test_below_t_c_the_lid_is_closed_and_no_draw_escapes(escape):
    escape.get_by_role("button", name="Pause").click()
    lid = escape.locator("#escape-calculator .escape-lid")
    assert lid.evaluate("one => one.style.transform") != "rotate(0deg)"
    dot(escape).focus()
    escape.keyboard.press("PageDown")
    caption = escape.locator("#escape-calculator .escape-caption")
    expect(caption).to_contain_text("The lid is closed")
    expect(caption).to_contain_text("It opens above T = 0.872.")
    assert lid.evaluate("one => one.style.transform").replace("-", "") == "rotate(0deg)"
    escape.get_by_role("button", name="+1,000").click()
    counts = escape.locator("#escape-calculator .escape-counts dd")
    expect(counts.nth(0)).to_have_text("1,000")
    expect(counts.nth(1)).to_have_text("0")
    expect(counts.nth(3)).to_have_text("never")
    escape.get_by_role("slider", name="top-p", exact=True).press("End")  # no rule, no lid
    expect(caption).to_contain_text("no lid")
    expect(lid).to_be_hidden()


def test_another_rule_closes_the_lid_too(escape):
    open_fold(escape, "#escape-calculator [data-part=rules]")
    slide(escape, "top-k", 1)
    expect(escape.locator("#escape-calculator .escape-caption")).to_contain_text("closed by top-k")


def test_another_word_is_drawn_and_the_link_carries_it(escape):
    escape.get_by_label("Draw at").select_option(label="“wind”")
    expect(escape.locator("#escape-calculator .escape-well-picture")).to_contain_text(
        "“wind”: once more round"
    )
    expect(escape.locator(".lap").last).to_contain_text("howled")
    escape.locator("#escape-calculator").get_by_role("button", name="Copy link").click()
    copied(escape, "word=3")
    copied(escape, "temperature=0.95")


def test_with_reduced_motion_the_loop_stands_still(page, open_page):
    page.emulate_media(reduced_motion="reduce")
    open_page("escape")
    expect(page.locator(".lap.shut")).to_have_count(2)
    page.get_by_role("button", name="Play").wait_for()
    expect(page.locator("#escape-calculator .escape-counts dd").first).to_have_text("0")


def test_the_formulas_are_mathml(escape):
    expect(escape.locator("#escape-calculator .escape-formula-line math").first).to_be_visible()
    assert escape.locator(SENTENCE + " math msub").count() == 1
    assert "T_c" not in escape.locator("#escape-calculator").inner_text()


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


def test_real_logits_are_sent_once_and_a_moved_slider_or_another_choice_asks_nobody(escape):
    open_fold(escape, "#escape-logits")
    sentence = escape.locator("#escape-logits .logits-sentence")
    expect(sentence).to_contain_text("Over all 6 tokens")
    before = sentence.inner_text()
    with no_requests(escape):
        slide(escape, "top-p for these logits", 0.6)
        expect(sentence).not_to_have_text(before)
        slide(escape, "temperature T for these logits", 3.5)
        expect(sentence).to_contain_text("T = 3.5 is above it")
        slide(escape, "min-p α for these logits", 0.2)
        expect(escape.locator("#escape-logits .logits-numbers")).to_contain_text("α = 0.2")
        choice = escape.locator("#escape-logits .logits-line", has_text="car").get_by_role(
            "button", name="way out"
        )
        choice.focus()
        escape.keyboard.press("Enter")
        expect(escape.locator("#escape-logits .logits-line.out")).to_contain_text("car")
        expect(choice).to_be_focused()  # the list was drawn anew


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


def test_a_part_opened_before_the_first_answer_stays_open(open_page, page):
    held, later = [], []
    asked = re.compile("component_server")
    page.route(asked, lambda route: route.continue_() if later else held.append(route))
    open_page("escape")
    folds = ("#escape-logits", "#escape-calculator [data-part=penalties]")
    for fold in folds:
        open_fold(page, fold)
    later.append(True)
    for route in held:
        route.continue_()
    page.locator("#escape-logits .logits-line.loop").wait_for()
    page.locator("#escape-calculator .escape-sentence b").first.wait_for()
    for fold in folds:
        assert page.locator(f"{fold} summary").first.evaluate("one => one.parentElement.open")
    page.unroute(asked)


def test_a_link_restores_the_settings_and_a_broken_one_says_so(page, open_page):
    open_page("escape", delta_e="4.5", top_p="0.8")
    page.locator(SENTENCE, has_text=re.compile(r"1\.811")).wait_for()  # 4.5 / ln(3 · 4)
    open_page("escape", top_p="7", delta_e="3")
    page.locator("#escape-calculator .problem", has_text="top_p must be").wait_for()


def test_copy_link_gives_an_address_that_carries_the_settings(own):
    slide(own, "barrier ΔE", 6)
    own.locator(SENTENCE, has_text="1.820").wait_for()
    own.locator("#escape-calculator").get_by_role("button", name="Copy link").click()
    copied(own, "delta_e=6")


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
    figures = escape.locator("#escape-live .live-plots section:visible")
    for name in ("barriers", "top-p that holds", "penalties", "survival", "who left"):
        escape.locator("#escape-live").get_by_role("button", name=name, exact=True).click()
        expect(figures).to_have_count(1)
        expect(figures.locator(".main-svg").first).to_be_visible()
    assert escape.locator("#escape-live .live-progress").is_hidden()
    assert re.search(
        r"After [246] of 32 tokens", escape.locator("#escape-live .live-words").inner_text()
    )
    escape.locator("#escape-run").click()  # and the page goes on working
    expect(escape.locator("#escape-live .live-words")).to_contain_text(
        "fell back into the same loop", timeout=60_000
    )


def open_all(page) -> None:
    for part in ("[data-part=rules]", "[data-part=theory]", "[data-part=penalties]"):
        open_fold(page, f"#escape-calculator {part}")
    open_fold(page, "#escape-logits")
    open_fold(page, "#escape-live")


def test_on_a_phone_nothing_sticks_out(phone, escape):
    fits(escape)
    open_all(escape)
    fits(escape)


def test_folded_the_page_is_short_and_says_what_is_folded_away(escape):
    assert escape.evaluate("document.documentElement.scrollHeight") < 1400
    for title in ("Other rules", "Theory", "Penalties", "From real logits", "A real loop"):
        expect(escape.locator("summary", has_text=title)).to_be_visible()
    assert escape.locator("#escape-logits textarea").is_hidden()


def test_the_temperature_is_dragged_on_the_curve_and_nobody_is_asked(own):
    plot = own.locator("#escape-calculator .escape-figure .axes-svg")
    box = plot.bounding_box()
    middle = box["y"] + box["height"] / 2
    with no_requests(own):
        own.mouse.move(box["x"] + 0.3 * box["width"], middle)
        own.mouse.down()
        own.mouse.move(box["x"] + 0.7 * box["width"], middle, steps=3)
        own.mouse.up()
        own.locator(SENTENCE, has_text="is above").wait_for()
    assert 1 < float(dot(own).get_attribute("aria-valuenow")) < 1.8
    held = "document.activeElement.getAttribute('role')"
    assert own.evaluate(held) == "slider"  # the arrow keys go on from there


def test_a_link_with_visits_opens_the_penalties(open_page):
    page = open_page("escape", delta_e=4, visits=3)
    expect(page.locator("#escape-calculator .escape-by-visit")).to_be_visible()


def test_no_serious_accessibility_fault(escape):
    open_all(escape)
    faults = {"light": axe(escape)}
    dark(escape)
    assert faults | {"dark": axe(escape)} == {"light": [], "dark": []}


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
