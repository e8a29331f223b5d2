"""`module(settings, tables, **page)` gives a page on which web/core/translate.js is loaded as
`window.words`, without the app."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator

import pytest

from tests.browser.conftest import chromium
from tests.i18n.sources import ROOT

__all__ = ["chromium"]

HOME = "http://words.test/"
NAMES = {"en": "English", "es": "Español", "de": "Deutsch", "zh": "中文"}


@pytest.fixture
def module(chromium) -> Iterator[Callable]:
    contexts = []

    def load(tables: dict, query: str = "", before: str = "", names: dict = NAMES, **context):
        """`tables`: {language: table}, "broken" for one that the server does not give. `before`: a
        script ahead of the module."""
        contexts.append(chromium.new_context(**{"locale": "en-US", **context}))
        page = contexts[-1].new_page()
        page.requests = []

        def answer(route):
            path = route.request.url.removeprefix(HOME).split("?")[0]
            page.requests.append(path)
            if path == "":
                settings = {"names": names, "tables": {name: f"{name}.json" for name in tables}}
                body = (
                    f'<script type="application/json" id="playground-languages">{json.dumps(settings)}</script>'
                    f"<script>{before}</script><p></p>"
                )
                route.fulfill(body=body, content_type="text/html")
            elif path == "translate.js":
                source = (ROOT / "playground/web/core/translate.js").read_text(encoding="utf-8")
                route.fulfill(body=source, content_type="text/javascript")
            elif tables.get(path.removesuffix(".json"), "broken") != "broken":
                route.fulfill(json=tables[path.removesuffix(".json")])
            else:
                route.fulfill(status=404)

        page.route("**/*", answer)
        page.goto(HOME + query)
        page.evaluate("async () => { window.words = await import('./translate.js'); }")
        return page

    yield load
    for context in contexts:
        context.close()
