"""Next-token logits for several contexts at once, whatever the model offers."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np

from playground.decoding.distribution import as_float32
from playground.i18n import t


def next_logits_of(model: Any, contexts: Sequence[Sequence[int]]) -> list[np.ndarray]:
    """One (V,) float32 array a context; equal contexts are asked once.

    A model that has `next_logits_batch(contexts)` answers all of them in one call, another one
    context after another.
    """
    places: dict[tuple[int, ...], int] = {}
    for context in contexts:
        places.setdefault(tuple(int(token) for token in context), len(places))
    distinct = [list(context) for context in places]
    if hasattr(model, "next_logits_batch") and len(distinct) > 1:
        rows = [as_float32(row) for row in model.next_logits_batch(distinct)]
    else:
        rows = [as_float32(model.next_logits(context)) for context in distinct]
    return [rows[places[tuple(int(token) for token in context)]] for context in contexts]


class Together:
    """Several sessions of one model as one causal model that answers many contexts at once.

    Each session keeps its own cached prefix; a context goes to the free session that shares its
    longest beginning, and all are asked at the same time, so that an engine that joins waiting
    requests runs them as one batch. Everything else is the first session's. close() closes all of
    them.
    """

    def __init__(self, sessions: Sequence[Any]):
        if not sessions:
            raise ValueError(t("sessions must hold at least 1 model, got 0"))
        self._sessions = list(sessions)
        self._fed: list[list[int]] = [[] for _ in self._sessions]
        self._pool = ThreadPoolExecutor(max_workers=len(self._sessions))

    def __getattr__(self, name: str) -> Any:
        return getattr(self._sessions[0], name)

    def next_logits(self, ids: Sequence[int]) -> Any:
        return self.next_logits_batch([ids])[0]

    def next_logits_batch(self, contexts: Sequence[Sequence[int]]) -> list[Any]:
        """Logits (V,) for each context, in their order."""
        answers: list[Any] = [None] * len(contexts)
        waiting = list(range(len(contexts)))
        while waiting:
            free, asked = set(range(len(self._sessions))), []
            for place in waiting[: len(self._sessions)]:
                context = [int(token) for token in contexts[place]]
                chosen = max(sorted(free), key=lambda session: _shared(self._fed[session], context))
                free.remove(chosen)
                self._fed[chosen] = context
                asked.append(
                    (place, self._pool.submit(self._sessions[chosen].next_logits, context))
                )
            for place, answer in asked:
                answers[place] = answer.result()
            waiting = waiting[len(asked) :]
        return answers

    def close(self) -> None:
        self._pool.shutdown(wait=False, cancel_futures=True)
        for session in self._sessions:
            session.close()


def _shared(first: Sequence[int], second: Sequence[int]) -> int:
    """Length of the common beginning."""
    for place, (one, other) in enumerate(zip(first, second, strict=False)):
        if one != other:
            return place
    return min(len(first), len(second))
