"""The Chains page in a real browser: edited, played, opened, learned, looped; with hostile names, by keyboard, on a phone, in the dark."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import axe, dark, fits, no_requests

HOSTILE = '<img src=x onerror="window.__p=1">${window.__p=2}'
expect.set_options(timeout=20_000)
VIEWS = ("walk", "text", "rates", "hidden", "loops")


def view_of(open_page, name: str, **query):
    """The view's widget, drawn."""
    page = open_page("chains", view=name, **query)
    widget = page.locator(f"#chain-{name}")
    widget.locator("[data-part]").first.wait_for()
    expect(widget.locator(".transport-words").first).to_contain_text(re.compile(r"\d"))
    return page, widget


def drawn(page, name: str) -> int:
    """How often the view's figures were drawn."""
    return page.evaluate(
        "name => Math.max(0, ...[...document.querySelectorAll(`#chain-${name}, #chain-${name} *`)].map(n => +(n.dataset?.drawn ?? 0)))",
        name,
    )


def after_redraw(page, name: str, act) -> None:
    before = drawn(page, name)
    act()
    page.wait_for_function(
        "([name, before]) => [...document.querySelectorAll(`#chain-${name}, #chain-${name} *`)].some(n => +(n.dataset?.drawn ?? 0) > before)",
        arg=[name, before],
    )


def part(widget, name: str):
    return widget.locator(f'[data-part="{name}"]')


# the Markov chain ---------------------------------------------------------------------------------------------------------


def test_an_edited_cell_redraws_every_figure_and_a_bad_row_is_marked_not_changed(open_page):
    page, widget = view_of(open_page, "walk")
    stay, leave = (
        widget.get_by_label("Probability of going from sunny to sunny"),
        widget.get_by_label("Probability of going from sunny to rainy"),
    )
    expect(part(widget, "visits")).to_contain_text("(long run 0.833)")
    stay.fill("0.6")
    expect(part(widget, "problem")).to_contain_text("One row does not sum to 1")
    expect(widget.locator("tr.bad output")).to_have_text("sum 0.7")
    expect(stay).to_have_value("0.6")  # nothing was changed behind the visitor's back
    expect(leave).to_have_value("0.1")
    expect(part(widget, "visits")).to_contain_text(
        "(long run 0.833)"
    )  # the figures still belong to the last good matrix
    after_redraw(page, "walk", lambda: leave.fill("2/5"))
    expect(part(widget, "problem")).to_be_empty()
    expect(part(widget, "visits")).to_contain_text("(long run 0.556)")  # .5 / (.5 + .4)
    expect(part(widget, "eigenvalues")).to_contain_text("0.1000")
    leave.fill("0.9")
    after_redraw(
        page,
        "walk",
        lambda: widget.get_by_role(
            "button", name="Normalise the row sunny so that it sums to 1"
        ).click(),
    )
    expect(stay).to_have_value("0.4")
    expect(leave).to_have_value("0.6")
    leave.fill("much")
    expect(widget.locator("tr.bad output")).to_have_text("not a number")


def test_the_walk_plays_without_a_request_and_greedy_closes_a_loop(open_page):
    page, widget = view_of(open_page, "walk")
    widget.get_by_role("button", name="Brown fox").click()
    expect(widget.locator(".graph")).to_have_attribute("aria-label", re.compile("7 states"))
    widget.get_by_label("Speed, steps a second").select_option("20")
    with no_requests(page):
        widget.get_by_role("button", name="Play", exact=True).click()
        expect(widget.locator(".transport-words")).to_contain_text(
            re.compile(r"step (4[3-9]|[5-9]\d|\d{3}) / 500")
        )
        widget.get_by_role("button", name="Pause", exact=True).click()
        line = widget.get_by_role("slider", name="Step of the walk")
        line.focus()
        page.keyboard.press("End")
        expect(widget.locator(".transport-words")).to_contain_text("step 500 / 500")
        page.keyboard.press("ArrowLeft")
        expect(widget.locator(".transport-words")).to_contain_text("step 499 / 500")
    after_redraw(page, "walk", lambda: widget.get_by_role("button", name="greedy").click())
    expect(part(widget, "looping")).to_contain_text(
        "the → brown → fox → jumped → over → the for ever, period 5"
    )
    expect(widget.locator(".transport-loop")).to_have_count(1)
    node = widget.locator(".graph .node").nth(2)
    node.focus()
    after_redraw(page, "walk", lambda: page.keyboard.press("Enter"))
    expect(part(widget, "start")).to_have_value("2")


