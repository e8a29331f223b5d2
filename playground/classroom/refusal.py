"""What a class does not allow, as an exception whose text is a sentence for a person."""

from __future__ import annotations

from typing import Literal

Reason = Literal["state", "seat", "key", "gone", "taken", "full", "often"]


class Refused(Exception):
    """`reason` is for programs: "state" (not now), "seat" or "key" (not yours), "gone", "taken",
    "full", "often" (too fast)."""

    def __init__(self, reason: Reason, sentence: str):
        super().__init__(sentence)
        self.reason = reason
