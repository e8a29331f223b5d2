"""Each part of Compare is opened by its link, alone."""

from tests.browser.kept_page import kept, page
from tests.browser.test_compare_browser import PARTS

__all__ = ["kept", "page"]


def test_a_link_opens_each_part(open_page, page):
    for name in PARTS.values():
        open_page("compare", part=name)
        page.locator(f"#compare-{name}").locator("[data-opened]").wait_for()
        shown = [one for one in PARTS.values() if page.locator(f"#compare-{one}").is_visible()]
        assert shown == [name]