def test_hostile_names_are_text_and_survive_a_link(open_page):
    page, widget = view_of(open_page, "walk")
    after_redraw(
        page,
        "walk",
        lambda: (
            widget.get_by_label("Name of state 1").fill(HOSTILE[:40]),
            page.keyboard.press("Tab"),
        ),
    )
    expect(widget.locator(".heat .side").first).to_have_attribute("title", HOSTILE[:40])
    assert page.evaluate("window.__p") is None and widget.locator("img").count() == 0
    widget.get_by_role("button", name="Copy link").click()
    expect(page.locator(".say-toast")).to_contain_text("ink")
    with page.watch.leaving():
        page.reload(wait_until="commit")
    expect(widget.get_by_label("Name of state 1")).to_have_value(HOSTILE[:40])
    assert page.evaluate("window.__p") is None


def test_a_power_of_the_matrix_is_counted_in_the_browser(open_page):
    page, widget = view_of(open_page, "walk")
    after_redraw(page, "walk", lambda: widget.get_by_role("button", name="Another walk").click())
    with no_requests(page):
        widget.get_by_label("n, number of steps").fill("2")
        expect(part(widget, "power").locator("td.num").first).to_have_text(".860")
        widget.get_by_label("n, number of steps").fill("64")
        expect(part(widget, "power").locator("td.num").first).to_have_text(".833")
    expect(part(widget, "hitting").locator("td.num")).to_have_text(
        ["1.20", "10.00", "2.00", "6.00"]
    )


# from text ----------------------------------------------------------------------------------------------------------------


def test_the_brown_fox_loops_greedily_and_drawing_leaves(open_page):
    page, widget = view_of(open_page, "text")
    expect(part(widget, "loopsay")).to_contain_text(
        "Greedy repeats “brown fox jumped over the” for ever: period 5"
    )
    expect(part(widget, "tie")).to_contain_text("“fox” is followed by “jumped” and “which”")
    assert part(widget, "greedy").locator(".lap").count() == 12
    expect(part(widget, "sampled")).to_contain_text("sleeping")
    with no_requests(page):
        part(widget, "sampled").locator(".tok").nth(2).click()
        expect(part(widget, "after")).to_have_text(
            "In the source “fox” is followed by “jumped” 1×, “which” 1×."
        )
        expect(part(widget, "bars")).to_contain_text("which")
    after_redraw(
        page, "text", lambda: part(widget, "order").get_by_role("button", name="2").click()
    )
    expect(part(widget, "counts")).to_contain_text("Order 2: it looks at the 2 previous words")
    part(widget, "text").fill("${window.__p=1} <img src=x onerror=window.__p=2> a b a b c")
    expect(part(widget, "counts")).to_contain_text("9 words")
    assert page.evaluate("window.__p") is None and widget.locator("img").count() == 0
    part(widget, "text").fill("one")
    expect(part(widget, "problem")).to_contain_text(
        "text must hold more than 2 words for order 2, got 1"
    )
    expect(part(widget, "text")).to_have_value("one")
    widget.get_by_role("button", name="The brown fox").click()
    expect(part(widget, "problem")).to_be_empty()
    widget.get_by_role("button", name="Use this model on Generate and Diffusion").click()
    expect(part(widget, "offered")).to_contain_text("n-gram of the brown fox, order 1 (words)")


