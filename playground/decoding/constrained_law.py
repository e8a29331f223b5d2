"""Masking is not conditioning: what a form does to the law of a text, exactly, by going through
every text. For small vocabularies.

Cutting the tokens that would break a form, step by step, gives each text the product of the
renormalised steps. The model's law given that the text has the form is another one: a beginning
that seldom comes to a good end is too likely under the mask (Park et al. 2024, arXiv 2405.21047).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

Text = tuple[int, ...]
MOST_TEXTS = 200_000


@dataclass(frozen=True)
class Constrained:
    """texts: each text that has the form, with (its probability under the mask, given the form),
    the latter falling. mass: how likely the model writes a text of the form unasked.
    total_variation: between the two laws. lost: probability under the mask of texts cut off at the
    longest length."""

    texts: dict[Text, tuple[float, float]]
    mass: float
    total_variation: float
    lost: float


def constrained_law(
    law: Callable[[Text], np.ndarray],
    allowed: Callable[[Text], np.ndarray],
    end: int,
    longest: int,
) -> Constrained:
    """Both laws over all complete texts of at most `longest` tokens, the end not counted.

    law(text): (V,) float64, the model's next token. allowed(text): (V,) bool, as the form has it.
    end: the token that completes a text."""
    masked: dict[Text, float] = {}
    joint: dict[Text, float] = {}
    lost: list[float] = []
    waiting: list[tuple[Text, float, float]] = [((), 1.0, 1.0)]
    while waiting:
        text, under_mask, own = waiting.pop()
        p, mask = law(text), allowed(text)
        left = float(p[mask].sum())
        if left <= 0:
            lost.append(
                under_mask
            )  # a dead end: the model holds every good continuation impossible
            continue
        for token in np.flatnonzero(mask & (p > 0)).tolist():
            share = under_mask * float(p[token]) / left
            whole = own * float(p[token])
            if token == end:
                masked[text], joint[text] = share, whole
                if len(masked) > MOST_TEXTS:
                    raise ValueError(
                        f"the form must have at most {MOST_TEXTS:,} texts of this length"
                    )
            elif len(text) < longest:
                waiting.append(((*text, token), share, whole))
            else:
                lost.append(share)
    mass = math.fsum(joint.values())
    both = {
        text: (masked[text], joint[text] / mass)
        for text in sorted(joint, key=lambda one: (-joint[one], one))
    }
    distance = 0.5 * (math.fsum(abs(a - b) for a, b in both.values()) + math.fsum(lost))
    return Constrained(both, mass, distance, math.fsum(lost))


class LineModel:
    """An n-gram model of short texts, one a line: what followed the last `order` words within their
    line, the line's end too.

    A causal model's face as far as a form needs it: vocab_size, eos_id (the last token), encode,
    decode. law(text): (V,) float64, all 0 behind words that no line holds.

    >>> model = LineModel("the king slept\\nthe wolf ate", 1)
    >>> model.law((model.encode("the")[0],)).tolist()
    [0.0, 0.5, 0.0, 0.5, 0.0, 0.0]
    """

    def __init__(self, lines: str, order: int):
        self.order = order
        texts = [line.split() for line in lines.split("\n") if line.strip()]
        self.words = list(dict.fromkeys(word for text in texts for word in text))
        self._number = {word: place for place, word in enumerate(self.words)}
        self.eos_id, self.vocab_size = len(self.words), len(self.words) + 1
        self._counts: dict[Text, np.ndarray] = {}
        for text in texts:
            ids = [*self.encode(" ".join(text)), self.eos_id]
            for place, token in enumerate(ids):
                context = tuple(ids[max(0, place - order) : place])
                row = self._counts.setdefault(context, np.zeros(self.vocab_size))
                row[token] += 1

    def encode(self, text: str) -> list[int]:
        """ValueError for a word of no line."""
        unknown = [word for word in text.split() if word not in self._number]
        if unknown:
            raise ValueError(f"text must use the words of the lines, got {unknown[0][:40]!r}")
        return [self._number[word] for word in text.split()]

    def decode(self, ids: Sequence[int]) -> str:
        return " ".join(self.words[token] for token in ids if token != self.eos_id)

    def law(self, text: Text) -> np.ndarray:
        row = self._counts.get(tuple(text[max(0, len(text) - self.order) :]))
        return np.zeros(self.vocab_size) if row is None else row / row.sum()
