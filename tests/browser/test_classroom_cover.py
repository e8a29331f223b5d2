"""What the projector keeps from a class until it was asked: the next word, the critical
temperature, the words that come."""

from urllib.parse import urlencode

from playwright.sync_api import expect

from tests.browser.class_pages import at_step, browsers, class_of_two, desk, press, show_it, teach
from tests.browser.conftest import PHONE
from tests.browser.diffusion_page import TALE, run, time

__all__ = ["browsers", "class_of_two", "desk"]
STEP = 20


def drawn_at(page, k):
    return page.locator("#generator .prose-token").nth(k)


def test_generate_shows_the_next_word_at_the_reveal_and_not_before(class_of_two):
    teacher, (student, _), _ = class_of_two
    view = teacher.locator("#generator")
    for k in (STEP, STEP + 1):
        expect(drawn_at(teacher, k)).to_be_hidden()
    expect(drawn_at(teacher, STEP - 1)).to_be_visible()
    for part in (".gen-strip", ".gen-drawn"):
        expect(view.locator(part)).to_be_hidden()
    for depth, part in (("Rules", ".gen-rules"), ("Numbers", ".gen-bars")):
        view.get_by_role("radio", name=depth).check(force=True)
        expect(view.locator(part)).to_be_hidden()
    press(teacher, "What comes next?")
    student.locator("#in").fill("he")
    student.keyboard.press("Enter")
    press(teacher, "Close answers")
    expect(drawn_at(teacher, STEP)).to_be_hidden()
    press(teacher, "Reveal")
    expect(teacher.locator(".class-row.drawn")).to_have_count(1)
    press(teacher, "Back to the page")
    expect(drawn_at(teacher, STEP)).to_be_visible()
    expect(view.locator(".gen-bars")).to_be_visible()
    expect(drawn_at(teacher, STEP + 1)).to_be_hidden()  # the next one to be asked for
    teacher.reload()
    at_step(teacher, STEP)
    expect(drawn_at(teacher, STEP)).to_be_visible()


def test_the_next_step_is_covered_again_and_the_switch_shows_all(class_of_two):
    teacher, _, _ = class_of_two
    show_it(teacher)
    expect(drawn_at(teacher, STEP)).to_be_visible()
    view = teacher.locator("#generator")
    view.get_by_role("button", name="Step", exact=True).click()
    expect(drawn_at(teacher, STEP + 1)).to_be_hidden()
    expect(view.locator(".gen-strip")).to_be_hidden()
    cover = teacher.locator(".class-dock").get_by_role("switch", name="Cover")
    cover.click()
    expect(cover).to_have_attribute("aria-checked", "false")
    expect(drawn_at(teacher, STEP + 5)).to_be_visible()
    expect(view.locator(".gen-strip")).to_be_visible()


def test_a_text_that_plays_shows_its_words_and_the_next_one_is_asked_for(class_of_two):
    teacher, (student, _), _ = class_of_two
    view = teacher.locator("#generator")
    view.get_by_role("button", name="Play", exact=True).click()  # the model writes another text
    expect(drawn_at(teacher, 1)).to_be_visible()
    view.get_by_role("button", name="Pause", exact=True).click()
    on = teacher.locator("#generator .prose-token.on")
    expect(on).to_be_visible()
    last = on.text_content()
    expect(view.locator(".gen-strip")).to_be_visible()
    press(teacher, "What comes next?")
    expect(student.locator("#in")).to_be_visible()
    assert student.locator(".tale").text_content().rstrip().endswith(last.strip())


def test_a_page_that_follows_covers_what_the_front_does(class_of_two):
    teacher, (student, _), _ = class_of_two
    student.get_by_role("link", name="Open it here").click()
    student.locator("#generator .prose-token").nth(STEP - 1).wait_for()
    expect(drawn_at(student, STEP)).to_be_hidden()
    expect(student.locator("#generator .gen-strip")).to_be_hidden()
    expect(student.get_by_role("button", name="Show it", exact=True)).to_have_count(0)
    show_it(teacher)
    expect(drawn_at(student, STEP)).to_be_visible()
    expect(drawn_at(student, STEP + 1)).to_be_hidden()
    student.get_by_role("button", name="Leave").click()
    expect(drawn_at(student, STEP + 1)).to_be_visible()


def test_no_page_is_covered_without_a_class(browsers):
    page = browsers.open("/?tab=generate")
    at_step(page, STEP)
    expect(drawn_at(page, STEP + 3)).to_be_visible()
    expect(page.locator("#generator .gen-strip")).to_be_visible()
    teach(page)
    expect(drawn_at(page, STEP + 3)).to_be_hidden()
    press(page, "End")
    press(page, "End for all?")
    expect(drawn_at(page, STEP + 3)).to_be_visible()


