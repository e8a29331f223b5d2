"""The part "what the noise costs": bars that can be picked, a run that can be stepped through, and
six tasks of which two say why they do not run."""

import pytest
from playwright.sync_api import expect

from playground.web import shipped

SIDE = {"success": 0.25, "nats": 4.0, "error": 0.1, "distinct": 0.7, "text": "<b>a bear</b>"}
VALUE = {
    "windows": 128,
    "length": 64,
    "noises": [
        {"noise": "left-to-right", "nats": 3.4, "error": 0.05, "difference": -0.3}
        | {"difference_error": 0.02},
        {"noise": "any-order", "nats": 3.74, "error": 0.05},
        {"noise": "gaussian", "nats": 4.6, "error": 0.06, "difference": 0.86}
        | {"difference_error": 0.05},
        {"noise": "of a later version", "nats": 9.0, "error": 0.1},
    ],
    "control": {
        "words": ["wolf", "bear"],
        "steps": 3,
        "texts": 8,
        "tasks": [
            {"task": "words", "with": SIDE | {"success": 1.0}, "without": SIDE},
            {"task": "length", "with": SIDE, "without": SIDE | {"error": None}},
        ],
        "run": [
            {"deviation": 2.0, "chances": [0.01, 0.02, 0.03, 0.04], "text": "the bearing of"},
            {"deviation": 1.0, "chances": [0.1, 0.3, 0.5, 0.7], "text": "the bear <i>and</i>"},
            {"deviation": 0.1, "chances": [0.99], "text": "the bear and"},
        ],
    },
}


@pytest.fixture
def view(blank):
    def mount(value):
        blank.evaluate(
            """async ([address, value]) => {
                const { mount } = await import(address), element = document.createElement("div");
                document.body.append(element);
                mount(element, { props: { value }, watch: () => {} });
            }""",
            [f"/web/{shipped().mark}/views/diffusion/costs.js", value],
        )
        return blank.locator(".costs")

    return mount


def test_a_picked_noise_says_what_a_nat_means(view):
    found = view(VALUE)
    bars = found.locator(".costs-bar")
    expect(bars).to_have_count(3)  # a noise that this version does not know is left out
    says = found.locator("[data-part=says]")
    expect(says).to_contain_text("3.74 nats a piece: as unsure as among 42 equally likely pieces.")
    expect(says).to_contain_text("any-order bound")
    expect(bars.nth(1)).to_have_attribute("aria-pressed", "true")
    bars.nth(2).click()
    expect(says).to_contain_text("4.60 nats a piece: as unsure as among 99")
    expect(says).to_contain_text("0.86 ± 0.05 more than the network for masks alone")
    expect(bars.nth(2)).to_be_focused()
    bars.nth(0).click()
    expect(says).to_contain_text("0.30 ± 0.02 less than")


def test_bars_are_as_long_as_their_nats(view):
    tracks = view(VALUE).locator(".costs-track i")
    long, short = (float(tracks.nth(i).get_attribute("style")[7:].strip("%; ")) for i in (2, 1))
    assert long / short == pytest.approx(4.6 / 3.74, rel=1e-3) and 90 < long < 100


def test_the_run_opens_where_the_wish_rises_most_and_steps(view):
    found = view(VALUE)
    moved, text = found.locator("[data-part=moved]"), found.locator("[data-part=text]")
    expect(moved).to_contain_text("Moved 3 times up the gradient: the wish goes from 10")
    expect(text).to_have_text("the bear <i>and</i>")
    expect(text.locator("mark")).to_have_text("bear")
    slider = found.get_by_role("slider", name="step")
    slider.press("ArrowRight")
    expect(moved).to_contain_text("Not moved")
    slider.press("Home")
    expect(text).to_have_text("the bearing of")
    expect(text.locator("mark")).to_have_count(0)


def test_six_tasks_of_which_two_say_why_they_do_not_run(view):
    rows = view(VALUE).locator(".costs-table tbody tr")
    expect(rows).to_have_count(6)
    for number in (2, 3):
        expect(rows.nth(number)).to_contain_text("Does not run")
        expect(rows.nth(number)).to_contain_text("parser")
    expect(rows.nth(0)).to_contain_text("100")
    expect(rows.nth(0)).to_contain_text("<b>a bear</b>")
    expect(rows.nth(0)).to_contain_text("4.00 ± 0.10")


def test_bounds_alone_are_shown_without_control(view):
    found = view(VALUE | {"control": None})
    expect(found.locator(".costs-bar")).to_have_count(3)
    expect(found.locator("[data-part=control]")).to_be_hidden()
