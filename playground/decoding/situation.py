"""What a rule sees and answers, and which function acts for which rule."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np

from playground.decoding.distribution import Candidates
from playground.decoding.settings import DecodingSettings


@dataclass(frozen=True)
class Situation:
    """What a rule may look at besides the candidates.

    context: ids of prompt and generated text, (n,).
    generated: the ids that presence and frequency penalties count.
    coin: a random number in [0, 1) of this step, beside the draw's own.
    memory: what rules carried from the step before.
    second: float32 logits of a second network, prompt or layer for the same place, (V,), None where
        the run has none.
    mask: which tokens a grammar or a list allows here, (V,) bool, None where the run has none.
    prompt_length: ids of the context that are the prompt.
    """

    context: np.ndarray
    generated: np.ndarray
    settings: DecodingSettings
    coin: float | None = None
    memory: Mapping[str, Any] = field(default_factory=dict)
    second: np.ndarray | None = None
    mask: np.ndarray | None = None
    prompt_length: int = 0


class Outcome(NamedTuple):
    """What a rule left, and what the record says of it (plain data; None: nothing)."""

    candidates: Candidates
    state: dict[str, Any] | None = None


class Acting(NamedTuple):
    """act(candidates, situation) -> Outcome. after(state, probability, settings) -> memory for the
    next step: `state` is
    the Outcome's, `probability` that of the chosen token in the final distribution (0 for a forced
    one that was cut).
    before: `after` gets the probability that the token had before the rule, not the final one."""

    act: Callable[[Candidates, Situation], Outcome]
    after: Callable[[dict[str, Any], float, DecodingSettings], dict[str, Any]] | None = None
    before: bool = False


ACTING: dict[str, Acting] = {}


def stage(name: str, after: Any = None, before: bool = False) -> Callable:
    """A decorator: this function acts for the rule `name` of the table in rules.py."""

    def register(act: Callable[[Candidates, Situation], Outcome]) -> Callable:
        ACTING[name] = Acting(act, after, before)
        return act

    return register


def penalty(name: str) -> Callable:
    """A decorator for rules that answer new logits: `rule(values (V,), situation) -> (V,)` by token
    id.

    Behind a rule that cut, the values stand at their tokens' places among all V, -inf where a token
    is gone."""

    def register(rule: Callable[[np.ndarray, Situation], np.ndarray]) -> Callable:
        def act(candidates: Candidates, now: Situation) -> Outcome:
            ids, values = candidates.ids, candidates.values
            if ids is not None:
                values = np.full(candidates.vocab_size, np.float32(-np.inf))
                values[ids] = candidates.values
            after = rule(values, now)
            if after is values:
                return Outcome(candidates)
            return Outcome(candidates.with_values(after if ids is None else after[ids]))

        ACTING[name] = Acting(act)
        return rule

    return register


def cut(name: str) -> Callable:
    """A decorator for rules that say which candidates stay: `rule(candidates, situation) -> (n,)
    bool`."""

    def register(rule: Callable[[Candidates, Situation], np.ndarray]) -> Callable:
        def act(candidates: Candidates, now: Situation) -> Outcome:
            return Outcome(candidates.keep(rule(candidates, now)))

        ACTING[name] = Acting(act)
        return rule

    return register
