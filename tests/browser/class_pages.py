"""Browsers on the app for tests of a class: one that teaches, and students."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import DESKTOP, PATIENCE, PHONE

STEP = 20  # of the recorded text


class Browsers:
    """Browsers on the app, each with what it stores for itself; a fault of a page fails the test.
    The first one has read the app's files in before: `desk`, a context."""

    def __init__(self, chromium, url, desk):
        self.chromium, self.url, self.desk = chromium, url, desk
        self.contexts, self.pages, self.faults = [], [], []

    def new(self, size=DESKTOP):
        """A page at no address yet."""
        context = self.desk
        if self.pages or size is not DESKTOP:
            context = self.chromium.new_context(viewport=size, base_url=self.url)
            context.set_default_timeout(PATIENCE)
            self.contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: self.faults.append(str(error)))
        if context is self.desk:
            self.pages.append(page)
        return page

    def open(self, path: str, size=DESKTOP):
        page = self.new(size)
        page.goto(path)
        return page

    def close(self):
        for context in self.contexts:
            context.close()
        for page in self.pages:
            page.evaluate("() => localStorage.clear()")
            page.close()


@pytest.fixture(scope="module")
def desk(chromium, app_url):
    context = chromium.new_context(viewport=DESKTOP, base_url=app_url)
    context.set_default_timeout(PATIENCE)
    yield context
    context.close()


@pytest.fixture
def browsers(chromium, app_url, desk):
    found = Browsers(chromium, app_url, desk)
    yield found
    found.close()
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
    teacher = browsers.new()
    at_step(teacher)
    code = teach(teacher)
    students = [browsers.open(f"/class/{code}", PHONE) for _ in range(2)]
    for student in students:
        expect(student.locator("main")).to_contain_text("Following the front")
    expect(teacher.locator(".class-here")).to_have_text("2 here")
    return teacher, students, code
