"""A class votes on a lesson's step: its answers lie over the figure as dots, for every kind of
prediction, and the truth comes beside them."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.class_pages import browsers, desk, teach
from tests.browser.conftest import PHONE

__all__ = ["browsers", "desk"]
STAGE = "#lesson-stage"


def pick(student):
    student.locator(".pick").first.click()


def move(student):
    student.get_by_role("slider").first.press("ArrowRight")
    student.get_by_role("button", name="Send").click()


def put_in_order(student):
    for at in range(student.locator(".pick").count()):
        student.locator(".pick").nth(at).click()
    student.get_by_role("button", name="Send").click()


@pytest.mark.parametrize(
    ("lesson", "step", "answer", "dots", "truth"),
    [
        ("next-token", 1, pick, ".bar.tap .stage-dot", ".bar.on .final-bar"),
        ("next-token", 3, pick, ".tile .stage-dot", ".tile.hit"),
        ("greedy-loops", 4, pick, ".node .stage-ring circle", ".node.true"),
        ("temperature", 1, move, ".bar .track .stage-dot", ".bar .final-bar"),
        ("escape", 2, move, ".stage-curve-people .stage-dot", ".axes-rule-label >> nth=0"),
        ("left-to-right-or-at-once", 5, put_in_order, ".stage-place", ".stage-place.right"),
        ("the-handout-says", 1, pick, ".stage-choice .stage-dot", ".stage-card-people .true"),
        ("next-token", 4, pick, ".stage-choice .stage-dot", ".stage-choice.true"),
        ("min-p", 1, move, ".stage-ruler-line .stage-dot", ".stage-ruler-truth"),
    ],
    ids=["tap", "tile", "state", "drag", "mark", "order", "card", "choice", "number"],
)
def test_the_votes_of_a_class_lie_over_the_figure_and_the_truth_beside_them(
    browsers, lesson, step, answer, dots, truth
):
    teacher = browsers.open(f"/?tab=lessons&lesson={lesson}&at={step}")
    teacher.locator(f"{STAGE} .stage-scene:not(:has(.stage-waits))").wait_for()
    student = browsers.open(f"/class/{teach(teacher)}", PHONE)
    expect(teacher.locator(".class-here")).to_have_text("1 here")
    teacher.locator(f"{STAGE} .stage-kicker").focus()
    teacher.keyboard.press("v")
    answer(student)
    expect(teacher.locator(f"{STAGE} .stage-vote")).to_have_text("1 of 1 answered")
    expect(teacher.locator(f"{STAGE} .stage-dots, {STAGE} .stage-ring")).to_have_count(0)
    teacher.locator(f"{STAGE} .stage-kicker").focus()
    teacher.keyboard.press("v")
    expect(teacher.locator(f"{STAGE} {dots}").first).to_be_visible()
    expect(teacher.locator(f"{STAGE} .stage-why")).to_have_count(0)  # not yet
    expect(student.locator("main")).to_contain_text("Answers are closed.")
    teacher.keyboard.press("r")
    expect(teacher.locator(f"{STAGE} .stage-why")).to_be_visible()
    expect(teacher.locator(f"{STAGE} {truth}").first).to_be_visible()
    if lesson != "the-handout-says":  # the card has turned
        expect(teacher.locator(f"{STAGE} {dots}").first).to_be_visible()
    expect(student.locator("main")).to_contain_text("Your answer:")


def test_the_panel_offers_the_question_of_the_step_and_a_withdrawn_one_leaves_no_votes(browsers):
    teacher = browsers.open("/?tab=lessons&lesson=next-token&at=4")
    teacher.locator(f"{STAGE} .stage-scene").wait_for()
    student = browsers.open(f"/class/{teach(teacher)}", PHONE)
    dock = teacher.locator(".class-dock")
    dock.get_by_role("button", name="The question of this step").click()
    pick(student)
    expect(teacher.locator(".class-front")).to_be_hidden()  # the stage asks it
    dock.get_by_role("button", name="Close answers").click()
    expect(teacher.locator(f"{STAGE} .stage-choice .stage-dot")).to_have_count(1)
    dock.get_by_role("button", name="Withdraw").click()
    expect(teacher.locator(f"{STAGE} .stage-dot")).to_have_count(0)
    expect(student.locator("main")).to_contain_text("Following the front")
