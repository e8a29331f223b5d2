"""The Compare page in a real browser: each part used once, on the shipped twins; Stop, hostile text, phone, dark, accessibility."""

from __future__ import annotations

import re

import pytest

from tests.browser.conftest import axe, dark, fits, no_requests

HOSTILE = "once <img src=x onerror=window.__pwned=1> ${window.__pwned=2} \\u00zz `x` </script> king"
PARTS = ("Strategies", "Beam search", "Scores", "Contexts", "Race", "Library", "Teacher forcing", "Classifier", "People", "Sweep")


@pytest.fixture
def part(open_page):
    """Opens the page at one of its parts; returns that part's widget."""
    def go(title, name):
        page = open_page("compare")
        page.locator("#compare-parts").get_by_role("tab", name=title, exact=True).click()
        widget = page.locator(f"#compare-{name}")
        widget.locator("button.main").first.wait_for()
        return widget
    return go


def fill(widget, **values):
    for label, value in values.items():
        widget.get_by_label(label.replace("_", " "), exact=True).fill(str(value))


def inert(page):
    assert page.evaluate("() => window.__pwned") is None and page.locator("#compare-parts img").count() == 0


def test_strategies_are_written_side_by_side_and_saved_as_a_table(part, page):
    widget = part("Strategies", "strategies")
    widget.get_by_role("button", name="Take column 2 away").click()
    fill(widget, tokens=8, runs=2, prompt=HOSTILE)
    widget.get_by_role("button", name="Write them all").click()
    widget.locator("tbody tr").nth(2).wait_for()
    assert widget.locator("tbody td:first-child").all_inner_texts() == ["1 greedy", "2 top-p 0.9", "3 beam 4"]
    widget.locator(".main-svg").first.wait_for()
    assert HOSTILE in widget.locator(".compare-prompt").inner_text()
    inert(page)
    with page.expect_download() as saved, no_requests(page):
        widget.get_by_role("button", name="Save table (CSV)").click()
    lines = saved.value.path().read_bytes().decode().split("\r\n")
    assert lines[0].startswith("model,scorer,prompt,seed,strategy,runs") and len(lines) == 5
    with no_requests(page):
        widget.get_by_label("show", exact=True).select_option("1")
        widget.get_by_label("across", exact=True).select_option("self_bleu")


def test_a_long_run_stops_and_an_error_keeps_what_is_there(part, page):
    widget = part("Strategies", "strategies")
    fill(widget, tokens=200, runs=10)
    widget.get_by_role("button", name="Write them all").click()
    widget.locator(".compare-words", has_text="token").wait_for()
    widget.get_by_role("button", name="Stop").click()
    widget.get_by_text("Stopped; what is there stays.").wait_for()
    fill(widget, tokens=900)
    widget.get_by_role("button", name="Write them all").click()
    widget.locator(".problem", has_text="tokens must be a whole number in [1, 200], got 900").wait_for()
    assert "token" not in widget.locator(".compare-words").inner_text() and widget.get_by_role("button", name="Write them all").is_enabled()


def test_the_beam_tree_grows_and_is_scrubbed_without_a_request(part, page):
    widget = part("Beam search", "beams")
    fill(widget, beams=3, tokens=5, **{"samples_for_the_Bayes_choice": 3})
    widget.get_by_role("button", name="Search", exact=True).click()
    widget.get_by_text("Minimum Bayes risk: the sample").wait_for()
    assert widget.locator("g.result").count() >= 1 and widget.locator("li.on").count() == 2
    with no_requests(page):
        widget.get_by_role("button", name="Back", exact=True).click()
        widget.locator(".transport-words", has_text="round 4 / 5").wait_for()
    assert widget.locator("g.result").count() == 0 and widget.locator("g.open.alive").count() >= 1


def test_the_scores_follow_the_text(part, page):
    widget = part("Scores", "scores")
    big = widget.locator(".scores-big").first
    big.wait_for()
    assert big.inner_text() == "25.85" and widget.locator("mark").all_inner_texts()[:5] == ["the", "cat", "on", "the", "mat"]
    widget.get_by_label("candidate").first.fill("the cat is sitting on the mat")
    widget.locator(".scores-big", has_text="100.00").wait_for()
    widget.get_by_label("candidate").first.fill("")
    widget.locator(".problem", has_text="candidate must hold at least 1 word").wait_for()
    assert big.inner_text() == "100.00"                                           # the last good answer stays
    fill(widget, text=HOSTILE)
    widget.get_by_role("button", name="Score under the model").click()
    widget.locator(".scores-formula", has_text="perplexity = exp(").wait_for()
    inert(page)


