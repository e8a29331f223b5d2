"""The left-to-right twin of a canvas: the same opening and as many words, one word a network call,
without a view of the ending."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from playground import decoding
from playground.decoding.settings import DecodingSettings
from playground.i18n import t
from playground.pages.diffusion import models
from playground.pages.errors import sentence_of


class LeftToRight:
    """`card()` is what the page needs first; iterating gives the text after each word.

    A model that has no twin, a canvas that begins with a mask, or weights that cannot be had leave
    `problem`, a sentence."""

    def __init__(self, side: Any, backend: Callable[[], Any]):
        ids, mask = list(side.canvas.ids[side.canvas.seen]), int(side.denoiser.mask_id)
        self.words = ids.count(mask)
        self.model, self.opening, self.problem = "", "", ""
        self._settings, self._causal, self._ids = side.settings, None, []
        if not models.has_twin(side.model):
            self.problem = t("This model has no left-to-right twin here.")
            return
        first = ids.index(mask) if mask in ids else len(ids)
        if not 0 < first < len(ids):
            self.problem = t("The twin needs an opening: begin the canvas with a word.")
            return
        self.opening = side.denoiser.decode(ids[:first])
        try:
            self._begin(side.model, backend)
        except Exception as error:
            self.problem = sentence_of(error)

    def _begin(self, model: str, backend: Callable[[], Any]) -> None:
        exact = model == models.TALE
        self.model = models.TALE if exact else models.CAUSAL_TWIN
        self._causal = models.tale_model() if exact else backend().causal(models.CAUSAL_TWIN)
        self._ids = list(self._causal.encode(self.opening))

    def card(self) -> dict[str, Any]:
        return {
            "model": self.model,
            "opening": self.opening,
            "words": self.words,
            "problem": self.problem,
        }

    def __iter__(self) -> Iterator[str]:
        """The text that was written after the opening, word by word."""
        if self._causal is None:
            return
        s = self._settings
        settings = DecodingSettings(
            max_new_tokens=self.words,
            temperature=s.temperature or 1.0,
            do_sample=s.temperature > 0,
            top_p=s.top_p,
            seed=s.seed,
        )
        written: list[int] = []
        try:
            for step in decoding.generate(self._causal, self._ids, settings, ignore_end=True):
                written.append(int(step.token_id))
                whole = self._causal.decode([*self._ids, *written])
                yield whole[len(self._causal.decode(self._ids)) :]
        finally:
            self.close()

    def close(self) -> None:
        causal, self._causal = self._causal, None
        if causal is not None and self.model != models.TALE:
            causal.close()
