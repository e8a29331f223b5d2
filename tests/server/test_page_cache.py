"""The kept page travels packed: brotli, else gzip, else as it is; each is made once."""

import asyncio
import gzip

import brotli
import pytest

from playground.server.page_cache import KEPT, PageCache

BODY = b"<html>" + b"the same words again and again " * 4000 + b"</html>"


class Page:
    def __init__(self):
        self.made = 0

    async def __call__(self, scope, receive, send):
        self.made += 1
        await send(
            {
                "type": "http.response.start",
                "status": 200,
                "headers": [
                    (b"content-type", b"text/html"),
                    (b"content-length", str(len(BODY)).encode()),
                ],
            }
        )
        await send({"type": "http.response.body", "body": BODY})


def ask(front, accepted: bytes, host: bytes = b"here"):
    sent = []

    async def send(message):
        sent.append(message)

    scope = {
        "type": "http",
        "path": "/",
        "method": "GET",
        "scheme": "http",
        "headers": [(b"host", host), (b"accept-encoding", accepted)],
    }
    asyncio.run(front(scope, None, send))
    return dict(sent[0]["headers"]), sent[1]["body"]


@pytest.mark.parametrize(
    ("accepted", "coding", "unpack"),
    [
        (b"gzip, deflate, br, zstd", b"br", brotli.decompress),
        (b"gzip, deflate", b"gzip", gzip.decompress),
        (b"", None, bytes),
        (b"br;q=0, gzip", b"gzip", gzip.decompress),
    ],
)
def test_the_page_comes_in_the_best_form_that_is_accepted(accepted, coding, unpack):
    headers, body = ask(PageCache(Page()), accepted)
    assert headers.get(b"content-encoding") == coding and unpack(body) == BODY
    assert int(headers[b"content-length"]) == len(body)
    if coding:
        assert len(body) < len(BODY) / 10 and headers[b"vary"] == b"Accept-Encoding"


def test_each_form_is_made_once():
    page = Page()
    front = PageCache(page)
    for accepted in (b"br", b"gzip", b"", b"br", b"gzip"):
        ask(front, accepted)
    assert page.made == 1 and ask(front, b"br")[1] is ask(front, b"br")[1]


def test_forged_addresses_neither_fill_the_memory_nor_push_out_the_one_in_use():
    page = Page()
    front = PageCache(page)
    for number in range(3 * KEPT):
        ask(front, b"", b"forged%d" % number)
        ask(front, b"")
    assert page.made == 3 * KEPT + 1 and len(front.kept) == KEPT and not front.making
