"""The exact law of a sampler that starts from random words and throws back what it did not accept:
every canvas, argmax and stop."""

from __future__ import annotations

from typing import Any

import numpy as np

from playground.diffusion.samplers.entropy_bound import mean_entropy


def law_until_still(law: Any) -> tuple[np.ndarray, float]:
    """(probabilities of the canvases that it ends in, mean number of passes).

    law: a `playground.diffusion.enumeration` law of `Renoise` or `DiffusionGemma`. Which positions
    are drawn, their argmax and
    whether a canvas is sure follow from the canvas; whether it stops needs the argmax of the step
    before as well. So the state
    is both: a vector over the canvases for each argmax that the step before can have had.
    """
    rule, begin = law.rule, (law.start == law.mask_id) & ~law.locked
    final, taken = np.zeros(law.base**law.length), 0.0
    if not begin.any():
        return law.first(), taken
    parts = {-1: _random_words(law, begin)}
    for k in range(law.settings.steps):
        whole = np.sum(list(parts.values()), axis=0)
        taken += float(whole.sum())
        if not whole.any():
            return final, taken
        canvases, codes = law.canvases(whole)
        where = np.repeat(np.asarray(begin)[None], len(codes), axis=0)
        prediction = rule.ask(law.run(canvases), where, k)
        best = prediction.draw(where, np.zeros(where.shape), 0.0)
        ends = np.where(where, best, canvases) @ law.digit
        if k == law.settings.steps - 1:
            return final + np.bincount(ends, whole[codes], len(final)), taken
        going = whole[codes]
        sure = mean_entropy(prediction, where) < rule.sure
        for row in np.nonzero(sure)[0]:
            before = parts.get(int(ends[row]))
            stops = 0.0 if before is None else before[codes[row]]
            final[ends[row]] += stops
            going[row] -= stops
        parts = _spread(law, going, ends, _options(law, prediction, canvases, where, k))
    return final, taken


def _random_words(law: Any, begin: np.ndarray) -> np.ndarray:
    options = np.eye(law.base)[law.start[None]]
    options[0, begin] = _any_word(law)
    probability = np.zeros(law.base**law.length)
    law.spread(probability, np.ones(1), options)
    return probability


def _any_word(law: Any) -> np.ndarray:
    """(W,) equal shares of all words, none of the mask."""
    words = (np.arange(law.base) < law.size) & (np.arange(law.base) != law.mask_id)
    return words / words.sum()


def _options(
    law: Any, prediction: Any, canvases: np.ndarray, where: np.ndarray, k: int
) -> np.ndarray:
    """(N, L, W): what becomes of each position of each canvas in step k, each on its own."""
    accepted = law.rule.accepted(prediction, where)
    options = np.eye(law.base)[canvases]
    options[where] = _any_word(law)
    drawn = np.zeros((int(where.sum()), law.base))
    drawn[:, : law.size] = law.rule.law(prediction, where, k)
    options[accepted] = drawn[accepted[where]]
    return options


def _spread(
    law: Any, going: np.ndarray, ends: np.ndarray, options: np.ndarray
) -> dict[int, np.ndarray]:
    """Argmax of the canvas before -> the probabilities of the canvases after the step."""
    parts = {}
    for end in np.unique(ends):
        mine = (ends == end) & (going > 0)
        parts[int(end)] = np.zeros(law.base**law.length)
        law.spread(parts[int(end)], going[mine], options[mine])
    return parts
