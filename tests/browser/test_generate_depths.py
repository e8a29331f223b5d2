"""The depths of the Generate page, and what is done by hand in them: tiles, the search, the
gates."""

import re

from playwright.sync_api import expect

from tests.browser.conftest import drag_by_finger
from tests.browser.generate_page import (
    finished,
    gen,
    recorded,
    rules,
    wait_done,
    write,
)
from tests.browser.kept_page import kept, leave_as, page

__all__ = ["gen", "kept", "page", "recorded"]


def test_the_depth_stands_in_the_link(gen, page):
    rules(gen)
    gen.get_by_role("button", name="Copy link").click()
    expect(page.locator(".say-toast")).to_contain_text("Link copied")
    address = page.evaluate("navigator.clipboard.readText()")
    assert "depth=rules" in address
    page.evaluate("localStorage.clear()")  # the link alone says it
    with page.watch.leaving():
        page.goto(address, wait_until="commit")
    expect(gen.get_by_label("Rules", exact=True)).to_be_checked()
    expect(gen.locator(".chain")).to_be_visible()


def test_a_tile_is_chosen_and_the_ball_lies_where_u_says(gen, page):
    write(page, gen, 8)
    gen.locator(".prose-token").nth(3).click()
    ball, strip = (gen.locator(name).bounding_box() for name in (".tiles-ball", ".tiles-strip"))
    u = float(re.search(r"u = ([0-9.]+)", gen.locator("[data-part=drawn]").inner_text())[1])
    assert abs(ball["x"] + ball["width"] / 2 - strip["x"] - u * strip["width"]) < 3
    hit = gen.locator(".tile.hit")
    assert (
        hit.locator(".tile-word").text_content().strip()
        in gen.locator("[data-part=drawn]").inner_text()
    )
    before = finished(page)
    page.keyboard.press("2")
    wait_done(page, before)
    expect(gen.locator(".prose-token.forced")).to_have_count(1)


def test_any_token_is_found_and_words_are_appended_by_hand(gen, page):
    write(page, gen, 6)
    gen.locator(".prose-token").nth(2).click()
    box = gen.get_by_role("searchbox")
    box.fill("qu")
    before = finished(page)
    gen.locator(".search-one").nth(1).click()
    wait_done(page, before)
    assert "qu" in gen.locator(".prose-token.forced").inner_text()
    box.fill("the old wolf")
    before = finished(page)
    gen.get_by_role("button", name="Append “the old wolf” as it stands").click()
    wait_done(page, before)
    gen.get_by_role("slider", name="Token on view").press("End")  # Pause may come before the last
    expect(gen.locator(".gen-text")).to_contain_text("the old wolf")


def test_the_bars_of_each_gate_are_what_the_rule_left(gen, page):
    write(page, gen, 5)
    rules(gen)
    gen.locator(".prose-token").nth(2).click()
    first = gen.locator(".link").first.locator(".gate-bar")
    assert first.count() >= 8
    expect(gen.locator(".gate-bar.cut").first).to_be_visible()
    gen.get_by_role("button", name="Step", exact=True).click()
    expect(gen.locator(".link.waiting")).to_have_count(0)  # every gate was passed
    expect(gen.locator(".tile.hit")).to_have_count(1)


def test_a_word_that_no_token_holds_is_said_and_can_be_appended(gen, page):
    write(page, gen, 4)
    box = gen.get_by_role("searchbox")
    box.fill("qqqqq")
    expect(gen.locator(".search-list")).to_contain_text("No token of this model holds “qqqqq”.")
    before = finished(page)
    box.press("Enter")
    wait_done(page, before)
    expect(gen.locator(".prose-token.forced").first).to_be_visible()
    assert page.evaluate("document.querySelector('#generator').contains(document.activeElement)")


def test_the_figure_alone_on_the_whole_screen(gen, page):
    button = gen.get_by_role("button", name="Full screen")
    button.click()
    expect(gen.get_by_role("button", name="New text")).to_be_hidden()
    expect(gen.locator(".tile").first).to_be_visible()
    page.keyboard.press("f")
    expect(gen.get_by_role("button", name="New text")).to_be_visible()


def test_on_paper_stand_the_text_and_the_tiles_alone(gen, page):
    page.emulate_media(media="print")
    expect(gen.locator(".gen-text")).to_be_visible()
    expect(gen.locator(".tile").first).to_be_visible()
    for hidden in (gen.get_by_role("button", name="New text"), page.locator("#masthead select")):
        expect(hidden).to_be_hidden()


def test_an_error_stands_under_its_field(gen, page):
    prompt, length = gen.get_by_label("Prompt"), gen.get_by_label("Length")
    problem = gen.locator("[data-part=problem]")
    prompt.fill(" ")
    gen.get_by_role("button", name="New text").click()
    expect(prompt).to_be_focused()
    expect(prompt).to_have_attribute("aria-invalid", "true")
    assert problem.bounding_box()["y"] - prompt.bounding_box()["y"] < 120
    prompt.fill("A fox")
    length.fill("9999")
    gen.get_by_role("button", name="New text").click()
    expect(length).to_be_focused()
    expect(prompt).not_to_have_attribute("aria-invalid", "true")
    rules(gen)
    box = gen.get_by_label("top-p, exact value")
    box.fill("7")
    box.press("Enter")
    expect(gen.locator(".link", has_text="Top-p")).to_contain_text(
        "top-p must be in [0, 1], got 7."
    )
    box.fill("0.5")
    expect(gen.locator(".rule-problem")).to_have_count(0)
    leave_as(page, "")


