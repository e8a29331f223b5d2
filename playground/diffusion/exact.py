"""Denoisers that are exact: p(x_i | everything known) of a Markov chain, an HMM or an n-gram model,
by forward-backward.

Masked positions are summed out; evidence may be of any kind (a word, a row of a noise matrix, a
Gaussian likelihood). Batched, in log space where the chain is small, with scaled messages where it
is large or sparse.
"""

from __future__ import annotations

import numpy as np
import torch
from scipy import sparse

from playground.diffusion.contexts import (
    from_ngram,
    log_likelihood_of_contexts,
    posterior_of_contexts,
    word_frequencies,
)

# up to this many states messages pass as log-sum-exp over all pairs; above, scaled by their maximum
LOG_SPACE_STATES = 48


class ImpossibleEvidence(ValueError):
    """No text of the model fits what is known. `.rows` of the batch, all of them, `.row` the first;
    `.lower`: the denoiser of the next lower order, or None."""

    def __init__(self, message: str, rows: np.ndarray, lower=None):
        super().__init__(message)
        self.rows, self.row, self.lower = rows, int(rows[0]), lower


class ExactDenoiser:
    """The denoiser protocol over a hidden chain: `logits(canvas)` are exact log-probabilities, (B,
    L, V), mask_id == V.

    initial (K,), transition (K, K) dense or scipy sparse, row-stochastic. A Markov chain's states
    are its words (V = K);
    `from_hmm` adds an emission matrix (K, V), `from_ngram` words of contexts. A visible position's
    row is its word's one-hot.

    Example: a chain that stays with probability .9; between two equal words the masked one is that
    word with .81 / .82.
    """

    def __init__(
        self, initial, transition, states=None, *, emission=None, contexts=None, lower=None, order=1
    ):
        """contexts (K, n): the words of each state, where states are contexts of an n-gram model.

        lower: () -> the denoiser of the next lower order, for evidence that this one cannot
            produce.
        """
        thin = sparse.issparse(transition)
        self.transition = (
            transition.tocsr().astype(np.float64)
            if thin
            else np.asarray(transition, dtype=np.float64)
        )
        self.backwards = self.transition.T.tocsr() if thin else self.transition.T
        self.initial = np.asarray(initial, dtype=np.float64).reshape(-1)
        count = len(self.initial)
        self._check("initial", self.initial[None], (1, count))
        self._check("transition", self.transition, (count, count))
        self.emission = None if emission is None else np.asarray(emission, dtype=np.float64)
        if self.emission is not None:
            if self.emission.ndim != 2:
                raise ValueError(f"emission must be ({count}, V), got shape {self.emission.shape}")
            self._check("emission", self.emission, (count, self.emission.shape[1]))
        self.contexts, self.order, self._lower = contexts, order, lower
        if contexts is not None:
            self.vocab_size = len(states) if states is not None else int(contexts.max()) + 1
        else:
            self.vocab_size = count if self.emission is None else self.emission.shape[1]
        self.mask_id = self.vocab_size
        self.names = (
            [str(name) for name in states]
            if states is not None
            else [str(i) for i in range(self.vocab_size)]
        )
        if len(self.names) != self.vocab_size:
            raise ValueError(f"states must have {self.vocab_size} names, got {len(self.names)}")
        with np.errstate(divide="ignore"):
            self._log_initial = np.log(self.initial)
            self._log_transition = (
                np.log(self.transition) if not thin and count <= LOG_SPACE_STATES else None
            )

    @staticmethod
    def _check(name: str, matrix, shape: tuple[int, int]) -> None:
        if tuple(matrix.shape) != shape:
            raise ValueError(f"{name} must have shape {shape}, got {tuple(matrix.shape)}")
        values = matrix.data if sparse.issparse(matrix) else matrix
        if not np.all(np.isfinite(values)) or np.any(values < 0):
            raise ValueError(
                f"{name} must hold probabilities in [0, 1], got "
                f"{np.asarray(values).reshape(-1)[:5].tolist()} ..."
            )
        sums = np.asarray(matrix.sum(axis=1)).reshape(-1)
        if np.any(np.abs(sums - 1.0) > 1e-6):
            row = int(np.abs(sums - 1.0).argmax())
            raise ValueError(
                f"{name} must have rows that sum to 1, row {row + 1} sums to {sums[row]:.6g}"
            )

    # ----------------------------------------------------------------------------------------------
    # where it comes from

    @classmethod
    def from_chain(cls, chain) -> ExactDenoiser:
        """A playground.markov.MarkovChain; without an initial distribution it starts in its
        stationary one."""
        initial = getattr(chain, "initial", None)
        return cls(
            chain.stationary() if initial is None else initial,
            chain.transition,
            states=getattr(chain, "states", None),
        )

    @classmethod
    def from_hmm(cls, hmm) -> ExactDenoiser:
        """A playground.markov.HiddenMarkovModel: its symbols are the words, its states are summed
        out."""
        return cls(
            hmm.initial, hmm.transition, states=getattr(hmm, "symbols", None), emission=hmm.emission
        )

    @classmethod
    def from_ngram(cls, model) -> ExactDenoiser:
        """A playground.markov.NgramModel: observed contexts alone, sparse; texts start at any
        context, as often as it occurs."""
        return from_ngram(cls, model)

    def lower(self) -> ExactDenoiser | None:
        """The next lower order: an n-gram's shorter contexts; below order 1 words drawn
        independently (the marginals)."""
        if self._lower is not None:
            return self._lower()
        if self.order <= 0:
            return None
        if self.contexts is not None:
            marginal = word_frequencies(self)
        else:
            # the average over the first positions is positive wherever the chain ever goes
            marginal, now = np.zeros(len(self.initial)), self.initial
            for _ in range(min(200, 2 * len(self.initial) + 8)):
                marginal, now = marginal + now, now @ self.transition
            marginal = marginal if self.emission is None else marginal @ self.emission
        return ExactDenoiser(
            [1.0], [[1.0]], states=self.names, emission=(marginal / marginal.sum())[None], order=0
        )

    # ----------------------------------------------------------------------------------------------
    # text

    def encode(self, text: str) -> list[int]:
        """Words separated by white space, or the characters where every word is one character;
        ValueError for an unknown one."""
        index = {name: i for i, name in enumerate(self.names)}
        pieces = text.split()
        if any(piece not in index for piece in pieces) and all(
            len(name) == 1 for name in self.names
        ):
            pieces = list(text)
        unknown = next((piece for piece in pieces if piece not in index), None)
        if unknown is not None:
            raise ValueError(f"text must use the model's {self.vocab_size} words, got {unknown!r}")
        return [index[piece] for piece in pieces]

    def decode(self, ids) -> str:
        names = [self.names[int(i)] if int(i) < self.vocab_size else "[MASK]" for i in ids]
        return (
            ""
            if all(len(name) == 1 for name in self.names) and not self.names[0].isdigit()
            else " "
        ).join(names)

    # ----------------------------------------------------------------------------------------------
    # the protocol

    def logits(self, canvas) -> torch.Tensor:
        """(B, L) ids -> (B, L, V) float64 log-probabilities given all visible words; -inf where
        impossible."""
        return self.posterior_log(self.evidence(canvas))

    def evidence(self, canvas) -> np.ndarray:
        """(B, L, V) log-likelihoods of a canvas: zeros where masked, one-hot where visible."""
        ids = np.asarray(
            canvas.detach().cpu() if isinstance(canvas, torch.Tensor) else canvas, dtype=np.int64
        )
        if ids.ndim != 2 or ids.min() < 0 or ids.max() > self.mask_id:
            raise ValueError(
                f"canvas must be (B, L) with ids in [0, {self.mask_id}], got shape {ids.shape}"
            )
        evidence = np.zeros((*ids.shape, self.vocab_size))
        rows, places = np.nonzero(ids != self.mask_id)
        evidence[rows, places] = -np.inf
        evidence[rows, places, ids[rows, places]] = 0.0
        return evidence

    def posterior(self, log_likelihood) -> torch.Tensor:
        """(B, L, V) evidence at each position -> (B, L, V) probabilities p(x_i | all evidence, its
        own too)."""
        return self.posterior_log(log_likelihood).exp()

    def posterior_log(self, log_likelihood) -> torch.Tensor:
        """The logarithms of `posterior`, float64. ImpossibleEvidence where nothing fits; never
        NaN."""
        evidence = np.asarray(log_likelihood, dtype=np.float64)
        if evidence.ndim != 3 or evidence.shape[2] != self.vocab_size:
            raise ValueError(
                f"evidence must be (B, L, {self.vocab_size}), got shape {evidence.shape}"
            )
        if np.isnan(evidence).any() or np.any(evidence == np.inf):
            raise ValueError("evidence must be finite or -inf, got NaN or +inf")
        top = evidence.max(-1, keepdims=True)
        if np.any(np.isneginf(top)):
            row, position, _ = (int(part[0]) for part in np.nonzero(np.isneginf(top)))
            raise ValueError(
                "evidence must leave one word possible, got -inf for all of them at row "
                f"{row + 1}, position {position + 1}"
            )
        evidence = evidence - top  # a constant of a position changes nothing
        log = (
            self._smooth(evidence)
            if self.contexts is None
            else posterior_of_contexts(self, evidence)
        )
        total = _logsumexp(log)
        dead = np.isneginf(total).any((1, 2))
        if dead.any():
            self._impossible(np.nonzero(dead)[0])
        return torch.from_numpy(log - total)

    def log_likelihood(self, ids) -> np.ndarray:
        """(B,) log-probability (nats) of fully visible texts (B, L); -inf where the model cannot
        produce them."""
        evidence = self.evidence(ids)
        if self.contexts is not None:
            return log_likelihood_of_contexts(self, evidence)
        states = self._on_states(evidence)
        alpha = self._log_initial + states[:, 0]
        for i in range(1, states.shape[1]):
            alpha = self._pass(alpha, forward=True) + states[:, i]
        return _logsumexp(alpha)[..., 0]

    def with_fallback(self) -> Fallback:
        """The same denoiser, which answers rows that it cannot produce by the next lower order
        instead of raising."""
        return Fallback(self)

    def _impossible(self, rows: np.ndarray) -> None:
        lower = self.lower()
        advice = (
            "no lower order exists"
            if lower is None
            else f"try the next lower order ({self.order - 1}): .lower()"
        )
        message = f"no text of this model (order {self.order}) fits what is known in row {rows[0] + 1}; {advice}"
        raise ImpossibleEvidence(message, rows, lower)

    def _on_states(self, evidence: np.ndarray) -> np.ndarray:
        """(B, L, V) on words -> (B, L, K) on states."""
        if self.emission is None:
            return evidence
        top = np.maximum(evidence.max(-1, keepdims=True), -1e300)
        with np.errstate(divide="ignore"):
            return np.log(np.exp(evidence - top) @ self.emission.T) + top

    def _pass(self, message: np.ndarray, forward: bool) -> np.ndarray:
        """log of exp(message) @ transition (forward) or its transpose (backward); message (B,
        K)."""
        if self._log_transition is not None:
            matrix = self._log_transition if forward else self._log_transition.T
            return _logsumexp_axis1(message[:, :, None] + matrix[None])
        top = message.max(-1, keepdims=True)
        top = np.where(np.isneginf(top), 0.0, top)
        # (m @ P) as (P^T @ m^T)^T: the sparse product wants the matrix on the left
        matrix = self.backwards if forward else self.transition
        with np.errstate(divide="ignore"):
            return np.log((matrix @ np.exp(message - top).T).T) + top

    def _smooth(self, evidence: np.ndarray) -> np.ndarray:
        """Unnormalised log p(x_i, all evidence), (B, L, V)."""
        states = self._on_states(evidence)  # (B, L, K)
        length = states.shape[1]
        before = np.empty_like(states)  # log p(s_i, evidence before i)
        before[:, 0] = self._log_initial
        for i in range(1, length):
            before[:, i] = _centred(self._pass(before[:, i - 1] + states[:, i - 1], forward=True))
        after = np.zeros_like(states)  # log p(evidence after i | s_i)
        for i in range(length - 2, -1, -1):
            after[:, i] = _centred(self._pass(after[:, i + 1] + states[:, i + 1], forward=False))
        rest = before + after  # everything but the position's own evidence
        if self.emission is None:
            return rest + evidence
        top = rest.max(-1, keepdims=True)
        top = np.where(np.isneginf(top), 0.0, top)
        with np.errstate(divide="ignore"):
            return np.log(np.exp(rest - top) @ self.emission) + top + evidence


