"""Every view of the Chains page: on a phone, in the dark, by a screen reader."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.browser.chains import VIEWS, view_of
from tests.browser.conftest import axe, dark, fits


@pytest.mark.parametrize("name", VIEWS)
def test_a_view_fits_a_phone(phone, page, open_page, name):
    view_of(open_page, name)
    fits(page)


@pytest.mark.parametrize("name", VIEWS)
def test_a_view_is_accessible_in_light_and_dark(open_page, name):
    page, _ = view_of(open_page, name)
    assert axe(page, f"#chain-{name}") == []
    dark(page)
    assert axe(page, f"#chain-{name}") == []


@pytest.mark.parametrize("name", VIEWS)
def test_a_view_offers_its_link_as_a_picture_too(open_page, name):
    page, view = view_of(open_page, name)
    view.get_by_role("button", name="QR code").first.click()
    dialog = page.get_by_role("dialog", name="This page as a QR code")
    expect(dialog.get_by_role("img", name="QR code of the link below")).to_be_visible()
    expect(dialog.get_by_role("link")).to_have_attribute("href", re.compile("tab=chains"))
