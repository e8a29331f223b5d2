"""All classes of a process: bounded in number, found by their code, ended when nobody is there."""

from __future__ import annotations

from dataclasses import dataclass

from playground.classroom.rate import Bucket
from playground.classroom.refusal import Refused
from playground.classroom.session import ClassSession, Seat
from playground.i18n import t

LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ"  # no I and no O: they look like figures
LENGTH = 5
# seconds alone after which a class without students goes where another one needs its place
ABANDONED = 60.0


@dataclass(frozen=True)
class Bounds:
    """classes at once, seats of a class, seats in all, seconds after which a class where nobody
    does anything ends."""

    classes: int = 64
    seats: int = 200
    seats_in_all: int = 1_000
    idle_seconds: float = 7_200.0


def code_of(text: str) -> str | None:
    """A code as it is kept, or None for what is no code."""
    code = text.upper()
    return code if len(code) == LENGTH and all(letter in LETTERS for letter in code) else None


class Classes:
    """The classes of a process by code."""

    def __init__(self, bounds: Bounds | None = None):
        self.bounds = bounds or Bounds()
        self._found: dict[str, ClassSession] = {}
        self._births, self._misses = Bucket(2.0, 20.0), Bucket(50.0, 200.0)

    def __iter__(self):
        return iter(list(self._found.values()))

    def __len__(self) -> int:
        return len(self._found)

    @property
    def seats(self) -> int:
        return sum(len(one.seats) for one in self._found.values())

    def create(self, code: str, language: str, now: float) -> ClassSession:
        """A new class. Refused where the code is taken or there is no room."""
        if not self._births.take(now):
            raise Refused("often", t("Many classes are being opened: try again in a second."))
        if code in self._found:
            raise Refused("taken", t("This code is in use: another one is needed."))
        if len(self._found) >= self.bounds.classes and self._abandoned(now) is None:
            raise Refused("full", t("All places for classes are taken here: try again later."))
        if len(self._found) >= self.bounds.classes:
            self.end(self._abandoned(now), now)
        self._found[code] = ClassSession(code, language, now, self.bounds.seats)
        return self._found[code]

    def _abandoned(self, now: float) -> ClassSession | None:
        alone = [
            one
            for one in self._found.values()
            if now - one.idle_since() > ABANDONED and not any(s.used for s in one.seats.values())
        ]
        return min(alone, key=lambda one: one.seen, default=None)

    def find(self, code: str | None, now: float) -> ClassSession:
        """The class of a code. Refused where there is none; guessing codes is slowed down."""
        found = self._found.get(code or "")
        if found is not None:
            return found
        if not self._misses.take(now):
            raise Refused("often", t("Too many wrong codes at this moment: try again in a second."))
        raise Refused("gone", t("There is no class with this code: it may have ended."))

    def join(self, session: ClassSession, now: float, token: str | None) -> Seat:
        """A seat in a class, where there is room in all of them together."""
        known = token is not None and token in session.seats
        full = not known and self.seats >= self.bounds.seats_in_all
        if full and not any(one.free_one(now) for one in self):
            raise Refused("full", t("All seats of this server are taken: try again later."))
        return session.join(now, token)

    def end(self, session: ClassSession | None, now: float) -> None:
        """End a class, if it has not ended yet, and forget it."""
        if session is not None:
            self._found.pop(session.code, None)
            if session.state != "ended":
                session.end()

    def idle(self, now: float) -> list[ClassSession]:
        """Those where nobody has done anything for too long; an open page alone does nothing."""
        return [one for one in self if now - one.acted > self.bounds.idle_seconds]