def test_a_context_moves_the_bars(part, page):
    widget = part("Contexts", "contexts")
    widget.get_by_role("button", name="Compare the prompts").click()
    widget.locator(".compare-note", has_text=re.compile(r"KL\(second ‖ first\) = 0\.\d+ nats")).wait_for()
    assert widget.locator(".context-bar").count() >= 25
    widget.get_by_label("second model").select_option("fairy-causal")
    widget.get_by_role("button", name="Compare the models").click()
    widget.locator(".compare-note", has_text="No KL is given").wait_for()


def test_the_twins_race(part, page):
    widget = part("Race", "race")
    fill(widget, tokens=8, **{"steps_of_diffusion": 4})
    widget.get_by_role("button", name="Race", exact=True).click()
    widget.locator("tbody tr").nth(1).wait_for()
    facts = widget.locator(".race-facts").all_inner_texts()
    assert "8 tokens · 8 network calls" in facts[0] and re.search(r"8 tokens · \d network calls", facts[1]) and "done" in facts[0]
    assert widget.locator(".race-words .masked").count() == 0


def test_the_library_finds_no_difference(part, page):
    widget = part("Library", "library")
    fill(widget, tokens=6)
    widget.get_by_role("button", name="Run both").click()
    widget.locator(".say", has_text="No difference").wait_for(timeout=60_000)
    widget.get_by_label("strategy").select_option("beam")
    widget.get_by_role("button", name="Run both").click()
    widget.locator(".say", has_text="6 tokens, the same one by one").wait_for(timeout=60_000)


def test_free_running_drifts(part, page):
    widget = part("Teacher forcing", "forcing")
    widget.get_by_role("button", name="Let it run free").click()
    widget.locator(".main-svg").first.wait_for()
    widget.locator(".say", has_text="nats a token when every token before it is the given one").wait_for()


def test_label_words_classify(part, page):
    widget = part("Classifier", "classifier")
    widget.get_by_label("model", exact=True).select_option("fairy-causal")
    fill(widget, label_words="good, bad")
    widget.get_by_label("texts, one a line").fill("the kind queen helped the poor\n<img src=x onerror=window.__pwned=1>")
    widget.get_by_role("button", name="Classify").click()
    widget.locator(".label-case").nth(1).wait_for()
    assert widget.locator(".label-line.on").count() == 5
    inert(page)


def test_judgements_are_blind_and_stay_in_the_browser(part, page):
    widget = part("People", "people")
    fill(widget, tokens=8, runs=1)
    widget.get_by_role("button", name="Write texts to judge").click()
    widget.get_by_role("button", name="Left is better").wait_for()
    assert "beam" not in widget.locator(".people-pair").inner_text() and "greedy" not in widget.locator(".people-pair").inner_text()
    widget.locator("[data-side=left] input[value='4']").first.check()
    with no_requests(page):
        widget.get_by_role("button", name="Left is better").click()
        widget.get_by_text("1 judgement kept in this browser").wait_for()
    with page.watch.leaving():
        page.reload(wait_until="commit")
    page.locator("#compare-parts").get_by_role("tab", name="People", exact=True).click()
    widget.get_by_role("button", name="Show the tally").click()
    widget.locator("tbody tr").nth(1).wait_for()
    assert "4.00 (1)" in widget.locator("table").inner_text()


def test_a_sweep_fills_its_table(part, page):
    widget = part("Sweep", "sweep")
    fill(widget, tokens=6, seeds=2)
    widget.get_by_label("and", exact=True).select_option("")
    widget.get_by_label("over", exact=True).first.fill("0.5, 1")
    widget.get_by_role("button", name="Sweep", exact=True).click()
    widget.get_by_text("2 of 2 points").wait_for()
    assert widget.locator("tbody td:first-child").all_inner_texts() == ["0.5", "1"]


def each_part(page):
    for title in PARTS:
        page.locator("#compare-parts").get_by_role("tab", name=title, exact=True).click()
        page.locator("#compare-parts .compare:visible").first.wait_for()
        yield title


def test_on_a_phone_nothing_sticks_out(phone, open_page):
    page = open_page("compare")
    for _ in each_part(page):
        fits(page)


def test_no_serious_accessibility_fault(part, page):
    widget = part("Strategies", "strategies")
    fill(widget, tokens=6, runs=2)
    widget.get_by_role("button", name="Write them all").click()
    widget.locator("tbody tr").nth(3).wait_for()
    list(each_part(page))                                                          # a part is there once it was opened
    page.add_style_tag(content="#compare-parts .tabitem { display: block !important }")
    assert axe(page, "#compare-parts") == []
    dark(page)
    assert axe(page, "#compare-parts") == []
