"""The teacher's phone: it scans a code that works once, is allowed by the panel, and steers the
page that is projected."""

import re

from playwright.sync_api import expect

from tests.browser.class_pages import STEP, browsers, class_of_two, desk, press
from tests.browser.conftest import PHONE, axe, dark, fits

__all__ = ["browsers", "class_of_two", "desk"]


def offered(teacher) -> str:
    """The address that the code on the projector holds."""
    teacher.locator(".class-dock").get_by_role("switch", name="Panel on my phone").click()
    expect(teacher.locator(".class-phone svg")).to_be_visible()
    return teacher.locator(".class-phone .class-where").text_content()


def pair(teacher, browsers):
    """(the phone, the address that it scanned)."""
    address = offered(teacher)
    phone = browsers.open(address, PHONE)
    figures = phone.locator("h1")
    expect(figures).to_have_text(re.compile(r"^\d\d$"))
    assert address.partition("#")[2] not in phone.url
    expect(teacher.locator(".class-phone")).to_contain_text(f"show {figures.text_content()}?")
    return phone, address


def paired(teacher, browsers):
    phone, _ = pair(teacher, browsers)
    teacher.get_by_role("button", name="Yes, that is mine").click()
    expect(phone.locator(".phone-front .tale")).to_be_visible()
    expect(teacher.locator(".class-phone")).to_be_hidden()
    return phone


def test_the_phone_turns_asks_closes_and_reveals(class_of_two, browsers):
    teacher, (student, _), _ = class_of_two
    phone = paired(teacher, browsers)
    phone.get_by_role("button", name="On (").click()
    word = teacher.locator("#generator .prose-token").nth(STEP)
    expect(word).to_be_visible()
    expect(phone.locator(".phone-front .tale")).to_contain_text(
        re.compile(re.escape(word.text_content().strip()) + "$")
    )
    press(phone, "What comes next?")
    expect(teacher.locator(".class-front")).to_contain_text("What comes next?")
    student.locator("#in").fill("had")
    student.keyboard.press("Enter")
    expect(phone.locator(".class-answers")).to_contain_text("had 1")  # here alone
    assert "had 1" not in teacher.locator("body").inner_text()
    press(phone, "Close answers")
    press(phone, "Reveal")
    expect(teacher.locator(".class-row.drawn")).to_have_count(1)
    press(phone, "Back to the page")
    expect(teacher.locator(".class-front")).to_be_hidden()
    phone.get_by_label("Page at the front").select_option("escape")
    expect(teacher.get_by_role("tab", name="Escape", selected=True)).to_be_visible()
    sentence = teacher.locator("#escape-calculator .escape-sentence")
    expect(sentence).to_have_class(re.compile("class-covered"))  # the page has been turned
    phone.get_by_role("button", name="Show what is covered").click()
    expect(sentence).to_be_visible()


def test_the_phone_asks_a_question_of_the_teachers_own(class_of_two, browsers):
    teacher, (student, _), _ = class_of_two
    phone = paired(teacher, browsers)
    press(phone, "My own question …")
    phone.get_by_role("textbox", name="Question").fill("Who wrote it?")
    phone.get_by_role("textbox", name="Choices").fill("a / b")
    press(phone, "Ask")
    expect(student.locator("main")).to_contain_text("Who wrote it?")
    student.get_by_role("button", name="b", exact=True).click()
    expect(phone.locator(".class-answers")).to_contain_text("b · 1")
    assert "b · 1" not in teacher.locator("body").inner_text()


def test_who_scanned_it_too_or_was_refused_teaches_nothing(class_of_two, browsers):
    teacher, _, code = class_of_two
    phone, address = pair(teacher, browsers)
    student = browsers.open(address, PHONE)
    expect(student.locator("main")).to_contain_text("was used already")
    teacher.get_by_role("button", name="No", exact=True).click()
    expect(phone.locator("main")).to_contain_text("This phone does not teach this class.")
    guess = browsers.open(f"/class/{code}/panel", PHONE)
    expect(guess.locator("main")).to_contain_text("This phone does not teach this class.")


def test_a_reload_of_the_phone_goes_on_until_it_is_put_away(class_of_two, browsers):
    teacher, _, _ = class_of_two
    phone = paired(teacher, browsers)
    phone.reload()
    expect(phone.locator(".phone-front .tale")).to_be_visible()
    teacher.reload()
    switch = teacher.locator(".class-dock").get_by_role("switch", name="Panel on my phone")
    expect(switch).to_have_attribute("aria-checked", "true")
    switch.click()
    expect(switch).to_have_attribute("aria-checked", "false")
    expect(phone.locator("main")).to_contain_text("This phone does not teach this class.")


def test_the_phones_panel_is_accessible_and_fits(class_of_two, browsers):
    teacher, _, _ = class_of_two
    offered(teacher)
    assert axe(teacher, ".class-phone") == []
    teacher.get_by_role("button", name="Cancel").click()
    phone = paired(teacher, browsers)
    phone.set_viewport_size({"width": 320, "height": 640})
    fits(phone)
    assert axe(phone) == []
    dark(phone)
    assert axe(phone) == []
