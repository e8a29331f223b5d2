"""Shannon's game: a text that nobody has seen, guessed word by word until right, by each student
and by the model."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Any

from playground.classroom.guess import GuessReader, label_of
from playground.classroom.questions.question import Answer, Question
from playground.classroom.shannon import bits_of, bounds_of, histogram, rank_of
from playground.classroom.values import number_of, object_of, text_of, word_of
from playground.i18n import t
from playground.paths import ASSETS

PASSAGE_CHARACTERS = 2_000
LONGEST = 256  # tokens
TRIES = 200  # at one word; whoever needs more gives it up


@dataclass(frozen=True)
class Word:
    """A word to guess: the token at `place` of the passage; rank and bits are the model's."""

    place: int
    token: int
    text: str
    rank: int = 0
    bits: float = 0.0


@dataclass(frozen=True)
class Progress:
    """How far a student is. done: the guess number of each word so far, 0 where it was given up."""

    done: tuple[int, ...] = ()
    tries: tuple[str, ...] = ()
    tokens: frozenset[int] = field(default_factory=frozenset)
    last: tuple[bool, str] | None = None


@lru_cache(maxsize=1)
def tales() -> tuple[str, ...]:
    """Passages that the shipped models have not seen."""
    lines = (ASSETS / "examples" / "tales.txt").read_text(encoding="utf-8").splitlines()
    return tuple(line for line in lines if line and not line.startswith("#"))


def passage_of(raw: Mapping[str, Any]) -> str:
    """The teacher's own passage, or the tale of a number; any whole number names one."""
    if raw.get("passage") is None and raw.get("tale") is not None:
        return tales()[int(number_of(raw["tale"], "tale", 0, 2**31, True)) % len(tales())]
    return text_of(raw.get("passage"), "passage", PASSAGE_CHARACTERS).strip()


