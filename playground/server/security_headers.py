"""What every answer of the server carries, and what no request may do.

- A content security policy that names no other host: scripts, styles, fonts, pictures and requests come from here alone. Gradio
  needs inline scripts and eval (its templates are compiled in the browser); blob: and data: are for downloads and pictures.
- No sniffing of types, no address of this page told to other hosts, frames only on the page's own host and on Hugging Face.
- Bodies beyond `max_body_mb` are refused with a sentence before they are read; so are Gradio's addresses that write visitors'
  files to the disk of the server or read for other programs: no page here uses them.
- An exception that nobody caught becomes a plain 500 without its insides.
"""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from starlette.exceptions import HTTPException
from starlette.middleware import Middleware

from playground.backend.limits import limits
from playground.server.page_cache import Front

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
        "frame-ancestors 'self' https://huggingface.co https://*.hf.space",
    )
)
HEADERS = (
    (b"content-security-policy", POLICY.encode()),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"same-origin"),
    (b"permissions-policy", b"camera=(), geolocation=(), microphone=()"),
)
CLOSED = re.compile(
    r"/(gradio_api/)?(upload|upload_progress|process_recording|deep_link|stream/.*|proxy=.*|vibe-.*|undo-vibe-.*|dev/reload|monitoring.*|"
    r"run-history.*|runs)/?",
    re.DOTALL,
)
HOUSE = str(Path(__file__).resolve().parents[1])
log = logging.getLogger(__name__)
Message = dict[str, Any]


class Guard:
    """ASGI middleware; see the module's docstring."""

    def __init__(self, app: Callable[..., Awaitable[None]]):
        self.app = app

    async def __call__(
        self,
        scope: Message,
        receive: Callable[[], Awaitable[Message]],
        send: Callable[[Message], Awaitable[None]],
    ) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        begun = False

        async def answer(message: Message) -> None:
            nonlocal begun
            if message["type"] == "http.response.start":
                begun = True
                ours = {name for name, _ in HEADERS}
                kept = [
                    (name, value)
                    for name, value in message.get("headers", ())
                    if name.lower() not in ours
                ]
                message = {**message, "headers": [*kept, *HEADERS]}
            await send(message)

        longest, count = int(limits().max_body_mb * 1_000_000), 0
        too_large = f"A request may hold at most {limits().max_body_mb:g} MB here: shorten it."

        async def take() -> Message:
            nonlocal count
            message = await receive()
            count += len(message.get("body", b""))
            if count > longest:
                raise HTTPException(
                    413, too_large
                )  # an exception of this kind passes through everything that reads bodies
            return message

        try:
            if CLOSED.fullmatch(scope["path"]):
                await refuse(answer, 404, "This address is not in use here.")
            elif (told := length_of(scope)) is not None and told > longest:
                await refuse(answer, 413, too_large)
            else:
                await self.app(scope, take, answer)
        except Exception as error:
            status = getattr(error, "status_code", 500 if begun or is_ours(error) else 400)
            if status == 500:
                log.exception("a request failed")
            if begun:
                raise
            await refuse(
                answer,
                status,
                too_large
                if status == 413
                else "Something went wrong here. Nothing of your text is lost; try again."
                if status == 500
                else f"This request does not fit what this address takes ({type(error).__name__}: {str(error)[:200]}).",
            )


def is_ours(error: BaseException) -> bool:
    """Whether code of the playground had a part in an exception. Otherwise Gradio could not read what was sent (a component, an
    endpoint or an argument that does not exist): it lets such exceptions through as if the server were broken."""
    trace = error.__traceback__
    while trace is not None:
        file = trace.tb_frame.f_code.co_filename
        if file.startswith(HOUSE) and not file.endswith(("/pages/headers.py", "/pages/front.py")):
            return True
        trace = trace.tb_next
    return False


def length_of(scope: Message) -> int | None:
    """The body's length by its own word, None where it does not say."""
    for name, value in scope["headers"]:
        if name == b"content-length" and value.isdigit():
            return int(value)
    return None


async def refuse(send: Callable[[Message], Awaitable[None]], status: int, sentence: str) -> None:
    body = json.dumps({"detail": sentence}).encode()
    await send(
        {
            "type": "http.response.start",
            "status": status,
            "headers": [
                (b"content-type", b"application/json"),
                (b"content-length", str(len(body)).encode()),
            ],
        }
    )
    await send({"type": "http.response.body", "body": body})


def guarded() -> dict[str, Any]:
    """The argument `app_kwargs` of `launch()` or `mount_gradio_app()` that puts the guard before everything, and the kept page."""
    return {"middleware": [Middleware(Guard), Middleware(Front)]}
