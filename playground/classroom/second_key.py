"""A second key to a class, for the teacher's own phone: the first key offers it, a phone takes it,
the first key allows it.

The offer may stand on the projector, where a student can scan it sooner than the teacher. So it is
good once and for a short time, and what took it may do nothing before the teacher has seen the same
two figures on the phone and on the panel.
"""

from __future__ import annotations

import hmac
import secrets
from typing import Literal

from playground.classroom.refusal import Refused
from playground.i18n import t

OFFERED = 180.0  # seconds that an offer stands
Stage = Literal["none", "offered", "asks", "here"]


class SecondKey:
    """Not given, offered, taken by a phone that asks, or here. `now`: seconds that never go
    back."""

    def __init__(self) -> None:
        self.times = 0  # that it was forgotten: what one phone was given is not the next one's
        self.forget()

    def forget(self) -> None:
        """Whoever holds it holds nothing any more."""
        self.times += 1
        self._offer, self._until, self._key = "", 0.0, ""
        self.check = ""
        self._allowed = False

    def stage(self, now: float) -> Stage:
        if self._allowed:
            return "here"
        if now > self._until:
            return "none"
        return "asks" if self._key else "offered" if self._offer else "none"

    def offer(self, now: float) -> str:
        """A token that one phone may take; an older offer, and a phone that had one, are out."""
        self.forget()
        self._offer, self._until = secrets.token_hex(16), now + OFFERED
        return self._offer

    def take(self, token: str, now: float) -> tuple[str, str]:
        """(key, two figures) for the phone that shows the offer first. Refused for everybody
        else."""
        if not self._offer or now > self._until or not same(token, self._offer):
            raise Refused("key", t("This code was used already, or is too old: show a new one."))
        self._offer = ""
        self._key, self.check = secrets.token_hex(16), f"{secrets.randbelow(90) + 10}"
        return self._key, self.check

    def allow(self, check: str, now: float) -> None:
        """The phone that shows these figures is the teacher's."""
        if self.stage(now) != "asks" or not same(check, self.check):
            raise Refused("state", t("No phone with these figures asks to teach this class."))
        self._allowed = True

    def asks(self, key: str, now: float) -> bool:
        """Whether this key waits to be allowed."""
        return self.stage(now) == "asks" and same(key, self._key)

    def opens(self, key: str) -> bool:
        """Whether this key teaches; compared in constant time."""
        return same(key, self._key or "none") and self._allowed


def same(given: str, kept: str) -> bool:
    """Compared in constant time. A stranger's text may hold half a character, which has no UTF-8 of
    its own."""
    return hmac.compare_digest(given.encode("utf-8", "surrogatepass"), kept.encode())
