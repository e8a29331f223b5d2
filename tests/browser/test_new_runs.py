"""A press of New text or Run begins something new: with the next seed, and in place of what still
goes on."""

import threading

import pytest
from playwright.sync_api import expect

from playground.pages.diffusion.runs import Side

EXACT = {"model": "exact-tale", "canvas": "the king [MASK]*6 .", "sampler": "mdlm", "seed": "3"}
LONG = 60_000


@pytest.fixture
def gen(open_page, page):
    """The Generate page with its model ready and the recorded text at rest."""
    open_page("generate", depth="rules")
    page.wait_for_function(
        "document.querySelectorAll('#generator .prose-token').length > 0 && "
        "document.querySelector('[data-part=progress]').hidden",
        timeout=120_000,
    )
    return page.locator("#generator")


def written(page, gen, press="New text"):
    """The text after a press."""
    runs = "window.finishedTexts"
    before = page.evaluate(runs)
    gen.get_by_role("button", name=press, exact=True).click()
    page.wait_for_function(f"{runs} > {before}", timeout=LONG)
    return gen.locator(".prose-token").all_inner_texts()


def test_each_text_written_anew_takes_the_next_seed_and_a_lock_holds_it(gen, page):
    recorded = gen.locator(".prose-token").all_inner_texts()
    seed = gen.get_by_role("textbox", name="seed", exact=True)
    first = int(seed.input_value())
    texts = [recorded]
    for number in (1, 2):
        texts.append(written(page, gen))
        assert int(seed.input_value()) == first + number
    assert len(set(map(tuple, texts))) == 3
    gen.get_by_label("keep seed").check()
    assert written(page, gen) == texts[-1] and int(seed.input_value()) == first + 2
    gen.get_by_label("keep seed").uncheck()
    seed.fill(str(first + 1))  # a seed that was typed is the next text's own
    assert written(page, gen) == texts[1] and int(seed.input_value()) == first + 1
    written(page, gen)
    assert int(seed.input_value()) == first + 2


def test_play_after_the_recording_writes_another_text(gen, page):
    recorded = gen.locator(".prose-token").all_inner_texts()
    gen.get_by_role("button", name="Pause", exact=True).or_(
        gen.get_by_role("button", name="Play", exact=True)
    ).evaluate("button => button.textContent === 'Pause' && button.click()")
    assert written(page, gen, "Play") != recorded


def player(page):
    return page.locator("#diffusion-player .canvas-player")


def unmasked(page):
    before = player(page).get_attribute("data-run") or ""
    page.locator("#diffusion-run").click()
    expect(player(page)).not_to_have_attribute("data-run", before, timeout=LONG)
    expect(player(page)).to_have_attribute("data-state", "done", timeout=LONG)
    return player(page).locator(".canvas-what").inner_text()


def test_each_run_takes_the_next_seed_and_a_lock_holds_it(open_page, page):
    open_page("diffusion")
    expect(player(page)).to_have_attribute("data-state", "recorded")
    page.locator("#diffusion-player").get_by_text("More settings", exact=True).click()
    seed = page.get_by_label("Seed", exact=True).locator("visible=true")
    expect(seed).to_have_value("0")  # that of the recording
    for number in (1, 2):
        assert f"seed {number}" in unmasked(page)
        expect(seed).to_have_value(str(number))
    lock = page.get_by_role("checkbox", name="Lock", exact=True)
    lock.check()
    assert "seed 2" in unmasked(page)
    lock.uncheck()
    seed.fill("3")
    assert "seed 3" in unmasked(page)
    assert "seed 4" in unmasked(page)


def test_a_second_run_during_a_run_stops_it_and_begins(open_page, page, app, monkeypatch):
    """The controls say 4 steps, so the picture has them; the run of 300 steps gives back its
    place."""
    frame, late = Side.frame, threading.Event()

    def slow(self, step, *more):
        if self.settings.steps == 300 and step.index > 2:
            late.wait(0.2)
        return frame(self, step, *more)

    monkeypatch.setattr(Side, "frame", slow)
    open_page("diffusion", **EXACT, steps="300")
    page.locator("#diffusion-player").get_by_text("More settings", exact=True).click()
    expect(page.get_by_label("Steps", exact=True)).to_have_value("300")
    page.locator("#diffusion-run").click()
    expect(player(page)).to_have_attribute("data-state", "running")
    page.wait_for_function(
        "Number(document.querySelector('#diffusion-player .widget').dataset.steps) > 1"
    )
    page.get_by_label("Steps", exact=True).fill("4")
    what = unmasked(page)
    late.set()
    assert "4 steps" in what
    expect(player(page)).to_have_attribute("data-steps", "4")
    assert page.locator("#diffusion-player .canvas-problem").is_hidden()
    runs = app.shell.backend().runs
    with runs._changed:
        assert runs._changed.wait_for(lambda: not runs.active, LONG / 1000)
