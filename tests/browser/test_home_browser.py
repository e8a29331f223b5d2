"""The home page in a real browser."""

from __future__ import annotations

import pytest

from tests.browser.conftest import axe, dark, fits, no_requests


@pytest.fixture
def home(open_page):
    page = open_page("home")
    page.locator("#home-race .home-door").first.wait_for()
    return page


def test_the_animation_plays_at_once_and_asks_the_server_for_nothing(home):
    home.locator("#home-race .home-text .on").wait_for()
    home.locator("#home-race .home-canvas .home-new").first.wait_for()
    home.wait_for_load_state("networkidle")
    with no_requests(home):
        before = home.locator("#home-race .home-count").first.inner_text()
        home.wait_for_function(
            "before => document.querySelector('#home-race .home-count').textContent !== before",
            arg=before,
        )
    home.get_by_role("button", name="Pause").click()
    home.get_by_role("button", name="Play").wait_for()


def test_a_door_opens_its_page_and_the_address_follows(home):
    home.locator("#home-race .home-door", has_text="Escape").click()
    home.locator("#pages [role=tab][data-tab-id=escape][aria-selected=true]").wait_for()
    assert "tab=escape" in home.url


def test_on_a_phone_nothing_sticks_out(phone, home):
    fits(home)


@pytest.mark.parametrize("mode", ["light", "dark"])
def test_no_serious_accessibility_fault(home, mode):
    home.get_by_role("button", name="Pause").click()
    if mode == "dark":
        dark(home)
    assert axe(home) == []
