"""A class in the real app: one teaches, two follow, each in a browser of its own; guesses, reveal,
reload of each in each state."""

import json
import re
from urllib.parse import urlencode

from playwright.sync_api import expect

from playground.web import shipped
from tests.browser.class_pages import (
    STEP,
    at_step,
    browsers,
    class_of_two,
    desk,
    press,
    show_it,
    teach,
)
from tests.browser.conftest import DESKTOP, PHONE, axe, dark, fits
from tests.browser.diffusion_page import TALE, run, time

__all__ = ["browsers", "class_of_two", "desk"]


def test_two_guess_change_are_closed_and_see_the_reveal(class_of_two):
    teacher, (first, second), _ = class_of_two
    press(teacher, "What comes next?")
    expect(teacher.locator(".class-front")).to_contain_text("What comes next?")
    for student, word in ((first, "king"), (second, "she")):
        student.locator("#in").fill(word)
        student.keyboard.press("Enter")
        expect(student.locator("main")).to_contain_text("Sent")
    first.get_by_role("button", name="Change").click()
    first.keyboard.type("he")
    first.keyboard.press("Enter")
    expect(first.locator(".gap")).to_have_text("he")
    expect(teacher.locator(".class-count")).to_have_text("2 of 2 answered")
    for page in (teacher, second):
        assert "king" not in page.locator("body").inner_text().replace(tale(page).strip(), "")
    press(teacher, "Close answers")
    expect(first.locator("main")).to_contain_text("Answers are closed.")
    press(teacher, "Reveal")
    expect(teacher.locator(".class-row.drawn")).to_have_attribute("aria-label", re.compile("drawn"))
    expect(first.locator("main")).to_contain_text("bits of surprise")
    rows = teacher.locator(".class-front .class-row")
    dots = teacher.locator(".class-front .class-dot")
    expect(dots).to_have_count(2)
    assert rows.count() >= 7
    expect(second.locator(".class-row.mine .class-name")).to_have_text("she")


def tale(page) -> str:
    """The text that everybody may read."""
    return page.evaluate("() => document.querySelector('.front-tale, .tale')?.textContent ?? ''")


def test_the_question_covers_the_page_and_the_panel_lies_over_nothing(class_of_two):
    teacher, _, _ = class_of_two
    boxes = """() => ['gradio-app', '.class-dock', '.class-front'].map((one) => {
      const {top, bottom, height} = document.querySelector(one).getBoundingClientRect();
      return {top, bottom, height};
    })"""
    page, dock, _ = teacher.evaluate(boxes)
    assert page["bottom"] <= dock["top"] and dock["bottom"] == DESKTOP["height"]
    press(teacher, "What comes next?")
    page, dock, front = teacher.evaluate(boxes)
    assert front["top"] == page["top"] and front["bottom"] == page["bottom"] == dock["top"]
    assert teacher.evaluate("() => document.querySelector('gradio-app').inert")
    press(teacher, "Withdraw")
    expect(teacher.locator(".class-front")).to_be_hidden()
    assert not teacher.evaluate("() => document.querySelector('gradio-app').inert")


def test_a_question_on_its_way_is_withdrawn_as_soon_as_the_class_has_it(class_of_two):
    teacher, students, _ = class_of_two
    held = []
    teacher.route("**/ask", lambda route: held.append(route))
    press(teacher, "What comes next?")
    expect(teacher.locator(".class-front")).to_be_visible()
    press(teacher, "Withdraw")
    held[0].continue_()
    expect(teacher.locator(".class-front")).to_be_hidden()
    for student in students:
        expect(student.locator("main")).to_contain_text("Following the front")


def test_a_reload_of_each_in_each_state_goes_on(class_of_two):
    teacher, (student, other), code = class_of_two
    everyone = (teacher, student, other)

    def reload_all():
        for page in everyone:
            page.reload()
        expect(teacher.locator(".class-dock .class-code")).to_have_text(code)
        expect(teacher.locator(".class-here")).to_have_text("2 here")

    reload_all()
    at_step(teacher)
    press(teacher, "Where does u fall?")
    student.locator(".pick").first.click()
    expect(student.locator("main")).to_contain_text("Sent.")
    reload_all()
    expect(student.locator(".pick").first).to_have_attribute("aria-pressed", "true")
    expect(teacher.locator(".class-front")).to_contain_text("On which word does it fall?")
    press(teacher, "Close answers")
    expect(student.locator("main")).to_contain_text("Answers are closed.")
    reload_all()
    expect(other.locator("main")).to_contain_text("You sent none this time.")
    press(teacher, "Reveal")
    expect(student.locator(".class-dot.mine")).to_have_count(1)
    reload_all()
    expect(student.locator(".class-dot.mine")).to_have_count(1)
    expect(teacher.locator(".class-front .class-dot")).to_have_count(1)
    press(teacher, "Back to the page")
    expect(student.locator("main")).to_contain_text("Following the front")


