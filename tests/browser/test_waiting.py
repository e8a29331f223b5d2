"""While all places are taken: a place in the line, and a recording that plays on until the
visitor's own run begins."""

import contextlib
import re

import pytest
from playwright.sync_api import expect

from playground.backend.admission import PLACES
from playground.backend.limits import limits
from tests.browser.diffusion_page import player, time

MEANWHILE = "you are number 1 in the queue. Meanwhile play with this recording."


@pytest.fixture
def taken(app):
    """Every place of every kind belongs to somebody else; `taken.close()` gives them back."""
    backend = app.shell.backend()
    backend.causal("fairy-causal").close()  # its weights are there: a moved slider is answered
    with contextlib.ExitStack() as places:
        for kind, name in PLACES.items():
            if kind == "question":
                continue  # a moved slider's
            for number in range(getattr(limits(), name)):
                run = backend.run(f"somebody {kind} {number}", "test", "other", kind)
                assert run.enter(30) == 0
                places.callback(run.leave)
        yield places


def test_generate_plays_its_recording_and_then_writes(page, open_page, taken):
    open_page("generate")
    area = page.locator("#generator")
    tokens = area.locator(".prose-token")
    expect(tokens).not_to_have_count(0)
    recorded = area.locator("[data-part=text]").text_content()
    area.get_by_role("button", name="New text").click()
    expect(area.locator("[data-part=progress-words]")).to_contain_text(MEANWHILE)
    line = area.get_by_role("slider", name="Token on view")
    line.press("Home")
    line.press("ArrowRight")
    expect(line).to_have_attribute("aria-valuenow", "2")
    assert area.locator("[data-part=text]").text_content() == recorded
    bars = area.locator("[data-part=bars]")
    before = bars.inner_text()
    area.locator("[data-part=heat]").fill("1.7")  # the recorded step is computed anew
    expect(bars).not_to_have_text(before, use_inner_text=True)
    taken.close()
    expect(area.locator("[data-part=text]")).not_to_have_text(recorded, timeout=60_000)
    expect(area.locator("[data-part=progress]")).to_be_hidden()


def test_a_link_that_waits_is_lent_a_recording_and_keeps_its_own_settings(page, open_page, taken):
    open_page("generate", prompt="the wolf said", max_new_tokens=3, seed=5, temperature=0.9)
    area = page.locator("#generator")
    expect(area.locator("[data-part=progress-words]")).to_contain_text(MEANWHILE)
    expect(area.locator(".prose-token")).not_to_have_count(0)
    taken.close()
    expect(area.locator(".prose-token")).to_have_count(3, timeout=60_000)
    expect(area.locator("[data-part=text]")).to_contain_text("the wolf said")


def test_diffusion_plays_its_recording_and_then_unmasks(page, open_page, taken):
    open_page("diffusion")
    expect(player(page)).to_have_attribute("data-state", "recorded")
    page.locator("#diffusion-run").click()
    said = player(page).locator("[data-part=live]")
    expect(said).to_contain_text(MEANWHILE)
    expect(said).to_be_in_viewport(ratio=1)  # beside the buttons, not under the fold
    time(page).press("Home")
    expect(time(page)).to_have_attribute("aria-valuetext", re.compile("^before the first step"))
    time(page).press("ArrowRight")
    expect(time(page)).to_have_attribute("aria-valuetext", re.compile("^step 1 /"))
    assert player(page).get_attribute("data-run") is None
    taken.close()
    expect(player(page)).to_have_attribute("data-run", re.compile("."), timeout=60_000)


def test_escapes_experiment_has_a_recording_and_keeps_it_until_its_turn(page, open_page, taken):
    open_page("escape")
    live = page.locator("#escape-live")
    live.locator("summary").first.click()
    words, figures = live.locator(".live-words"), live.locator(".live-plots section:visible")
    expect(words).to_contain_text("Recorded earlier with fairy-causal")
    expect(live.locator(".live-text .loop")).not_to_have_count(0)
    live.get_by_role("button", name="Run the experiment").click()
    expect(words).to_contain_text(MEANWHILE)
    for name in ("barriers", "who left"):
        live.get_by_role("button", name=name, exact=True).click()
        expect(figures).to_have_count(1)
        expect(figures.locator(".main-svg").first).to_be_visible()
    taken.close()
    expect(words).not_to_contain_text("recording", timeout=60_000)
    live.get_by_role("button", name="Stop").click()
    expect(words).not_to_contain_text("Recorded earlier")


def test_reward_lends_a_recording_to_a_link_of_other_settings(page, open_page, taken):
    open_page("compare", part="reward", updates=3)
    lab = page.locator("#compare-reward")
    expect(lab.locator(".compare")).to_have_attribute("data-opened", "1")
    lab.get_by_role("button", name="Train", exact=True).click()
    expect(lab.locator(".compare-words").first).to_contain_text(MEANWHILE)
    expect(lab.locator("table").first).to_be_visible()
    lab.get_by_role("button", name="Stop").first.click()
    expect(lab.locator(".compare-words").first).to_have_text("Stopped; what is there stays.")


def test_reward_keeps_the_recording_it_opens_with(page, open_page, taken):
    open_page("compare", part="reward")
    lab = page.locator("#compare-reward")
    expect(lab.locator("table").first).to_be_visible()
    lab.get_by_role("button", name="Train", exact=True).click()
    expect(lab.locator(".compare-words").first).to_contain_text(MEANWHILE)
    expect(lab.locator("table").first).to_be_visible()
    lab.get_by_role("button", name="Stop").first.click()  # the one training at a time is free again
    expect(lab.locator(".compare-words").first).not_to_contain_text("queue")
