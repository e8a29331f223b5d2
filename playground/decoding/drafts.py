"""Speculative decoding: a cheap drafter guesses some tokens ahead, the target reads all of them in
one pass and keeps a part.

A draft x that was drawn from q is accepted with probability min(1, p(x) / q(x)); the first one
refused is replaced by a draw from max(0, p - q), normalised, and ends the pass; where all are
accepted, the pass gives one token more, from p. So every token has the target's own law p, whatever
the drafter says, and a pass gives between 1 and k + 1 tokens. The chance that a draft is accepted
is the overlap Σ min(p, q) (Leviathan et al. 2022, arXiv 2211.17192; Chen et al. 2023, arXiv
2302.01318).

p is the law behind all sampling rules, so that whatever rules act, the text has the law that plain
decoding gives it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple, Protocol

import numpy as np

from playground.decoding.distribution import Candidates
from playground.decoding.generation import CausalModel, end_ids
from playground.decoding.settings import DRAFTS, DecodingSettings
from playground.decoding.stages import apply_stages, next_state
from playground.i18n import t


class Drafted(NamedTuple):
    """tokens: guesses for the next places, n of them.
    laws: (n, V) float64, what each was drawn from given those before it; None: fixed guesses, which
        are as drafts drawn from a law with all its mass on them.
    calls: of the drafter's network."""

    tokens: list[int]
    laws: np.ndarray | None = None
    calls: int = 0


class Drafter(Protocol):
    def draft(self, text: Sequence[int], most: int, index: int) -> Drafted:
        """At most `most` guesses of what follows `text`; `index`: of the first of them among the
        generated tokens."""
        ...


class Numbers(NamedTuple):
    """The random numbers of one generated token, float64 in [0, 1): a function of (seed, index)
    alone. The first two are those of plain decoding. A draft behind a refused one is thrown away
    unread, so its number may be used again."""

    u: float
    coin: float
    draft: float
    accept: float


def numbers_of(seed: int, index: int) -> Numbers:
    generator = np.random.Generator(np.random.Philox(key=np.array([seed, index], np.uint64)))
    return Numbers(*generator.random(4).tolist())


def overlap(p: np.ndarray, q: np.ndarray) -> float:
    """Σ min(p, q) of two laws (V,): the chance that a draft from q is accepted, 1 - their total
    variation.

    >>> overlap(np.array([0.5, 0.5]), np.array([0.75, 0.25]))
    0.75
    """
    return float(np.minimum(p, q).sum())


def acceptance(p: float, q: float) -> float:
    """min(1, p / q): the chance of a draft whose probability is p under the target and q under its
    drafter.

    >>> acceptance(0.25, 0.5), acceptance(0.5, 0.25)
    (0.5, 1.0)
    """
    return min(1.0, p / q) if q > 0 else 1.0


def left_over(p: np.ndarray, q: np.ndarray) -> np.ndarray:
    """max(0, p - q), normalised, (V,): what the token in place of a refused draft is drawn from. p
    where nothing is left.

    >>> left_over(np.array([0.5, 0.25, 0.25]), np.array([0.75, 0.25, 0.0])).tolist()
    [0.0, 0.0, 1.0]
    """
    rest = np.maximum(0.0, p - q)
    total = rest.sum()
    return rest / total if total > 0 else p


def draw(law: np.ndarray, u: float) -> int:
    """The token where u falls in the cumulative sum of a law (V,), in the order of the ids."""
    cumulative = np.cumsum(law)
    place = int(np.searchsorted(cumulative, u * cumulative[-1], side="right"))
    return place if place < len(law) else int(np.flatnonzero(law)[-1])


def law_of(candidates: Candidates) -> np.ndarray:
    """(V,) float64: the probabilities of all tokens, 0 for those that were cut."""
    full = candidates.scatter(candidates.probabilities, 0.0).numpy().astype(np.float64)
    return full / candidates.total


@dataclass(frozen=True)
class Draft:
    """One guess and the verdict on it. p, q: its probabilities under the target and its drafter.
    overlap: Σ min(p, q) at its place. accepted: None behind the first one refused, where the
    target's law would be that of another text; then p, overlap and u are None too."""

    token_id: int
    q: float
    p: float | None = None
    overlap: float | None = None
    u: float | None = None
    accepted: bool | None = None


@dataclass
class Pass:
    """One pass of the target. index: of its first token among the generated ones. tokens: what it
    added to the text, the last one drawn by the target itself (unless an accepted draft ended the
    text). laws: (p, q, left over), each (V,), at the first draft refused, None where none was."""

    index: int
    tokens: list[int]
    drafts: list[Draft]
    laws: tuple[np.ndarray, np.ndarray, np.ndarray] | None = None
    calls: int = 0
    finish: str | None = None
    state: dict[str, Any] | None = field(default=None, repr=False)

    @property
    def accepted(self) -> int:
        return sum(one.accepted is True for one in self.drafts)

    def record(self, text_of: Callable[[int], str] = str, top: int = 6) -> dict[str, Any]:
        """Plain data. refused: {"place", "rows": the likeliest tokens of p, of q and of what is
        left, with all three, "rest": the others together}."""
        return {
            "index": self.index,
            "tokens": [{"id": token, "text": text_of(token)} for token in self.tokens],
            "drafts": [
                {
                    "id": one.token_id,
                    "text": text_of(one.token_id),
                    "p": one.p,
                    "q": one.q,
                    "overlap": one.overlap,
                    "u": one.u,
                    "accepted": one.accepted,
                }
                for one in self.drafts
            ],
            "refused": None if self.laws is None else self._refused(text_of, top),
            "calls": self.calls,
            "finish": self.finish,
        }

    def _refused(self, text_of: Callable[[int], str], top: int) -> dict[str, Any]:
        assert self.laws is not None
        place = self.accepted
        shown = {self.drafts[place].token_id, self.tokens[-1]}
        for law in self.laws:
            few = np.argpartition(-law, min(top, len(law) - 1))[:top]
            shown.update(int(token) for token in few if law[token] > 0)
        p, q, left = self.laws
        ids = sorted(shown, key=lambda token: (-max(p[token], q[token]), token))
        return {
            "place": place,
            "rows": [
                {
                    "id": token,
                    "text": text_of(token),
                    "p": float(p[token]),
                    "q": float(q[token]),
                    "left": float(left[token]),
                }
                for token in ids
            ],
            "rest": {
                "count": len(p) - len(ids),
                **{
                    name: max(0.0, 1.0 - float(law[ids].sum()))
                    for name, law in zip(("p", "q", "left"), self.laws, strict=True)
                },
            },
        }


