"""One page for the tests of a file: opening it a second time costs half, and a test that begins
from the state in which another one leaves it need not open it at all.

    from tests.browser.kept_page import kept, page

puts it in place of conftest's `page`, with which `open_page` opens an address anew. What the page
does wrong during a test fails that test. Nothing but the open page goes on to the next one: what
the browser stores is cleared, the window has its size again. After a test that failed the page is
another one.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.browser.conftest import COUNT_DRAWN, DESKTOP, PATIENCE, PHONE, Watch

__all__ = ["kept", "page"]

FORGET = "() => { localStorage.clear(); sessionStorage.clear(); }"


class Kept:
    def __init__(self, chromium, url: str):
        self.chromium, self.url = chromium, url
        self.context = self.page = None

    def open(self):
        if self.page is None:
            self.context = self.chromium.new_context(
                viewport=DESKTOP,
                base_url=self.url,
                permissions=["clipboard-read", "clipboard-write"],
            )
            self.context.set_default_timeout(PATIENCE)
            self.context.add_init_script(COUNT_DRAWN)
            self.page = self.context.new_page()
            self.page.watch = Watch(self.page, self.url)
        return self.page

    def close(self) -> None:
        if self.context is not None:
            self.context.close()
        self.context = self.page = None


@pytest.fixture(scope="module")
def kept(chromium, app_url) -> Iterator[Kept]:
    one = Kept(chromium, app_url)
    yield one
    one.close()


@pytest.fixture
def page(request, kept, viewport) -> Iterator:
    failed, page = request.session.testsfailed, kept.open()
    page.set_viewport_size(PHONE if "phone" in request.fixturenames else viewport)
    page.watch.faults.clear()
    yield page
    faults = list(page.watch.faults)
    if faults or request.session.testsfailed > failed:
        kept.close()
    else:
        page.unroute_all()
        page.emulate_media(media="null", color_scheme="light", reduced_motion="null")
        page.evaluate(FORGET)
    assert not faults, "the page misbehaved: " + "; ".join(faults)


def left_as(page, state: str) -> bool:
    """Whether the open page is in the state which `leave_as` named since it was opened."""
    return page.evaluate("window.leftAs ?? ''") == state


def leave_as(page, state: str) -> None:
    """Names the state in which the next test may take the page; "" for none."""
    page.evaluate("state => { window.leftAs = state; }", state)
