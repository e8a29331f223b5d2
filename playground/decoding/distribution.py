"""What is left of the vocabulary at one point of the chain: logits of the survivors, their softmax,
their order.

Everything here is numpy on float32, because a step has about 2 ms for all its rules: a full stable
sort of 49,152 values costs more than that, a partial selection a fiftieth of it. Softmax is
torch's, bit for bit what transformers computes.
"""

from __future__ import annotations

from functools import cached_property

import numpy as np
import torch

from playground.i18n import t

# Below this size nothing is gained by dropping the removed tokens from the arrays, and keeping them
# as -inf makes every sum run over the same values in the same order as transformers' own: exact
# coincidences (hand-made tables) agree bit for bit.
COMPACT_ABOVE = 4096
_BLOCKS = 1024  # into which a long row is cut to find its few largest values without sorting


def as_float32(logits) -> np.ndarray:
    """Logits of any kind (tensor on any device, array, list) as a (V,) float32 array on the CPU.

    Raises ValueError on a wrong shape, on NaN, on +inf, and where no token is possible. -inf (a
    forbidden token) is allowed.
    """
    if isinstance(logits, torch.Tensor):
        values = logits.detach().to("cpu", torch.float32).numpy()
    else:
        values = np.asarray(logits, dtype=np.float32)
    if values.ndim != 1 or values.size == 0:
        raise ValueError(
            t(
                "logits must be one row of at least one value, got shape {value}",
                value=tuple(values.shape),
            )
        )
    if not np.isfinite(values).all():
        if np.isnan(values).any():
            raise ValueError(
                t("logits must not hold NaN, got {got} of them", got=int(np.isnan(values).sum()))
            )
        if (values == np.inf).any():
            raise ValueError(
                t(
                    "logits must be below +inf, got +inf for token {value}",
                    value=int(np.argmax(values)),
                )
            )
        if (values == -np.inf).all():
            raise ValueError(
                t("logits must leave at least one token possible, got -inf for every token")
            )
    return values


def softmax(values: np.ndarray) -> np.ndarray:
    """torch's float32 softmax of a float32 array. (n,)"""
    return torch.softmax(torch.from_numpy(values), -1).numpy()


def descending(values: np.ndarray, limit: int | None = None) -> np.ndarray:
    """Positions by falling value, equal values by rising position; only the first `limit` of them
    where given.

    >>> descending(np.float32([1, 3, 2, 3])).tolist()
    [1, 3, 2, 0]
    """
    if limit is not None and limit <= _BLOCKS // 2 and len(values) >= 8 * _BLOCKS:
        # The limit-th largest of the blocks' maxima is no larger than the limit-th largest value:
        # whatever is below it is out. A block is every 1,024th value, so that the maxima of all
        # blocks are taken side by side.
        rows = len(values) // _BLOCKS
        maxima = values[: _BLOCKS * rows].reshape(rows, _BLOCKS).max(0)
        head = np.flatnonzero(values >= np.partition(maxima, -limit)[-limit])
        if len(head) < len(values):
            return head[descending(values[head], limit)]
    # A float's bits, flipped so that they order like unsigned integers, above the position: one
    # integer sort is then a stable sort, and numpy sorts integers with vector instructions. Adding
    # 0 makes -0.0 equal 0.0.
    bits = (values + np.float32(0)).view(np.int32)
    rising = (bits ^ ((bits >> 31) | np.int32(-(2**31)))).view(np.uint32)
    keys = ((~rising).astype(np.uint64) << np.uint64(32)) | np.arange(len(values), dtype=np.uint64)
    if limit is not None and limit < len(keys):
        keys = np.partition(keys, limit)[:limit]
    keys.sort()
    return (keys & np.uint64(0xFFFFFFFF)).astype(np.int64)


