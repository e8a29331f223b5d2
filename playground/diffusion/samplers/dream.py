"""Dream: Ye et al. 2025, "Dream 7B: diffusion large language models", arXiv 2508.15487."""

from __future__ import annotations

import numpy as np

from playground.diffusion.samplers.base import add_sampler
from playground.diffusion.samplers.ordered import Ordered
from playground.diffusion.samplers.random_times import RandomTimes
from playground.i18n import t as tr

EPSILON = 1e-3  # where its grid of times, from 1 down, ends


@add_sampler
class Dream(Ordered):
    """Takes floor(masks (1 - s / t)) positions a step t -> s, the last step all; then draws them
    from (B, L, V).

    They come in the order of the largest probability (maskgit_plus), of its distance to the second
    (topk_margin) or of the negative entropy; alg_temp > 0 draws them without replacement from
    softmax(score / alg_temp). `origin` is `Origin` below. Exact at one token a step. As published
    the scores are those of the tempered, truncated distribution, and maskgit_plus scores the token
    that was drawn, which cools.
    """

    name = "dream"
    title = tr("Dream: sure words first")
    source = "Ye et al. 2025, arXiv 2508.15487; DreamLM/Dream, generation_utils.py"
    explanation = tr(
        "Random order (origin), or first where the network's best word is likely, far ahead, "
        "or the choice narrow.\nScores look at the untempered distribution before a word is "
        "drawn; as published they look at the drawn word, and cool."
    )
    note = tr("Choose “As published” under More settings for the scores of the published code.")
    reads = (
        "steps",
        "selection",
        "alg_temp",
        "block_length",
        "overlap",
        "guidance",
        "as_published",
    )
    selections = ("entropy", "topk_margin", "maskgit_plus", "origin")

    @classmethod
    def variant(cls, settings):
        return Origin if settings.rule == "origin" else cls

    @property
    def exact(self) -> bool:
        return not (self.settings.as_published and self.settings.rule == "maskgit_plus")

    @property
    def sample_first(self) -> bool:
        return not self.exact and self.settings.temperature > 0

    def score(self, prediction, where, tokens):
        if self.settings.as_published:
            return self._published(prediction, where, tokens)
        if self.settings.rule == "maskgit_plus":
            return prediction.confidence
        return prediction.margin if self.settings.rule == "topk_margin" else -prediction.entropy

    def _published(self, prediction, where, tokens):
        p = prediction.probabilities(where, self.settings.temperature or 1.0, self.settings.top_p)
        if self.settings.rule == "topk_margin":  # p is (n, V)
            two = np.sort(p, axis=-1)[:, -2:]
            values = two[:, -1] - (two[:, 0] if p.shape[1] > 1 else 0.0)
        elif self.settings.rule == "entropy":
            values = (p * np.log(np.maximum(p, 1e-10))).sum(-1)
        else:
            values = p.max(-1) if tokens is None else p[np.arange(len(p)), tokens[where]]
        score = np.full(where.shape, np.nan)
        score[where] = values
        return score

    def scale(self, clock):
        # k positions drawn without replacement from softmax(score / a) are the first k of score + a
        # * Gumbel
        return np.full(np.shape(clock.step), self.settings.alg_temp)

    def number(self, score, where, clock):
        masks, share = where.sum(1), 1.0 - EPSILON
        t, s = (1.0 - share * step / clock.steps for step in (clock.step, clock.step + 1))
        return np.where(clock.last, masks, (masks * (1.0 - s / t)).astype(np.int64))


class Origin(RandomTimes):
    """Dream's `origin`: a masked position is revealed with probability 1 - s / t, independently;
    the last step takes all."""

    name, title = Dream.name, Dream.title
    follows_schedule = False
    epsilon = EPSILON

    def rates(self, clock):
        t, s = self.times(clock)
        return np.where(clock.last, 1.0, 1.0 - s / t), np.zeros_like(t)
