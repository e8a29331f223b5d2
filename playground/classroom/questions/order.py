"""Several things in an order: which comes first, which last?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from playground.classroom.questions.question import Answer, Question
from playground.classroom.values import list_of, number_of, text_of
from playground.i18n import t

FEWEST, MOST = 2, 12


class Order(Question):
    """2 to 12 things to be put in order. An answer is their numbers, from 0, the first one first;
    the truth too."""

    kind = "order"

    def __init__(self, raw: Mapping[str, Any]):
        self.choices = [
            text_of(choice, "choices", 200)
            for choice in list_of(raw.get("choices"), "choices", FEWEST, MOST)
        ]
        super().__init__(raw)

    def _read(self, raw: Any, name: str) -> tuple[int, ...]:
        some = len(self.choices)
        order = tuple(
            int(number_of(one, name, 0, some - 1, whole=True))
            for one in list_of(raw, name, some, some)
        )
        if len(set(order)) < some:
            raise ValueError(t("{name} must name each of the {count} once.", name=name, count=some))
        return order

    def truth_of(self, raw: Any) -> list[int]:
        return list(self._read(raw, "truth"))

    def shown(self) -> dict[str, Any]:
        return {"choices": self.choices}

    def accept(self, raw: Any, before: Answer | None, seat: str) -> Answer:
        order = self._read(raw, "answer")
        text = " → ".join(self.choices[one] for one in order)
        return Answer(",".join(map(str, order)), text, list(order))

    def reveal(self, answers: Sequence[Answer], hidden: frozenset[str]) -> dict[str, Any]:
        """A row for each thing, in the right order where there is one: how many put it at each
        place."""
        some = len(self.choices)
        right = self.truth or list(range(some))
        rows = []
        for place, one in enumerate(right):
            places = [answer.said.index(one) for answer in answers]
            rows.append(
                {
                    "index": one,
                    "text": self.choices[one],
                    "counts": [places.count(at) for at in range(some)],
                    "place": place if self.truth else None,
                }
            )
        hit = None
        if self.truth is not None:
            hit = sum(answer.said == self.truth for answer in answers)
        return {"rows": rows, "n": len(answers), "truth": self.truth, "hit": hit}
