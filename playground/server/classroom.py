"""The classroom over HTTP, beside the pages: `/class/CODE` is a student's page, the addresses below
it are the wire.

A class lives in this process alone and in memory alone; several processes need a front that sends
all requests of one code to the same one (deploy/nginx.conf). The teacher's key and the seats'
tokens travel in headers; events, where the browser sets none, take the seat or a ticket that can
only read. No address is kept, and a class leaves one line of counts in the log.
"""

from __future__ import annotations

import asyncio
import functools
import hashlib
import json
import logging
import time
from collections.abc import Awaitable, Callable
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from playground.backend.limits import limits
from playground.classroom.classes import Bounds, Classes, code_of
from playground.classroom.refusal import Refused
from playground.classroom.results import as_csv, as_json
from playground.classroom.session import ClassSession, Seat
from playground.classroom.values import object_of
from playground.i18n import LANGUAGES, t
from playground.server.class_answers import (
    FRESH,
    SEATS_BODY,
    TEACHERS_BODY,
    answering,
    body_of,
    language_of,
)
from playground.server.class_events import Channel
from playground.server.class_models import Models, prepare_reveal, read_with_model
from playground.server.page_cache import CODINGS, in_best_form
from playground.web.panel_page import panel_page
from playground.web.seat_page import gone_page, seat_page

SWEEP = 5.0  # seconds between two looks at who is there
log = logging.getLogger("playground.runs")


def bounds_in_force() -> Bounds:
    most = limits()
    return Bounds(
        most.classes_at_once, most.seats_per_class, most.seats_in_all, most.class_idle_seconds
    )