def test_a_file_is_read_in_the_browser_and_too_large_a_one_is_refused(open_page):
    _page, widget = view_of(open_page, "text")
    words = " ".join(f"w{i % 97} and w{i % 31}" for i in range(9000))
    part(widget, "input").set_input_files(
        {"name": "long.txt", "mimeType": "text/plain", "buffer": words.encode()}
    )
    expect(part(widget, "filename")).to_contain_text("long.txt")
    expect(part(widget, "counts")).to_contain_text("27,000 words")
    part(widget, "input").set_input_files(
        {"name": "huge.txt", "mimeType": "text/plain", "buffer": b"a " * 2_500_001}
    )
    expect(part(widget, "problem")).to_contain_text("text must be at most 5,000,000 bytes long")


# continuous time ----------------------------------------------------------------------------------------------------------


def test_rates_are_edited_and_time_is_played(open_page):
    page, widget = view_of(open_page, "rates")
    expect(part(widget, "masking")).to_contain_text("This is masking")
    after_redraw(
        page, "rates", lambda: widget.get_by_label("Rate of jumping from token to mask").fill("2")
    )
    expect(part(widget, "masking")).to_contain_text("exp(−2·t)")
    with no_requests(page):
        widget.get_by_role("slider", name="Time").focus()
        page.keyboard.press("Home")
        expect(part(widget, "tout")).to_have_text("P(t) = exp(tQ) at t = 0.00")
        for _ in range(3):
            page.keyboard.press("ArrowRight")
        expect(part(widget, "power").locator("td.num").first).to_have_text(".819")  # exp(-2 * .1)
    widget.get_by_label("Rate of jumping from token to mask").fill("-1")
    expect(part(widget, "problem")).to_contain_text("cannot be negative")


# hidden Markov models -----------------------------------------------------------------------------------------------------


def test_a_trellis_cell_opens_and_its_numbers_add_up(open_page):
    page, widget = view_of(open_page, "hidden")
    with no_requests(page):
        widget.locator(".trellis .cell").nth(3).click()  # position 2, rainy
        cell = part(widget, "cell")
        expect(cell).to_contain_text("All ways to rainy at position 2")
        rows = [
            row.inner_text().split("\n\t")
            if "\n\t" in row.inner_text()
            else row.inner_text().split("\t")
            for row in cell.locator("tr").all()
        ]
        products = [float(row[3].replace("=", "")) for row in rows[:2]]
        total, emission, result = (float(row[3]) for row in rows[2:5])
        assert total == pytest.approx(sum(products), abs=2e-4) and result == pytest.approx(
            total * emission, abs=2e-4
        )
        page.keyboard.press("ArrowUp")
        expect(cell).to_contain_text("All ways to sunny at position 2")
        for kind, words in (
            ("Backward", "right to left"),
            ("Posterior", "how sure each state is"),
            ("Viterbi", "single most likely path"),
        ):
            widget.get_by_role("button", name=kind, exact=True).click()
            expect(part(widget, "explain")).to_contain_text(words)
        widget.locator(".trellis .cell").last.click()
        expect(cell).to_contain_text("The single best way to rainy at position 5")
        expect(cell.locator("tr.on")).to_have_count(1)
    expect(part(widget, "likelihood")).to_contain_text("-7.20429")


