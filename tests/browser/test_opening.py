"""What a link asks for is what is drawn first: the page, its part, the step; and what belongs to
one step moves together."""

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import unfold

LONG = 60_000
# Everything that the page showed, from its first moment on.
WATCH = """
window.seen = [];
new MutationObserver(() => {
  const now = %s;
  if (now !== null && JSON.stringify(now) !== JSON.stringify(window.seen.at(-1))) window.seen.push(now);
}).observe(document, {childList: true, subtree: true, attributes: true});
"""
TABS = """[...document.querySelectorAll('#pages [role=tab][aria-selected=true]')]
  .filter(tab => tab.offsetParent && tab.dataset.tabId).map(tab => tab.dataset.tabId)"""


def watched(page, what):
    page.add_init_script(WATCH % what)


@pytest.mark.parametrize(
    ("query", "wanted"),
    [
        ({"slug": "diffusion", "part": "exactness"}, ["diffusion", "exactness"]),
        ({"slug": "chains", "view": "hidden"}, ["chains", "hidden"]),
        ({"slug": "compare", "part": "race"}, ["compare", "lab", "race"]),
        ({"slug": "generate"}, ["generate"]),
        ({"slug": "diffusion", "part": "hidden"}, ["diffusion", "unmask"]),
    ],
)
def test_no_other_page_is_shown_before_the_one_asked_for(open_page, page, query, wanted):
    watched(page, f"(tabs => tabs.length ? tabs : null)({TABS})")
    open_page(**query)
    page.wait_for_function(f"{TABS}.length === {len(wanted)}")
    seen = page.evaluate("window.seen")
    assert {tabs[0] for tabs in seen} == {wanted[0]}
    for depth in (1, 2):
        assert {tabs[depth] for tabs in seen if len(tabs) > depth} == set(wanted[depth : depth + 1])


def test_a_page_that_does_not_exist_is_home(page):
    page.goto("/?tab=nobody", wait_until="commit")
    page.locator("#pages [role=tab][data-tab-id=home][aria-selected=true]").wait_for()


def test_a_text_opens_at_the_step_of_its_link_and_does_not_play_there(open_page, page):
    watched(
        page,
        """(all => all ? [all, Number(document.querySelector('#generator [role=slider]').getAttribute('aria-valuenow'))] : null)(
             document.querySelectorAll('#generator .prose-token').length)""",
    )
    open_page("generate", model="fairy-causal", prompt="the wolf said", max_new_tokens=30, step=20)
    page.wait_for_function("window.finishedTexts > 0", timeout=LONG)
    seen = page.evaluate("window.seen")
    assert seen[-1][0] > 20 and seen[-1][1] == 21
    assert all(at == min(tokens, 21) for tokens, at in seen), seen


def test_a_canvas_opens_at_the_step_of_its_link_and_does_not_follow_the_run(open_page, page):
    watched(
        page,
        """(run => run?.dataset.run ? [run.dataset.steps, run.dataset.view].map(Number) : null)(
             document.querySelector('#diffusion-player .widget'))""",
    )
    open_page(
        "diffusion",
        model="exact-tale",
        canvas="the king [MASK]*12 .",
        sampler="mdlm",
        steps=40,
        ran=1,
        step=5,
    )
    expect(page.locator("#diffusion-player .widget")).to_have_attribute(
        "data-state", "done", timeout=LONG
    )
    seen = page.evaluate("window.seen")
    assert seen[-1] == [40, 5] and all(view <= 5 for _, view in seen), seen


def test_the_cursors_stand_together_when_it_is_paused_while_it_writes(open_page, page, monkeypatch):
    import threading

    from playground.backend.causal import CausalWorker

    passes, may_go_on, real = [], threading.Event(), CausalWorker.run

    def held(self, batch):
        passes.append(len(batch))
        if len(passes) > 10:
            may_go_on.wait(30)
        return real(self, batch)

    open_page("generate", depth="numbers")
    page.wait_for_function(
        "document.querySelectorAll('#generator .prose-token').length > 0 && "
        "document.querySelector('[data-part=progress]').hidden",
        timeout=120_000,
    )
    gen = page.locator("#generator")
    monkeypatch.setattr(CausalWorker, "run", held)
    unfold(page)
    gen.get_by_label("Length").fill("40")
    gen.get_by_label("Prompt").fill("There was once a miller")
    gen.get_by_role("button", name="New text").click()
    expect(gen.locator("[data-part=notes]")).not_to_contain_text("A saved example")
    page.wait_for_function("document.querySelectorAll('#generator .prose-token').length > 5")
    gen.locator(".prose-token").nth(4).click()  # pauses, at a step in the middle
    may_go_on.set()
    page.wait_for_function("document.querySelectorAll('#generator .prose-token').length > 20")
    page.wait_for_function("window.finishedTexts > 0")
    places = page.evaluate(
        """[...document.querySelectorAll('#generator :is(.transport-head, .curve:not([hidden]) .curve-head)')]
             .map(head => parseFloat(head.style.left))"""
    )
    assert len(places) >= 3
    assert places == pytest.approx([100 * 4 / 39] * len(places), abs=0.01)
