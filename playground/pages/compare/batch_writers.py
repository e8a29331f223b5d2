"""Several texts written at once: in each round all of them ask for their next logits in one batch.

A lane is one text. `SampledLane` makes the steps that `playground.decoding.generate` makes;
`BeamLane` holds a beam search, whose open beams join the same batch.
"""

from __future__ import annotations

import queue
import threading
from collections.abc import Generator, Sequence
from typing import Any

import numpy as np

from playground import decoding
from playground.decoding.settings import DecodingSettings
from playground.parameters import texts_of


class SampledLane:
    """One text by one set of rules. ids: written so far; surprisals: nats, of the model's own
    distribution; finish: why it ended."""

    def __init__(self, model: Any, prompt: Sequence[int], settings: DecodingSettings):
        self.model, self.settings = model, settings.for_model(model)
        self.text, self.prompt_length = list(prompt), len(prompt)
        guided = "guidance" in settings.rules_on()
        self.negative = decoding.behind_negative(model, settings, prompt, None) if guided else None
        stops = texts_of(settings.stop)
        self.watch = decoding.text.StopWatch(model.decode, stops) if stops else None
        self.ends = frozenset() if settings.ignore_end else decoding.end_ids(model)
        self.longest = getattr(model, "context_length", None)
        self.surprisals: list[float] = []
        self.state: dict[str, Any] | None = None
        self.finish: str | None = None

    @property
    def ids(self) -> list[int]:
        return self.text[self.prompt_length :]

    def contexts(self) -> list[list[int]]:
        if self.finish:
            return []
        return [list(self.text), *([self.negative(self.text)] if self.negative else [])]

    def take(self, rows: Sequence[Any]) -> None:
        """The logits of this round's contexts (the second is the negative prompt's, for guidance):
        draws the next token."""
        step = decoding.Step(
            rows[0],
            np.asarray(self.text, np.int64),
            self.settings,
            len(self.ids),
            self.prompt_length,
            self.state,
            second=rows[1] if self.negative else None,
        )
        self.state = step.state_after
        self.surprisals.append(step.surprisal)
        self.text.append(step.token_id)
        step.release()
        if step.token_id in self.ends:
            self.finish = "end_of_text"
        elif self.watch is not None and self.watch.push(step.token_id):
            self.finish = "stop_string"
        elif len(self.ids) >= self.settings.max_new_tokens:
            self.finish = "max_new_tokens"
        elif self.longest is not None and len(self.text) >= self.longest:
            self.finish = "context"

    def close(self) -> None:
        self.finish = self.finish or "stopped"


class _Closed(Exception):
    """Ends a beam search whose comparison was stopped."""


class BeamLane:
    """A beam search in a thread of its own, which waits for the round's logits. ids: the best text
    so far.

    `result` is the search's BeamResult once it has ended."""

    def __init__(
        self,
        model: Any,
        prompt: Sequence[int],
        settings: DecodingSettings,
        beams: int,
        length_penalty: float,
    ):
        self.model, self.settings, self.prompt_length = model, settings, len(prompt)
        self.ids: list[int] = []
        self.surprisals: list[float] = []
        self.result: Any = None
        self.finish: str | None = None
        self._error: BaseException | None = None
        self._asked: queue.Queue = queue.Queue(1)
        self._answered: queue.Queue = queue.Queue(1)
        self._waiting: list[list[int]] | None = None

        def search() -> None:
            try:
                self.result = decoding.beam_search(
                    _Asking(self),
                    prompt,
                    beams,
                    settings.max_new_tokens,
                    length_penalty,
                    settings=settings,
                )
            except _Closed:
                pass
            except BaseException as error:
                self._error = error
            self._asked.put(None)

        threading.Thread(target=search, name="beam-lane", daemon=True).start()

    def contexts(self) -> list[list[int]]:
        if self.finish:
            return []
        if self._waiting is None:
            self._waiting = self._asked.get()
        if self._waiting is None:
            if self._error is not None:
                raise self._error
            self.finish = self.result.finish if self.result is not None else "stopped"
            self.ids = list(self.result[0][0]) if self.result else []
            return []
        self.ids = list(self._waiting[0][self.prompt_length :])  # the best open beam of the round
        return self._waiting

    def take(self, rows: Sequence[Any]) -> None:
        self._waiting = None
        self._answered.put(list(rows))

    def close(self) -> None:
        if self.finish is None:
            self.finish = "stopped"
            self._answered.put(None)


class _Asking:
    """The model as the search in the thread sees it."""

    def __init__(self, lane: BeamLane):
        self._lane = lane

    def __getattr__(self, name: str) -> Any:
        return getattr(self._lane.model, name)

    def next_logits_batch(self, contexts: Sequence[Sequence[int]]) -> list[Any]:
        self._lane._asked.put([list(context) for context in contexts])
        rows = self._lane._answered.get()
        if rows is None:
            raise _Closed
        return rows

    def next_logits(self, ids: Sequence[int]) -> Any:
        return self.next_logits_batch([ids])[0]


def rounds(model: Any, lanes: Sequence[Any]) -> Generator[list[Any], None, None]:
    """Runs all lanes to their ends, one batch a round; yields the lanes that got a token. Closing
    it ends the beam searches."""
    try:
        while True:
            asking = [(lane, lane.contexts()) for lane in lanes]
            asking = [(lane, contexts) for lane, contexts in asking if contexts]
            if not asking:
                return
            rows = decoding.together.next_logits_of(
                model, [context for _, contexts in asking for context in contexts]
            )
            place = 0
            for lane, contexts in asking:
                lane.take(rows[place : place + len(contexts)])
                place += len(contexts)
            yield [lane for lane, _ in asking]
    finally:
        for lane in lanes:
            lane.close()
