"""Lessons in a real browser: a question, its answer, and the living page beside it."""

from __future__ import annotations

from urllib.parse import parse_qs

import pytest

from playground.pages.lessons.lesson import read_lessons
from tests.browser.conftest import axe, dark, fits

# A lesson opens what its control is folded away in (web/views/lessons/living_page.js).
OPEN_FOLDS = """control => {
  for (let fold = control.closest('details'); fold; fold = fold.parentElement?.closest('details')) fold.open = true;
}"""


def test_a_lesson_drives_the_living_page_and_reveals_after_a_guess(open_page):
    page = open_page("lessons", lesson="escape", step=1)
    frame = page.frame_locator("#lesson-reader iframe")
    frame.locator("#escape-calculator .escape-sentence", has_text="2.276").wait_for(
        timeout=60_000
    )  # the link's state is in the page
    frame.locator("#escape-calculator .escape-plot.lesson-look").wait_for(
        timeout=60_000
    )  # and its control is outlined
    answer = page.locator("#lesson-reader .lesson-answer")
    assert answer.is_hidden()
    page.get_by_role("button", name="Reveal the answer").click()
    answer.filter(has_text="2.276").wait_for()
    page.get_by_role("button", name="Next", exact=True).click()
    page.locator("#lesson-reader .lesson-where", has_text="step 3 of 4").wait_for()
    assert "lesson=escape" in page.url and "step=2" in page.url  # a reload finds the same step
    assert page.evaluate(
        "[scrollY, document.querySelector('#lesson-reader .lesson-reader').lang]"
    ) == [0, "en"]


def test_the_living_page_speaks_the_language_and_is_as_large_as_its_lesson(open_page):
    page = open_page("lessons", lesson="escape", lang="de", projector="1")
    frame = page.frame_locator("#lesson-reader iframe")
    frame.locator("html.projector.in-lesson[lang=de]").wait_for(timeout=60_000)
    page.locator("#masthead select").evaluate(
        "one => { one.value = 'es'; one.dispatchEvent(new Event('change')); }"
    )  # put away on a projector
    frame.locator("html[lang=es]").wait_for()


def test_an_unknown_lesson_in_a_link_says_so(open_page):
    page = open_page("lessons", lesson="<img src=x>")
    page.locator("#lesson-reader .problem", has_text="lesson must be one of").wait_for()


def test_on_a_phone_the_page_is_a_link(phone, open_page):
    page = open_page("lessons", lesson="temperature")
    page.get_by_role("link", name="Open this on its own page").wait_for()
    assert page.locator("#lesson-reader iframe:visible").count() == 0
    fits(page)


@pytest.mark.parametrize("mode", ["light", "dark"])
def test_no_serious_accessibility_fault(phone, open_page, mode):
    page = open_page("lessons", lesson="the-handout-says")
    page.locator("#lesson-reader .lesson-table").wait_for()
    if mode == "dark":
        dark(page)
    assert axe(page) == []


def test_every_control_that_a_lesson_speaks_of_is_on_its_page(open_page):
    looks: dict[tuple, set[str]] = {}
    for lesson in read_lessons():
        for step in lesson.steps:
            where = {
                name: values[0]
                for name, values in parse_qs(step.open[1:]).items()
                if name in ("tab", "view", "part", "depth", "visits")
            }
            looks.setdefault((where.pop("tab"), *where.items()), set()).add(step.look)
    for (tab, *part), selectors in looks.items():
        page = open_page(tab, **dict(part))
        for selector in selectors:
            control = page.locator(selector).first
            control.wait_for(state="attached")
            control.evaluate(OPEN_FOLDS)
            control.wait_for()  # and it is in view of who opens the link
