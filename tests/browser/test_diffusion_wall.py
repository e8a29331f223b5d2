"""The wall: guesses in hidden tiles, words thrown away, one dial, the twin on the same clock. On
the exact tale, without weights."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import no_requests
from tests.browser.diffusion_page import (
    more_settings,
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


def went_on(page, act):
    before = player(page).get_attribute("data-run")
    act()
    expect(player(page)).not_to_have_attribute("data-run", before)
    expect(player(page)).to_have_attribute("data-state", "done")


def hidden(page):
    labels = [word.get_attribute("aria-label").split(": ")[1] for word in words(page).all()]
    return [i for i, label in enumerate(labels) if label.startswith("hidden")]


def test_a_word_that_is_thrown_away_is_drawn_again_with_its_neighbours(tale):
    page = tale()
    run(page, 6)
    kept = [word.inner_text() for word in words(page).all()]
    went_on(page, lambda: words(page).nth(4).press("Delete"))
    expect(player(page).locator(".canvas-what")).to_contain_text("run on, seed 9")
    expect(player(page).locator(".canvas-difference")).to_contain_text(
        re.compile("What changed|The same words")
    )
    time(page).press("Home")
    assert hidden(page) == [3, 4, 5]
    time(page).press("End")
    now = [word.inner_text() for word in words(page).all()]
    assert [w for i, w in enumerate(now) if i not in (3, 4, 5)] == [
        w for i, w in enumerate(kept) if i not in (3, 4, 5)
    ]
    # with the mouse: a short drag springs back, a long one throws; what was given goes alone
    box = words(page).nth(0).bounding_box()
    at = (box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)

    def drag(far):
        page.mouse.move(*at)
        page.mouse.down()
        page.mouse.move(at[0] + far / 2, at[1] + 4, steps=3)
        page.mouse.move(at[0] + far, at[1] + 8, steps=3)
        page.wait_for_function("performance.now() > 0")
        page.mouse.up()

    went_on(page, lambda: drag(200))
    time(page).press("Home")
    assert hidden(page) == [0]
    player(page).get_by_role("button", name="Undo").click()
    assert [word.inner_text() for word in words(page).all()] == now


def test_hidden_tiles_show_guesses_blurred_by_the_entropy(tale):
    page = tale()
    run(page, 6)
    time(page).press("Home")
    time(page).press("ArrowRight")
    places = hidden(page)
    assert len(places) > 4
    looks = page.evaluate(
        """places => places.map(i => {
             const tile = document.querySelectorAll('#diffusion-player .canvas-words button')[i];
             return [tile.querySelector('.canvas-ghosts i').textContent, parseFloat(tile.querySelector('.canvas-ghosts').style.getPropertyValue('--blur'))];
           })""",
        places,
    )
    assert all(text for text, _ in looks) and max(blur for _, blur in looks) > 0
    assert "perhaps" in words(page).nth(places[0]).get_attribute("aria-label")
    # the twin stands at the same number of calls
    clock = player(page).locator(".canvas-clock")
    expect(clock.locator(".canvas-clock-head .num").first).to_have_text("1 of 13 words, 1 call")
    assert clock.locator(".canvas-twin").inner_text().startswith("the king")
    time(page).press("End")
    expect(player(page).locator(".canvas-order")).to_contain_text("decided next to known text")


def test_what_stands_below_does_not_jump_where_nothing_is_said_of_the_order(tale):
    page = tale()
    run(page, 6)
    menu, order = (player(page).locator(part) for part in (".take-away summary", ".canvas-order"))

    def height():
        return menu.evaluate("one => Math.round(one.getBoundingClientRect().top + scrollY)")

    time(page).press("End")
    expect(order).to_be_visible()
    said, at = order.inner_text(), height()
    time(page).press("Home")
    expect(order).to_be_hidden()
    assert height() == at
    time(page).press("End")
    expect(order).to_have_text(said)
    assert height() == at


def test_the_dial_runs_the_same_seed_with_more_words_a_step(tale):
    page = tale()
    run(page, 6)
    dial = page.get_by_role("slider", name="Words per step")

    went_on(page, lambda: dial.fill("13"))  # moves it and lets it go
    expect(player(page).locator(".canvas-what")).to_contain_text("1 step, seed 8")
    expect(player(page)).to_have_attribute("data-steps", "1")
    more_settings(page)
    expect(page.get_by_label("Steps", exact=True)).to_have_value("1")


def test_only_samplers_that_can_run_are_offered_and_the_page_says_why(tale):
    page = tale()
    sampler = page.get_by_label("Sampler", exact=True)
    names = sampler.locator("option").all_inner_texts()
    assert any("CDCD" in name for name in names)
    page.get_by_label("Model", exact=True).locator("visible=true").select_option("fairy-diffusion")
    names = sampler.locator("option").all_inner_texts()
    assert not any("CDCD" in name for name in names) and any("Gibbs" in name for name in names)
    more_settings(page)
    expect(player(page)).to_contain_text(re.compile("4 more samplers need (exact )?probabilities"))
    # the fields follow the sampler without a question to the server
    expect(page.get_by_label("η: most often masked again")).to_be_hidden()
    sampler.select_option("remdm")
    expect(page.get_by_label("η: most often masked again")).to_be_visible()


def test_the_page_begins_with_the_wall_which_moves_before_a_touch(open_page, page):
    page.set_viewport_size({"width": 1280, "height": 800})
    open_page("diffusion")
    expect(player(page)).to_have_attribute("data-state", "recorded")
    steps = player(page).get_attribute("data-steps")
    expect(player(page)).to_have_attribute("data-view", steps)  # it went there by itself
    top, form = (
        page.locator(f"#diffusion-player {name}").first.bounding_box()["y"]
        for name in (".canvas-words", ".diffusion-own")
    )
    assert top < form
    low = player(page).locator(".canvas-tools").bounding_box()
    assert low["y"] + low["height"] <= 800  # wall, controls and tools on one screen


def test_with_little_movement_the_recorded_wall_stands_where_it_was_recorded(open_page, page):
    page.emulate_media(reduced_motion="reduce")
    open_page("diffusion")
    expect(player(page).get_by_role("button", name="Play")).to_be_visible()
    expect(player(page)).to_have_attribute("data-view", "9")


def test_run_on_a_phone_brings_the_wall_into_sight(phone, tale):
    page = tale()
    page.locator("#diffusion-run").scroll_into_view_if_needed()
    page.evaluate(
        "scrollTo(0, document.querySelector('#diffusion-run').getBoundingClientRect().top + "
        "scrollY - 40)"
    )
    run(page)
    box = player(page).locator(".canvas-words").first.bounding_box()
    assert 0 <= box["y"] < page.viewport_size["height"] / 2


def test_on_a_phone_play_lies_under_the_thumb_while_the_wall_is_in_sight(phone, tale):
    page = tale()
    run(page)
    page.set_viewport_size({"width": 390, "height": 600})
    player(page).locator(".canvas-words").first.evaluate("one => one.scrollIntoView()")
    words(page).first.evaluate("one => scrollBy(0, one.getBoundingClientRect().top - 380)")
    box = player(page).get_by_role("button", name="Play").bounding_box()
    assert 0 < box["y"] and box["y"] + box["height"] <= 600


def test_a_run_pressed_without_a_network_is_made_once_the_page_is_back(tale):
    page = tale()
    canvas = page.locator("#diffusion-player textarea").first
    canvas.fill("the king [MASK]*3 .")
    with page.watch.leaving():  # Gradio loads the page anew when the server is there again
        page.context.set_offline(True)
        page.locator("#diffusion-run").click()
        expect(player(page).locator("[data-part=live]")).to_contain_text("The connection is lost")
        page.context.set_offline(False)
        expect(player(page)).to_have_attribute("data-state", "done")
    expect(canvas).to_have_value("the king [MASK]*3 .")
    expect(words(page)).to_have_count(6)


def test_a_reload_keeps_what_was_written_and_not_yet_run(tale):
    page = tale()
    canvas = page.locator("#diffusion-player textarea").first
    canvas.fill("the frog [MASK]*2 .")
    with page.watch.leaving():
        page.reload()
    expect(canvas).to_have_value("the frog [MASK]*2 .")
    expect(player(page)).to_have_attribute("data-state", "recorded")


def test_a_reload_keeps_the_run_and_the_step_on_view(tale):
    page = tale()
    run(page, 6)
    time(page).press("End")
    written = [word.get_attribute("aria-label") for word in words(page).all()]
    time(page).press("ArrowLeft")
    canvas = page.locator("#diffusion-player textarea").first
    canvas.fill("the frog [MASK]*2 .")  # for the next run
    with page.watch.leaving():
        page.reload()
    expect(player(page)).to_have_attribute("data-state", "done")
    expect(canvas).to_have_value("the frog [MASK]*2 .")
    expect(player(page)).to_have_attribute("data-view", "5")
    time(page).press("End")
    expect(words(page).first).to_be_visible()
    assert [word.get_attribute("aria-label") for word in words(page).all()] == written


def test_run_is_the_one_first_button_while_words_are_hidden(tale):
    page = tale()
    run(page, 6)
    time(page).press("Home")
    expect(page.get_by_role("button", name="Continue", exact=True)).to_be_visible()
    first = player(page).locator("button.main").locator("visible=true")
    assert first.all_inner_texts() == ["Run"]


def test_throwing_a_word_away_leaves_the_twin_and_moves_nothing(tale):
    page = tale()
    run(page, 6)
    wall = player(page).locator(".canvas-words")
    written = player(page).locator(".canvas-twin").inner_text()
    before = wall.bounding_box()["y"]
    words(page).nth(3).click()
    went_on(page, page.get_by_role("button", name="Throw this word away").click)
    assert wall.bounding_box()["y"] == before
    assert player(page).locator(".canvas-twin").inner_text() == written
    count = player(page).locator(".canvas-clock-head .num").first
    expect(count).to_have_text("13 of 13 words, 13 calls")


def test_a_canvas_with_too_many_masks_is_said_once_in_words(tale):
    page = tale()
    problem = re.compile(r"1 to 256 masks, got '\[MASK\]\*9999'")
    page.locator("#diffusion-canvas textarea").fill("the king [MASK]*9999 .")
    reading = player(page).locator(".canvas-reading")
    expect(reading).to_have_text(problem)  # while it is typed
    page.locator("#diffusion-run").click()
    expect(player(page).locator(".canvas-problem")).to_have_text(problem)
    expect(reading).to_have_text("")


def test_controls_of_a_line_stand_on_one_line(tale):
    page = tale()
    tops = [
        player(page).get_by_text(label, exact=True).first.bounding_box()["y"]
        for label in ("Sampler", "Words per step")
    ]
    assert abs(tops[0] - tops[1]) <= 1


@pytest.mark.parametrize("width", [1280, 390])
def test_how_words_are_chosen_stands_below_the_map(tale, width):
    page = tale()
    page.set_viewport_size({"width": width, "height": 844})
    run(page, 6)
    chart, looks, about = (
        player(page).locator(f".canvas-below > :nth-child({n})").bounding_box() for n in (1, 2, 3)
    )
    assert about["y"] >= chart["y"] + chart["height"]
    if width == 390:
        assert looks["y"] >= chart["y"] + chart["height"] and looks["width"] > 300
        assert about["y"] >= looks["y"] + looks["height"]
    else:
        assert about["x"] == chart["x"] and looks["x"] >= chart["x"] + chart["width"]


def test_groups_of_words_are_marked_and_not_counted(tale):
    page = tale(sampler="coarse-to-fine", steps="6")
    run(page, 6)
    expect(player(page).get_by_text("a group of words", exact=True)).to_be_visible()
    time(page).press("Home")
    for _ in range(3):
        time(page).press("ArrowRight")
    clock = player(page).locator(".canvas-clock-head .num").last
    expect(clock).to_have_text("0 of 13 words, 3 calls")
    expect(player(page).locator(".canvas-words .canvas-grouped")).to_have_count(13)
    assert "a group of words such as" in words(page).nth(2).get_attribute("aria-label")
    time(page).press("End")
    expect(clock).to_have_text("13 of 13 words, 6 calls")
    expect(player(page).locator(".canvas-words .canvas-grouped")).to_have_count(0)
    # a group and its word take two steps
    expect(player(page).get_by_text("5 per step, 6 steps")).to_be_visible()


def test_vectors_move_in_the_plane_without_a_question(tale):
    page = tale(sampler="diffusion-lm", selection="clamp", steps="6")
    run(page, 6)
    settle(page)
    plane = player(page).locator(".canvas-vectors svg")
    dots = plane.locator("circle[data-place]")
    with no_requests(page):
        time(page).press("Home")
        expect(dots).to_have_count(0)
        time(page).press("ArrowRight")
        expect(dots).to_have_count(13)
        before = dots.evaluate_all("all => all.map(one => one.getAttribute('cx'))")
        time(page).press("ArrowRight")
        expect(player(page)).to_have_attribute("data-view", "2")
        assert dots.evaluate_all("all => all.map(one => one.getAttribute('cx'))") != before
        expect(plane.locator(".canvas-plane-snap")).to_have_count(13)
        expect(player(page).locator(".canvas-vectors .say")).to_contain_text("the clamp snapped it")
        expect(player(page).locator(".canvas-clamped").first).to_be_visible()


def test_words_replaced_more_than_once_are_counted(tale):
    page = tale(sampler="uniform", steps="24")
    run(page, 24)
    again = words(page).locator("sub:visible").count()
    assert again > 1
    expect(player(page).locator(".canvas-order")).to_contain_text(
        f"{again} words were replaced more than once"
    )


def test_what_noise_does_with_the_words_that_are_not_kept_is_said(tale):
    page = tale(sampler="uniform", steps="8")
    page.locator("#diffusion-run").click()
    expect(player(page)).to_have_attribute("data-state", "done")
    words(page).nth(13).press("l")
    said = "1 kept, every word that is not kept is drawn anew, from noise"
    expect(player(page).locator(".canvas-tools")).to_contain_text(said)


@pytest.mark.parametrize("size", [(1280, 900), (390, 844)])
def test_the_timeline_of_vectors_is_on_the_first_screen(tale, size):
    page = tale(sampler="diffusion-lm", selection="clamp", steps="6")
    page.set_viewport_size({"width": size[0], "height": size[1]})
    run(page, 6)
    settle(page)
    line = player(page).locator(".canvas-time .transport-line").bounding_box()
    plane = player(page).locator(".canvas-vectors svg").bounding_box()
    assert 0 <= line["y"] and line["y"] + line["height"] <= size[1]
    if size[0] > 1000:  # beside the words, above the line
        wall = player(page).locator(".canvas-words").first.bounding_box()
        assert plane["x"] > wall["x"] + wall["width"] and plane["y"] + plane["height"] < line["y"]
    else:
        assert plane["y"] > line["y"] and plane["width"] <= size[0]


@pytest.mark.parametrize("width", [1280, 390])
def test_labels_in_the_plane_lie_over_none_and_a_pointer_reads_the_others(tale, width):
    page = tale(sampler="diffusion-lm", selection="plain", steps="6")
    page.set_viewport_size({"width": width, "height": 900})
    run(page, 6)
    settle(page)
    plane = player(page).locator(".canvas-vectors svg")
    expect(plane.locator("circle[data-place]")).to_have_count(13)
    boxes = plane.locator("text").evaluate_all(
        "all => all.map((one) => one.getBoundingClientRect()).map((b) => [b.x, b.y, b.right, "
        "b.bottom])"
    )
    assert len(boxes) >= 2
    slack = 3  # a line's box is higher than its letters
    for n, (left, top, right, bottom) in enumerate(boxes):
        for other in boxes[:n]:
            assert (
                left > other[2] - slack
                or right < other[0] + slack
                or top > other[3] - slack
                or bottom < other[1] + slack
            )
    plane.locator("circle[data-place]").first.dispatch_event("pointerover", {"bubbles": True})
    expect(plane.locator(".canvas-plane-said")).to_have_count(1)
