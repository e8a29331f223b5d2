"""The Diffusion page as its browser tests use it. The runs are on the exact tale, so that no
weights are needed."""

import re

from playwright.sync_api import expect

from playground.pages.diffusion import models

TALE = {
    "model": models.TALE,
    "canvas": "the king [MASK]*6 the frog [MASK]*7 .",
    "sampler": "llada",
    "selection": "random",
    "steps": "6",
}


def part(page, name):
    page.get_by_role("tab", name=name, exact=True).click()


def player(page):
    return page.locator("#diffusion-player .canvas-player")


def run(page, steps=None):
    before = player(page).get_attribute("data-run") or ""
    page.locator("#diffusion-run").click()
    expect(player(page)).not_to_have_attribute("data-run", before)
    expect(player(page)).to_have_attribute("data-run", re.compile("."))
    expect(player(page)).to_have_attribute("data-state", "done")
    if steps is not None:
        expect(player(page)).to_have_attribute("data-steps", str(steps))


def settle(page):
    """Until nothing has been asked of the server for a while: what a page asks for when it is
    opened is no scrubbing."""
    page.evaluate("""() => new Promise(done => { let seen = -1; const look = () => { const now = performance.getEntriesByType('resource').length;
        if (now === seen) done(); else { seen = now; setTimeout(look, 800); } }; look(); })""")


def words(page, of=0):
    return player(page).locator(".canvas-words").nth(of).get_by_role("button")


def time(page):
    return player(page).get_by_role("slider", name="Step", exact=True)


def more_settings(page):
    player(page).get_by_text("More settings", exact=True).click()


def tale_page(open_page):
    """Opens the Unmask view with the exact tale chosen by its link."""

    def go(**query):
        page = open_page("diffusion", **{**TALE, **query})
        expect(page.locator("#diffusion-canvas textarea")).to_have_value(
            query.get("canvas", TALE["canvas"])
        )
        return page

    return go
