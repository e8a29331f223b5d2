"""Generate at each of its depths and in each language, with few rules and many: one screen, and
read from the last row."""

import pytest
from playwright.sync_api import TimeoutError, expect

from tests.browser.generate_page import pause
from tests.browser.kept_page import kept, page

__all__ = ["kept", "page"]

DEPTHS = ("simple", "rules", "numbers")
LANGUAGES = ("en", "de", "es", "zh")


def at_depth(page, depth):
    one = page.locator(f"#generator input[name=generate-depth][value={depth}]")
    # by the page: a pointer misses it while words of another language move it
    one.evaluate("one => one.click()")
    expect(one).to_be_checked()
    at_rest_drawn(page)


def at_rest_drawn(page):
    page.evaluate(
        "() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))"
    )


def speak(page, language):
    """The open page in another language."""
    page.locator("#masthead select").select_option(language)
    page.wait_for_function("lang => document.documentElement.lang.startsWith(lang)", arg=language)
    at_rest_drawn(page)


SCREENS = {"desk": (1280, 800), "classroom": (1920, 1080)}
# Texts of the page that are smaller than what is read from the last row: words 28 px, numbers 24
# px. A word on its own narrow tile is as wide as it is likely; "[CLS]" is a mark, no word.
TOO_SMALL = """() => {
  const walker = document.createTreeWalker(document.querySelector('#generator'), NodeFilter.SHOW_TEXT), small = [];
  while (walker.nextNode()) {
    const one = walker.currentNode.parentElement, text = walker.currentNode.data.trim();
    if (!text || !one.checkVisibility({visibilityProperty: true}) || one.closest('option, .tile-word, .prose-bytes')) continue;
    const size = parseFloat(getComputedStyle(one).fontSize) * one.currentCSSZoom, number = getComputedStyle(one).fontFamily.includes('Mono') || !/\\p{L}/u.test(text);
    if (size < (number ? 24 : 28) - 0.1) small.push(`${text}: ${size}`);
  }
  return small;
}"""


def bottom(page, part=".gen-bar"):
    box = page.locator(f"#generator {part}").bounding_box()
    return box["y"] + box["height"]


@pytest.mark.parametrize("projector", ["0", "1"])
def test_every_depth_is_one_screen_and_is_read_from_the_last_row(open_page, page, projector):
    screens, faults = {"classroom": SCREENS["classroom"]} if projector == "1" else SCREENS, []
    width, height = next(iter(screens.values()))
    page.set_viewport_size({"width": width, "height": height})
    open_page("generate", projector=projector)
    page.locator("#generator .prose-token").nth(5).wait_for()
    pause(page)
    page.locator("#generator .prose-token").nth(5).click()
    for depth in DEPTHS:
        at_depth(page, depth)
        for screen, (width, height) in screens.items():
            page.set_viewport_size({"width": width, "height": height})
            at_rest_drawn(page)
            expect(page.locator("#generator .tile.hit")).to_have_count(1)
            if bottom(page) > height:
                faults.append(f"{depth}, {screen}: the transport ends at {bottom(page)}")
            if not page.evaluate("document.documentElement.scrollHeight <= innerHeight"):
                faults.append(f"{depth}, {screen}: the page is longer than the screen")
            if projector == "1":
                faults += [f"{depth}, too small: {one}" for one in page.evaluate(TOO_SMALL)]
    assert faults == []


def test_simple_has_few_controls_and_a_large_text(open_page, page):
    page.set_viewport_size({"width": 1280, "height": 800})
    open_page("generate")
    page.locator("#generator .prose-token").nth(5).wait_for()
    shown = page.evaluate("""() => {
      const seen = [...document.querySelectorAll('#generator :is(button, input, select, textarea, summary, [tabindex="0"])')]
        .filter(one => one.checkVisibility() && !one.closest('.tiles-strip') && one.tabIndex >= 0 && !one.disabled);
      const radios = seen.filter(one => one.type === 'radio').length;
      return seen.length - Math.max(0, radios - 1) + 1;  // the tiles are one stop of the Tab key, and so are the depths
    }""")
    assert shown <= 14
    assert (
        float(
            page.locator("#generator .gen-text").evaluate(
                "one => parseFloat(getComputedStyle(one).fontSize)"
            )
        )
        >= 32
    )


