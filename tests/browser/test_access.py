"""For everybody: a finger, the keyboard, a screen reader, a projector, a still picture. axe in
light and dark is in each page's own tests."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import axe, fits, unfold
from tests.browser.kept_page import kept, page

__all__ = ["kept", "page"]

SLUGS = ["home", "generate", "escape", "chains", "diffusion", "compare", "lessons"]
CONTROLS = "button, input:not([type=hidden]), select, textarea, summary, a[href], [role=slider], [role=tab]"
# Words in a text and bars' tokens in a line of prose are as large as the text, and a tile is as
# large as its probability: the exceptions that the guideline makes too.
SMALL = """controls => [...document.querySelectorAll(controls)].filter(c => c.checkVisibility({visibilityProperty: true}) && c.getClientRects().length
    && !c.closest('[data-k], .canvas-words, .tiles-strip, .prose p, dialog, .explanation')).map(c => {
  const held = /checkbox|radio/.test(c.type) && c.closest('label') || c, box = held.getBoundingClientRect();
  return [c.localName, (c.getAttribute('aria-label') || c.textContent || c.id).trim().slice(0, 40), Math.round(box.width), Math.round(box.height)];
}).filter(([, , width, height]) => width > 0 && height > 0 && (height < 43.5 || width < 24))"""
UNEXPLAINED = """() => [...document.querySelectorAll('button, input:not([type=hidden]), select, textarea, summary, [role=slider]')].filter(c => c.checkVisibility()
    && c.getClientRects().length && !c.closest('[data-k], .canvas-words, .tab-wrapper, dialog, .explanation') && !playgroundExplanation(c))
  .map(c => c.localName + ': ' + (c.getAttribute('aria-label') || c.closest('label')?.textContent || c.textContent).trim().slice(0, 60))"""
UNNAMED = """() => [...document.querySelectorAll('[role=img], [role=slider], [role=group], [role=toolbar]')]
  .filter(one => one.checkVisibility() && one.getClientRects().length && !one.querySelector(':scope > title')
    && !['aria-label', 'aria-labelledby', 'title'].some(name => one.getAttribute(name)))
  .map(one => one.outerHTML.slice(0, 120))"""
SETTLED = "() => new Promise(done => setTimeout(() => requestAnimationFrame(() => requestAnimationFrame(done)), 250))"


def each_part(page):
    page.wait_for_function("() => Boolean(window.playgroundExplanation)")  # it loads for itself
    parts = page.locator(".tabitem .tab-wrapper [role=tab]:visible").all()
    for part in parts or [None]:
        name = ""
        if part is not None:
            name = part.inner_text()
            part.click()
        page.evaluate(SETTLED)
        page.evaluate(
            "document.querySelectorAll('details:not([open]) > summary').forEach(one => "
            "one.checkVisibility() && one.click())"
        )
        yield name


@pytest.mark.parametrize("slug", SLUGS)
def test_a_finger_finds_every_control_and_every_control_says_what_it_does(
    phone, page, open_page, slug
):
    open_page(slug)
    page.locator("#masthead .masthead-tools").wait_for()
    for part in each_part(page):
        assert page.evaluate(SMALL, CONTROLS) == [], f"{slug} {part}: smaller than 44 px"
        assert page.evaluate(UNEXPLAINED) == [], (
            f"{slug} {part}: without a line in assets/words/explanations.json or a title"
        )
        fits(page)


@pytest.mark.parametrize("slug", SLUGS)
def test_nothing_is_without_a_name_before_the_first_answer(page, open_page, slug):
    page.route(re.compile("/queue/join|/component_server"), lambda route: None)
    open_page(slug)
    page.locator("#masthead .masthead-tools").wait_for()
    for part in each_part(page):
        assert page.evaluate(UNEXPLAINED) == [], f"{slug} {part}"
        assert page.evaluate(UNNAMED) == [], f"{slug} {part}"


@pytest.mark.parametrize("slug", SLUGS)
def test_the_projector_is_large_and_readable(page, open_page, slug):
    page.emulate_media(reduced_motion="reduce")  # tiles change colour while a text plays
    page.set_viewport_size({"width": 1280, "height": 720})
    open_page(slug, projector="1")
    page.evaluate(SETTLED)
    fits(page)
    assert axe(page) == []
    assert (
        page.evaluate(
            "parseFloat(getComputedStyle(document.querySelector('.main.fillable.app')).zoom)"
        )
        >= 1.2
    )
    page.evaluate("document.body.classList.add('dark')")
    page.evaluate(SETTLED)
    assert axe(page, "#pages") == []


def test_the_projector_is_kept_in_the_link_and_for_the_next_visit(page, open_page):
    open_page("home")
    button = page.get_by_role("button", name="Projector")
    button.click()
    expect(button).to_have_attribute("aria-pressed", "true")
    assert "projector=1" in page.url
    open_page("chains")  # the address says nothing of it
    expect(button).to_have_attribute("aria-pressed", "true")
    button.click()
    assert (
        "projector" not in page.url
        and page.evaluate("localStorage.getItem('playground-projector')") is None
    )


def test_one_line_explains_a_control_to_pointer_keyboard_and_finger(page, open_page):
    open_page("generate", depth="numbers")
    unfold(page)
    bubble, length = page.get_by_role("tooltip"), page.get_by_label("Length")
    length.focus()
    expect(bubble).to_have_text("How many tokens are written at most")
    expect(length).to_have_attribute("aria-describedby", "explanation")
    page.keyboard.press("Escape")
    expect(bubble).to_be_hidden()
    page.get_by_role("button", name="Score my text").hover()
    expect(bubble).to_contain_text("shows how much each token surprised it")
    apart = page.evaluate("""() => {
      const [a, b] = ['#explanation', '#generator [data-part=mode-score]'].map(one => document.querySelector(one).getBoundingClientRect());
      return a.bottom <= b.top || a.top >= b.bottom || a.right <= b.left || a.left >= b.right; }""")
    assert apart, "the explanation covers its control"
    bubble.get_by_role("button", name="Glossary").click()  # and leads on to the term
    expect(page.locator("#term-surprisal")).to_be_focused()
    page.keyboard.press("Escape")
    # a finger that stays: touch has no hover, so the mouse and the closing dialog must be done with
    # first
    expect(page.locator("dialog[open]")).to_have_count(0)
    page.mouse.move(4, 4)
    page.evaluate(
        "() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))"
    )
    page.get_by_role("button", name="Continue from here").dispatch_event(
        "pointerdown", {"pointerType": "touch", "bubbles": True}
    )
    expect(bubble).to_contain_text("Keep the text up to the step on view")


def test_a_tap_explains_nothing_and_a_finger_that_stays_a_control(page, open_page):
    page.clock.install()  # half a second of holding passes at once
    open_page("generate", depth="numbers")
    unfold(page)
    bubble = page.locator("#explanation")
    bubble.wait_for(state="attached")
    button = page.get_by_role("button", name="Score my text")
    finger = {"pointerType": "touch", "bubbles": True}
    for moves, explained in (
        (["pointerdown", "pointerup"], False),
        (["pointerdown", "pointercancel"], False),  # the page is drawn along
        (["pointerdown"], True),
        (["pointerup"], True),  # it stays for reading
        (["pointerdown", "pointerup"], False),
    ):
        for move in moves:
            button.dispatch_event(move, finger)
        page.clock.fast_forward(1000)
        assert bubble.is_visible() == explained, moves
    # a text that plays scrolls beside the control; the page moves it
    text = page.locator("#generator .gen-text")
    button.dispatch_event("pointerdown", finger)
    text.dispatch_event("scroll")
    page.clock.fast_forward(1000)
    expect(bubble).to_be_visible()
    text.dispatch_event("scroll")
    assert bubble.is_visible()
    page.evaluate("document.dispatchEvent(new Event('scroll'))")
    assert bubble.is_hidden()


def test_the_glossary_is_searched_linked_and_accessible(page, open_page):
    open_page("home", term="softmax")
    dialog = page.get_by_role("dialog", name="Glossary")
    expect(page.locator("#term-softmax")).to_be_focused()
    expect(page.locator("#term-softmax + dd math mfrac")).to_have_count(1)
    assert page.locator("dialog dt").count() >= 50 and axe(page, "dialog.glossary") == []
    dialog.get_by_label("Find a term").fill("viterbi")
    expect(dialog.locator("dt:visible").first).to_have_text("Viterbi")
    dialog.get_by_label("Find a term").fill("<img src=x>")
    expect(dialog.get_by_text("No term holds these letters.")).to_be_visible()
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    expect(page).not_to_have_url(re.compile("term="))


def test_a_still_picture_for_those_who_ask_for_it(page, open_page):
    page.emulate_media(reduced_motion="reduce")
    open_page("home")
    page.locator("#home-machine .tile").first.wait_for()
    expect(page.get_by_role("button", name="Autoplay: stop")).to_be_hidden()  # nothing to stop
    expect(page.locator("#home-machine .home-word")).to_have_count(0)
    page.get_by_role("button", name="Drop the ball").click()
    expect(page.locator("#home-machine .home-word")).to_have_count(1)
    moving = page.evaluate("""() => [...document.querySelectorAll('*')].filter(one => { const style = getComputedStyle(one);
      return parseFloat(style.transitionDuration) > 0.01 || parseFloat(style.animationDuration) > 0.01; }).map(one => one.className).slice(0, 5)""")
    assert moving == []