def speculate(
    model: CausalModel,
    prompt_ids: Sequence[int],
    drafter: Drafter,
    settings: DecodingSettings | None = None,
    drafts: int = 4,
    *,
    should_stop: Callable[[], bool] | None = None,
    ignore_end: bool = False,
) -> Iterator[Pass]:
    """Passes of one text, each made when it is asked for; the reason of the end is the generator's
    return value, as `generate` has it.

    Taking the likeliest token gives the text of `generate`, token for token (as far as the
    network's own sums do not depend on how many tokens it reads at once); drawing gives a text with
    the same law, and another one for the same seed. A model that has `last_logits(ids, count)`,
    (count, V), verifies all drafts in one pass; of any other `logits_along` is asked. Guidance
    needs a second row and stop strings the text: neither is known here.
    """
    settings = (settings or DecodingSettings()).for_model(model)
    drafts = DRAFTS.check(drafts)
    text = [int(token) for token in prompt_ids]
    if not text:
        raise ValueError(t("prompt_ids must hold at least 1 token, got 0"))
    ends, longest = (
        frozenset() if ignore_end or settings.ignore_end else end_ids(model),
        getattr(model, "context_length", None),
    )
    prompt_length, index, state = len(text), 0, None
    while index < settings.max_new_tokens:
        if longest is not None and len(text) >= longest:
            return "context"
        if should_stop is not None and should_stop():
            return "stopped"
        most = min(drafts, settings.max_new_tokens - index - 1)
        most = most if longest is None else min(most, longest - len(text) - 1)
        guess = drafter.draft(text, most, index) if most else Drafted([])
        rows = last_logits(model, [*text, *guess.tokens], len(guess.tokens) + 1)
        one = verify(rows, text, prompt_length, guess, settings, state, ends)
        text += one.tokens
        index, state = index + len(one.tokens), one.state
        if text[-1] in ends:
            one.finish = "end_of_text"
        elif index >= settings.max_new_tokens:
            one.finish = "max_new_tokens"
        elif longest is not None and len(text) >= longest:
            one.finish = "context"
        yield one
        if one.finish:
            return one.finish
    return "max_new_tokens"


def last_logits(model: Any, ids: Sequence[int], count: int) -> Any:
    """(count, V): the predictions at the last `count` places of ids, in one pass of the network."""
    ask = getattr(model, "last_logits", None)
    return ask(ids, count) if ask is not None else model.logits_along(ids)[-count:]


def verify(
    rows: Any,
    text: Sequence[int],
    prompt_length: int,
    guess: Drafted,
    settings: DecodingSettings,
    state: dict[str, Any] | None = None,
    ends: frozenset[int] = frozenset(),
) -> Pass:
    """The verdicts on a pass's drafts, one after another. rows: (n + 1, V) logits of the target
    after the text and after each of the n drafts.
    state: what rules carried from the token before."""
    context, index = list(text), len(text) - prompt_length
    found = Pass(index, [], [], calls=guess.calls)
    for place in range(len(guess.tokens) + 1):
        now = numbers_of(settings.seed, index + place)
        stages = apply_stages(rows[place], context, settings, prompt_length, now.coin, state)
        final = stages[-1].candidates
        if place == len(
            guess.tokens
        ):  # all accepted: one more from p, drawn as plain decoding would
            at = final.best if settings.greedy else final.draw(now.u)
            token, accepted = int(final.token_ids(np.array([at]))[0]), True
        else:
            token, accepted = _verdict(found, law_of(final), guess, place, now)
        state = next_state(stages, token, settings)
        found.tokens.append(token)
        context.append(token)
        if not accepted or token in ends:
            for later in range(place + 1, len(guess.tokens)):
                q = 1.0 if guess.laws is None else float(guess.laws[later][guess.tokens[later]])
                found.drafts.append(Draft(guess.tokens[later], q))
            break
    found.state = state
    return found


def _verdict(
    found: Pass, p: np.ndarray, guess: Drafted, place: int, now: Numbers
) -> tuple[int, bool]:
    """(token, whether it is the draft); writes the verdict down."""
    token = guess.tokens[place]
    if guess.laws is None:
        q = np.zeros_like(p)
        q[token] = 1.0
    else:
        q = guess.laws[place]
    chance = acceptance(float(p[token]), float(q[token]))
    accepted = now.accept < chance
    found.drafts.append(
        Draft(token, float(q[token]), float(p[token]), overlap(p, q), now.accept, accepted)
    )
    if accepted:
        return token, True
    left = left_over(p, q)
    found.laws = (p, q, left)
    return draw(left, now.u), False
