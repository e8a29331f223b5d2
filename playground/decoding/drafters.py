"""Who drafts for speculative decoding: the text so far, a smaller network, one with other tokens,
or a masked network.

Each answers `draft(text, most, index)` of `playground.decoding.drafts.Drafter`. Any drafter leaves
the target's law as it is; a better one is accepted more often. They draft under the run's own
sampling rules, but for those that carry something from token to token or are given words.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

import numpy as np

from playground.decoding.drafts import Drafted, draw, law_of, numbers_of
from playground.decoding.rules import RULES
from playground.decoding.settings import DecodingSettings
from playground.decoding.spelling import FORMS
from playground.decoding.stages import apply_stages
from playground.decoding.text import TextStream


def drafting(settings: DecodingSettings) -> DecodingSettings:
    """The settings with every rule off that carries something from one token to the next, or reads
    more than logits and ids."""
    off = [rule.switched_by for rule in RULES.values() if rule.memory or rule.name in _READS_MORE]
    return settings.with_changes(**{row.name: row.off for row in off})


_READS_MORE = ("guidance", "logit_bias", "banned", "dry_multiplier", *FORMS)


class RepeatingDrafter:
    """An n-gram model of the text so far: what followed the last tokens where they stood before,
    the longest such end of at most `longest` tokens.
    Needs no network; drafts nothing where the last token is new."""

    def __init__(self, vocab_size: int, settings: DecodingSettings, longest: int = 3):
        self.vocab_size, self.settings, self.longest = vocab_size, settings, longest

    def draft(self, text: Sequence[int], most: int, index: int) -> Drafted:
        context, tokens, laws = list(text), [], []
        while len(tokens) < most:
            follow = self._followers(context)
            if not follow:
                break
            law = np.zeros(self.vocab_size)
            if self.settings.greedy:
                law[follow.most_common(1)[0][0]] = 1.0
            else:
                law[list(follow)] = np.array(list(follow.values())) / follow.total()
            token = draw(law, numbers_of(self.settings.seed, index + len(tokens)).draft)
            tokens.append(token)
            laws.append(law)
            context.append(token)
        return Drafted(tokens, np.array(laws) if laws else None)

    def _followers(self, context: list[int]) -> Counter[int]:
        """Token -> how often it followed the longest end of the context that stood before."""
        for size in range(min(self.longest, len(context) - 1), 0, -1):
            end = context[-size:]
            found = Counter(
                context[start + size]
                for start in range(len(context) - size)
                if context[start : start + size] == end
            )
            if found:
                return found
        return Counter()


class SmallerDrafter:
    """Another left-to-right model with the target's own tokens, a token a call."""

    def __init__(self, model: Any, settings: DecodingSettings, prompt_length: int):
        self.model, self.settings = model, drafting(settings)
        self.prompt_length = prompt_length

    def draft(self, text: Sequence[int], most: int, index: int) -> Drafted:
        context, laws = list(text), []
        longest = getattr(self.model, "context_length", None)
        most = most if longest is None else min(most, longest - len(context) + 1)
        for place in range(most):
            now = numbers_of(self.settings.seed, index + place)
            logits = self.model.next_logits(context)
            stages = apply_stages(logits, context, self.settings, self.prompt_length, now.coin)
            laws.append(law_of(stages[-1].candidates))
            context.append(draw(laws[-1], now.draft))
        made = context[len(text) :]
        return Drafted(made, np.array(laws) if made else None, len(made))


class SpellingDrafter:
    """A left-to-right model with tokens of its own: it reads the text so far as letters, its words
    are spelled in the target's tokens.

    What probability it gave to such a token is not known (many of its tokens may begin with the
    same letters), so each is a fixed guess, q = 1: accepted with probability p, and otherwise drawn
    from p without it. The target's law stays; more is refused than with tokens in common."""

    def __init__(self, model: Any, target: Any, settings: DecodingSettings):
        self.model, self.target = model, target
        self.settings = drafting(settings)

    def draft(self, text: Sequence[int], most: int, index: int) -> Drafted:
        context = [int(token) for token in self.model.encode(self.target.decode(text))]
        if not context or most < 1:
            return Drafted([])
        longest = getattr(self.model, "context_length", None)
        if longest is not None and len(context) + most > longest:
            context = [*context[:1], *context[len(context) + most + 1 - longest :]]
        begun, stream = len(context), TextStream(self.model.decode)
        for token in context:
            stream.push(token)
        words = ""
        for place in range(most):
            now = numbers_of(self.settings.seed, index + place)
            logits = self.model.next_logits(context)
            final = apply_stages(logits, context, self.settings, begun, now.coin)[-1].candidates
            context.append(draw(law_of(final), now.draft))
            words += str(stream.push(context[-1]))
        spelled = self.target.encode(words) if words.strip() else []
        if spelled and spelled[0] == getattr(self.target, "bos_id", None):
            spelled = spelled[1:]
        return Drafted(spelled[:most], None, most)


class BlankDrafter:
    """A masked network with the target's own tokens: `most` blanks behind the text, filled in one
    call, each without knowing the others (Christopher et al. 2024, arXiv 2408.05636). `ahead`:
    further blanks behind them, so that the text does not seem to end there."""

    def __init__(self, denoiser: Any, settings: DecodingSettings, ahead: int = 8):
        self.denoiser, self.settings, self.ahead = denoiser, drafting(settings), ahead

    def draft(self, text: Sequence[int], most: int, index: int) -> Drafted:
        special = getattr(self.denoiser, "special_ids", frozenset())
        words = [int(token) for token in text if token not in special]
        room = self.denoiser.context_length - len(words)
        most = min(most, room)
        if most < 1 or not words:
            return Drafted([])
        blanks = min(most + self.ahead, room)
        mask = self.denoiser.mask_id
        logits = self.denoiser.logits([[*words, *[mask] * blanks]])[0]
        context, laws = list(text), []
        for place in range(most):
            now = numbers_of(self.settings.seed, index + place)
            row = logits[len(words) + place].clone()
            if mask < len(row):
                row[mask] = -np.inf
            stages = apply_stages(row, context, self.settings, len(text), now.coin)
            laws.append(law_of(stages[-1].candidates))
            context.append(draw(laws[-1], now.draft))
        return Drafted(context[len(text) :], np.array(laws), 1)