class ShannonGame(Question):
    """`model` is a session of the model that plays beside the class. Words that are one token of
    the model's are guessed; what comes before the first of them, and words of several pieces, are
    given and count nowhere."""

    kind, personal = "shannon", False

    def __init__(self, raw: Mapping[str, Any], model: Any):
        self._model, label = model, label_of(model)
        self.passage = passage_of(raw)
        self._start = list(model.encode("")) if getattr(model, "adds_bos", False) else []
        self.ids = list(model.encode(self.passage))
        if not len(self._start) + 2 <= len(self.ids) <= LONGEST:
            raise ValueError(
                t(
                    "The text must have 3 to {most} tokens, got {got}.",
                    most=LONGEST,
                    got=len(self.ids),
                )
            )
        self._readers: dict[int, GuessReader] = {}
        # whether the model's tokens are words without the space before them (word pieces, n-grams
        # of words)
        self._spaced = not any(label(token)[:1].isspace() for token in self.ids[1:])
        self.words = [
            Word(place, self.ids[place], label(self.ids[place]).strip())
            for place in range(len(self._start) + 1, len(self.ids))
            if self._guessable(place, label(self.ids[place]).strip())
        ]
        if not self.words:
            raise ValueError(
                t("The text has no word that is one of the model's own: take another.")
            )
        self.cross_entropy = 0.0
        self._so_far: dict[int, str] = {}
        super().__init__(raw)

    def truth_of(self, raw: Any) -> Any:
        raise ValueError(t("truth is not told here: it is the text itself."))

    def _guessable(self, place: int, word: str) -> bool:
        """Whether typing the word counts as its token, and as nothing more."""
        following = self.ids[place : place + 2]
        if len(following) > 1 and not self._begins(following[1]):
            return False  # the first piece of a longer word
        try:
            guess = self._reader(place).read(word)
        except ValueError:
            return False
        return guess.token == self.ids[place] and guess.whole

    def _begins(self, token: int) -> bool:
        """Whether a token begins a word of its own: after a space, or as a mark."""
        text = label_of(self._model)(token)
        if text.startswith("##"):
            return False
        return self._spaced or text[:1].isspace() or not text[:1].isalnum()

    def _reader(self, place: int) -> GuessReader:
        if place not in self._readers:
            self._readers[place] = GuessReader(self._model, self.ids[:place])
        return self._readers[place]

    def begin(self) -> None:
        """The model plays: one pass over the passage."""
        rows = self._model.logits_along(self.ids[:-1])
        if getattr(rows, "shown", None) is not None:
            raise ValueError(
                t(
                    "This model tells only its likeliest tokens, so a class cannot be compared "
                    "with it."
                )
            )
        self.words = [
            replace(
                word,
                rank=rank_of(rows[word.place - 1], word.token),
                bits=bits_of(rows[word.place - 1], word.token),
            )
            for word in self.words
        ]
        self.cross_entropy = math.fsum(word.bits for word in self.words) / len(self.words)

    def close(self) -> None:
        self._model.close()

    def shown(self) -> dict[str, Any]:
        return {
            "words": len(self.words),
            "given": len(self.ids) - len(self._start) - len(self.words),
            "prompt": self._known(0),
        }

    def accept(self, raw: Any, before: Answer | None, seat: str) -> Answer:
        given = object_of(raw, "answer")
        now = before.detail if before is not None else Progress()
        place = given.get("place")
        if place is not None and before is not None:
            if number_of(place, "place", 0, len(self.words), True) < len(now.done):
                return before  # of a word that is done: it was sent twice over a bad connection
        if len(now.done) == len(self.words):
            raise ValueError(t("You have guessed the whole text."))
        word = self.words[len(now.done)]
        if given.get("give_up") is True:
            return self._answer(Progress((*now.done, 0), last=(False, word.text)))
        said = word_of(given.get("word"), "word")
        guess = self._reader(word.place).read(said)
        if guess.token in now.tokens:
            raise ValueError(t("You have tried “{guess}” already.", guess=said))
        if guess.token == word.token and guess.whole:
            number = len(now.tries) + 1
            return self._answer(Progress((*now.done, number), last=(True, said)))
        if len(now.tries) >= TRIES:
            raise ValueError(t("That was the last try at this word: give it up."))
        tries, tokens = (*now.tries, said), now.tokens | {guess.token}
        return self._answer(Progress(now.done, tries, tokens, (False, said)))

    def _answer(self, now: Progress) -> Answer:
        return Answer(str(len(now.done)), str(len(now.done)), None, now)

    def yours(self, answer: Answer, seat: str) -> dict[str, Any]:
        now: Progress = answer.detail
        finished = len(now.done) == len(self.words)
        return {
            "text": self._known(len(now.done)),
            "place": len(now.done),
            "tries": list(now.tries),
            "done": [
                {"text": word.text, "guesses": number, "model": word.rank}
                for word, number in zip(self.words, now.done, strict=False)
            ],
            "finished": finished,
            "last": now.last and {"right": now.last[0], "text": now.last[1]},
        }

    def _known(self, done: int) -> str:
        """The text up to the word after the first `done`."""
        if done not in self._so_far:
            end = len(self.ids) if done == len(self.words) else self.words[done].place
            self._so_far[done] = self._model.decode(self.ids[:end])
        return self._so_far[done]

    def progress(self, answers: Sequence[Answer]) -> dict[str, Any]:
        return {"finished": sum(len(answer.detail.done) == len(self.words) for answer in answers)}

    def reveal(self, answers: Sequence[Answer], hidden: frozenset[str]) -> dict[str, Any]:
        """Where a student gave a word up is counted, and is in no bound."""
        numbers = [number for answer in answers for number in answer.detail.done]
        right = [number for number in numbers if number]
        played = max((len(answer.detail.done) for answer in answers), default=0)
        ranks = [word.rank for word in self.words]
        ours, model = bounds_of(right, played), bounds_of(ranks, len(ranks))
        return {
            "class": histogram(right),
            "model": histogram(ranks),
            "given_up": len(numbers) - len(right),
            "seats": len(answers),
            "words": len(self.words),
            "pooled": len(right),
            "bounds": {"class": ours.record(), "model": model.record()},
            "why_none": {"class": ours.why_none, "model": model.why_none},
            "cross_entropy": self.cross_entropy,
            "passage": self.passage,
            "n": len(answers),
        }
