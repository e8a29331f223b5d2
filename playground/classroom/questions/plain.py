"""Questions that need no model: a choice, a number, several numbers, two texts side by side,
words."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from playground.classroom.questions.question import Answer, Question, bad_choice
from playground.classroom.scores import middle
from playground.classroom.values import (
    ANSWER_CHARACTERS,
    answer_of,
    list_of,
    number_of,
    object_of,
    text_of,
)

PASSAGE_CHARACTERS = 1_500  # of a text that is compared


class Choice(Question):
    """One of 2 to 12 choices. p: the model's probability of each, shown at the reveal."""

    kind = "choice"

    def __init__(self, raw: Mapping[str, Any]):
        self.choices = [
            text_of(choice, "choices", 200)
            for choice in list_of(raw.get("choices"), "choices", 2, 12)
        ]
        some = len(self.choices)
        self.p = None
        if raw.get("p") is not None:
            self.p = [number_of(p, "p", 0, 1) for p in list_of(raw["p"], "p", some, some)]
        super().__init__(raw)

    def truth_of(self, raw: Any) -> int:
        return int(number_of(raw, "truth", 0, len(self.choices) - 1, whole=True))

    def shown(self) -> dict[str, Any]:
        return {"choices": self.choices}

    def accept(self, raw: Any, before: Answer | None, seat: str) -> Answer:
        index = int(number_of(raw, "answer", 0, len(self.choices) - 1, whole=True))
        return Answer(str(index), self.choices[index], index)

    def reveal(self, answers: Sequence[Answer], hidden: frozenset[str]) -> dict[str, Any]:
        counts, n = Counter(answer.said for answer in answers), len(answers)
        rows = [
            {
                "key": str(index),
                "index": index,
                "text": text,
                "count": counts[index],
                "q": counts[index] / max(1, n),
                "p": self.p and self.p[index],
                "true": index == self.truth,
            }
            for index, text in enumerate(self.choices)
        ]
        hit = None if self.truth is None else counts[self.truth]
        return {"rows": rows, "n": n, "truth": self.truth, "hit": hit}


class Number(Question):
    """A number in a range."""

    kind = "number"

    def __init__(self, raw: Mapping[str, Any]):
        self.low = number_of(raw.get("low"), "low")
        self.high = number_of(raw.get("high"), "high", self.low)
        self.step = None if raw.get("step") is None else number_of(raw["step"], "step", 0)
        self.unit = text_of(raw.get("unit"), "unit", 40, empty=True)
        super().__init__(raw)

    def truth_of(self, raw: Any) -> float:
        return number_of(raw, "truth")  # it may lie outside of what one may guess

    def shown(self) -> dict[str, Any]:
        return {"low": self.low, "high": self.high, "step": self.step, "unit": self.unit}

    def accept(self, raw: Any, before: Answer | None, seat: str) -> Answer:
        value = number_of(raw, "answer", self.low, self.high)
        return Answer(repr(float(value)), f"{value:g}", value)

    def listed(self, answers: Sequence[Answer]) -> list[dict[str, Any]]:
        return sorted(super().listed(answers), key=lambda row: float(row["key"]))

    def yours_revealed(self, answer: Answer, seat: str) -> dict[str, Any]:
        distance = None if self.truth is None else abs(answer.said - self.truth)
        return {"answer": answer.said, "distance": distance}

    def reveal(self, answers: Sequence[Answer], hidden: frozenset[str]) -> dict[str, Any]:
        values = sorted(answer.said for answer in answers)
        mean, median = middle(values)
        return {
            "values": values,
            "n": len(values),
            "mean": mean,
            "median": median,
            "truth": self.truth,
            "low": self.low,
            "high": self.high,
            "unit": self.unit,
        }