def test_observations_are_typed_missing_ones_too_and_samples_keep_their_secret(open_page):
    page, widget = view_of(open_page, "hidden")
    seen = part(widget, "observations")
    after_redraw(page, "hidden", lambda: seen.fill("umbrella ? none"))
    expect(widget.locator(".trellis .symbol")).to_have_text(["umbrella", "?", "none"])
    seen.fill("umbrella unicorn")
    expect(part(widget, "problem")).to_contain_text(
        "“unicorn” is none of the symbols (umbrella, none)"
    )
    expect(seen).to_have_value("umbrella unicorn")
    seen.fill("umbrella none")
    after_redraw(
        page, "hidden", lambda: widget.get_by_role("button", name="Sample new ones").click()
    )
    expect(widget.locator(".paths .truth .veiled")).to_have_count(12)
    part(widget, "reveal").click()
    expect(widget.locator(".paths .truth")).to_contain_text("sunny")
    widget.get_by_label("Probability that rainy shows none").fill("0.9")
    expect(part(widget, "problem")).to_contain_text("One row does not sum to 1")


def test_what_a_model_cannot_show_is_said(open_page):
    _page, widget = view_of(open_page, "hidden")
    for row, values in (("sunny", ("0", "1")), ("rainy", ("0", "1"))):
        for column, value in zip(("umbrella", "none"), values, strict=True):
            widget.get_by_label(f"Probability that {row} shows {column}").fill(value)
    expect(part(widget, "likelihood")).to_contain_text(
        "at position 1 no state that can be reached shows “umbrella”"
    )
    assert "NaN" not in widget.inner_text()


def test_learning_runs_step_by_step(open_page):
    page, widget = view_of(open_page, "hidden")
    learn = part(widget, "learn")
    part(widget, "sampleLength").fill("5")
    learn.get_by_role("button", name="Learn", exact=True).click()
    expect(part(widget, "learnProblem")).to_contain_text(
        "length must be a whole number in [10, 1000], got 5"
    )
    part(widget, "sampleLength").fill("60")
    part(widget, "restarts").fill("2")
    part(widget, "iterations").fill("6")
    learn.get_by_role("button", name="Learn", exact=True).click()
    expect(learn.locator(".transport-words")).to_contain_text(
        "iteration 6 / 6"
    )  # it plays by itself to the end
    expect(part(widget, "runs").get_by_role("button")).to_have_count(2)
    first = part(widget, "learnedEmission").inner_text()
    start = (
        learn.get_by_role("table", name="Initial distribution learned so far")
        .get_by_role("cell")
        .filter(has_text=".")
    )
    expect(start).to_have_count(2)
    with no_requests(page):
        learn.get_by_role("slider", name="Iteration of Baum–Welch").focus()
        page.keyboard.press("Home")
        assert part(widget, "learnedEmission").inner_text() != first  # the parameters moved


# why networks loop --------------------------------------------------------------------------------------------------------


def test_an_orbit_starts_where_one_clicks_and_the_map_has_sliders(open_page):
    page, widget = view_of(open_page, "loops")
    after_redraw(page, "loops", lambda: part(widget, "field").click(position={"x": 30, "y": 40}))
    expect(part(widget, "ends")).to_contain_text("a cycle of 5 points")
    widget.get_by_label("points").fill("3")
    expect(part(widget, "ends")).to_contain_text("a cycle of 3 points")
    expect(part(widget, "kinds")).to_contain_text("Attracting cycles: 3 points")
    widget.get_by_role("button", name="Chaos").click()
    expect(part(widget, "ends")).to_contain_text("chaos")
    with no_requests(page):
        widget.get_by_role("slider", name="Step of the orbit").focus()
        page.keyboard.press("Home")
        expect(part(widget, "planeSection").locator(".transport-words")).to_contain_text(
            "step 0 / "
        )


