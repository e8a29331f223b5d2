"""One class as a state machine: open → asked → closed → revealed → open …, until it has ended.

Every step that is not allowed is `Refused` with a sentence and changes nothing. Nothing is kept of
a student but a random token, when it was last seen, and the answer to the question on view; what is
finished is kept as counts.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from playground.classroom.questions import Answer, Question
from playground.classroom.questions.question import bad_choice
from playground.classroom.rate import Bucket
from playground.classroom.refusal import Refused
from playground.classroom.second_key import SecondKey, same
from playground.classroom.values import figure_of, number_of, object_of, text_of
from playground.i18n import t

State = Literal["open", "asked", "closed", "revealed", "ended"]
FRONT = {"address": 4_000, "page": 100, "title": 1_000, "text": 1_000}  # characters
ROUNDS = 60  # finished questions that the results hold
PRESENT = 10.0  # seconds without a sign after which a seat without an open stream is not present
NEVER_CAME = 15.0  # seconds after which a token that was never used may go to somebody else
TICKETS, TICKET_SECONDS = 8, 600.0
COMMANDS = (
    "ask",
    "turn",
    "play",
    "show",
    "follow",
    "cover",
    "known",
    "open",
)  # of the teacher's phone to the page that is projected


@dataclass
class Seat:
    """A student's place: seen (seconds, of the last sign), streams (the open ones, oldest first),
    used (whether it ever asked for the state)."""

    token: str
    seen: float
    used: bool = False
    streams: list[object] = field(default_factory=list)
    bucket: Bucket = field(default_factory=lambda: Bucket(5.0, 10.0))

    def present(self, now: float) -> bool:
        return self.used and (bool(self.streams) or now - self.seen <= PRESENT)


class ClassSession:
    """See the module. `now` is a time in seconds that never goes back; `seats_most`: how many
    students find room."""

    def __init__(self, code: str, language: str, now: float, seats_most: int = 200):
        self.code, self.language, self.seats_most = code, language, seats_most
        self.key = secrets.token_hex(16)
        self.state: State = "open"
        self.seats: dict[str, Seat] = {}
        self.answers: dict[str, Answer] = {}
        self.hidden: set[str] = set()
        self.question: Question | None = None
        self.question_id = 0
        self.revealed: dict[str, Any] | None = None
        self.front: dict[str, Any] | None = None
        self.rounds: list[dict[str, Any]] = []
        self.began = self.seen = self.acted = now
        self.answers_in_all = 0
        self.version = 1  # of what anybody may see
        self.teaching: list[object] = []  # the teacher's open streams, oldest first
        self.drives = Bucket(2.0, 2.0)
        self.teacher_bucket = Bucket(10.0, 30.0)
        self.joins = Bucket(20.0, max(20.0, seats_most))
        self.phone = SecondKey()
        self.phone_takes = Bucket(50.0, 100.0)
        self.offered: Any = None  # what the projected page offers the teacher's phone
        self.command: dict[str, Any] | None = None  # of the phone, the newest
        self._tickets: dict[
            str, tuple[float, int | None]
        ] = {}  # last use, and the phone that has it

    # who is there
    # ----------------------------------------------------------------------------------------------

    def check_key(self, key: str | None, now: float, first: bool = False) -> None:
        """Refused unless it is the teacher's key, or (unless `first`) that of the teacher's phone;
        compared in constant time. Whoever shows it acts."""
        given = key or ""
        if not same(given, self.key) and (first or not self.phone.opens(given)):
            raise Refused("key", t("Only the teacher of this class may do that."))
        self._not_ended()
        self.seen = self.acted = now

    def ticket(self, now: float, key: str | None = None) -> str:
        """A token that reads what the teacher sees, and does nothing: for addresses, where the key
        must not stand. That of the phone's key is good as long as the key."""
        while len(self._tickets) >= TICKETS:
            del self._tickets[min(self._tickets, key=lambda token: self._tickets[token][0])]
        token = secrets.token_hex(16)
        phones = key is not None and self.phone.opens(key)
        self._tickets[token] = (now, self.phone.times if phones else None)
        return token

    def check_ticket(self, token: str, now: float) -> None:
        self._not_ended()
        last, phone = self._tickets.get(token, (0.0, None))
        if token not in self._tickets or now - last > TICKET_SECONDS or not self.reads(phone):
            raise Refused("key", t("Only the teacher of this class may do that."))
        self._tickets[token] = (now, phone)
        self.seen = now

    def phone_of(self, ticket: str | None) -> int | None:
        """Which of the phones a ticket was given to; None: no phone."""
        return self._tickets.get(ticket or "", (0.0, None))[1]

    def reads(self, phone: int | None) -> bool:
        """Whether that phone's tickets are still good."""
        return phone is None or phone == self.phone.times

    def join(self, now: float, token: str | None = None) -> Seat:
        """The seat of a token that still lives, else a new one. Refused where the class is full."""
        self._not_ended()
        if token is not None and token in self.seats:
            return self.sit(token, now)
        if not self.joins.take(now):
            raise Refused("often", t("Many are joining at this moment: try again in a second."))
        if len(self.seats) >= self.seats_most and not self.free_one(now):
            raise Refused(
                "full", t("The class is full: it has room for {most}.", most=self.seats_most)
            )
        seat = Seat(secrets.token_hex(16), now)
        self.seats[seat.token] = seat
        self.seen = self.acted = now
        return seat

    def sit(self, token: str | None, now: float) -> Seat:
        """The seat of a token, seen now."""
        self._not_ended()
        seat = self.seats.get(token or "")
        if seat is None:
            raise Refused("seat", t("This seat is not one of this class: join it again."))
        if not seat.present(now):
            self.version += 1
        seat.seen, seat.used, self.seen = now, True, now
        return seat

    def free_one(self, now: float) -> bool:
        """Take back the seat that was quiet longest, of those that nobody sits on and that hold no
        answer."""
        free = [
            seat
            for seat in self.seats.values()
            if not seat.streams
            and seat.token not in self.answers
            and now - seat.seen > (60 * PRESENT if seat.used else NEVER_CAME)
        ]
        if free:
            del self.seats[min(free, key=lambda seat: seat.seen).token]
        return bool(free)

    def present(self, now: float) -> int:
        return sum(seat.present(now) for seat in self.seats.values())

    def idle_since(self) -> float:
        """When anybody was last there; infinity while somebody's stream is open."""
        watched = bool(self.teaching) or any(seat.streams for seat in self.seats.values())
        return float("inf") if watched else self.seen

    # what the teacher does
    # -------------------------------------------------------------------------------------------

    def drive(self, raw: Any, now: float) -> None:
        """What the front shows, at most twice a second. While a question is open it is kept back:
        nobody sees the answer in it."""
        self._not_ended()
        given = object_of(raw, "state")
        front: dict[str, Any] = {
            name: text_of(given.get(name), name, most, empty=True) for name, most in FRONT.items()
        }
        step = given.get("step")
        front["step"] = None if step is None else number_of(step, "step", 0, 1e9, True)
        # whether pages that follow cover what may be asked for, and whether that of this step is
        # covered
        front |= {name: given.get(name) is True for name in ("covers", "covered")}
        if not self.drives.take(now):
            raise Refused("often", t("The front was changed twice within this second: try again."))
        self.front = front
        self.version += 1

    def take_phone(self, token: Any, now: float) -> tuple[str, str]:
        """The second key, not allowed yet, for the phone that shows the offer; see `SecondKey`."""
        self._not_ended()
        if not self.phone_takes.take(now):
            raise Refused("often", t("Too many requests at once: try again in a second."))
        found = self.phone.take(token if isinstance(token, str) else "", now)
        self.version += 1
        return found

    def phone_stage(self, key: str | None, now: float) -> str:
        """What a phone's own key is good for by now: "asks", "here", or "none"."""
        self._not_ended()
        if not self.phone_takes.take(now):
            raise Refused("often", t("Too many requests at once: try again in a second."))
        given = key or ""
        return (
            "here" if self.phone.opens(given) else "asks" if self.phone.asks(given, now) else "none"
        )

    def drop_phone(self) -> None:
        """The teacher's phone holds no key any more."""
        self.phone.forget()
        self.offered, self.command = None, None
        self.version += 1

    def offer(self, raw: Any) -> None:
        """What the projected page offers the phone: small plain data of the teacher's own page."""
        self._not_ended()
        self.offered = figure_of(raw, "offered")
        self.version += 1

    def steer(self, raw: Any) -> None:
        """A command of the phone to the projected page, which hears of it as of every change: {do,
        value?}."""
        self._not_ended()
        given = object_of(raw, "command")
        if given.get("do") not in COMMANDS:
            raise bad_choice("command.do", given.get("do"), ", ".join(COMMANDS))
        value = given.get("value")
        if isinstance(value, str):
            text_of(value, "command.value", 100, empty=True)
        elif value is not None and not isinstance(value, bool):
            value = number_of(value, "command.value", -1, 100, True)
        number = self.command["id"] + 1 if self.command else 1
        self.command = {"id": number, "do": given["do"], "value": value}
        self.version += 1

    def may_ask(self) -> None:
        """Refused unless a question may be asked now."""
        self._not_ended()
        if self.state not in ("open", "revealed"):
            raise Refused("state", t("A question is open: reveal it or put it away first."))

    def ask(self, question: Question) -> None:
        """Put a question to the class. A revealed one is put away."""
        self.may_ask()
        if self.state == "revealed":
            self.again()
        self.question, self.question_id = question, self.question_id + 1
        self._become("asked")

    def close(self) -> None:
        """No answer may change from now on."""
        self._not_ended()
        if self.state != "asked":
            raise Refused("state", t("There is no open question to close."))
        self._become("closed")

    def close_to_reveal(self, truth: Any = None) -> tuple[Question, list[Answer]]:
        """First half of the reveal: answers are closed, the truth is heard;
        `question.prepare(answers)` comes between the two."""
        self._not_ended()
        if self.question is None or self.state not in ("asked", "closed"):
            raise Refused("state", t("There is no question to reveal."))
        if truth is not None:
            self.question.learn(truth)
        if self.state == "asked":
            self.close()
        return self.question, list(self.answers.values())

    def reveal(self, question: Question) -> None:
        """Second half: the class beside what is true. `question` is the one of the first half;
        another one is Refused."""
        self._not_ended()
        if self.question is not question or self.state != "closed":
            raise Refused("state", t("There is no question to reveal."))
        self._reveal()
        self._become("revealed")

    def _reveal(self) -> None:
        assert self.question is not None
        answers = list(self.answers.values())
        figures = self.question.reveal(answers, frozenset(self.hidden))
        self.revealed = {"kind": self.question.kind, **figures}

    def again(self) -> None:
        """Back to open: a revealed question goes into the results, an unrevealed one is
        withdrawn."""
        self._not_ended()
        if self.state == "open":
            raise Refused("state", t("There is no question to put away."))
        self._put_away()
        self._become("open")

    def hide(self, key: Any, hidden: bool = True) -> None:
        """Do not show an answer to the class, or show it again. It still counts."""
        self._not_ended()
        if self.question is None:
            raise Refused("state", t("There is no question whose answers could be hidden."))
        if not self.question.hides:
            raise Refused("state", t("Answers to this question are not in words of the students."))
        if all(answer.key != key for answer in self.answers.values()):
            raise ValueError(t("answer must be the key of an answer that was given."))
        (self.hidden.add if hidden else self.hidden.discard)(key)
        if self.state == "revealed":
            self._reveal()
        self.version += 1

    def end(self) -> None:
        """Everything is forgotten."""
        self._not_ended()
        if self.question is not None:
            self.question.close()
        self.question, self.revealed, self.front = None, None, None
        self.drop_phone()
        for kept in (self.seats, self.answers, self.hidden, self.rounds, self._tickets):
            kept.clear()
        self._become("ended")

    # what a student does
    # ---------------------------------------------------------------------------------------------

    def answer(self, seat: Seat, question_id: Any, raw: Any) -> None:
        """Take a student's answer, or its change."""
        self._not_ended()
        if self.question is None or self.state not in ("asked", "closed", "revealed"):
            raise Refused("state", t("There is no question open at this moment."))
        if question_id != self.question_id:
            raise Refused("state", t("This question is over: another one is on view."))
        if self.state != "asked":
            raise Refused("state", t("The teacher has closed this question."))
        before = self.answers.get(seat.token)
        self.answers[seat.token] = self.question.accept(raw, before, seat.token)
        self.answers_in_all += before is None
        self.acted = seat.seen
        self.version += 1

    # inside
    # ----------------------------------------------------------------------------------------------

    def _become(self, state: State) -> None:
        self.state = state
        self.version += 1

    def _not_ended(self) -> None:
        if self.state == "ended":
            raise Refused("gone", t("This class has ended."))

    def _put_away(self) -> None:
        question = self.question
        assert question is not None
        if self.state == "revealed":
            self.rounds.append(self.round())
            del self.rounds[:-ROUNDS]
        question.close()
        self.question, self.revealed = None, None
        self.answers.clear()
        self.hidden.clear()

    def round(self) -> dict[str, Any]:
        """The question on view with all answers, for the results."""
        assert self.question is not None
        return {
            "number": self.question_id,
            "question": self.question.public(),
            "answers": self.listed(),
            "figures": self.revealed,
        }

    def listed(self) -> list[dict[str, Any]]:
        """All answers for the teacher, [{key, text, count, hidden}], the most frequent first."""
        if self.question is None:
            return []
        rows = self.question.listed(list(self.answers.values()))
        return [{**row, "hidden": row["key"] in self.hidden} for row in rows]

    def results(self) -> list[dict[str, Any]]:
        """Every revealed question so far, oldest first."""
        return [*self.rounds, *([self.round()] if self.state == "revealed" else [])]

    def counts(self, now: float) -> Mapping[str, Any]:
        """What a log may say of a class."""
        return {
            "seats": len(self.seats),
            "questions": self.question_id,
            "answers": self.answers_in_all,
            "seconds": round(now - self.began),
        }
