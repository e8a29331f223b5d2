"""A figure in a frame of another site, behind deploy/nginx.conf and two page processes: the frame
keeps its cookie, so it keeps its process.

The browser says that the page came by https, as the proxy that ends the encryption would; Chromium
takes cookies that are `Secure` from this machine's own address.
"""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.test_embedding import school
from tests.pages.process import App
from tests.server.test_sticky import NGINX, Front

__all__ = ["school"]
pytestmark = pytest.mark.skipif(
    NGINX is None, reason="there is no nginx here (apt-get install nginx-light)"
)


@pytest.fixture(scope="module")
def front(school, tmp_path_factory):
    pages = [App(PLAYGROUND_FRAME_ANCESTORS=school) for _ in range(2)]
    front = Front(tmp_path_factory.mktemp("nginx"), [app.port for app in pages])
    yield front
    front.process.terminate()
    front.process.wait(30)
    for app in pages:
        app.process.kill()
        app.process.wait(30)


def test_a_framed_visitor_keeps_one_process_by_a_cookie_of_that_frame_alone(
    chromium, school, front
):
    context = chromium.new_context(extra_http_headers={"x-forwarded-proto": "https"})
    context.set_default_timeout(60_000)
    page = context.new_page()
    page.goto(f"{school}/?{front.url}/?tab=chains&embed=graph")
    walk = page.frame_locator("iframe").locator("#chain-walk")
    for _ in range(3):
        walk.get_by_role("button", name="Step", exact=True).click()
    expect(walk).to_contain_text(re.compile(r"step\s+\d+\s*/"))
    [cookie] = [one for one in context.cookies(front.url) if one["name"] == "playground"]
    assert (cookie["sameSite"], cookie["secure"], cookie["httpOnly"]) == ("None", True, True)
    assert cookie["partitionKey"].startswith("http://localhost")
    context.close()
    asked = [(visitor, process) for visitor, process, *_ in front.seen() if process != "-"]
    # The first request has none yet: the answer to it brings the cookie, with the name that it was
    # sent by.
    assert {visitor for visitor, _ in asked} == {cookie["value"]}
    assert len({process for _, process in asked}) == 1 and len(asked) > 20
