"""The exact law of the sampler that settles groups before words: every state of groups and words,
with its probability."""

from __future__ import annotations

import itertools
from collections import defaultdict
from typing import Any

import numpy as np

from playground.diffusion.samplers.coarse_to_fine import evidence_of, places_due, word_groups


def law_of_groups(law: Any) -> np.ndarray:
    """(W ** L,): probabilities of the last canvases; law: a `playground.diffusion.enumeration` law
    of `CoarseToFine`."""
    groups, _ = word_groups(law.denoiser)
    length, nothing = law.length, -1
    # a state is the group of each place and the word of each place, -1 where it is not known
    words = tuple(np.where(law.locked, law.start, nothing).tolist())
    states = {((nothing,) * length, words): 1.0}
    count = int((~law.locked).sum())
    for k in range(law.settings.steps):
        in_groups, before, due = places_due(count, k, *law.rule.halves())
        if due == before:
            continue
        after: dict[tuple, float] = defaultdict(float)
        for (coarse, fine), share in states.items():
            table = _words(law, groups, coarse, fine)  # (L, V)
            left = [
                i
                for i in range(length)
                if not law.locked[i] and (coarse if in_groups else fine)[i] == nothing
            ]
            chosen = list(itertools.combinations(left, due - before))
            for places in chosen:
                _spread(
                    after, (coarse, fine), share / len(chosen), places, table, groups, in_groups
                )
        states = after
    final = np.zeros(law.base**length)
    for (_, fine), share in states.items():
        final[int(np.array(fine) @ law.digit)] += share
    return final


def _words(law: Any, groups: np.ndarray, coarse: tuple, fine: tuple) -> np.ndarray:
    """(L, V): what a word is drawn from at each place that is not locked."""
    known, text = np.array([coarse]), np.array([fine])
    run = law.run(law.start[None])
    where = (text < 0) & ~law.locked
    evidence = evidence_of(np.maximum(text, 0), text >= 0, known, groups)
    prediction = run.posterior(evidence, where)
    table = np.zeros((law.length, law.size))
    table[where[0]] = prediction.probabilities(where, law.settings.temperature, law.settings.top_p)
    return table


def _spread(after, state, share, places, table, groups, in_groups) -> None:
    """Add to `after` what becomes of a state when these places are drawn, independently of each
    other."""
    options = []
    for place in places:
        law = table[place]
        if in_groups:
            law = np.bincount(groups, weights=law)
        options.append([(value, law[value]) for value in np.nonzero(law > 0)[0].tolist()])
    for drawn in itertools.product(*options):
        parts = [list(part) for part in state]
        weight = share
        for place, (value, probability) in zip(places, drawn, strict=True):
            parts[0 if in_groups else 1][place] = value
            weight *= probability
        after[tuple(parts[0]), tuple(parts[1])] += weight
