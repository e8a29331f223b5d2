"""The Diffusion page as a visitor meets it. The runs are on the exact tale, so that no weights are needed."""

import re
import threading

import pytest
from playwright.sync_api import expect

from playground.diffusion import ExactDenoiser
from playground.markov import NgramModel
from playground.pages.diffusion import models
from tests.browser.conftest import axe, dark, fits, no_requests

TALE = {
    "model": models.TALE,
    "canvas": "the king [MASK]*6 the frog [MASK]*7 .",
    "sampler": "llada",
    "selection": "random",
    "steps": "6",
}

expect.set_options(timeout=20_000)


def part(page, name):
    page.get_by_role("tab", name=name, exact=True).click()


def player(page):
    return page.locator("#diffusion-player .canvas-player")


def run(page, steps=None):
    before = player(page).get_attribute("data-run") or ""
    page.locator("#diffusion-run").click()
    expect(player(page)).not_to_have_attribute("data-run", before)
    expect(player(page)).to_have_attribute("data-run", re.compile("."))
    expect(player(page)).to_have_attribute("data-state", "done")
    if steps is not None:
        expect(player(page)).to_have_attribute("data-steps", str(steps))


def settle(page):
    """Until nothing has been asked of the server for a while: what a page asks for when it is opened is no scrubbing."""
    page.evaluate("""() => new Promise(done => { let seen = -1; const look = () => { const now = performance.getEntriesByType('resource').length;
        if (now === seen) done(); else { seen = now; setTimeout(look, 800); } }; look(); })""")


def words(page, of=0):
    return player(page).locator(".canvas-words").nth(of).get_by_role("button")


def time(page):
    return player(page).get_by_role("slider", name="Step", exact=True)


@pytest.fixture
def tale(open_page):
    """The Unmask block with the exact tale chosen by its link."""

    def go(**query):
        page = open_page("diffusion", **{**TALE, **query})
        expect(page.locator("#diffusion-canvas textarea")).to_have_value(
            query.get("canvas", TALE["canvas"])
        )
        return page

    return go


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


@pytest.fixture
def gate(monkeypatch):
    """Lets so many calls of a method through and holds the next ones until `open`: a run that is surely still going on."""
    held = []

    def close(owner, name, calls):
        real, tickets, opened = getattr(owner, name), threading.Semaphore(calls), threading.Event()

        def gated(*args, **kwargs):
            if not opened.is_set() and not tickets.acquire(blocking=False):
                opened.wait(60)
            return real(*args, **kwargs)

        monkeypatch.setattr(owner, name, gated)
        held.append(opened)
        return opened

    yield close
    for opened in held:
        opened.set()


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
    page.get_by_text("More settings").click()
    page.get_by_label("Temperature").fill("1")
    expect(said).to_contain_text("Exact when it draws one word a step.")
    expect(player(page)).to_have_attribute("data-state", "recorded")


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
    page.get_by_text("More settings").click()
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
    assert view.locator(".canvas-example").count() == 6
    gate(NgramModel, "next_logits", 14)
    view.get_by_role("button", name="Measure time").click()
    expect(view.get_by_role("status").first).to_have_text(re.compile("token 1[0-9] of 48"))
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


def test_an_error_is_a_sentence_and_nothing_is_lost(tale):
    page = tale()
    run(page, 6)
    before = player(page).locator(".canvas-prose").inner_text()
    page.locator("#diffusion-canvas textarea").fill("the dragon [MASK]*4 .")
    page.locator("#diffusion-run").click()
    expect(player(page).get_by_role("alert")).to_contain_text("'dragon'")
    assert player(page).locator(".canvas-prose").inner_text() == before
    expect(page.locator("#diffusion-canvas textarea")).to_have_value("the dragon [MASK]*4 .")


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