class Candidates:
    """The survivors of some rules: `values` are their logits, `ids` their token ids in rising order
    (None: all V tokens).

    Removed tokens are absent from a compact one and -inf in a full one; callers need not know which
    it is.
    """

    def __init__(self, values: np.ndarray, vocab_size: int, ids: np.ndarray | None = None):
        self.values, self.vocab_size, self.ids = values, vocab_size, ids
        self._order: np.ndarray | None = (
            None  # the longest order that was asked for: shorter ones are its beginning
        )

    @cached_property
    def probabilities(self) -> np.ndarray:
        """float32 softmax over the survivors. (n,)"""
        return softmax(self.values)

    @cached_property
    def total(self) -> float:
        """Sum of the float32 probabilities in float64: 1 up to rounding, and the divisor that makes
        it 1."""
        return float(self.probabilities.sum(dtype=np.float64))

    @cached_property
    def finite(self) -> bool:
        """True where no value is -inf."""
        return bool(np.isfinite(self.values).all())

    @cached_property
    def count(self) -> int:
        """Number of tokens that can still be drawn."""
        return len(self.values) if self.finite else int(np.count_nonzero(self.values > -np.inf))

    @cached_property
    def best(self) -> int:
        """Position of the largest logit, the first among equals."""
        return int(self.values.argmax())

    @cached_property
    def entropy(self) -> float:
        """Entropy in nats, over all survivors."""
        values, probabilities = self.values, self.probabilities
        if not self.finite:
            alive = values > -np.inf
            values, probabilities = values[alive], probabilities[alive]
        with np.errstate(over="ignore", invalid="ignore"):
            below = values.max() - values
            expected = float(np.dot(probabilities.astype(np.float64), below)) / self.total
        if not np.isfinite(expected):  # a distance beyond float32, of a token without any mass
            possible = probabilities > 0
            mass = probabilities[possible].astype(np.float64)
            expected = float(np.dot(mass, below[possible])) / self.total
        return max(expected - float(np.log(self.probabilities[self.best] / self.total)), 0.0)

    def position_of(self, ids: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """(position, present) of token ids in these arrays; the position of an absent one means
        nothing."""
        ids = np.asarray(ids)
        if self.ids is None:
            return ids, np.ones(len(ids), bool)
        positions = np.minimum(np.searchsorted(self.ids, ids), len(self.ids) - 1)
        return positions, self.ids[positions] == ids

    def alive(self, ids: np.ndarray) -> np.ndarray:
        """Which of the token ids survive. bool"""
        positions, present = self.position_of(ids)
        return present & (self.values[positions] > -np.inf)

    def probability_of(self, ids: np.ndarray) -> np.ndarray:
        """Probability of token ids, 0 for removed ones. float64"""
        positions, present = self.position_of(ids)
        return np.where(present, self.probabilities[positions].astype(np.float64), 0.0) / self.total

    def surprisal_of(self, token_id: int) -> float:
        """-log P in nats from the logits, so that it is finite where the float32 probability
        underflows."""
        positions, present = self.position_of(np.array([token_id]))
        value = float(self.values[positions[0]]) if present[0] else -np.inf
        top = self.probabilities[self.best] / self.total
        return max(float(self.values[self.best]) - value - float(np.log(top)), 0.0)

    def token_ids(self, positions: np.ndarray) -> np.ndarray:
        """Token ids at positions."""
        return positions if self.ids is None else self.ids[positions]

    def with_values(self, values: np.ndarray) -> Candidates:
        """The same tokens with other logits."""
        return Candidates(values, self.vocab_size, self.ids)

    def scaled(self, values: np.ndarray) -> Candidates:
        """The same tokens with other logits in the same order: what was sorted stays sorted.

        Where two values became equal by rounding the lower id must come first, so only an order
        that is still strict is kept."""
        moved = self.with_values(values)
        if self._order is not None and bool((np.diff(values[self._order]) < 0).all()):
            moved._order = self._order
        return moved

    def keep(self, mask: np.ndarray) -> Candidates:
        """Only the positions where mask is True."""
        if mask.all():
            return self
        if self.vocab_size <= COMPACT_ABOVE:
            return self.with_values(np.where(mask, self.values, np.float32(-np.inf)))
        positions = np.flatnonzero(mask)
        return Candidates(self.values[positions], self.vocab_size, self.token_ids(positions))

    def only(self, position: int) -> Candidates:
        """One-hot on a position."""
        mask = np.zeros(len(self.values), bool)
        mask[position] = True
        return self.keep(mask)

    def scatter(self, values: np.ndarray, fill: float) -> torch.Tensor:
        """Values of the survivors at their places among all tokens. (V,)"""
        if self.ids is None:
            return torch.from_numpy(values.copy())
        full = np.full(self.vocab_size, fill, dtype=values.dtype)
        full[self.ids] = values
        return torch.from_numpy(full)

    def largest(self, limit: int) -> np.ndarray:
        """Positions of the most likely survivors, most likely first, ties lowest id first; at most
        `limit`."""
        if self._order is None or len(self._order) < min(limit, len(self.values)):
            self._order = descending(self.values, limit)
        order = self._order[:limit]
        return order if self.finite else order[self.values[order] > -np.inf]

    def draw(self, u: float) -> int:
        """Position where u falls in the cumulative sum (float64) of the probabilities in falling
        order."""
        goal, limit = u * self.total, 256
        while True:
            order = self.largest(limit)
            cumulative = np.cumsum(self.probabilities[order], dtype=np.float64)
            place = int(np.searchsorted(cumulative, goal, side="right"))
            if place < len(order):
                return int(order[place])
            if limit >= len(
                self.values
            ):  # u·total beyond the sum by rounding: the last token that has any mass
                return int(order[np.flatnonzero(self.probabilities[order])[-1]])
            limit *= 16
