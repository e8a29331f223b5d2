"""Unit tests of the modules in playground/web, in the Chromium of the browser tests: `pytest` needs
no Node.

- `module(path, act, value)`: imports a module on a blank page and gives what `act` (JavaScript:
  `(module, value, load) => ...`) returns; `load(path)` imports another one there. The test fails if
  the page logged an error.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from playground.web import KINDS, shipped
from tests.browser.conftest import chromium  # noqa: F401 - a fixture

HOME = "http://playground.test/"


def pytest_collection_modifyitems(items):
    for item in items:
        if "/tests/web/" in item.path.as_posix():
            item.add_marker(pytest.mark.browser)


@pytest.fixture
def blank(chromium) -> Iterator:  # noqa: F811
    """An empty page that can import the modules; nothing else is answered."""
    context = chromium.new_context(base_url=HOME)
    context.set_default_timeout(10_000)

    def answer(route):
        path = route.request.url.removeprefix(HOME).partition("?")[0]
        if not path:
            route.fulfill(body="<!doctype html><title>blank</title>", content_type="text/html")
            return
        name = path.removeprefix(f"web/{shipped().mark}/")
        if name in shipped().bodies:
            kind = KINDS["." + name.rpartition(".")[2]]
            route.fulfill(body=shipped().bodies[name], content_type=kind)
        else:
            route.fulfill(status=404)

    context.route("**/*", answer)
    page, faults = context.new_page(), []
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on("console", lambda one: one.type == "error" and faults.append(one.text))
    page.goto("/")
    page.faults = faults
    yield page
    context.close()
    assert not faults, faults


@pytest.fixture
def module(blank) -> Callable[..., Any]:
    def run(path: str, act: str, value: Any = None) -> Any:
        return blank.evaluate(
            """async ([base, path, act, value]) => {
              const load = (path) => import(new URL(base + path, document.baseURI).href);
              return await (0, eval)(`(${act})`)(await load(path), value, load);
            }""",
            [f"web/{shipped().mark}/", path, act, value],
        )

    return run