def test_escape_shows_its_critical_temperature_at_the_reveal(browsers):
    teacher = browsers.open("/?tab=escape")
    view = teacher.locator("#escape-calculator")
    expect(view.locator(".escape-sentence")).to_be_visible()
    teach(teacher)
    for part in (".escape-sentence", ".escape-figure", ".escape-formula-line"):
        expect(view.locator(part).first).to_be_hidden()
    assert "0.872" not in view.inner_text()
    press(teacher, "At what temperature does it get out?")
    press(teacher, "Close answers")
    press(teacher, "Reveal")
    press(teacher, "Back to the page")
    expect(view.locator(".escape-sentence")).to_be_visible()
    expect(view.locator(".escape-figure svg, .escape-figure canvas").first).to_be_visible()


def test_real_logits_keep_their_critical_temperature_until_its_own_reveal(browsers):
    teacher = browsers.open("/?tab=escape")
    view = teacher.locator("#escape-logits")
    view.locator("summary").first.click()
    telling = (".logits-sentence", ".logits-numbers", ".logits-sides", ".logits-two >> nth=1")
    for part in telling:
        expect(view.locator(part)).to_be_visible()
    student = browsers.open(f"/class/{teach(teacher)}", PHONE)
    for part in telling:
        expect(view.locator(part)).to_be_hidden()
    expect(view.locator(".logits-line", has_text="dog")).to_be_visible()  # what is asked about
    slide = "(one) => { one.value = 0.7; one.dispatchEvent(new Event('input', {bubbles: true})); }"
    view.get_by_role("slider", name="top-p for these logits").evaluate(slide)
    press(teacher, "At what temperature do these logits let it out?")
    expect(student.locator("main")).to_contain_text("At what temperature does it get out?")
    press(teacher, "Close answers")
    press(teacher, "Reveal")
    press(teacher, "Back to the page")
    for part in telling:
        expect(view.locator(part)).to_be_visible()
    loop = teacher.locator("#escape-calculator .escape-sentence")
    expect(loop).to_be_hidden()  # that is another question


def test_the_experiment_and_the_folded_parts_of_the_loop_are_covered(browsers):
    teacher = browsers.open("/?tab=escape")
    loop, live = teacher.locator("#escape-calculator"), teacher.locator("#escape-live")
    expect(loop.locator(".escape-sentence")).to_be_visible()
    live.locator("summary").first.click()  # opens with a recording: figures as a run gives them
    expect(live.locator(".live-words")).to_contain_text("Recorded earlier")
    expect(live.locator(".live-plots section").locator("visible=true")).to_have_count(1)
    teach(teacher)
    for part in (".live-plots", ".live-which", ".live-words"):
        expect(live.locator(part)).to_be_hidden()
    expect(live.locator(".live-text .loop").first).to_be_visible()
    for part in ("theory", "penalties"):
        expect(loop.locator(f"[data-part={part}]")).to_be_hidden()
    live.get_by_role("button", name="Show it", exact=True).click()
    expect(live.locator(".live-plots")).to_be_visible()
    expect(loop.locator("[data-part=theory]")).to_be_hidden()


def test_diffusion_covers_what_the_network_thinks_of_hidden_places(browsers):
    teacher = browsers.open("/?" + urlencode({"tab": "diffusion", **TALE}))
    expect(teacher.locator("#diffusion-canvas textarea")).to_have_value(TALE["canvas"])
    run(teacher)
    time(teacher).press("Home")
    below = teacher.locator(".canvas-below").locator("visible=true")
    expect(below).to_have_count(1)
    student = browsers.open(f"/class/{teach(teacher)}", PHONE)
    expect(below).to_have_count(0)
    expect(teacher.locator(".canvas-ghosts").locator("visible=true")).to_have_count(0)
    press(teacher, "Which place next, and which word?")
    expect(student.locator(".canvas button").first).to_be_visible()
    press(teacher, "Close answers")
    press(teacher, "Reveal")
    press(teacher, "Back to the page")
    expect(below).to_have_count(1)


def test_a_part_that_fills_the_screen_is_covered_by_the_question_too(class_of_two):
    teacher, _, _ = class_of_two
    ask = teacher.locator(".class-dock").get_by_role("button", name="What comes next?")
    teacher.locator("#generator").evaluate("(one) => one.requestFullscreen()")
    teacher.wait_for_function("() => document.fullscreenElement")
    ask.evaluate("(one) => one.click()")  # as the teacher's phone does
    front = teacher.locator(".class-front")
    expect(front).to_be_visible()
    assert front.evaluate("(one) => document.fullscreenElement.contains(one)")
    box = front.bounding_box()
    assert (box["width"], box["height"]) == tuple(teacher.viewport_size.values())
