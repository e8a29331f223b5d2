"""Diffusion and Escape at a projector of 1920 px: what is read from the last row has words of 28 px
and numbers of 24 px."""

import pytest
from playwright.sync_api import expect

# Besides what is no text to read: letters inside formulas, what only a screen reader says, and
# words that are not decided yet.
TOO_SMALL = """root => {
  const walker = document.createTreeWalker(document.querySelector(root), NodeFilter.SHOW_TEXT), small = [];
  while (walker.nextNode()) {
    const one = walker.currentNode.parentElement, text = walker.currentNode.data.trim();
    if (!text || !one.checkVisibility({visibilityProperty: true})) continue;
    if (one.closest('option, math, .escape-unseen, .canvas-ghosts') || one.tagName === 'tspan' && /^.?$/.test(text)) continue;
    const style = getComputedStyle(one), size = parseFloat(style.fontSize) * one.currentCSSZoom;
    const number = style.fontFamily.includes('Mono') || !/\\p{L}/u.test(text);
    if (size < (number ? 24 : 28) - 0.1) small.push(`${text}: ${size}`);
  }
  return small;
}"""


@pytest.fixture
def viewport() -> dict:
    return {"width": 1920, "height": 1080}


@pytest.mark.parametrize(
    ("tab", "root", "there"),
    [
        ("diffusion", "#diffusion-player", ".canvas-words button"),
        ("escape", "#escape-calculator", ".axes-tick"),
    ],
)
def test_everything_is_read_from_the_last_row(open_page, page, tab, root, there):
    open_page(tab, projector="1")
    expect(page.locator(f"{root} {there}").first).to_be_visible()
    assert page.evaluate(TOO_SMALL, root) == []


def test_words_on_the_wall_are_whole(open_page, page):
    open_page("diffusion", projector="1")
    words = page.locator("#diffusion-player .canvas-words button")
    expect(words.first).to_be_visible()
    page.get_by_role("slider", name="Step", exact=True).press("End")
    expect(words.filter(has_text="daughter")).to_be_visible()
    assert not words.evaluate_all(
        "all => all.filter(one => one.scrollWidth > one.clientWidth + 1).map(one => "
        "one.textContent)"
    )


@pytest.mark.parametrize("tab", ["diffusion", "escape"])
def test_what_a_page_is_about_is_read_from_the_last_row(open_page, page, tab):
    open_page(tab, projector="1")
    about = page.locator(".tabitem .prose p").locator("visible=true").first
    assert (
        about.evaluate("one => parseFloat(getComputedStyle(one).fontSize) * one.currentCSSZoom")
        >= 27.9
    )


@pytest.mark.parametrize("view", ["walk", "hidden", "loops", "text", "rates"])
def test_chains_are_read_from_afar(open_page, page, view):
    """Sentences and headings of 28 px; the marks inside a drawing of 18 px."""
    open_page("chains", view=view, projector="1")
    root = f"#chain-{view}"
    expect(page.locator(f"{root} .lead")).to_be_visible()
    sizes = """([root, what]) => [...document.querySelectorAll(root + " :is(" + what + ")")]
      .filter((one) => one.checkVisibility() && one.textContent.trim())
      .map((one) => [parseFloat(getComputedStyle(one).fontSize) * one.currentCSSZoom, one.textContent])"""
    large = page.evaluate(sizes, [root, "h2, .say, .lead, button, .label"])
    small = page.evaluate(sizes, [root, ".num, .transport-words, th, td, .symbol, .cell text"])
    assert [one for one in large if one[0] < 27.9] == []
    assert [one for one in small if one[0] < 18.5] == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    cut = ".transport-words"
    assert page.locator(f"{root} {cut}").first.evaluate(
        "one => one.getBoundingClientRect().right <= innerWidth"
    )


def test_words_in_the_valley_keep_to_the_ground_and_off_the_arrow(open_page, page):
    open_page("escape", projector="1")
    valley = page.locator(".escape-well-picture")
    expect(valley.locator("text").first).to_be_visible()
    ground, arrow = (valley.locator(f".escape-{part}").bounding_box() for part in ("ground", "gap"))
    loop, ways = (valley.locator("text").nth(n).bounding_box() for n in (0, 1))
    assert loop["x"] >= ground["x"]
    assert ways["x"] + ways["width"] <= arrow["x"] + arrow["width"] / 2
