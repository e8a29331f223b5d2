"""The page itself, made once: Gradio makes its 1.8 MB anew at each visit, more than half a second of one core, and a class of
thirty that opens the page in the same ten seconds would wait half a minute. It is the same for everybody who comes by the same
address, so it is kept."""

from __future__ import annotations

import asyncio
import gzip
import re
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import parse_qs

import brotli

PAGES = ("/", "/config", "/config/")
NAMED = (
    b"host",
    b"x-forwarded-host",
    b"x-forwarded-proto",
    b"x-forwarded-port",
)  # what the page's own addresses are made of
KEPT = 16  # addresses by which the server is known; the one not asked for longest goes
PACKED: dict[
    str, Callable[[bytes], bytes]
] = {  # the best first; quality 6: a tenth of a second, once
    "br": lambda body: brotli.compress(body, quality=6),
    "gzip": lambda body: gzip.compress(body, 6, mtime=0),
}
Message = dict[str, Any]


class Front:
    """ASGI middleware: answers GET of the page and of its description from memory, HEAD of the page at once."""

    def __init__(self, app: Callable[..., Awaitable[None]]):
        self.app = app
        self.kept: OrderedDict[tuple, dict[str | None, list[Message]]] = (
            OrderedDict()
        )  # address -> coding (None: as made) -> answer
        self.making: dict[tuple, asyncio.Lock] = {}

    async def __call__(self, scope: Message, receive: Callable, send: Callable) -> None:
        if (
            scope["type"] != "http"
            or scope["path"] not in PAGES
            or scope["method"] not in ("GET", "HEAD")
        ):
            await self.app(scope, receive, send)
            return
        if (
            scope["method"] == "HEAD" and scope["path"] == "/"
        ):  # "is anybody there": Gradio's own start gives up after 3 s
            await send(
                {
                    "type": "http.response.start",
                    "status": 200,
                    "headers": [(b"content-type", b"text/html; charset=utf-8")],
                }
            )
            await send({"type": "http.response.body", "body": b""})
            return
        headers = dict(scope["headers"])
        asked = parse_qs(scope.get("query_string", b"").decode("latin-1"))
        if scope["method"] == "HEAD" or {"page", "deep_link"} & set(asked):
            await self.app(scope, receive, send)
            return
        key = (
            scope["path"],
            scope.get("scheme"),
            scope.get("root_path"),
            *(headers.get(name) for name in NAMED),
        )
        forms = self.kept.get(key) or await self._formed(key, scope, receive)
        if key in self.kept:
            self.kept.move_to_end(key)
        for message in packed(forms, headers.get(b"accept-encoding", b"").decode("latin-1")):
            await send(dict(message))

    async def _formed(
        self, key: tuple, scope: Message, receive: Callable
    ) -> dict[str | None, list[Message]]:
        """The answer at an address, made if it is not kept; whoever comes meanwhile waits for the first. An error is not kept."""
        async with self.making.setdefault(key, asyncio.Lock()):
            try:
                if key not in self.kept:
                    messages = await self._made(scope, receive)
                    if messages[0].get("status") != 200:
                        return {None: messages}
                    self.kept[key] = {None: messages}
                    while len(self.kept) > KEPT:
                        self.kept.popitem(last=False)
                return self.kept[key]
            finally:
                self.making.pop(key, None)

    async def _made(self, scope: Message, receive: Callable) -> list[Message]:
        messages: list[Message] = []

        async def take(message: Message) -> None:
            messages.append(message)

        await self.app(scope, receive, take)
        body = b"".join(message.get("body", b"") for message in messages[1:])
        return [messages[0], {"type": "http.response.body", "body": body}]


def packed(forms: dict[str | None, list[Message]], accepted: str) -> list[Message]:
    """The answer in the smallest form that the browser takes, packed once: Gradio leaves both addresses as they are."""
    coding = next(
        (name for name in PACKED if re.search(rf"\b{name}\b(?!;q=0(\.0*)?\b)", accepted)), None
    )
    start, body = forms[None]
    if coding is None or any(name.lower() == b"content-encoding" for name, _ in start["headers"]):
        return forms[None]
    if coding not in forms:
        data = PACKED[coding](body["body"])
        others = [
            (name, value) for name, value in start["headers"] if name.lower() != b"content-length"
        ]
        told = [
            (b"content-length", str(len(data)).encode()),
            (b"content-encoding", coding.encode()),
            (b"vary", b"Accept-Encoding"),
        ]
        forms[coding] = [
            {**start, "headers": others + told},
            {"type": "http.response.body", "body": data},
        ]
    return forms[coding]
