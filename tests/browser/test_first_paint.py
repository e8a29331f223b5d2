"""Home's first tiles stand before Gradio has mounted anything, where Home draws them itself a
moment later."""

import pytest

RECTS = """root => ['.home-line', '.tiles-strip', '.tile', '.tiles-ball'].map(name => {
  const {left, top, width, height} = document.querySelector(`${root} ${name}`).getBoundingClientRect();
  return [left, top, width, height].map(Math.round); })"""


@pytest.mark.parametrize("width", [390, 1280, 1920])
def test_the_first_tiles_are_drawn_before_the_page_is_built_and_give_way_without_a_jump(
    page, app_url, width
):
    held = []
    page.emulate_media(reduced_motion="reduce")
    page.set_viewport_size({"width": width, "height": 900})
    page.route("**/views/home/home.js", lambda route: held.append(route))
    with page.expect_request("**/views/home/home.js"):
        page.goto(app_url, wait_until="commit")
    page.locator("#first-paint .tile").first.wait_for()
    page.evaluate("document.fonts.ready")
    assert page.locator("#home-machine .tile").count() == 0
    before = page.evaluate(RECTS, "#first-paint")
    words = page.locator("#first-paint .tile-word").all_inner_texts()
    assert words[:3] == ["king", "man", "poor"]
    assert held
    for route in held:
        route.continue_()
    page.unroute("**/views/home/home.js")
    page.locator("#home-machine .tile").first.wait_for()
    assert page.locator("#first-paint").count() == 0
    after = page.evaluate(RECTS, "#home-machine")
    for early, late in zip(before, after, strict=True):
        assert max(abs(a - b) for a, b in zip(early, late, strict=True)) <= 2, (before, after)


def test_an_address_of_another_page_does_not_begin_with_home(page, app_url):
    page.goto(f"{app_url}?tab=chains", wait_until="commit")
    page.locator("#chain-walk").wait_for()
    assert page.locator("#first-paint").count() == 0
