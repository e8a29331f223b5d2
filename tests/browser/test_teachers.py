"""The page for teachers in the browser: the ways to it, one sheet of paper, and nothing cut off on
a phone."""

import re

import pytest
from playwright.sync_api import expect

from playground.i18n import LANGUAGES
from tests.browser.class_pages import browsers, desk, teach
from tests.browser.conftest import axe, fits

__all__ = ["browsers", "desk"]
STAGE = "#lesson-stage"


def test_the_list_of_courses_opens_it_and_stays_where_it_was(page, open_page):
    open_page("lessons", lang="de", course="how-a-model-chooses")
    picker = page.locator(f"{STAGE} .stage-picker")
    expect(picker).to_have_value("course:how-a-model-chooses")
    with page.expect_popup() as opened:
        picker.select_option(label="Für Lehrkräfte: 10, 45, 90 Minuten …")
    expect(opened.value.get_by_role("heading", level=1)).to_have_text("Für Lehrkräfte")
    expect(picker).to_have_value("course:how-a-model-chooses")
    opened.value.get_by_role("link", name="Español").click()
    expect(opened.value.get_by_role("heading", level=1)).to_have_text("Para el profesorado")
    with page.watch.leaving():
        opened.value.close()


def test_more_on_the_first_lesson_leads_there(page, open_page):
    open_page("lessons")
    page.locator(STAGE).get_by_role("button", name="More").click()
    with page.expect_popup() as opened:
        page.locator(STAGE).get_by_role("link", name="For teachers").click()
    expect(opened.value.get_by_role("heading", level=1)).to_have_text("For teachers")


def test_the_teachers_panel_leads_there(browsers):
    teacher = browsers.open("/?tab=lessons")
    teach(teacher)
    with teacher.expect_popup() as opened:
        teacher.locator(".class-dock").get_by_role("link", name="For teachers").click()
    expect(opened.value.get_by_role("heading", level=1)).to_have_text("For teachers")


@pytest.mark.parametrize("language", LANGUAGES)
def test_it_is_one_sheet_of_paper(page, language):
    page.goto(f"/teachers?lang={language}")
    expect(page.get_by_role("button")).to_be_visible()
    paper = page.pdf(format="A4", prefer_css_page_size=True)
    assert len(re.findall(rb"/Type\s*/Page\b", paper)) == 1
    page.emulate_media(media="print", color_scheme="dark")
    expect(page.get_by_role("navigation")).to_be_hidden()
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_phone_shows_it_whole_and_everybody_can_read_it(page, phone, scheme):
    page.emulate_media(color_scheme=scheme)
    page.goto("/teachers?lang=de")
    fits(page)
    assert axe(page) == []
    page.get_by_role("link", name="Playground öffnen").click()
    expect(page).to_have_url(re.compile(r"/\?lang=de"))