MANY = {
    "dry_multiplier": "0.8",
    "top_n_sigma": "1",
    "typical_p": "0.9",
    "xtc_probability": "0.3",
    "epsilon_cutoff": "0.0005",
    "watermark_bias": "2",
}


OVERLAP = """all => all.filter(one => one.checkVisibility())
  .some(one => parseFloat(getComputedStyle(one).fontSize) > one.getBoundingClientRect().height / one.currentCSSZoom)"""


@pytest.mark.parametrize("projector", ["0", "1"])
def test_with_many_rules_the_draw_and_the_transport_stay_on_the_screen(open_page, page, projector):
    screens = {"classroom": SCREENS["classroom"]} if projector == "1" else SCREENS
    width, height = next(iter(screens.values()))
    page.set_viewport_size({"width": width, "height": height})
    open_page("generate", depth="rules", projector=projector, **MANY)
    page.locator("#generator .prose-token").nth(5).wait_for()
    pause(page)
    page.locator("#generator .prose-token").nth(5).click()
    assert page.locator("#generator .chain > .link").count() >= 11
    expect(page.locator("#generator .gen-mark")).to_be_visible()  # the text is written to its end
    for screen, (width, height) in screens.items():
        page.set_viewport_size({"width": width, "height": height})
        at_rest_drawn(page)
        for part in (".chain > .link:last-child", ".gen-bar"):
            box = page.locator(f"#generator {part}").bounding_box()
            assert box["x"] >= 0 and box["x"] + box["width"] <= width + 1, f"{screen} {part}"
            assert box["y"] + box["height"] <= height, f"{screen} {part}"
        assert page.evaluate("document.documentElement.scrollHeight <= innerHeight"), screen
        bars = page.locator("#generator .gate-bar > .t")
        assert not bars.evaluate_all(OVERLAP), screen


ONE_ROW = "() => document.querySelector('#pages > .tab-wrapper').offsetHeight < 60"


def test_one_screen_in_the_other_languages_too(open_page, page):
    page.set_viewport_size({"width": 1280, "height": 800})
    open_page("generate")
    page.locator("#generator .prose-token").nth(5).wait_for()
    pause(page)
    faults = []
    for language in LANGUAGES[1:]:
        speak(page, language)
        for depth in DEPTHS:
            at_depth(page, depth)
            try:  # Gradio lays the names of the pages anew some pictures after they have changed
                page.wait_for_function(ONE_ROW, timeout=5000)
            except TimeoutError:
                faults.append(f"{language}: the names of the pages do not stand in one row")
            if bottom(page) > 800:
                faults.append(f"{language} {depth}: the transport ends at {bottom(page)}")
    assert faults == []


CUT = "one => one.scrollWidth > one.clientWidth"


def test_the_sentence_of_the_rules_is_one_line_that_opens_whole(open_page, page):
    page.set_viewport_size({"width": 840, "height": 900})
    rules = {
        "temperature": 0.7,
        "top_k": 40,
        "top_p": 0.9,
        "min_p": 0.02,
        "repetition_penalty": 1.2,
    }
    open_page("generate", depth="rules", **rules)
    page.locator("#generator .prose-token").nth(5).wait_for()
    pause(page)
    page.locator("#generator .prose-token").nth(4).click()
    for language in LANGUAGES:
        speak(page, language)
        opens_whole(page, language)


def opens_whole(page, language):
    sentence, press = (
        page.locator(f"#generator [data-part={part}]") for part in ("sentence", "sentence-whole")
    )
    expect(sentence).not_to_be_empty()
    if language in ("de", "es"):  # the others say it in fewer letters
        expect(press).to_be_visible()
    if not press.is_visible():
        assert not sentence.evaluate(CUT), language
        return
    assert sentence.evaluate(CUT), language
    for act in (
        press.click,
        lambda: sentence.click(position={"x": 40, "y": 8}),
    ):  # or a finger on it
        act()
        expect(press).to_have_attribute("aria-expanded", "true")
        assert not sentence.evaluate(CUT) and sentence.bounding_box()["height"] > 30, language
        press.click()
        expect(press).to_have_attribute("aria-expanded", "false")
        assert sentence.evaluate(CUT), language
