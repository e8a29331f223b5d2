"""The tables of the languages for the browser, at addresses that hold the hash of what they are
made of."""

from __future__ import annotations

import re

from starlette.datastructures import Headers
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from playground.i18n import tables
from playground.server.page_cache import in_best_form
from playground.server.paths import below_root

ADDRESS = re.compile(rf"/i18n/[0-9a-f]{{12}}/({'|'.join(tables.TRANSLATED)})\.json")
FOREVER = "public, max-age=31536000, immutable"


class Translations:
    """ASGI middleware: answers GET of a language's table from memory. The address of another
    version gets the present table, which the browser then does not keep: a page that is open while
    the server is renewed finds its words."""

    def __init__(self, app: ASGIApp):
        self.app = app
        self.kept: dict[str, dict[str | None, Response]] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        path = below_root(scope) if scope["type"] == "http" else ""
        found = ADDRESS.fullmatch(path)
        if found is None or scope["method"] != "GET":
            await self.app(scope, receive, send)
            return
        language = found[1]
        if path == "/" + tables.address(language):
            forms = self.kept.setdefault(language, {None: answer(language, FOREVER)})
        else:
            forms: dict[str | None, Response] = {None: answer(language, "no-store")}
        best = in_best_form(forms, Headers(scope=scope).get("accept-encoding", ""))
        await best(scope, receive, send)


def answer(language: str, caching: str) -> Response:
    headers = {"cache-control": caching}
    return Response(tables.table(language), media_type="application/json", headers=headers)
