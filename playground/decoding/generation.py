"""Left-to-right generation as a generator of steps, over anything that predicts a next token."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any, Protocol, runtime_checkable

import numpy as np
import torch

from playground.decoding.settings import DecodingSettings
from playground.decoding.step import Step
from playground.decoding.text import StopWatch
from playground.i18n import t
from playground.parameters import texts_of


@runtime_checkable
class CausalModel(Protocol):
    """What predicts the next token: a real network, an n-gram model or a test double are
    interchangeable.

    vocab_size: V.
    eos_id: the token that ends a text, a collection of them, or None. Logits are float32, on any
        device.
    Optional: context_length (the largest number of ids that `next_logits` takes).
    """

    vocab_size: int
    eos_id: int | None

    def encode(self, text: str) -> list[int]:
        """Token ids of a text."""
        ...

    def decode(self, ids: Sequence[int]) -> str:
        """Text of token ids."""
        ...

    def next_logits(self, ids: Sequence[int]) -> torch.Tensor:
        """Logits of the token after `ids`. (V,)"""
        ...

    def logits_along(self, ids: Sequence[int]) -> torch.Tensor:
        """Row t: logits of the token after ids[: t + 1]. (T, V)"""
        ...

    def hidden_states(self, ids: Sequence[int]) -> torch.Tensor:
        """The network's last hidden state at each position. (T, D)"""
        ...

    def close(self) -> None:
        """Let go of what the model holds."""


def end_ids(model: Any) -> frozenset[int]:
    """The token ids that end a text; empty where the model has none."""
    eos = getattr(model, "eos_id", None)
    if eos is None:
        return frozenset()
    return (
        frozenset([int(eos)])
        if isinstance(eos, (int, np.integer))
        else frozenset(int(token) for token in eos)
    )


def generate(
    model: CausalModel,
    prompt_ids: Sequence[int],
    settings: DecodingSettings | None = None,
    *,
    prefix: Sequence[int] = (),
    forced: Sequence[int] = (),
    state: dict[str, Any] | None = None,
    should_stop: Callable[[], bool] | None = None,
    ignore_end: bool = False,
    second: Callable[[Sequence[int]], Any] | None = None,
    mask: Callable[[Sequence[int]], Any] | None = None,
) -> Iterator[Step]:
    """Steps of one text, each made when it is asked for; the reason of the end is the generator's
    return value.

    prefix: ids generated before, so that a run can go on (or branch) where another was: the first
        step's index is len(prefix), and with (seed, index) the draws are those of an unbroken run.
    forced: ids that the first steps take instead of drawing (the token that a visitor clicked).
    state: what rules carry on, `state_after` of the step before.
    should_stop is asked before every forward pass.
    ignore_end: go on after an end-of-text token (settings.ignore_end does too).
    second, mask: functions of the text so far (prompt first), for rules that read them: the logits
        of a second network, or of the same one after another prompt, (V,); and which tokens a
        grammar allows, (V,) bool. Guidance without a `second` asks `model` itself behind the
        negative prompt, `behind_negative`.

    The run ends with "end_of_text", "stop_string" (the step's `beyond` says how many characters at
    the end are no part of
    the text), "max_new_tokens" (which counts the prefix), "context" (the model takes no longer
    text) or "stopped". The last
    step's `finish` says so too, except "stopped", which is known only afterwards.
    The stages of a step are released when the next one is asked for; they can be computed again at
    any time.
    """
    settings = (settings or DecodingSettings()).for_model(model)
    ends = frozenset() if ignore_end or settings.ignore_end else end_ids(model)
    longest = getattr(model, "context_length", None)
    text = [int(token) for token in prompt_ids] + [int(token) for token in prefix]
    prompt_length = len(text) - len(prefix)
    if not text and not getattr(model, "starts_empty", False):
        raise ValueError(t("prompt_ids must hold at least 1 token, got 0"))
    if second is None and "guidance" in settings.rules_on():
        second = behind_negative(model, settings, text[:prompt_length])
    watch = _watch(model, settings, prefix)
    # one growing array: each step keeps a view of its own beginning, not a copy
    buffer = np.zeros(len(text) + max(settings.max_new_tokens - len(prefix), 0), np.int64)
    buffer[: len(text)] = text
    for index in range(len(prefix), settings.max_new_tokens):
        if longest is not None and len(text) >= longest:
            return "context"
        if should_stop is not None and should_stop():
            return "stopped"
        place = index - len(prefix)
        step = Step(
            model.next_logits(text),
            buffer[: len(text)],
            settings,
            index,
            prompt_length,
            state,
            token_id=forced[place] if place < len(forced) else None,
            second=None if second is None else second(text),
            mask=None if mask is None else mask(text),
        )
        state = step.state_after
        buffer[len(text)] = step.token_id
        text.append(step.token_id)
        step.beyond = watch.push(step.token_id) if watch else 0
        if step.token_id in ends:
            step.finish = "end_of_text"
        elif step.beyond:
            step.finish = "stop_string"
        elif index + 1 >= settings.max_new_tokens:
            step.finish = "max_new_tokens"
        elif longest is not None and len(text) >= longest:
            step.finish = "context"
        yield step
        step.release()
        if step.finish:
            return step.finish
    return "max_new_tokens"


def _watch(model: Any, settings: DecodingSettings, prefix: Sequence[int]) -> StopWatch | None:
    """What sees the stop strings, behind the ids that were generated before; None where there are
    none."""
    stops = texts_of(settings.stop)
    watch = StopWatch(model.decode, stops) if stops else None
    for token in prefix if watch else ():
        watch.push(token)  # type: ignore[union-attr]
    return watch


def behind_negative(
    model: Any,
    settings: DecodingSettings,
    prompt_ids: Sequence[int],
    ask: str | None = "next_logits",
) -> Callable[[Sequence[int]], Any]:
    """A `second` for `generate`: the model's logits where the negative prompt stands in place of
    the prompt.

    Without a negative prompt the prompt's last token stands there, as in transformers. ask: the
    model's method that gives logits (V,) of ids; None: only the ids that it would be asked for. A
    session of its own keeps the caches of both texts."""
    negative = list(model.encode(settings.negative_prompt)) if settings.negative_prompt else []
    negative = negative or [int(token) for token in prompt_ids[-1:]]
    length, logits = len(prompt_ids), getattr(model, ask) if ask else list
    return lambda text: logits([*negative, *text[length:]])


def recompute(
    logits: Any,
    context_ids: Sequence[int],
    settings: DecodingSettings,
    index: int,
    prompt_length: int,
    state: dict[str, Any] | None = None,
    second: Any = None,
    mask: Any = None,
) -> Step:
    """One step alone, without the network: equal to step `index` of the run that has the same
    settings and context.

    With other settings it is what the moved slider asks: what would have been drawn with the same
    u.
    state: what rules carried before the step (`step.state`).
    second, mask: the rows that `generate` read for it.
    """
    context = np.asarray(context_ids, np.int64)
    return Step(logits, context, settings, index, prompt_length, state, second=second, mask=mask)
