"""Leave-one-out attribution: how the log-probability of a token changes when one token before it is
left out.

change of token i = log p(y | x) - log p(y | x without token i): positive where token i makes y
likelier. It is exact, and the same for everything that predicts a next token; the changes do not
add up to anything, for tokens act together. p is the model's own, before any rule. Left out means
that the text is shorter by one token: those behind it move up.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from playground.decoding.distribution import as_float32
from playground.i18n import t


@dataclass(frozen=True)
class LeftOut:
    """One token of the context left out. place: in the context, from 0. whole, without: log p
    (nats) of the token looked at with the whole context and without this token, -inf where it is
    impossible, NaN where that cannot be known."""

    place: int
    token_id: int
    whole: float
    without: float

    @property
    def change(self) -> float:
        """Nats; +inf where the token looked at is impossible without this one, -inf where it is
        impossible with it alone, 0 where it is impossible both ways, NaN where one of the two
        cannot be known.

        >>> LeftOut(0, 7, whole=-1.0, without=-3.0).change
        2.0
        """
        return 0.0 if self.whole == self.without else self.whole - self.without

    def record(self) -> dict[str, Any]:
        """Plain data without infinities: change is None where `probability` (without this token) is
        0 or `whole` is, and where nothing is known, probability too."""
        return {
            "place": self.place,
            "token_id": self.token_id,
            "probability": None if math.isnan(self.without) else math.exp(self.without),
            "change": self.change if math.isfinite(self.change) else None,
        }


def log_probability(logits: Any, token_id: int) -> float:
    """log p (nats, summed in float64) of a token under logits (V,); NaN where another program's
    engine did not tell it."""
    shown = getattr(logits, "shown", None)
    values = as_float32(logits).astype(np.float64)
    if not 0 <= token_id < len(values):
        raise ValueError(
            t(
                "token must be in [0, {highest}], got {got}",
                highest=str(len(values) - 1),
                got=str(token_id),
            )
        )
    if shown is not None and not bool(shown[token_id]):
        return math.nan
    top = values.max()
    return float(values[token_id] - top - np.log(np.exp(values - top).sum()))


def leave_one_out(
    model: Any, context_ids: Sequence[int], token_id: int, together: int = 8
) -> Iterator[list[LeftOut]]:
    """Every token of the context left out once, the last one first, `together` contexts asked at
    once; a list for each answer.

    A model that has `next_logits_batch(contexts)` answers several contexts in one call, another one
    context after another.
    The only token of a context cannot be left out, unless the model `starts_empty`: what it would
    then say is unknown (NaN).
    Raises ValueError where the context is empty, the token unknown, or its probability is not given
    (another program's engine).
    """
    context = [int(token) for token in context_ids]
    if not context:
        raise ValueError(t("The first token has nothing before it that could be left out."))
    whole = log_probability(model.next_logits(context), token_id)
    if math.isnan(whole):
        raise ValueError(
            t(
                "The program that predicts here does not tell the probability of this token: it "
                "is not among its likeliest."
            )
        )
    if len(context) == 1 and not getattr(model, "starts_empty", False):
        yield [LeftOut(0, context[0], whole, math.nan)]
        return
    places = range(len(context) - 1, -1, -1)  # each shares a longer beginning with the one before
    for begin in range(0, len(places), together):
        some = places[begin : begin + together]
        contexts = [context[:place] + context[place + 1 :] for place in some]
        rows = (
            model.next_logits_batch(contexts)
            if hasattr(model, "next_logits_batch")
            else [model.next_logits(one) for one in contexts]
        )
        yield [
            LeftOut(place, context[place], whole, log_probability(row, token_id))
            for place, row in zip(some, rows, strict=True)
        ]