class Classroom:
    """The routes and what they share. `models()` is the backend; `clock()` seconds that never go
    back."""

    def __init__(self, models: Models, clock: Callable[[], float] = time.monotonic):
        self._models, self._clock = models, clock
        self.classes = Classes(bounds_in_force())
        self._channels: dict[ClassSession, Channel] = {}
        self._asking: set[ClassSession] = set()
        self._sweeping: asyncio.Task[None] | None = None
        self._pages: dict[str, dict[str | None, Response]] = {}

    def routes(self) -> list[Route]:
        """Below the app's root path, before Gradio's own."""
        teachers = {
            "drive": self._drive,
            "ask": self._ask,
            "close": self._close,
            "reveal": self._reveal,
            "again": self._again,
            "hide": self._hide,
            "end": self._end,
            "phone": self._phone,
            "allow": self._allow,
            "drop": self._drop,
            "offer": self._offer,
            "steer": self._steer,
        }
        found: list[tuple[str, Any, str]] = [
            ("", self._page, "GET"),
            ("", answering(self._create), "POST"),
            ("/panel", self._panel, "GET"),
            ("/take", answering(self._take), "POST"),
            ("/stage", answering(self._stage), "GET"),
            ("/seat", answering(self._seat), "POST"),
            ("/events", answering(self._events), "GET"),
            ("/state", answering(self._state), "GET"),
            ("/answer", answering(self._answer), "POST"),
            ("/ticket", answering(self._ticket), "POST"),
            ("/results.json", answering(self._results), "GET"),
            ("/results.csv", answering(self._results), "GET"),
            *(
                (f"/{name}", answering(functools.partial(self._teach, act)), "POST")
                for name, act in teachers.items()
            ),
        ]
        return [
            Route("/class/{code}" + path, handler, methods=[method])
            for path, handler, method in found
        ]

    # finding
    # ----------------------------------------------------------------------------------------------

    def _found(self, request: Request) -> tuple[ClassSession, float]:
        now = self._clock()
        return self.classes.find(code_of(request.path_params["code"]), now), now

    def _channel(self, session: ClassSession) -> Channel:
        if session not in self._channels:
            self._channels[session] = Channel(session, self._clock)
        return self._channels[session]

    def _teachers(self, request: Request, first: bool = False) -> tuple[ClassSession, float]:
        """The class, for its teacher alone; `first`: the teacher's phone may not."""
        session, now = self._found(request)
        session.check_key(request.headers.get("x-class-key"), now, first)
        if not session.teacher_bucket.take(now):
            raise Refused("often", t("Too many requests at once: try again in a second."))
        return session, now

    def _students(self, request: Request, query: bool = False) -> tuple[ClassSession, Seat]:
        """The class and the student's seat, at most five times a second."""
        session, now = self._found(request)
        token = request.headers.get("x-class-seat")
        seat = session.sit(token or (request.query_params.get("seat") if query else None), now)
        if not seat.bucket.take(now):
            raise Refused("often", t("Too many requests at once: try again in a second."))
        return session, seat

    def _viewer(self, request: Request) -> tuple[ClassSession, Seat | None]:
        """The class and the seat that looks at it, None for the teacher."""
        ticket = request.query_params.get("ticket")
        if request.headers.get("x-class-key") is not None:
            return self._teachers(request)[0], None
        if ticket is not None:
            session, now = self._found(request)
            session.check_ticket(ticket, now)
            return session, None
        return self._students(request, query=True)

    def _stated(self, session: ClassSession, seat: Seat | None) -> Response:
        body = self._channel(session).written(seat)
        return Response(body, media_type="application/json", headers=FRESH)

    # students
    # ----------------------------------------------------------------------------------------------

    async def _page(self, request: Request) -> Response:
        typed = request.path_params["code"]
        if (code := code_of(typed)) not in (typed, None):
            # a front that spreads codes over processes must see one spelling of each
            return RedirectResponse(f"./{code}", 307, FRESH)
        try:
            session, _ = self._found(request)
        except Refused as refused:
            status = 429 if refused.reason == "often" else 404
            return HTMLResponse(gone_page(language_of(request)), status, FRESH)
        forms = self._forms(session.language)
        headers = forms[None].headers
        if request.headers.get("if-none-match") == headers["etag"]:
            kept = {name: headers[name] for name in ("etag", "cache-control", "vary")}
            return Response(status_code=304, headers=kept)
        return in_best_form(forms, request.headers.get("accept-encoding", ""))

    def _forms(self, language: str) -> dict[str | None, Response]:
        """The students' page in a language, ready to be sent."""
        if language not in self._pages:
            page = seat_page(language)
            headers = {"cache-control": "no-cache", "vary": "Accept-Encoding"}
            headers["etag"] = f'W/"{hashlib.sha256(page).hexdigest()[:16]}"'
            forms: dict[str | None, Response] = {None: HTMLResponse(page, headers=headers)}
            for coding in CODINGS:
                in_best_form(forms, coding)
            self._pages[language] = forms
        return self._pages[language]

    async def _seat(self, request: Request) -> Response:
        self._found(request)
        old = (await body_of(request, SEATS_BODY)).get("seat")
        session, now = self._found(request)
        seat = self.classes.join(session, now, old if isinstance(old, str) else None)
        return JSONResponse({"seat": seat.token}, headers=FRESH)

    async def _events(self, request: Request) -> Response:
        session, seat = self._viewer(request)
        phone = session.phone_of(request.query_params.get("ticket"))
        return self._channel(session).stream(seat, phone)

    async def _state(self, request: Request) -> Response:
        return self._stated(*self._viewer(request))

    async def _answer(self, request: Request) -> Response:
        session, seat = self._students(request)
        body = await body_of(request, SEATS_BODY)
        session.answer(seat, body.get("question"), body.get("answer"))
        self._channel(session).publish()
        assert session.question is not None
        yours = session.question.yours(session.answers[seat.token], seat.token)
        record = {
            "question": session.question_id,
            "answered": len(session.answers),
            "yours": yours,
        }
        return JSONResponse(record, headers=FRESH)

    # the teacher's phone
    # ---------------------------------------------------------------------------------------------

    async def _panel(self, request: Request) -> Response:
        """The page with the teacher's panel; the offer of a key stands behind the address's #,
        which is never sent."""
        try:
            session, _ = self._found(request)
        except Refused:
            return await self._page(request)
        return HTMLResponse(panel_page(session.language), headers=FRESH)

    async def _take(self, request: Request) -> Response:
        body = await body_of(request, SEATS_BODY)
        session, now = self._found(request)
        key, check = session.take_phone(body.get("token"), now)
        self._channel(session).publish()
        return JSONResponse({"key": key, "check": check}, headers=FRESH)

    async def _stage(self, request: Request) -> Response:
        session, now = self._found(request)
        stage = session.phone_stage(request.headers.get("x-class-key"), now)
        return JSONResponse({"stage": stage}, headers=FRESH)

    async def _phone(self, session: ClassSession, body: dict[str, Any]) -> Response:
        session.drop_phone()
        return JSONResponse({"token": session.phone.offer(self._clock())}, headers=FRESH)

    async def _allow(self, session: ClassSession, body: dict[str, Any]) -> None:
        session.phone.allow(str(body.get("check")), self._clock())
        session.version += 1

    async def _drop(self, session: ClassSession, body: dict[str, Any]) -> None:
        session.drop_phone()

    async def _offer(self, session: ClassSession, body: dict[str, Any]) -> None:
        session.offer(body.get("offered"))

    async def _steer(self, session: ClassSession, body: dict[str, Any]) -> None:
        session.steer(body.get("command"))

    # the teacher
    # ----------------------------------------------------------------------------------------------

    async def _create(self, request: Request) -> Response:
        code = code_of(request.path_params["code"])
        if code is None:
            raise ValueError(t("A code has five letters from A to Z, without I and O."))
        language = (await body_of(request, SEATS_BODY)).get("language")
        known = isinstance(language, str) and language in LANGUAGES
        spoken = str(language) if known else language_of(request)
        await run_in_threadpool(self._forms, spoken)  # before the first student asks for it
        session = self.classes.create(code, spoken, self._clock())
        self._forget_ended()
        if self._sweeping is None or self._sweeping.done():
            self._sweeping = asyncio.get_running_loop().create_task(self._sweep())
        return JSONResponse({"code": code, "key": session.key}, 201, FRESH)

    async def _ticket(self, request: Request) -> Response:
        session, now = self._teachers(request)
        ticket = session.ticket(now, request.headers.get("x-class-key"))
        return JSONResponse({"ticket": ticket}, headers=FRESH)

    async def _results(self, request: Request) -> Response:
        session, _ = self._teachers(request)
        rounds, kind = session.results(), request.url.path.rpartition(".")[2]
        body = as_json(session.code, rounds) if kind == "json" else as_csv(rounds)
        media = "application/json" if kind == "json" else "text/csv; charset=utf-8"
        disposition = f'attachment; filename="class-{session.code}.{kind}"'
        return Response(
            body, media_type=media, headers={**FRESH, "content-disposition": disposition}
        )

    async def _teach(
        self,
        act: Callable[[ClassSession, dict[str, Any]], Awaitable[Response | None]],
        request: Request,
    ) -> Response:
        """One step of the teacher's: the key first, then the body, then the step, then everybody
        hears of it."""
        session, _ = self._teachers(request, act in (self._phone, self._allow))
        body = await body_of(request, TEACHERS_BODY)
        answer = await act(session, body)
        self._channel(session).publish()
        return answer or self._stated(session, None)

    async def _drive(self, session: ClassSession, body: dict[str, Any]) -> None:
        session.drive(body.get("state"), self._clock())

    async def _ask(self, session: ClassSession, body: dict[str, Any]) -> None:
        session.may_ask()
        raw = object_of(body.get("question"), "question")
        if session in self._asking:
            raise Refused("state", t("A question is on its way already."))
        self._asking.add(session)
        try:
            question = await run_in_threadpool(read_with_model, self._models, raw)
        finally:
            self._asking.discard(session)
        try:
            session.ask(question)
        except BaseException:
            question.close()
            raise

    async def _close(self, session: ClassSession, body: dict[str, Any]) -> None:
        session.close()

    async def _reveal(self, session: ClassSession, body: dict[str, Any]) -> None:
        question, answers = session.close_to_reveal(body.get("truth"))
        self._channel(session).publish()
        await run_in_threadpool(prepare_reveal, self._models, question, answers)
        session.reveal(question)

    async def _again(self, session: ClassSession, body: dict[str, Any]) -> None:
        session.again()

    async def _hide(self, session: ClassSession, body: dict[str, Any]) -> None:
        session.hide(body.get("answer"), body.get("hidden") is not False)

    async def _end(self, session: ClassSession, body: dict[str, Any]) -> Response:
        self._over(session)
        return JSONResponse({"ended": True}, headers=FRESH)

    # ends
    # ----------------------------------------------------------------------------------------------

    def _over(self, session: ClassSession) -> None:
        now = self._clock()
        line = {"event": "class", **session.counts(now)}
        self.classes.end(session, now)
        self._channel(session).publish()
        del self._channels[session]
        log.info(json.dumps(line))

    def _forget_ended(self) -> None:
        """Channels of classes that had to make room for another one."""
        for session in [one for one in self._channels if one.state == "ended"]:
            self._channels.pop(session).publish()

    async def _sweep(self) -> None:
        """While there are classes: those where nobody has been for long end, and who went away is
        no longer counted."""
        while len(self.classes):
            await asyncio.sleep(SWEEP)
            for session in self.classes.idle(self._clock()):
                self._over(session)
            for channel in list(self._channels.values()):
                channel.publish()


def class_routes(models: Models, clock: Callable[[], float] = time.monotonic) -> list[Route]:
    """The classroom of this process, as routes."""
    return Classroom(models, clock).routes()
