"""An n-gram model as a sparse Markov chain over the contexts that its text holds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from .counts import pack

if TYPE_CHECKING:
    from .ngram import NgramModel


@dataclass(frozen=True)
class ContextChain:
    """The n-gram model as a Markov chain over its C observed contexts, sparse.

    contexts (C, n) token numbers; initial (C,): share of each context among the text's n-grams.
    Edges of context c, in CSR: e = offsets[c] .. offsets[c + 1] - 1, each to next_context[e] by
    appending tokens[e], with probability[e]. The text's last context, where nothing follows it,
    leads to a last context of end marks that stays (ending "end"), or through the contexts of the
    seam to the text's first one ("wrap"; each of these counts once).
    """

    contexts: np.ndarray
    initial: np.ndarray
    offsets: np.ndarray
    tokens: np.ndarray
    next_context: np.ndarray
    probability: np.ndarray


def context_chain(model: NgramModel) -> ContextChain:
    """The sparse Markov chain over the observed contexts (unsmoothed models only: ValueError
    otherwise)."""
    if model.smoothing != "none":
        raise ValueError(
            f"smoothing must be 'none' for a chain over observed contexts, got {model.smoothing!r}"
        )
    table = model.table(model.order)
    contexts, offsets, tokens = table.contexts, table.offsets, table.tokens
    totals = table.totals
    probability = table.counts / np.repeat(totals, np.diff(offsets))
    final = model.numbers[-model.order :].tolist()
    last = table.find(final)
    if last >= 0:
        totals = totals.copy()
        totals[last] += 1
    else:  # the text's last context never goes on: it leads to the end, which stays, or through the beginning
        added, following, weights = _beyond(model, final)
        contexts = np.vstack([contexts, added])
        offsets = np.append(offsets, len(tokens) + 1 + np.arange(len(added)))
        tokens = np.append(tokens, following).astype(np.int32)
        probability = np.append(probability, np.ones(len(added)))
        totals = np.append(totals, weights)
    source = np.repeat(np.arange(len(contexts)), np.diff(offsets))
    following = np.column_stack([contexts[source, 1:], tokens])  # (E, n)
    if model.eos_id is not None:
        following[tokens == model.eos_id] = model.eos_id
    keys = pack(np.vstack([contexts, following]), model.vocab_size)
    known, wanted = keys[: len(contexts)], keys[len(contexts) :]
    order = np.argsort(known)
    next_context = order[np.searchsorted(known[order], wanted)]
    return ContextChain(contexts, totals / totals.sum(), offsets, tokens, next_context, probability)


def _beyond(model: NgramModel, final: list[int]) -> tuple[list[list[int]], list[int], list[int]]:
    """(contexts, the one token after each, how often each occurs) behind a last context that has no
    successor."""
    if model.eos_id is not None:
        return [final, [model.eos_id] * model.order], [model.eos_id, model.eos_id], [1, 0]
    added, following = [], []
    context = final
    while model.table(model.order).find(context) < 0:  # at most n: then the beginning stands there
        token = int(model.successors(context)[0][0])
        added.append(context)
        following.append(token)
        context = [*context[1:], token]
    return added, following, [1] * len(added)