def test_the_bars_of_all_gates_stand_in_line_whatever_else_a_rule_reads(gen, page):
    write(page, gen, 5)
    rules(gen)
    gen.get_by_role("button", name="All rules", exact=True).click()
    tops = gen.locator(".chain .gate-bars").evaluate_all(
        "all => all.map(one => Math.round(one.getBoundingClientRect().top))"
    )
    assert len(tops) > 20 and max(tops) - min(tops) <= 1
    gen.get_by_role("button", name="More settings of DRY", exact=True).click()
    expect(gen.get_by_label("allowed", exact=True)).to_be_visible()
    width = gen.locator(".link-extras:popover-open .rules-number input").evaluate_all(
        "all => Math.min(...all.map(one => one.clientWidth))"
    )
    assert width >= 50  # wide enough for the number in it
    gen.get_by_label("allowed", exact=True).fill("3")
    page.keyboard.press("Tab")
    page.keyboard.press("Escape")
    expect(gen.get_by_label("allowed", exact=True)).to_be_hidden()
    gen.get_by_role("button", name="More settings of DRY", exact=True).click()
    expect(gen.get_by_label("allowed", exact=True)).to_have_value("3")
    leave_as(page, "")


def order(gen):
    """The rules in the order in which their gates stand, the model and the draw left out."""
    return [name.lower() for name in gen.locator(".chain .link-name").all_inner_texts()[1:-1]]


def grip(gen, rule):
    return gen.get_by_role("button", name=f"Move {rule} in the order")


def middle(box):
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def test_a_gate_is_dragged_with_the_mouse_and_the_link_has_the_order(gen, page):
    rules(gen)
    before = order(gen)
    assert before.index("min-p") > before.index("top-k") > before.index("temperature")
    x, y = middle(grip(gen, "min-p").bounding_box())
    goal = gen.locator(".link", has_text="Temperature").bounding_box()
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(goal["x"] + 10, y, steps=6)
    page.mouse.up()
    moved = [name for name in before if name != "min-p"]
    moved.insert(moved.index("temperature"), "min-p")
    expect(gen.locator("[data-part=whatif]")).to_contain_text("With the same u")
    assert order(gen) == moved
    expect(grip(gen, "min-p")).to_be_focused()
    expect(gen.get_by_label("Order of the rules")).to_have_value("")
    written = finished(page)
    gen.get_by_role("button", name="New text").click()
    wait_done(page, written)
    gen.get_by_role("button", name="Copy link").click()
    expect(page.locator(".say-toast")).to_contain_text("Link copied")
    address = page.evaluate("navigator.clipboard.readText()")
    assert "order=" in address
    with page.watch.leaving():
        page.goto(address, wait_until="commit")
    page.wait_for_function("window.finishedTexts > 0")
    assert order(gen) == moved


def test_a_gate_is_moved_with_the_arrow_keys_and_back(gen, page):
    rules(gen)
    before = order(gen)
    step = gen.locator(".transport-words").inner_text()
    grip(gen, "top-p").focus()
    page.keyboard.press("ArrowLeft")
    assert order(gen).index("top-p") == before.index("top-p") - 1
    expect(page.locator(".say-toast")).to_have_text(
        f"top-p acts as number {before.index('top-p')} of {len(before)} now."
    )
    expect(grip(gen, "top-p")).to_be_focused()
    page.keyboard.press("ArrowRight")
    assert order(gen) == before
    expect(gen.get_by_label("Order of the rules")).to_have_value("transformers")
    page.keyboard.press("End")
    assert order(gen)[-1] == "top-p"
    assert gen.locator(".transport-words").inner_text() == step  # the arrows were the gate's
    leave_as(page, "")


def test_a_gate_is_dragged_with_a_finger_on_a_phone(phone, gen, page):
    rules(gen)
    before = order(gen)
    grip(gen, "top-k").scroll_into_view_if_needed()
    page.evaluate("scrollBy(0, 120)")
    start = middle(grip(gen, "top-k").bounding_box())
    goal = gen.locator(".link", has_text="Top-p").bounding_box()
    drag_by_finger(page, start, (start[0], goal["y"] + goal["height"] * 0.9))
    assert order(gen).index("top-k") == before.index("top-p")


def test_the_recorded_text_has_its_bars_behind_every_gate(recorded, page):
    gen = recorded
    rules(gen)
    gen.locator(".prose-token").nth(6).click()
    for gate in gen.locator(".link:not(:last-child)").all():
        assert gate.locator(".gate-bar i").first.bounding_box()["width"] > 10


# What is there for half a second alone is noted as it comes.
SEEN = """wanted => {
  const never = window.neverSeen = new Set(wanted);
  new MutationObserver(() => {
    for (const one of never) if (document.querySelector(one)) never.delete(one);
  }).observe(document.body, {subtree: true, childList: true, attributeFilter: ["class"]});
}"""


def test_the_drawn_word_flies_into_the_text(recorded, page):
    gen = recorded
    rules(gen)
    gen.locator(".prose-token").nth(2).click()
    page.evaluate(SEEN, [".prose-token.coming", ".link.acting", ".tile-flying"])
    gen.get_by_role("button", name="Step", exact=True).click()
    # the word flies, its place is free and its rule acts; nobody looks just then on a busy machine
    page.wait_for_function("window.neverSeen.size === 0")
    expect(page.locator(".tile-flying")).to_have_count(0)
    expect(gen.locator(".prose-token.coming")).to_have_count(0)
