"""Which place of a canvas is uncovered next, and with which word?"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from playground.classroom.distribution import softmax
from playground.classroom.questions.question import Answer, Question
from playground.classroom.values import answer_of, ids_of, list_of, number_of, object_of, text_of
from playground.i18n import t

PLACES = 256


class PlaceAndWord(Question):
    """A place among the masks and a word for it. `model`, where there is one, is a session of the
    denoiser that is at work; its probability of each word at its place stands beside the
    class's."""

    kind, hides = "place_word", True

    def __init__(self, raw: Mapping[str, Any], model: Any = None):
        self._model = model
        self._p: dict[tuple[int, int], float] = {}
        self.canvas = [
            text_of(word, "canvas", 40, empty=True)
            for word in list_of(raw.get("canvas"), "canvas", 1, PLACES)
        ]
        last = len(self.canvas) - 1
        self.masks = sorted(
            {
                int(number_of(place, "masks", 0, last, True))
                for place in list_of(raw.get("masks"), "masks", 1, PLACES)
            }
        )
        self.ids = None if model is None else ids_of(raw.get("ids"), "ids", PLACES)
        # where the canvas's first word stands among the ids, which a frame ([CLS]) may begin
        offset = number_of(raw.get("offset", 0), "offset", 0, PLACES, True)
        self.offset = int(offset)
        if self.ids is not None and self.offset + len(self.canvas) > len(self.ids):
            raise ValueError(t("ids must hold a token for each place of the canvas"))
        super().__init__(raw)

    def truth_of(self, raw: Any) -> dict[str, Any]:
        given = object_of(raw, "truth")
        return {
            "place": self._place(given.get("place"), "truth.place"),
            "word": text_of(given.get("word"), "truth.word", 64),
        }

    def _place(self, value: Any, name: str) -> int:
        place = int(number_of(value, name, 0, len(self.canvas) - 1, True))
        if place not in self.masks:
            raise ValueError(t("This place is not covered: choose one that is."))
        return place

    def begin(self) -> None:
        self._rows()

    def prepare(self, answers: Sequence[Answer]) -> None:
        """Of the distributions at all places, the probabilities of the class's words are kept."""
        rows = self._rows()
        asked = {(answer.said["place"], answer.detail) for answer in answers}
        self._p = {
            (place, token): float(softmax(rows[place + self.offset])[token])
            for place, token in asked
            if rows is not None and token is not None
        }

    def _rows(self) -> Any:
        """Logits (L, V) of the denoiser on the canvas, one pass; None without one."""
        return None if self._model is None else self._model.logits(np.asarray([self.ids]))[0]

    def close(self) -> None:
        if self._model is not None:
            self._model.close()

    def shown(self) -> dict[str, Any]:
        return {"canvas": self.canvas, "masks": self.masks}

    def accept(self, raw: Any, before: Answer | None, seat: str) -> Answer:
        given = object_of(raw, "answer")
        place, word = self._place(given.get("place"), "place"), answer_of(given.get("word"), "word")
        said = {"place": place, "word": word}
        return Answer(f"{place}:{word.casefold()}", word, said, self._token(word))

    def _token(self, word: str) -> int | None:
        """The word's token where it is one alone, read as a text of its own."""
        if self._model is None:
            return None
        frame, ids = list(self._model.encode("")), list(self._model.encode(word))
        inner = ids[len(frame) // 2 : len(ids) - (len(frame) - len(frame) // 2)]
        codec = getattr(self._model, "codec", None)
        bad = {getattr(codec, "unknown_id", None), *getattr(codec, "special_ids", ())}
        return inner[0] if len(inner) == 1 and inner[0] not in bad else None

    def listed(self, answers: Sequence[Answer]) -> list[dict[str, Any]]:
        places = {answer.key: answer.said["place"] for answer in answers}
        return [{**row, "place": places[row["key"]]} for row in super().listed(answers)]

    def reveal(self, answers: Sequence[Answer], hidden: frozenset[str]) -> dict[str, Any]:
        n, pooled = len(answers), self.pooled(answers, hidden)
        tokens = {answer.key: (answer.said["place"], answer.detail) for answer in answers}
        places = Counter(answer.said["place"] for answer in answers)
        hits = [self._hit(answer) for answer in answers]
        return {
            "places": [
                {"place": place, "count": count, "q": count / n}
                for place, count in sorted(places.items())
            ],
            "words": [{**row, "p": self._p_of(*tokens[row["key"]])} for row in pooled["rows"]],
            "others": pooled["others"],
            "hidden": pooled["hidden"],
            "n": n,
            "truth": self.truth,
            "hit_place": None if self.truth is None else sum(hit[0] for hit in hits),
            "hit_both": None if self.truth is None else sum(all(hit) for hit in hits),
        }

    def _p_of(self, place: int, token: int | None) -> float | None:
        return None if token is None else self._p.get((place, token))

    def _hit(self, answer: Answer) -> tuple[bool, bool]:
        if self.truth is None:
            return False, False
        same = answer.said["word"].casefold() == self.truth["word"].strip().casefold()
        return answer.said["place"] == self.truth["place"], same

    def yours_revealed(self, answer: Answer, seat: str) -> dict[str, Any]:
        place, both = self._hit(answer)
        p = self._p_of(answer.said["place"], answer.detail)
        return {"answer": answer.said, "p": p, "hit_place": place, "hit_both": place and both}
