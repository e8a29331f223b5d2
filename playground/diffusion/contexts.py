"""The exact denoiser of an n-gram model: forward-backward over its observed contexts, sparse.

State k of a text of L words is the context that ends at word n - 1 + k. The first state carries the
evidence of n words, each later one that of its last word. Messages are normalised at each position,
so that long texts neither over- nor underflow.
"""

from __future__ import annotations

import numpy as np
from scipy import sparse

from playground.i18n import t

LARGEST_DENSE = 5_000  # words of a smoothed bigram
_HELD = 30_000_000  # numbers that the forward messages of one chunk of rows may hold


def from_ngram(denoiser_class, model):
    """See ExactDenoiser.from_ngram."""
    names = [str(token) for token in model.tokens]
    lower = _shorter(denoiser_class, model)
    if model.smoothing != "none":
        if model.order != 1 or model.vocab_size > LARGEST_DENSE:
            raise ValueError(
                t(
                    "a smoothed n-gram model must have order 1 and at most {largest_dense} words, "
                    "got order {order} and {vocab_size} words",
                    largest_dense=LARGEST_DENSE,
                    order=model.order,
                    vocab_size=model.vocab_size,
                )
            )
        rows = np.stack([model.next_probabilities([word]) for word in range(model.vocab_size)])
        initial = np.bincount(model.numbers, minlength=model.vocab_size) / len(model.numbers)
        return denoiser_class(initial, rows, states=names, lower=lower)
    chain = model.context_chain()
    count = len(chain.contexts)
    matrix = sparse.csr_matrix(
        (chain.probability, chain.next_context, chain.offsets), shape=(count, count)
    )
    contexts = np.asarray(chain.contexts, dtype=np.intp)
    return denoiser_class(
        chain.initial, matrix, states=names, contexts=contexts, lower=lower, order=model.order
    )


def _shorter(denoiser_class, model):
    if model.order <= 1:
        return None  # below order 1: the words' own frequencies, which the denoiser makes itself

    def lower():
        distinct = [token for number, token in enumerate(model.tokens) if number != model.eos_id]
        shorter = type(model)(
            model.numbers, distinct, model.order - 1, model.unit, "none", model.k, model.ending
        )
        return denoiser_class.from_ngram(shorter)

    return lower


def word_frequencies(denoiser) -> np.ndarray:
    """(V,) how often each word is the last of a context, weighted as the contexts occur."""
    return np.bincount(
        denoiser.contexts[:, -1], weights=denoiser.initial, minlength=denoiser.vocab_size
    )


def posterior_of_contexts(denoiser, evidence: np.ndarray) -> np.ndarray:
    """(B, L, V) log-likelihoods (each position's maximum 0) -> log p(x_i, evidence) up to a
    constant of each position.

    A row that fits no text comes back as -inf throughout.
    """
    batch, length, size = evidence.shape
    states = max(1, length - denoiser.contexts.shape[1] + 1)
    chunk = max(1, _HELD // (states * len(denoiser.contexts)))
    likelihood = np.exp(evidence)
    out = np.empty((batch, length, size))
    for begin in range(0, batch, chunk):
        out[begin : begin + chunk] = _smooth(denoiser, likelihood[begin : begin + chunk], states)
    with np.errstate(divide="ignore"):
        return np.log(out)


def _smooth(denoiser, likelihood: np.ndarray, states: int) -> np.ndarray:
    contexts, (batch, length, size) = denoiser.contexts, likelihood.shape
    order, last = contexts.shape[1], np.ascontiguousarray(contexts[:, -1])
    by_word = [np.ascontiguousarray(likelihood[:, i].T) for i in range(length)]  # (V, B) each

    known = [
        bool((likelihood[:, i] != 1.0).any()) for i in range(length)
    ]  # a masked position tells nothing: skip its product

    def own(k: int) -> np.ndarray | float:
        """(K, B), or 1: the evidence that state k carries."""
        if k > 0:
            return by_word[order - 1 + k][last] if known[order - 1 + k] else 1.0
        weight = by_word[0][contexts[:, 0]]
        for j in range(1, min(order, length)):
            weight = weight * by_word[j][contexts[:, j]] if known[j] else weight
        return weight

    message = denoiser.initial[:, None] * own(0)  # (K, B) p(state, evidence so far)
    forward = [_unit(message)]
    for k in range(1, states):
        forward.append(_unit((denoiser.backwards @ forward[-1]) * own(k)))
    out = np.zeros((batch, length, size))
    after = np.ones_like(message)
    for k in range(states - 1, -1, -1):
        joint = forward[k] * after  # (K, B)
        places = [order - 1 + k] if k > 0 else range(min(order, length))
        for place in places:
            words = last if k > 0 else contexts[:, place]
            for row in range(batch):
                out[row, place] = np.bincount(words, weights=joint[:, row], minlength=size)
        if k > 0:
            after = _unit(denoiser.transition @ (after * own(k)))
    # a row whose evidence died at any point fits nowhere
    dead = ~(out.sum(-1) > 0).all(1)
    out[dead] = 0.0
    return out


def _unit(message: np.ndarray) -> np.ndarray:
    total = message.sum(0, keepdims=True)
    return message / np.where(total > 0, total, 1.0)


def log_likelihood_of_contexts(denoiser, evidence: np.ndarray) -> np.ndarray:
    """(B,) log-probability (nats) of evidence (B, L, V); -inf where it cannot be."""
    contexts, length = denoiser.contexts, evidence.shape[1]
    order, last = contexts.shape[1], contexts[:, -1]
    likelihood = np.exp(evidence)
    message = np.repeat(denoiser.initial[:, None], len(evidence), axis=1)
    for j in range(min(order, length)):
        message = message * likelihood[:, j].T[contexts[:, j]]
    log = np.zeros(len(evidence))
    with np.errstate(divide="ignore"):
        for i in range(order, length):
            total = message.sum(0)
            log += np.log(total)
            message = (denoiser.backwards @ _unit(message)) * likelihood[:, i].T[last]
        return log + np.log(message.sum(0))
