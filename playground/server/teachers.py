"""`GET /teachers`: the page for teachers, in the language of the address (`?lang=de`) or else of
the browser."""

from __future__ import annotations

import re

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from playground.i18n import LANGUAGES
from playground.server.page_cache import in_best_form
from playground.web.teachers_page import teachers_page

WISH = re.compile(r"\s*([a-z]{2,3})(?:-[a-z0-9-]+)?\s*(?:;\s*q=([01](?:\.\d{0,3})?))?\s*", re.I)


def preferred_language(accepted: str) -> str:
    """The offered language that the header Accept-Language likes best; English where it names none.

    Source: RFC 9110, section 12.5.4."""
    wishes = [found for part in accepted.split(",") if (found := WISH.fullmatch(part))]
    ranked = sorted(wishes, key=lambda wish: -float(wish[2] or 1))
    liked = (wish[1].lower() for wish in ranked if float(wish[2] or 1) > 0)
    return next((name for name in liked if name in LANGUAGES), "en")


def teachers_routes() -> list[Route]:
    """For `app_kwargs["routes"]` of `launch()` or `mount_gradio_app()`."""
    kept: dict[str, dict[str | None, Response]] = {}

    async def page(request: Request) -> Response:
        asked = request.query_params.get("lang", "")
        language = (
            asked
            if asked in LANGUAGES
            else preferred_language(request.headers.get("accept-language", "")[:200])
        )
        if language not in kept:
            headers = {"cache-control": "no-cache", "vary": "Accept-Encoding, Accept-Language"}
            kept[language] = {None: HTMLResponse(teachers_page(language), headers=headers)}
        return in_best_form(kept[language], request.headers.get("accept-encoding", ""))

    return [Route("/teachers", page, methods=["GET"])]