class Numbers(Question):
    """A number for each of 1 to 12 labels: bars that are dragged."""

    kind = "numbers"

    def __init__(self, raw: Mapping[str, Any]):
        self.labels = [
            text_of(label, "labels", 100) for label in list_of(raw.get("labels"), "labels", 1, 12)
        ]
        self.low = number_of(raw.get("low", 0), "low")
        self.high = number_of(raw.get("high", 1), "high", self.low)
        super().__init__(raw)

    def truth_of(self, raw: Any) -> list[float]:
        some = len(self.labels)
        return [number_of(value, "truth") for value in list_of(raw, "truth", some, some)]

    def shown(self) -> dict[str, Any]:
        return {"labels": self.labels, "low": self.low, "high": self.high}

    def accept(self, raw: Any, before: Answer | None, seat: str) -> Answer:
        some = len(self.labels)
        values = [
            number_of(value, "answer", self.low, self.high)
            for value in list_of(raw, "answer", some, some)
        ]
        text = ", ".join(f"{value:g}" for value in values)
        return Answer(text, text, values)

    def yours_revealed(self, answer: Answer, seat: str) -> dict[str, Any]:
        away = self.truth and [abs(a - b) for a, b in zip(answer.said, self.truth, strict=True)]
        return {"answer": answer.said, "distances": away}

    def reveal(self, answers: Sequence[Answer], hidden: frozenset[str]) -> dict[str, Any]:
        rows = []
        for place, label in enumerate(self.labels):
            values = sorted(answer.said[place] for answer in answers)
            mean, median = middle(values)
            truth = self.truth and self.truth[place]
            rows.append(
                {"text": label, "values": values, "mean": mean, "median": median, "truth": truth}
            )
        return {"rows": rows, "n": len(answers), "low": self.low, "high": self.high}


class Pair(Question):
    """Which of two texts is better? Blind: which one comes first is shuffled for each seat."""

    kind, personal = "pair", True
    sides = ("left", "right")

    def __init__(self, raw: Mapping[str, Any]):
        self.texts = {side: text_of(raw.get(side), side, PASSAGE_CHARACTERS) for side in self.sides}
        given = object_of(raw.get("names") or {}, "names")
        self.names = {
            side: text_of(given.get(side), f"names.{side}", 100, empty=True) for side in self.sides
        }
        super().__init__(raw)

    def truth_of(self, raw: Any) -> str:
        if raw not in self.sides:
            raise bad_choice("truth", raw, "left, right")
        return raw

    def shown(self) -> dict[str, Any]:
        return dict(self.texts)

    def order(self, seat: str) -> tuple[str, str]:
        """Which side a seat sees first: half of the seats each, the same at every look."""
        mixed = hashlib.sha256("\0".join([seat, *self.texts.values()]).encode()).digest()
        return self.sides if mixed[0] % 2 else ("right", "left")

    def public_for(self, seat: str) -> dict[str, Any]:
        plain = {name: value for name, value in self.public().items() if name not in self.sides}
        first, second = self.order(seat)
        return {**plain, "first": self.texts[first], "second": self.texts[second]}

    def accept(self, raw: Any, before: Answer | None, seat: str) -> Answer:
        if raw not in ("first", "second", "tie"):
            raise bad_choice("answer", raw, "first, second, tie")
        first, second = self.order(seat)
        side = {"first": first, "second": second, "tie": "tie"}[raw]
        return Answer(side, self.names.get(side) or side, raw)

    def yours_revealed(self, answer: Answer, seat: str) -> dict[str, Any]:
        return {"answer": answer.said, "chose": answer.key}

    def reveal(self, answers: Sequence[Answer], hidden: frozenset[str]) -> dict[str, Any]:
        counts = Counter(answer.key for answer in answers)
        return {
            **{side: counts[side] for side in (*self.sides, "tie")},
            "n": len(answers),
            "names": self.names,
            "truth": self.truth,
            "left_text": self.texts["left"],
            "right_text": self.texts["right"],
        }


class Words(Question):
    """An answer in the student's own words; small and capital letters count alike."""

    kind, hides = "text", True

    def __init__(self, raw: Mapping[str, Any]):
        super().__init__(raw, needs_text=True)

    def truth_of(self, raw: Any) -> str:
        return text_of(raw, "truth", ANSWER_CHARACTERS * 4)

    def accept(self, raw: Any, before: Answer | None, seat: str) -> Answer:
        said = answer_of(raw)
        return Answer(said.casefold(), said, said)

    def reveal(self, answers: Sequence[Answer], hidden: frozenset[str]) -> dict[str, Any]:
        return {**self.pooled(answers, hidden), "n": len(answers), "truth": self.truth}
