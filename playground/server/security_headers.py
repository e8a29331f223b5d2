"""What every answer of the server carries, and what no request may do.

- A content security policy that names no other host: scripts, styles, fonts, pictures and requests
  come from here alone. Gradio needs inline scripts and eval (its templates are compiled in the
  browser); blob: and data: are for downloads and pictures.
- No sniffing of types, no address of this page sent to other hosts; who may frame the pages:
  `playground.server.framing`.
- Bodies beyond `max_body_mb` are refused with a sentence before they are read; so are Gradio's
  addresses that write visitors' files to the disk of the server or read for other programs: no page
  here uses them.
- An exception that nobody caught becomes a plain 500 without its insides.
"""

from __future__ import annotations

import logging
import re
from pathlib import Path
from typing import Any

from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from playground.backend.limits import limits
from playground.server.font_files import font_routes
from playground.server.framing import frame_ancestors
from playground.server.gradio_files import gradio_routes
from playground.server.page_cache import PageCache
from playground.server.paths import SingleSlash, below_root
from playground.server.teachers import teachers_routes
from playground.server.translations import Translations
from playground.server.web_files import web_routes

POLICY = "; ".join(
    (
        "default-src 'self'",
        "script-src 'self' 'unsafe-inline' 'unsafe-eval' blob:",
        "style-src 'self' 'unsafe-inline'",
        "img-src 'self' data: blob:",
        "font-src 'self' data:",
        "media-src 'self' data: blob:",
        "connect-src 'self' data: blob:",
        "worker-src 'self' blob:",
        "frame-src 'self' blob: data:",
        "object-src 'none'",
        "base-uri 'self'",
        "form-action 'self'",
    )
)
HEADERS = {
    "x-content-type-options": "nosniff",
    "referrer-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=()",
}
CLOSED = re.compile(
    r"/(gradio_api/)?(upload|upload_progress|process_recording|deep_link|stream/.*|proxy=.*|vibe-.*|undo-vibe-.*|dev/reload|monitoring.*|"
    r"run-history.*|runs)/?",
    re.DOTALL,
)
PACKAGE = Path(__file__).resolve().parents[1]
log = logging.getLogger(__name__)


def policy() -> str:
    """The content security policy in force, with the sites that the environment lets frame the
    pages."""
    return f"{POLICY}; frame-ancestors {frame_ancestors()}"


class Guard:
    """ASGI middleware; see the module's docstring."""

    def __init__(self, app: ASGIApp):
        self.app = app
        self.headers = {"content-security-policy": policy(), **HEADERS}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        begun = False

        async def answer(message: Message) -> None:
            nonlocal begun
            if message["type"] == "http.response.start":
                begun = True
                MutableHeaders(scope=message).update(self.headers)
            await send(message)

        async def refuse(status: int, sentence: str) -> None:
            # what was sent may hold half characters, which no answer can
            sayable = sentence.encode("utf-8", "backslashreplace").decode()
            await JSONResponse({"detail": sayable}, status)(scope, receive, answer)

        longest, count = int(limits().max_body_mb * 1_000_000), 0
        too_large = f"A request may hold at most {limits().max_body_mb:g} MB here: shorten it."

        async def take() -> Message:
            nonlocal count
            message = await receive()
            count += len(message.get("body", b""))
            if count > longest:
                # An exception of this kind passes through everything that reads bodies.
                raise HTTPException(413, too_large)
            return message

        try:
            if CLOSED.fullmatch(below_root(scope)):
                await refuse(404, "This address is not in use here.")
            elif stated_length(scope) > longest:
                await refuse(413, too_large)
            else:
                await self.app(scope, take, answer)
        except Exception as error:
            status = getattr(error, "status_code", 500 if begun or is_ours(error) else 400)
            if status == 500:
                log.exception("a request failed")
            if begun:
                raise
            await refuse(status, too_large if status == 413 else sentence_of(status, error))


def sentence_of(status: int, error: Exception) -> str:
    if status == 500:
        return "Something went wrong here. Nothing of your text is lost; try again."
    return f"This request does not fit what this address takes ({type(error).__name__}: {str(error)[:200]})."


def is_ours(error: BaseException) -> bool:
    """Whether code of the playground had a part in an exception. Otherwise Gradio could not read
    what was sent (a component, an endpoint or an argument that does not exist): it lets such
    exceptions through as if the server were broken."""
    trace = error.__traceback__
    while trace is not None:
        file = Path(trace.tb_frame.f_code.co_filename)
        if file.is_relative_to(PACKAGE) and file.parent != Path(__file__).parent:
            return True
        trace = trace.tb_next
    return False


def stated_length(scope: Scope) -> int:
    """The body's length by its own word, 0 where it does not say."""
    said = Headers(scope=scope).get("content-length", "")
    return int(said) if said.isdecimal() else 0


def guarded() -> dict[str, Any]:
    """The argument `app_kwargs` of `launch()` or `mount_gradio_app()`: the guard before everything,
    the languages, the kept page, the browser half by URL, and the page for teachers."""
    layers = (Guard, SingleSlash, Translations, PageCache)
    return {
        "middleware": [Middleware(layer) for layer in layers],
        "routes": [*web_routes(), *gradio_routes(), *font_routes(), *teachers_routes()],
    }
