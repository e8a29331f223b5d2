"""What every question of a teacher has, and answers as a class counts them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from playground.classroom.values import QUESTION_CHARACTERS, figure_of, text_of
from playground.i18n import t
from playground.parameters import short

ROWS = 30  # of answers in students' own words


@dataclass(frozen=True)
class Answer:
    """key: answers with one key count as the same; text: how it is shown; said: what the student
    gave, as plain data.

    detail: what else the kind keeps of it."""

    key: str
    text: str
    said: Any
    detail: Any = None


class Question:
    """One question: read from what the teacher sent (ValueError with a sentence), asked, revealed.

    personal: whether each seat is shown something of its own.
    hides: whether the teacher may hide answers (students' own words).
    """

    kind: ClassVar[str] = ""
    personal: ClassVar[bool] = False
    hides: ClassVar[bool] = False

    def __init__(self, raw: Mapping[str, Any], needs_text: bool = False):
        self.text = text_of(raw.get("text"), "text", QUESTION_CHARACTERS, empty=not needs_text)
        self.figure = figure_of(raw.get("figure"))
        self.truth: Any = None
        self.asks = ""  # the name of the model that it asks, for whoever counts the models' work
        if raw.get("truth") is not None:
            self.learn(raw["truth"])

    def learn(self, truth: Any) -> None:
        """What is true, sent with the question or at the reveal."""
        self.truth = self.truth_of(truth)

    def truth_of(self, raw: Any) -> Any:
        """The truth, checked."""
        raise NotImplementedError

    def public(self) -> dict[str, Any]:
        """What all may see while it is asked: never the truth."""
        return {"kind": self.kind, "text": self.text, "figure": self.figure, **self.shown()}

    def shown(self) -> dict[str, Any]:
        """What the kind adds to `public`."""
        return {}

    def public_for(self, seat: str) -> dict[str, Any]:
        """`public` for one seat, where `personal`."""
        return self.public()

    def accept(self, raw: Any, before: Answer | None, seat: str) -> Answer:
        """A student's answer, checked. `before`: what stood there so far. ValueError with a
        sentence."""
        raise NotImplementedError

    def progress(self, answers: Sequence[Answer]) -> dict[str, Any]:
        """What all may know of the answers while it is asked, beside their number."""
        return {}

    def yours(self, answer: Answer, seat: str) -> dict[str, Any]:
        """What the student sees of the own answer while it is asked."""
        return {"answer": answer.said}

    def yours_revealed(self, answer: Answer, seat: str) -> dict[str, Any]:
        """The same once it is revealed."""
        return self.yours(answer, seat)

    def reveal(self, answers: Sequence[Answer], hidden: frozenset[str]) -> dict[str, Any]:
        """The figures of the class beside the truth or the model, as plain data; "n" is the number
        of answers."""
        raise NotImplementedError

    def listed(self, answers: Sequence[Answer]) -> list[dict[str, Any]]:
        """For the teacher: [{key, text, count}], the most frequent first."""
        counts = Counter(answer.key for answer in answers)
        texts = {answer.key: answer.text for answer in answers}
        ordered = sorted(counts.items(), key=lambda pair: (-pair[1], texts[pair[0]]))
        return [{"key": key, "text": texts[key], "count": count} for key, count in ordered]

    def pooled(self, answers: Sequence[Answer], hidden: frozenset[str]) -> dict[str, Any]:
        """Rows of students' own words: {"rows": [{key, text, count, q}], "others", "hidden"}; a
        hidden answer still counts."""
        rows = self.listed(answers)
        n = max(1, len(answers))
        shown = [{**row, "q": row["count"] / n} for row in rows if row["key"] not in hidden]
        return {
            "rows": shown[:ROWS],
            "others": counted((row["count"] for row in shown[ROWS:]), n),
            "hidden": counted((row["count"] for row in rows if row["key"] in hidden), n),
        }

    def begin(self) -> None:
        """What takes a network before the question is asked, so that a class is never left without
        an answer. It may take a second: call it outside of the loop that answers requests.
        ValueError or the backend's error where it cannot be had."""

    def prepare(self, answers: Sequence[Answer]) -> None:
        """What takes a network before the reveal, once no answer may change."""

    def close(self) -> None:
        """Let go of a model, where there is one."""


def counted(counts: Any, n: int) -> dict[str, Any]:
    count = sum(counts)
    return {"count": count, "q": count / max(1, n)}


def bad_choice(name: str, value: Any, allowed: str) -> ValueError:
    return ValueError(
        t("{name} must be {allowed}, got {got}", name=name, allowed=allowed, got=short(value))
    )


Maker = Callable[[Mapping[str, Any]], Question]
