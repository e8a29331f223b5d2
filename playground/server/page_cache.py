"""The page itself, made once: Gradio makes its 1.8 MB anew at each visit, more than half a second
of one core, and a class of thirty that opens the page in the same ten seconds would wait half a
minute. It is the same for everybody who comes by the same address, so it is kept, and compressed
once for each coding."""

from __future__ import annotations

import asyncio
import gzip
import re
from collections import OrderedDict
from collections.abc import Callable

import brotli
from starlette.datastructures import Headers, QueryParams
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from playground.server.paths import below_root

PAGES = ("/", "/config", "/config/")
# What the page's own addresses are made of.
NAMED = ("host", "x-forwarded-host", "x-forwarded-proto", "x-forwarded-port")
KEPT = 16  # addresses by which the server is known; the one not asked for longest goes
# The best first; quality 6 takes a tenth of a second, once.
CODINGS: dict[str, Callable[[bytes], bytes]] = {
    "br": lambda body: brotli.compress(body, quality=6),
    "gzip": lambda body: gzip.compress(body, 6, mtime=0),
}


class PageCache:
    """ASGI middleware: answers GET of the page and of its description from memory, HEAD of the page
    at once."""

    def __init__(self, app: ASGIApp):
        self.app = app
        # address -> coding (None: as made) -> answer
        self.kept: OrderedDict[tuple, dict[str | None, Response]] = OrderedDict()
        self.making: dict[tuple, asyncio.Lock] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        path = below_root(scope) if scope["type"] == "http" else ""
        if path not in PAGES:
            await self.app(scope, receive, send)
        elif scope["method"] == "HEAD" and path == "/":
            # "Is anybody there": Gradio's own start gives up after 3 s.
            await Response(media_type="text/html")(scope, receive, send)
        elif (
            scope["method"] != "GET"
            or {"page", "deep_link"} & QueryParams(scope.get("query_string", b"")).keys()
        ):
            await self.app(scope, receive, send)
        else:
            headers = Headers(scope=scope)
            address = (scope["path"], scope.get("scheme"), scope.get("root_path"))
            key = (*address, *map(headers.get, NAMED))
            forms = self.kept.get(key) or await self._formed(key, scope, receive)
            if key in self.kept:
                self.kept.move_to_end(key)
            answer = in_best_form(forms, headers.get("accept-encoding", ""))
            await answer(scope, receive, send)

    async def _formed(
        self, key: tuple, scope: Scope, receive: Receive
    ) -> dict[str | None, Response]:
        """The answer at an address, made if it is not kept; whoever comes meanwhile waits for the
        first. An error is not kept."""
        async with self.making.setdefault(key, asyncio.Lock()):
            try:
                if key not in self.kept:
                    made = await self._made(scope, receive)
                    if made.status_code != 200:
                        return {None: made}
                    self.kept[key] = {None: made}
                    while len(self.kept) > KEPT:
                        self.kept.popitem(last=False)
                return self.kept[key]
            finally:
                self.making.pop(key, None)

    async def _made(self, scope: Scope, receive: Receive) -> Response:
        messages: list[Message] = []

        async def take(message: Message) -> None:
            messages.append(message)

        await self.app(scope, receive, take)
        # A server may send more kinds of messages (the test client's own, for templates).
        start = next(one for one in messages if one["type"] == "http.response.start")
        body = [one.get("body", b"") for one in messages if one["type"] == "http.response.body"]
        answer = Response(b"".join(body), start["status"])
        answer.raw_headers = list(start["headers"])
        return answer


def in_best_form(forms: dict[str | None, Response], accepted: str) -> Response:
    """The answer in the smallest form that the browser takes, compressed once: Gradio leaves both
    addresses as they are."""
    plain = forms[None]
    coding = next(
        (name for name in CODINGS if re.search(rf"\b{name}\b(?!;q=0(\.0*)?\b)", accepted)), None
    )
    if coding is None or "content-encoding" in plain.headers:
        return plain
    if coding not in forms:
        body = CODINGS[coding](bytes(plain.body))
        forms[coding] = Response(body, plain.status_code)
        forms[coding].raw_headers = list(plain.raw_headers)
        forms[coding].headers.update(
            {
                "content-length": str(len(body)),
                "content-encoding": coding,
                "vary": plain.headers.get("vary", "Accept-Encoding"),
            }
        )
    return forms[coding]