def test_a_loops_recurrence_plot_shows_its_period(open_page):
    page, widget = view_of(open_page, "loops")
    part(widget, "model").select_option("ngram/fox/1/word")
    part(widget, "prompt").fill("the brown fox")
    part(widget, "length").fill("30")
    after_redraw(page, "loops", lambda: part(widget, "write").click())
    expect(part(widget, "greedyPlot")).to_have_attribute("data-period", "5")
    expect(part(widget, "greedySaid")).to_contain_text("period 5")
    expect(part(widget, "drawnPlot")).to_have_attribute("data-period", "")
    alpha = part(widget, "greedyPlot").evaluate(
        "c => { const d = c.getContext('2d').getImageData(0, 0, c.width, c.height).data; return [0, 1, 2, 3, 4, 5].map(lag => d[4 * (20 * c.width + 20 - lag) + 3]) }"
    )
    assert (
        alpha[0] == 255 and alpha[5] == 255 and max(alpha[1:5]) < 60
    )  # a stripe every five moments, pale between
    part(widget, "prompt").fill("unicorn")
    part(widget, "write").click()
    expect(part(widget, "textProblem")).to_contain_text("'unicorn'")
    expect(part(widget, "prompt")).to_have_value("unicorn")


# everywhere ---------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", VIEWS)
def test_a_view_fits_a_phone(phone, page, open_page, name):
    view_of(open_page, name)
    fits(page)


@pytest.mark.parametrize("name", VIEWS)
def test_a_view_is_accessible_in_light_and_dark(open_page, name):
    page, _ = view_of(open_page, name)
    assert axe(page, f"#chain-{name}") == []
    dark(page)
    assert axe(page, f"#chain-{name}") == []


# between pages ------------------------------------------------------------------------------------------------------------


def test_an_ngram_of_ones_own_text_writes_on_the_other_pages(open_page):
    page, widget = view_of(open_page, "text")
    part(widget, "text").fill(
        "red cat sees blue dog . blue dog sees red cat . red cat eats . blue dog eats ."
    )
    expect(part(widget, "counts")).to_contain_text("20 words, 7 different")
    widget.get_by_role("button", name="Use this model on Generate and Diffusion").click()
    expect(part(widget, "offered")).to_contain_text(
        re.compile(r"n-gram of your text \w{6}, order 1 \(words\)")
    )
    title = (
        part(widget, "offered")
        .inner_text()
        .removeprefix("Now among the models there: ")
        .removesuffix(".")
    )

    page.locator("#pages [role=tab][data-tab-id=generate]").click()
    generate = page.locator("#generator")
    unfold(page)
    generate.locator("select[data-part=model]").select_option(label=title)
    generate.get_by_label("Prompt").fill("red cat")
    generate.get_by_label("Length").fill("12")
    generate.get_by_role("button", name="New text", exact=True).click()
    page.wait_for_function(
        "window.finishedTexts > 0 && !document.querySelector('#generator .gen.running')",
        timeout=60_000,
    )
    words = set(generate.locator(".gen-text").inner_text().split())
    assert words and words <= {"red", "cat", "sees", "blue", "dog", ".", "eats", "∅", "⏎"}, words

    page.locator("#pages [role=tab][data-tab-id=diffusion]").click()
    page.locator("#pages").get_by_label("Model", exact=True).locator("visible=true").first.click()
    page.get_by_role("option", name=f"Exact: {title}").click()
    canvas = page.get_by_role("textbox", name=re.compile("^Canvas"))
    expect(canvas).to_have_value("[MASK]*12")
    canvas.fill("red cat [MASK]*2 dog")
    player = page.locator("#diffusion-player .canvas-player")
    before = player.get_attribute("data-run") or ""
    page.locator("#diffusion-run").click()
    expect(player).not_to_have_attribute("data-run", before)
    expect(player).to_have_attribute("data-state", "done")
    expect(player).to_contain_text(
        "sees"
    )  # the only words that lead from cat to dog in two steps: sees blue

    page.locator("#pages [role=tab][data-tab-id=chains]").click()
    page.locator("#chain-views").get_by_role("tab", name="Why networks loop").click()
    loops = page.locator("#chain-loops")
    part(loops, "model").select_option(label=title)
    part(loops, "prompt").fill("red cat")
    after_redraw(page, "loops", lambda: part(loops, "write").click())
    expect(part(loops, "greedySaid")).to_contain_text("A loop")