class Fallback:
    """An exact denoiser that hands rows it cannot produce to its lower orders; `orders` (B,) says
    which order answered last."""

    def __init__(self, denoiser: ExactDenoiser):
        self.denoiser, self.orders = denoiser, np.zeros(0, dtype=np.int64)
        self.vocab_size, self.mask_id, self.names = (
            denoiser.vocab_size,
            denoiser.mask_id,
            denoiser.names,
        )
        self.encode, self.decode = denoiser.encode, denoiser.decode
        self.embeddings = getattr(denoiser, "embeddings", None)
        self._lower: ExactDenoiser | None = None

    def logits(self, canvas) -> torch.Tensor:
        return self.posterior_log(self.denoiser.evidence(canvas))

    def posterior(self, log_likelihood) -> torch.Tensor:
        return self.posterior_log(log_likelihood).exp()

    def posterior_log(self, log_likelihood) -> torch.Tensor:
        evidence = np.asarray(log_likelihood, dtype=np.float64)
        out = torch.empty(evidence.shape, dtype=torch.float64)
        self.orders = np.full(len(evidence), -1)
        asked, rows = self.denoiser, np.arange(len(evidence))
        while len(rows):
            beaten = np.zeros(0, dtype=np.int64)
            try:
                out[rows] = asked.posterior_log(evidence[rows])
            except ImpossibleEvidence as error:
                if error.lower is None:
                    raise
                self._lower = self._lower or error.lower
                beaten, rows = rows[error.rows], np.delete(rows, error.rows)
                if len(rows):
                    out[rows] = asked.posterior_log(evidence[rows])
            self.orders[rows] = asked.order
            if not len(beaten):
                break
            lower = self._lower if asked is self.denoiser else asked.lower()
            assert lower is not None, "ImpossibleEvidence without a lower order was raised above"
            asked, rows = lower, beaten
        return out


def _centred(message: np.ndarray) -> np.ndarray:
    """Constants of a row change nothing in the end; taking the maximum out keeps long texts from
    running off."""
    top = message.max(-1, keepdims=True)
    return message - np.where(np.isneginf(top), 0.0, top)


def _logsumexp(values: np.ndarray) -> np.ndarray:
    top = values.max(-1, keepdims=True)
    safe = np.where(np.isneginf(top), 0.0, top)
    with np.errstate(divide="ignore"):
        return np.log(np.exp(values - safe).sum(-1, keepdims=True)) + safe


def _logsumexp_axis1(values: np.ndarray) -> np.ndarray:
    top = values.max(1, keepdims=True)
    safe = np.where(np.isneginf(top), 0.0, top)
    with np.errstate(divide="ignore"):
        return np.log(np.exp(values - safe).sum(1)) + safe[:, 0]
