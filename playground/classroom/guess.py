"""How a guess becomes a token of the model.

The text so far and the guess are encoded together with the model's own tokenizer, with a space
between them first, then as typed. If the ids begin with those of the text so far, the next id is
the guess's token. A guess that melts into the last word, that the tokenizer does not know, or that
is a mark of control is refused with a sentence.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from playground.i18n import t

TAIL = 64  # tokens of the text so far that a guess is encoded with: a tokenizer's words are shorter


@dataclass(frozen=True)
class Guess:
    """token: the id it counts as. text: that token's own. whole: whether the guess has no further
    pieces."""

    token: int
    text: str
    whole: bool


def label_of(model: Any) -> Callable[[int], str]:
    """A token as text for a label."""
    return getattr(model, "piece", None) or (lambda token: model.decode([token]))


class GuessReader:
    """Reads guesses behind one text. `model` answers encode, decode and, where it has them, piece,
    eos_id and codec."""

    def __init__(self, model: Any, ids: Sequence[int]):
        self._model, self._label = model, label_of(model)
        self._text = model.decode(list(ids)[-TAIL:])
        self._ids = list(model.encode(self._text)) if self._text else self._empty()
        codec = getattr(model, "codec", None)
        refused = set(getattr(codec, "special_ids", ()))
        refused |= {getattr(codec, "unknown_id", None), getattr(model, "eos_id", None)} - {None}
        self._refused = frozenset(refused)

    def _empty(self) -> list[int]:
        return list(self._model.encode("")) if getattr(self._model, "adds_bos", False) else []

    def read(self, guess: str) -> Guess:
        """The token of a guess; ValueError with a sentence where there is none."""
        melts, unknown = False, False
        for joined in (f"{self._text} {guess}", f"{self._text}{guess}"):
            try:
                ids = list(self._model.encode(joined))
            except ValueError:
                unknown = True  # a model of words that never saw this one
                continue
            if len(ids) <= len(self._ids) or ids[: len(self._ids)] != self._ids:
                melts = True
                continue
            token, rest = ids[len(self._ids)], ids[len(self._ids) + 1 :]
            text = self._label(token)
            if token in self._refused or not text.strip():
                unknown = True
                continue
            return Guess(token, text, not rest)
        if melts and not unknown:
            raise ValueError(
                t(
                    "“{guess}” melts into the last word of the text: write the whole next word.",
                    guess=guess,
                )
            )
        raise ValueError(t("The model does not know “{guess}”: try another word.", guess=guess))
