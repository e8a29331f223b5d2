"""Browsers on the app for tests of a class: one that teaches, and students."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import DESKTOP, PHONE

STEP = 20  # of the recorded text


class Browsers:
    """Contexts of their own on the app; a fault of a page fails the test."""

    def __init__(self, chromium, url):
        self.chromium, self.url, self.contexts, self.faults = chromium, url, [], []

    def open(self, path: str, size=DESKTOP):
        context = self.chromium.new_context(viewport=size, base_url=self.url)
        context.set_default_timeout(20_000)
        self.contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: self.faults.append(str(error)))
        page.goto(path)
        return page


@pytest.fixture
def browsers(chromium, app_url):
    found = Browsers(chromium, app_url)
    yield found
    for context in found.contexts:
        context.close()
    assert not found.faults, found.faults


def at_step(page, step=STEP):
    """Generate with its recorded text, paused at a step."""
    page.goto("/?tab=generate")
    word = page.locator("#generator .prose-token").nth(step)
    word.wait_for(state="attached")
    # a text that plays shows no word before its turn
    page.locator("#generator").get_by_role("slider", name="Token on view").press("End")
    word.click()


def teach(page) -> str:
    """Opens a class; gives its code."""
    page.get_by_role("button", name="Teach", exact=True).click()
    code = page.locator(".class-dock .class-code")
    expect(code).to_have_text(re.compile("^[A-HJ-NP-Z]{5}$"))
    return code.text_content()


def press(page, name):
    page.locator(".class-dock").get_by_role("button", name=name, exact=True).click()


def show_it(page):
    """What is covered, the page shows after all."""
    page.get_by_role("button", name="Show it", exact=True).locator("visible=true").click()


@pytest.fixture
def class_of_two(browsers):
    """(teacher, [student, student], code), the teacher on a step of Generate."""
    teacher = browsers.open("/?tab=generate")
    at_step(teacher)
    code = teach(teacher)
    students = [browsers.open(f"/class/{code}", PHONE) for _ in range(2)]
    for student in students:
        expect(student.locator("main")).to_contain_text("Following the front")
    expect(teacher.locator(".class-here")).to_have_text("2 here")
    return teacher, students, code
