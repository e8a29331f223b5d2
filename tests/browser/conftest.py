"""A real browser on the real app. Fixtures for every page's tests:

- `app_url`: the address of the app, started once per session;
- `page`: a Playwright page; the test fails if the page logged an error, threw one, or asked another
  host for anything;
- `open_page(slug, **query)`: opens a tab of the app and waits until it answers;
- `no_requests(page)`: a context in which any request to the server is a failure (scrubbing);
- `after_redraw(page, "#chain-walk", act)`: does `act()` and waits until the view in there says that
  it has drawn new figures;
- `gate(owner, name, calls)`: lets so many calls of a method through and holds the next ones until
  its answer, an event, is set;
- `drag_by_finger(page, start, end)`: one finger from a point to another;
- `fits(page)`: fails if the page scrolls sideways; `phone`: the same `page` fixture at 390 x 844;
- `dark(page)`: switches to dark as a visitor's system would;
- `axe(page)`: accessibility faults of the visible page, empty when there are none.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import threading
from collections.abc import Callable, Iterator
from urllib.parse import urlencode, urlsplit

import pytest
from playwright.sync_api import expect

# Milliseconds: a busy machine takes its time, and nothing here says how fast a page is.
PATIENCE = 60_000
expect.set_options(timeout=PATIENCE)

# The first that is installed. The headless shell is Chromium without the windows, tabs and bubbles
# that nobody sees here: one load of a page costs half the processor time in it.
BROWSERS = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
DESKTOP = {"width": 1280, "height": 900}
PHONE = {"width": 390, "height": 844}
FINISH = "document.getAnimations().forEach(one => one instanceof CSSTransition && one.finish())"


def pytest_collection_modifyitems(items):
    for item in items:
        if "/browser/" in item.path.as_posix():
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="package")
def chromium() -> Iterator:
    path = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, BROWSERS)), None)
    if path is None:
        reason = "no Chromium found (install Debian's chromium, or name one in CHROMIUM)"
        if os.environ.get("CI"):
            pytest.fail(reason)
        pytest.skip(reason)
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture(scope="package")
def app() -> Iterator:
    """The app in this process, with the shipped models if they are there (no network is asked
    for)."""
    os.environ.setdefault("GRADIO_ANALYTICS_ENABLED", "False")
    from playground.pages.ngram_models import WithNgrams
    from playground.pages.shell import build_app, launch_settings
    from playground.server.lifecycle import with_routes

    demo = build_app()
    demo.launch(
        server_name="127.0.0.1",
        server_port=free_port(),
        prevent_thread_lock=True,
        quiet=True,
        ssr_mode=False,
        run_history=False,
        show_error=True,
        **with_routes(
            launch_settings(), demo.shell.backend, lambda: WithNgrams(demo.shell.backend())
        ),
    )
    demo.shell.warm()
    yield demo
    demo.close()


@pytest.fixture(scope="package")
def app_url(app) -> str:
    return app.local_url


def free_port() -> int:
    import socket

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Watch:
    """What a page must not do, collected while it runs. A test that provokes an error on purpose
    clears `faults`."""

    def __init__(self, page, home: str):
        self.faults: list[str] = []
        self.requests: list[str] = []
        self.torn = False
        host = urlsplit(home).netloc
        page.on("pageerror", lambda error: self.faults.append(f"page error: {error}"))
        page.on(
            "console",
            lambda message: (
                message.type == "error"
                and not self.torn
                and self.faults.append(f"console: {message.text} {message.location.get('url', '')}")
            ),
        )

        def seen(request):
            address = urlsplit(request.url)
            if address.scheme in ("http", "https", "ws", "wss"):
                self.requests.append(request.url)
                if address.netloc != host:
                    self.faults.append(f"request to another host: {request.url}")

        page.on("request", seen)

    @contextlib.contextmanager
    def leaving(self) -> Iterator[None]:
        """Around a navigation away from the open page: its streams are cut then, and what it logs
        while it is torn down nobody sees."""
        self.torn = True
        yield
        self.torn = False


@pytest.fixture
def viewport() -> dict:
    return DESKTOP


@pytest.fixture
def phone() -> dict:
    """A test that asks for this gets its `page` at 390 px."""
    return dict(PHONE)


@pytest.fixture
def page(request, chromium, app_url, viewport) -> Iterator:
    size = PHONE if "phone" in request.fixturenames else viewport
    context = chromium.new_context(
        viewport=size, base_url=app_url, permissions=["clipboard-read", "clipboard-write"]
    )
    context.set_default_timeout(PATIENCE)
    context.add_init_script(COUNT_DRAWN)
    page = context.new_page()
    page.watch = Watch(page, app_url)
    yield page
    faults = list(page.watch.faults)
    context.close()
    assert not faults, "the page misbehaved: " + "; ".join(faults)


@pytest.fixture
def open_page(page) -> Callable:
    def go(slug: str, **query):
        with page.watch.leaving():
            page.goto("/?" + urlencode({"tab": slug, **query}), wait_until="commit")
        page.locator(f"#pages [role=tab][data-tab-id={slug}][aria-selected=true]").wait_for()
        return page

    return go


@pytest.fixture
def gate(monkeypatch):
    """Lets so many calls of a method through and holds the next ones until `open`: a run that is
    surely still going on."""
    held = []

    def close(owner, name, calls):
        real, tickets, opened = getattr(owner, name), threading.Semaphore(calls), threading.Event()

        def gated(*args, **kwargs):
            if not opened.is_set() and not tickets.acquire(blocking=False):
                opened.wait(60)
            return real(*args, **kwargs)

        monkeypatch.setattr(owner, name, gated)
        held.append(opened)
        return opened

    yield close
    for opened in held:
        opened.set()


def unfold(page) -> None:
    """Generate with its prompt, its model and what else is folded in sight."""
    for part in ("setup", "more"):
        page.locator(f"#generator [data-part={part}]").evaluate("one => { one.open = true; }")


def drag_by_finger(page, start, end) -> None:
    """One finger from a point of the window to another, (x, y) each."""
    session = page.context.new_cdp_session(page)
    middle = [(a + b) / 2 for a, b in zip(start, end, strict=True)]
    for kind, *points in (
        ("touchStart", start),
        ("touchMove", middle),
        ("touchMove", end),
        ("touchEnd",),
    ):
        touches = [{"x": x, "y": y} for x, y in points]
        session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": touches})
    session.detach()


@contextlib.contextmanager
def no_requests(page) -> Iterator[None]:
    """Nothing in the block may ask the server for anything (Gradio's own heartbeat is no request of
    the page)."""
    before = len(page.watch.requests)
    yield
    page.evaluate(
        "() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))"
    )
    new = [address for address in page.watch.requests[before:] if "/heartbeat/" not in address]
    assert not new, f"requests while none was allowed: {new}"


# Views tell that they have drawn (web/core/messages.js, `drawn`): counted by the ids around them.
COUNT_DRAWN = """
window.drawnCounts = {};
window.finishedTexts = 0; // that Generate has written or scored
document.addEventListener("playground:drawn", (event) => {
  if (event.detail === "finished") window.finishedTexts += 1;
});
document.addEventListener("playground:drawn", (event) => {
  for (let at = event.target; at; at = at.parentElement)
    if (at.id) window.drawnCounts["#" + at.id] = (window.drawnCounts["#" + at.id] ?? 0) + 1;
});
"""


def after_redraw(page, view: str, act: Callable[[], object]) -> None:
    """`view`: the id of an element around the view, "#chain-walk"."""
    before = page.evaluate("view => window.drawnCounts[view] ?? 0", view)
    act()
    page.wait_for_function(
        "([view, before]) => (window.drawnCounts[view] ?? 0) > before", arg=[view, before]
    )


def fits(page) -> None:
    """No sideways scrolling, and nothing visible that sticks out of the window."""
    wide = page.evaluate("() => [document.documentElement.scrollWidth, innerWidth]")
    assert wide[0] <= wide[1], f"the page is {wide[0]} px wide in a window of {wide[1]} px"


def dark(page) -> None:
    page.evaluate("""async () => {
      document.body.classList.add('dark');
      await new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)));
      await Promise.allSettled(document.getAnimations().filter(a => a instanceof CSSTransition).map(a => a.finished));
    }""")  # colours on their way from light to dark are no fault


def axe(page, include: str | None = None) -> list[str]:
    """Faults that axe finds (serious and critical): 'rule: first place'. Names what to mend. What is
    on its way from one colour to another is there first."""
    from axe_playwright_python.sync_playwright import Axe

    page.evaluate(FINISH)
    results = Axe().run(page, context=include, options={"resultTypes": ["violations"]}).response
    return [
        f"{fault['id']}: {fault['nodes'][0]['target']} "
        f"{fault['nodes'][0].get('failureSummary', '')[:200]}"
        for fault in results["violations"]
        if fault["impact"] in ("serious", "critical")
    ]
