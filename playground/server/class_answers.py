"""Requests and answers of the classroom: bodies are read up to their limit, what is refused becomes
a status and a sentence."""

from __future__ import annotations

import json
import logging
import math
from collections.abc import Awaitable, Callable
from typing import Any

from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response

from playground.backend.errors import BackendError, LimitExceeded, ModelUnavailable
from playground.classroom.refusal import Refused
from playground.i18n import LANGUAGES, t, wire
from playground.i18n.tables import translated

STATUS = {
    "state": 409,
    "seat": 403,
    "key": 403,
    "gone": 404,
    "taken": 409,
    "full": 503,
    "often": 429,
}
SEATS_BODY, TEACHERS_BODY = 4_000, 64_000  # bytes; a teacher sends the ids of a whole text
FRESH = {"cache-control": "no-store"}
log = logging.getLogger(__name__)


class TooLarge(Exception):
    """A body beyond its limit."""


async def body_of(request: Request, most: int) -> dict[str, Any]:
    """The request's JSON object ({} where there is no body); no more than `most` bytes of it are
    ever kept.

    Raises TooLarge, or ValueError where it is no JSON object."""
    stated = request.headers.get("content-length", "")
    if stated.isdecimal() and int(stated) > most:
        raise TooLarge(most)
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > most:
            raise TooLarge(most)
    if not body:
        return {}
    try:
        found = json.loads(body, parse_constant=_no_number, parse_float=_finite)
    except (ValueError, RecursionError):
        raise ValueError(t("The request must be JSON.")) from None
    if not isinstance(found, dict):
        raise ValueError(t("The request must be a JSON object."))
    return found


def _finite(word: str) -> float:
    number = float(word)
    if not math.isfinite(number):  # 1e999
        raise ValueError(word)
    return number


def _no_number(word: str) -> float:
    raise ValueError(word)


def language_of(request: Request, otherwise: str = "en") -> str:
    """The language in which the asker reads."""
    asked = request.headers.get("x-class-language", "")
    return asked if asked in LANGUAGES else otherwise


def answering(
    handler: Callable[[Request], Awaitable[Response]],
) -> Callable[[Request], Awaitable[Response]]:
    """A route whose refusals and errors are answers: {"error": the sentence in the asker's
    language, "message": for `say`}."""

    async def answer(request: Request) -> Response:
        status, sentence = 500, t("Something went wrong here: try again.")
        try:
            return await handler(request)
        except Refused as refused:
            status, sentence = STATUS[refused.reason], refused.args[0]
        except TooLarge as error:
            status = 413
            sentence = t("A request may hold at most {most} bytes here.", most=error.args[0])
        except (ValueError, ModelUnavailable) as error:
            status, sentence = (503 if isinstance(error, LimitExceeded) else 400), str(error)
        except BackendError as error:
            status, sentence = 503, str(error)
        except ClientDisconnect:
            status = 400
        except HTTPException as error:  # the guard's, from inside of a body that is far too large
            status, sentence = error.status_code, str(error.detail)
        except Exception:
            log.exception("a request of the classroom failed")
        said = translated(sentence, language_of(request))
        return JSONResponse({"error": said, "message": wire(sentence)}, status, FRESH)

    return answer