def test_phones_show_no_word_that_a_class_may_be_asked_for(class_of_two):
    teacher, (student, _), _ = class_of_two
    words = teacher.locator("#generator .prose-token")
    followed = student.locator(".front .tale")
    expect(followed).to_contain_text(words.nth(STEP - 1).text_content().strip())
    assert not followed.text_content().endswith(words.nth(STEP).text_content())
    last = words.last.text_content()
    teacher.locator("#generator").get_by_role("slider", name="Token on view").press("End")
    expect(followed).not_to_have_text(re.compile(re.escape(last) + "$"))
    show_it(teacher)  # from now on the one that is asked for is on no screen yet
    expect(followed).to_have_text(re.compile(re.escape(last) + "$"))
    press(teacher, "What comes next?")
    expect(student.locator("#in")).to_be_visible()
    expect(student.locator(".tale")).to_have_text(re.compile(re.escape(last) + r"\s*$"))
    press(teacher, "Close answers")
    press(teacher, "Reveal")
    expect(teacher.locator(".front-gap.known")).to_have_text(re.compile("."))
    expect(teacher.locator(".class-row.drawn")).to_have_count(1)


def test_students_follow_a_lesson(browsers):
    teacher = browsers.open("/?tab=lessons")
    student = browsers.open(f"/class/{teach(teacher)}", PHONE)
    expect(student.locator(".front")).to_contain_text("Lessons")
    expect(student.locator(".front")).to_contain_text("step 1")


def test_students_follow_the_step_and_open_it_in_the_app(class_of_two):
    teacher, (student, _), _ = class_of_two
    words = student.locator(".front .tale")
    before = words.text_content()
    for _ in range(4):
        teacher.locator("#generator").get_by_role("button", name="Step", exact=True).click()
    expect(words).not_to_have_text(before)
    expect(student.locator(".front")).to_contain_text(f"step {STEP + 5}")
    student.get_by_role("link", name="Open it here").click()
    bar = student.locator(".class-follow")
    expect(bar).to_contain_text("Following the front")
    bar.get_by_role("button", name="Stop following").click()
    expect(bar.get_by_role("button", name="Follow again")).to_be_focused()
    press(teacher, "Where does u fall?")
    expect(bar.get_by_role("link", name="Answer it")).to_be_visible()
    expect(teacher.locator(".class-here")).to_have_text("2 here")
    bar.get_by_role("button", name="Leave").click()
    assert "follow=" not in student.url


def test_the_teachers_own_question_and_a_hidden_answer_that_still_counts(class_of_two):
    teacher, (first, second), _ = class_of_two
    press(teacher, "My own question …")
    teacher.get_by_role("textbox", name="Question").fill("A word for the model?")
    teacher.get_by_role("button", name="Words", exact=True).click()
    press(teacher, "Ask")
    for student, word in ((first, "clever"), (second, "<img onerror=x>")):
        student.locator("#in").fill(word)
        student.keyboard.press("Enter")
        expect(student.locator("main")).to_contain_text("Sent.")
        expect(student.locator(".answer-mine")).to_have_text(word)
    press(teacher, "Close answers")
    press(teacher, "Look at the answers")
    teacher.locator(".class-answers button", has_text="<img").click()
    press(teacher, "Reveal")
    rows = teacher.locator(".class-front .class-row")
    expect(rows).to_have_count(2)
    expect(rows.last).to_have_attribute("aria-label", "hidden, class 1 of 2")
    assert teacher.locator(".class-front img").count() == 0
    expect(first.locator(".class-row")).to_have_count(2)


def test_results_are_saved_and_the_end_is_asked_twice(class_of_two):
    teacher, (student, _), _ = class_of_two
    press(teacher, "Where does u fall?")
    student.locator(".pick").first.click()
    press(teacher, "Close answers")
    press(teacher, "Reveal")
    expect(teacher.get_by_role("button", name="Results (JSON)")).to_be_enabled()
    with teacher.expect_download() as saved:
        press(teacher, "Results (JSON)")
    assert "class" in saved.value.suggested_filename
    json.loads(saved.value.path().read_text(encoding="utf-8"))
    press(teacher, "End")
    expect(student.locator("main")).not_to_contain_text("The class is closed.")
    press(teacher, "End for all?")
    expect(student.locator("main")).to_contain_text("The class is closed.")
    expect(teacher.locator(".class-dock")).to_have_count(0)
    teacher.reload()
    expect(teacher.get_by_role("button", name="Teach", exact=True)).to_be_visible()
    expect(teacher.locator(".class-dock")).to_have_count(0)


def test_panel_and_front_are_accessible_and_fit(class_of_two):
    teacher, (student, _), _ = class_of_two
    for include in (".class-dock",):
        assert axe(teacher, include) == []
    press(teacher, "What comes next?")
    student.locator("#in").fill("he")
    student.keyboard.press("Enter")
    assert axe(teacher, ".class-front") == []
    teacher.keyboard.press("c")
    expect(teacher.get_by_role("button", name="Reveal", exact=True)).to_be_focused()
    teacher.keyboard.press("r")
    expect(teacher.locator(".class-front .class-row").first).to_be_visible()
    teacher.wait_for_function(
        "() => document.getAnimations().every((one) => one.playState !== 'running')"
    )
    assert axe(teacher, ".class-front") == []
    dark(teacher)
    assert axe(teacher, ".class-front") == [] and axe(teacher, ".class-dock") == []
    teacher.set_viewport_size(PHONE)
    fits(teacher)


