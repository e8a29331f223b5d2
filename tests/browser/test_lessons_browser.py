"""The stage of the lessons in a real browser: a guess on the figure, the truth over it, and nothing
of the truth before."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import axe, dark, fits, no_requests

STAGE = "#lesson-stage"
SCENE = f"{STAGE} .stage-scene"


def open_step(open_page, lesson: str, step: int, **query):
    """The step, counted from 1, on view."""
    page = open_page("lessons", lesson=lesson, at=step, **query)
    page.locator(f"{SCENE}:not(:has(.stage-waits))").wait_for()
    return page


def reveal(page):
    page.get_by_role("button", name="Reveal", exact=True).click()
    page.locator(f"{SCENE}.revealed .stage-answer p").wait_for()


def slide(handle, value: float) -> None:
    handle.evaluate(
        "(one, value) => { one.value = value; one.dispatchEvent(new Event('input', {bubbles: "
        "true})); }",
        value,
    )


def test_a_token_is_tapped_then_the_bars_grow_in_the_order_of_their_heights(open_page):
    page = open_step(open_page, "next-token", 1)
    rows = page.locator(f"{STAGE} .bar.tap")
    before = rows.locator(".t").all_inner_texts()
    assert before == sorted(before) and len(before) == 4
    assert page.locator(f"{STAGE} .bar .num").all_inner_texts() == [""] * 4
    rows.nth(1).click()
    expect(rows.nth(1)).to_have_attribute("aria-checked", "true")
    mine = rows.nth(1).locator(".t").inner_text()
    expect(page.locator(f"{STAGE} .stage-gap")).to_have_text(mine)
    reveal(page)
    expect(page.locator(f"{STAGE} .bar.mine .t")).to_have_text(mine)  # the guess stays
    numbers = [float(text) for text in page.locator(f"{STAGE} .bar.tap .num").all_inner_texts()]
    assert numbers == sorted(numbers, reverse=True) and numbers[0] > 0.8
    expect(page.locator(f"{STAGE} .stage-gap")).to_have_text("there")


def test_bars_are_dragged_and_the_guess_stays_over_the_truth(open_page):
    page = open_step(open_page, "temperature", 1)
    handles = page.locator(f"{STAGE} .bar .stage-handle")
    expect(handles).to_have_count(3)
    box = page.locator(f"{STAGE} .bar .track").first.bounding_box()
    grip = handles.first
    at = float(grip.input_value())
    page.mouse.move(box["x"] + at * box["width"], box["y"] + box["height"] / 2)
    page.mouse.down()
    page.mouse.move(box["x"] + 0.8 * box["width"], box["y"] + box["height"] / 2, steps=4)
    page.mouse.up()
    assert float(grip.input_value()) == pytest.approx(0.8, abs=0.03)
    page.get_by_text("more than everything there is").wait_for()
    with no_requests(page):
        reveal(page)
    expect(page.locator(f"{STAGE} .bar .num").first).to_have_text("0.844")
    assert float(grip.input_value()) == pytest.approx(0.8, abs=0.03) and grip.is_disabled()
    expect(page.locator(f"{STAGE} .bar .why").first).to_contain_text("you 0.")


def test_a_marker_is_set_on_the_curve(open_page):
    page = open_step(open_page, "escape", 2)
    label = page.locator(f"{STAGE} .axes-svg")
    assert "2.276" not in page.locator(STAGE).inner_html()
    box = label.bounding_box()
    page.mouse.click(box["x"] + 0.4 * box["width"], box["y"] + box["height"] / 2)
    expect(page.locator(f"{STAGE} .axes-rule-label")).to_contain_text("you")
    page.locator(f"{STAGE} .stage-marker").press("ArrowRight")
    reveal(page)
    expect(page.locator(f"{STAGE} .axes-rule-label", has_text="opens at T = 2.276")).to_be_visible()
    expect(page.locator(f"{STAGE} .axes-rule-label", has_text="you")).to_be_visible()


def test_a_tile_is_tapped_then_the_ball_falls(open_page):
    page = open_step(open_page, "next-token", 3)
    tiles = page.locator(f"{STAGE} .tile")
    tiles.nth(0).click()
    expect(tiles.nth(0)).to_have_class(re.compile("mine"))
    expect(page.locator(f"{STAGE} .tiles-ball")).to_be_hidden()
    reveal(page)
    expect(tiles.nth(1)).to_have_class(re.compile("hit"))
    expect(tiles.nth(0)).to_have_class(re.compile("mine"))


def test_a_card_turns_and_its_back_is_not_there_before(open_page):
    page = open_step(open_page, "the-handout-says", 1)
    expect(page.locator(f"{STAGE} .stage-card .back > *")).to_have_count(0)
    page.keyboard.press("1")
    expect(page.get_by_role("radio", name="True")).to_be_checked()
    page.keyboard.press("r")
    back = page.locator(f"{STAGE} .stage-card.turned .back")
    expect(back.locator(".stage-verdict")).to_have_text("False" + "you said true")
    expect(back.locator(".bar .num").first).to_have_text("0.844")
    page.keyboard.press("r")  # and away again
    expect(page.locator(f"{STAGE} .stage-card .back > *")).to_have_count(0)


def test_a_card_without_a_figure_says_on_its_back_what_is_so(open_page):
    page = open_step(open_page, "the-handout-says", 4)
    page.keyboard.press("r")
    expect(page.locator(f"{STAGE} .stage-card.turned .back .stage-why")).to_contain_text("top-k")
    expect(page.locator(f"{STAGE} .stage-why")).to_have_count(1)
    page.keyboard.press("r")
    expect(page.locator(f"{STAGE} .stage-why")).to_have_count(0)


def test_a_choice_and_a_number_show_what_is_so_beside_the_guess(open_page):
    page = open_step(open_page, "next-token", 4)
    page.get_by_role("radio").nth(0).click()
    page.get_by_role("radio").nth(0).press("ArrowDown")
    expect(page.get_by_role("radio").nth(1)).to_be_checked()
    reveal(page)
    expect(page.get_by_role("radio").nth(2)).to_contain_text("so it is")
    expect(page.get_by_role("radio").nth(1)).to_contain_text("you")
    page = open_step(open_page, "hidden-markov", 3)
    slide(page.locator(f"{STAGE} .stage-ruler input"), 0.4)
    expect(page.locator(f"{STAGE} .stage-ruler output")).to_have_text("you 0.4")
    assert page.locator(f"{STAGE} .trellis .cell text").all_text_contents() == [""] * 10
    reveal(page)
    expect(page.locator(f"{STAGE} .stage-ruler-truth")).to_have_text("0.307")
    expect(page.locator(f"{STAGE} .trellis .cell text").nth(4)).to_have_text(".307")


def test_lines_are_put_in_order(open_page):
    page = open_step(open_page, "left-to-right-or-at-once", 5)
    items = page.locator(f"{STAGE} .stage-order button")
    first = items.nth(2).locator(".stage-choice-word").inner_text()
    for at in (2, 0, 1, 3):
        items.nth(at).click()
    assert [text.strip() for text in page.locator(f"{STAGE} .stage-turn").all_inner_texts()] == [
        "2",
        "3",
        "1",
        "4",
    ]
    reveal(page)
    words = page.locator(f"{STAGE} .stage-order .stage-choice-word").all_inner_texts()
    assert words[0] == "n is even" and words[-1] == "n² is even"
    turned = page.locator(f"{STAGE} .stage-order li", has_text=first).first
    expect(turned.locator(".stage-turn")).to_have_text("1")


def test_a_state_is_tapped_then_the_walk_goes_its_way(open_page):
    page = open_step(open_page, "greedy-loops", 4)
    page.locator(f"{STAGE} .node").nth(1).click()
    expect(page.locator(f"{STAGE} .node").nth(1)).to_have_class(re.compile("mine"))
    reveal(page)
    expect(page.locator(f"{STAGE} .stage-path")).to_have_text("rainy → sunny → sunny")


def test_a_clicker_reveals_then_goes_on_and_the_link_follows(open_page):
    page = open_step(open_page, "temperature", 1)
    page.keyboard.press("PageDown")
    page.locator(f"{SCENE}.revealed").wait_for()
    assert page.url.endswith("lesson=temperature#1r")
    page.keyboard.press("PageDown")
    expect(page.locator(f"{STAGE} .stage-kicker")).to_contain_text("2 of 4")
    assert page.url.endswith("#2") and "focus" not in page.url
    assert page.evaluate("document.activeElement.className") == "stage-kicker"
    page.keyboard.press("ArrowLeft")
    expect(page.locator(f"{STAGE} .stage-kicker")).to_contain_text("1 of 4")
    expect(page.locator(f"{SCENE}.revealed")).to_be_visible()  # what was revealed stays so
    page.keyboard.press("b")
    expect(page.locator(".lesson-blank")).to_be_visible()
    page.keyboard.press("x")
    expect(page.locator(".lesson-blank")).to_have_count(0)
    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="")).to_be_visible()
    page.keyboard.press("Escape")
    page.evaluate("location.hash = '#3r'")
    expect(page.locator(f"{SCENE}.revealed .stage-why")).to_contain_text("0.333")


def test_old_links_open_the_step_that_they_meant_and_unknown_ones_say_so(open_page):
    page = open_page("lessons", lesson="temperature", step=2)
    expect(page.locator(f"{STAGE} .stage-kicker")).to_contain_text("T = 100 and still sensible?")
    page = open_page("lessons", lesson="<img src=x>")
    page.locator(f"{STAGE} .problem", has_text="lesson must be one of").wait_for()
    expect(page.locator(f"{STAGE} .stage-kicker")).to_contain_text("1 of 5")


def test_all_guesses_stand_at_the_end_but_for_what_is_not_revealed(open_page):
    page = open_step(open_page, "min-p", 1)
    slide(page.locator(f"{STAGE} .stage-ruler input"), 0.06)
    page.keyboard.press("r")
    page.evaluate("location.hash = '#end'")
    rows = page.locator(f"{STAGE} .stage-recap tr")
    expect(rows).to_have_count(4)
    expect(rows.nth(1)).to_contain_text("0.06")
    expect(rows.nth(1).locator(".hit")).to_be_visible()
    expect(rows.nth(2)).to_contain_text("not revealed yet")
    page.get_by_role("button", name="Start again").click()
    expect(page.locator(f"{STAGE} .stage-ruler output")).to_have_text("")


def test_a_course_is_its_steps_and_a_page_for_the_teacher(open_page):
    page = open_page("lessons", course="how-a-model-chooses")
    expect(page.locator(f"{STAGE} .stage-kicker")).to_contain_text("1 of 21")
    page.locator(STAGE).get_by_role("button", name="More").click()
    page.get_by_role("button", name="Teacher's page").click()
    teacher = page.locator(f"{STAGE} .stage-teacher")
    expect(teacher).to_contain_text("minute 10 to 18")
    expect(teacher.locator("dt")).to_have_count(7)
    assert page.url.endswith("#teacher")
    teacher.get_by_role("button", name="Hotter").click()
    expect(page.locator(f"{STAGE} .stage-kicker")).to_contain_text("6 of 21")


def test_paper_gets_one_scene_a_page(open_page):
    page = open_step(open_page, "temperature", 1)
    page.evaluate("window.print = () => { window.printed = true; }")
    page.locator(STAGE).get_by_role("button", name="More").click()
    page.get_by_role("button", name="Print").click()
    page.wait_for_function("window.printed")
    expect(page.locator(f"{STAGE} .stage-sheet .stage-scene")).to_have_count(4)
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    expect(page.locator(f"{STAGE} .stage-sheet")).to_have_count(0)


def test_the_first_screen_has_at_most_eight_controls_and_fits(page, open_page):
    page.set_viewport_size({"width": 1280, "height": 800})
    open_step(open_page, "next-token", 1)
    controls = page.locator(
        f"{STAGE} :is(button, input, select, a, summary, [role=radio]):visible"
    ).count()
    assert controls <= 8
    assert page.evaluate("document.documentElement.scrollHeight <= innerHeight + 1")


def test_it_is_readable_in_the_last_row(page, open_page):
    page.set_viewport_size({"width": 1920, "height": 1080})
    for lesson, step in (("temperature", 1), ("escape", 2), ("hidden-markov", 3)):
        open_step(open_page, lesson, step)
        reveal(page)
        sizes = page.evaluate("""() => [...document.querySelectorAll(
            '#lesson-stage :is(.stage-text, .stage-ask, .stage-why, .num, .t, .stage-choice, .axes-tick, .axes-name, .cell text)')]
          .filter((one) => one.textContent.trim() && one.checkVisibility()).map((one) => {
            const scale = one.ownerSVGElement?.getScreenCTM()?.a ?? 1;
            return [one.getAttribute('class') ?? 'cell', parseFloat(getComputedStyle(one).fontSize) * scale];
          })""")
        for name, size in sizes:
            prose = name in ("stage-text", "stage-ask", "stage-why")
            assert size >= (28 if prose else 24), (lesson, name, size)


@pytest.mark.parametrize("mode", ["light", "dark"])
def test_no_serious_accessibility_fault_on_a_phone(phone, page, open_page, mode):
    page.emulate_media(reduced_motion="reduce")
    for lesson, step in (("next-token", 1), ("escape", 2), ("the-handout-says", 1)):
        open_step(open_page, lesson, step)
        if mode == "dark":
            dark(page)
        fits(page)
        assert axe(page) == [], (lesson, "asked")
        reveal(page)
        assert axe(page) == [], (lesson, "revealed")


def test_on_a_phone_names_are_whole_bars_do_not_overlap_and_the_answer_comes_into_view(
    phone, page, open_page
):
    for lesson, step in (("the-class-against-the-model", 6), ("learning-from-a-reward", 3)):
        open_step(open_page, lesson, step, lang="de")
        page.keyboard.press("r")
        expect(page.locator(f"{STAGE} .stage-why")).to_be_in_viewport(ratio=0.99)
        cut = page.evaluate("""() => [...document.querySelectorAll('#lesson-stage .bar')].filter((row) => {
          const name = row.querySelector('.t'), next = row.nextElementSibling?.querySelector('.t');
          const low = row.querySelector('.track').getBoundingClientRect().bottom;
          return name.scrollWidth > name.clientWidth || (next && next.getBoundingClientRect().top < low - 8);
        }).map((row) => row.textContent)""")
        assert cut == [], lesson


def test_a_swipe_goes_on(phone, page, open_page):
    open_step(open_page, "temperature", 1)
    page.locator(SCENE).evaluate("""scene => {
      const touch = (x) => new Touch({identifier: 1, target: scene, clientX: x, clientY: 300});
      const send = (name, x, held) => scene.dispatchEvent(new TouchEvent(name, {bubbles: true, touches: held ? [touch(x)] : [],
        changedTouches: [touch(x)]}));
      send('touchstart', 300, true);
      send('touchend', 120, false);
    }""")
    expect(page.locator(f"{STAGE} .stage-kicker")).to_contain_text("2 of 4")


def test_the_stage_speaks_the_language_and_keeps_the_guess(open_page):
    page = open_step(open_page, "next-token", 4)
    page.get_by_role("radio").nth(2).click()
    page.locator("#masthead select").evaluate(
        "one => { one.value = 'de'; one.dispatchEvent(new Event('change')); }"
    )
    page.get_by_role("button", name="Auflösen").wait_for()
    expect(page.get_by_role("radio").nth(2)).to_be_checked()
