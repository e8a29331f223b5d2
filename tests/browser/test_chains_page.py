"""Every view of the Chains page: on a phone, in the dark, by a screen reader."""

from __future__ import annotations

import pytest

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