def test_home_takes_the_code_of_a_class(class_of_two, browsers):
    _, _, code = class_of_two
    student = browsers.open("/?tab=home", PHONE)
    student.get_by_label("Code of the class").fill(code.lower())
    student.keyboard.press("Enter")
    expect(student.locator("main")).to_contain_text("Following the front")


def test_a_students_page_is_light_on_the_wire(class_of_two, browsers):
    _, _, code = class_of_two
    context = browsers.chromium.new_context(base_url=browsers.url, locale="zh-CN")
    browsers.contexts.append(context)
    page, session = context.new_page(), None
    session = context.new_cdp_session(page)
    session.send("Network.enable")
    sizes = []
    session.on("Network.loadingFinished", lambda event: sizes.append(event["encodedDataLength"]))
    page.goto(f"/class/{code}")
    expect(page.locator("main")).to_contain_text("Following the front")
    assert 10_000 < sum(sizes) <= 36_000


def test_escape_asks_for_a_temperature_and_shows_the_right_one(browsers):
    teacher = browsers.open("/?tab=escape")
    student = browsers.open(f"/class/{teach(teacher)}", PHONE)
    press(teacher, "At what temperature does it get out?")
    student.get_by_role("slider").focus()
    student.keyboard.press("ArrowRight")
    student.get_by_role("button", name="Send").click()
    expect(student.locator("main")).to_contain_text("Sent: T = 2.05")
    press(teacher, "Close answers")
    press(teacher, "Reveal")
    expect(teacher.locator(".class-front .class-line .class-dot")).to_have_count(1)
    expect(teacher.locator(".class-front .class-line-truth")).to_have_count(1)
    expect(student.locator("main")).to_contain_text("away")


def test_a_page_that_draws_its_question_itself_is_not_covered_and_hears_the_reveal(class_of_two):
    teacher, (student, _), _ = class_of_two
    ask = """async (address) => {
      const {askClass, classIsOpen, onReveal} = await import(new URL(address, document.baseURI));
      onReveal((state) => { window.heard = [state.question.figure.lesson, state.revealed.hit]; });
      await askClass({kind: "choice", text: "True?", choices: ["true", "false"], truth: 0,
                      figure: {lesson: "loops", step: 2}});
      return classIsOpen();
    }"""
    assert teacher.evaluate(ask, shipped().address("views/classroom/session.js"))
    student.get_by_role("button", name="true").click()
    expect(teacher.locator(".class-count")).to_have_text("1 of 2 answered")
    expect(teacher.locator(".class-front")).to_be_hidden()
    press(teacher, "Close answers")
    press(teacher, "Reveal")
    teacher.wait_for_function("() => window.heard")
    assert teacher.evaluate("() => window.heard") == ["loops", 1]
    expect(teacher.locator(".class-front")).to_be_hidden()


def test_diffusion_asks_for_a_place_and_its_word(browsers):
    teacher = browsers.open("/?" + urlencode({"tab": "diffusion", **TALE}))
    expect(teacher.locator("#diffusion-canvas textarea")).to_have_value(TALE["canvas"])
    run(teacher)
    time(teacher).press("Home")
    student = browsers.open(f"/class/{teach(teacher)}", PHONE)
    press(teacher, "Which place next, and which word?")
    student.locator(".canvas button").first.click()
    student.locator("#in").fill("king")
    student.keyboard.press("Enter")
    expect(student.locator("main")).to_contain_text("Sent.")
    press(teacher, "Close answers")
    press(teacher, "Reveal")
    expect(teacher.locator(".class-front .class-dot")).to_have_count(1)
    expect(teacher.locator(".class-sentence")).to_contain_text("The model went on at place")
    word = teacher.locator(".class-sentence b").first.text_content()
    for page, gap in ((teacher, ".front-gap.known"), (student, ".gap.known")):
        expect(page.locator(gap)).to_have_text(word)


def test_on_the_serving_computer_the_code_carries_its_address_in_the_network(
    app, browsers, monkeypatch
):
    """The teacher's page is open at 127.0.0.1, where a phone would look for the app in itself."""
    from playground.server import own_address

    monkeypatch.setattr(app, "server_name", "0.0.0.0")
    monkeypatch.setattr(own_address, "own_address", lambda: "192.168.1.20")
    page = browsers.open("/?tab=generate")
    code = teach(page)
    port = app.local_url.rstrip("/").rsplit(":", 1)[1]
    expect(page.locator(".class-dock .class-where")).to_have_text(
        f"192.168.1.20:{port}/class/{code}"
    )
    expect(page.locator(".class-dock svg")).to_be_visible()
    expect(page.locator(".class-dock")).not_to_contain_text("on this computer alone")
