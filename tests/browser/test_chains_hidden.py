"""The hidden Markov model in a real browser: cells opened, observations typed, learned step by
step."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.chains import part, view_of
from tests.browser.conftest import after_redraw, no_requests


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
    after_redraw(page, "#chain-hidden", lambda: seen.fill("umbrella ? none"))
    expect(widget.locator(".trellis .symbol")).to_have_text(["umbrella", "?", "none"])
    seen.fill("umbrella unicorn")
    expect(part(widget, "problem")).to_contain_text(
        "“unicorn” is none of the symbols (umbrella, none)"
    )
    expect(seen).to_have_value("umbrella unicorn")
    seen.fill("umbrella none")
    after_redraw(
        page, "#chain-hidden", lambda: widget.get_by_role("button", name="Sample new ones").click()
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
