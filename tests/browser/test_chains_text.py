"""The n-gram model of a text in a real browser: it loops, it is offered to the other pages, files
are read."""

from __future__ import annotations

import re

from playwright.sync_api import expect

from tests.browser.chains import part, view_of
from tests.browser.conftest import after_redraw, no_requests, unfold


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
        page, "#chain-text", lambda: part(widget, "order").get_by_role("button", name="2").click()
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
    model = page.locator("#diffusion-player").get_by_label("Model", exact=True)
    model.focus()  # asks which models there are by now
    model.select_option(label=f"Exact: {title}")
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
    after_redraw(page, "#chain-loops", lambda: part(loops, "write").click())
    expect(part(loops, "greedySaid")).to_contain_text("A loop")
