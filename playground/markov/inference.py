"""Forward and backward passes of a hidden Markov model over likelihood arrays, at the speed of
compiled code without any.

Everything here takes likelihood (T, K), row t = P(observation t | each state), so that missing
observations are rows of ones and evidence of any kind fits. Several sequences run as one long
chain: at a start the step's matrix has the initial distribution in every row, which forgets what
came before.

Three ways to the same figures, the first two scaled (each row normalised, the logarithm of its
scale kept):
- `_by_steps`: one vector-matrix product a position; best where K is large;
- `_by_blocks`: the sequence is cut into about sqrt(T) blocks whose matrix products grow side by
  side, one batched product a step, then one vector is passed on from block to block: an associative
  scan of two levels, best where K is small;
- `_in_logs`: log-sum-exp throughout. Taken when scaling lost a state: a probability that should be
  positive came out as 0 or below 1e-150 of its row (`_lost`), so that no "impossible" is ever
  rounding. Learning needs posteriors only and takes it when sum_k alpha_t(k) beta_t(k) is not the
  same at every t (`_unequal`): learnt models are full of faint rates that no posterior feels.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

BLOCKS_UP_TO = (
    10  # states: above, K^3 work a step costs more than the calls that blocks save (measured)
)
FAINTEST = 1e-150  # alpha * beta of two such numbers still has all its digits


@dataclass
class Passes:
    """Result of both passes. alpha, beta (T, K): rows scaled freely; true log alpha = log(alpha) +
    alpha_scale[:, None].

    `exact_logs` (log alpha, log beta), each (T, K), where the pass ran in log space; alpha and beta
    are then their exponentials, row by row relative to the largest. log_likelihood: nats, over all
    sequences; -inf where impossible.
    """

    alpha: np.ndarray
    beta: np.ndarray
    alpha_scale: np.ndarray
    beta_scale: np.ndarray
    log_likelihood: float
    exact_logs: tuple[np.ndarray, np.ndarray] | None = None

    @property
    def log_alpha(self) -> np.ndarray:
        """ln P(x_1..x_t, z_t = k), (T, K), nats."""
        return (
            self.exact_logs[0] if self.exact_logs else _log(self.alpha) + self.alpha_scale[:, None]
        )

    @property
    def log_beta(self) -> np.ndarray:
        """ln P(x_{t+1}..x_T | z_t = k), (T, K), nats."""
        return self.exact_logs[1] if self.exact_logs else _log(self.beta) + self.beta_scale[:, None]

    @property
    def posterior(self) -> np.ndarray:
        """P(z_t = k | all observations), (T, K). Not defined (NaN) where the observations are
        impossible."""
        if self.exact_logs:
            joint = self.exact_logs[0] + self.exact_logs[1]
            joint = np.exp(joint - joint.max(axis=1, keepdims=True))
        else:
            joint = self.alpha * self.beta
        return joint / joint.sum(axis=1, keepdims=True)


def forward_backward(initial, transition, likelihood, starts=(0,), logs=True) -> Passes:
    """Both passes. initial (K,), transition (K, K), likelihood (T, K) >= 0; starts: first positions
    of the sequences.

    logs=False: posteriors, expected transitions and the likelihood are right, a faint log alpha or
    log beta may be -inf.
    """
    length, states = likelihood.shape
    largest = likelihood.max(axis=1)
    if not largest.min() > 0:
        return _in_logs(initial, transition, likelihood, starts)
    relative = likelihood / largest[:, None]
    by = _by_blocks if states <= BLOCKS_UP_TO and length >= 16 else _by_steps
    with np.errstate(divide="ignore", invalid="ignore", under="ignore"):
        alpha, beta, alpha_total, beta_total = by(initial, transition, relative, starts)
        lost = (
            _lost(alpha, beta, initial, transition, relative, starts)
            if logs
            else _unequal(alpha, beta, alpha_total, beta_total)
        )
        if lost:
            return _in_logs(initial, transition, likelihood, starts)
    weights = np.cumsum(np.log(largest))
    alpha_total += weights
    beta_total += weights[-1] - weights
    log_likelihood = float(alpha_total[-1])
    # the totals run over the whole chain; a sequence's own figures start and end with it
    ends = np.append(np.array(starts[1:], dtype=np.int64), length) - 1
    lengths = np.diff(np.append(starts, length)).astype(np.int64)
    before = np.concatenate([[0.0], alpha_total[ends[:-1]]])
    after = beta_total[ends] - math.log(states)
    return Passes(
        alpha,
        beta,
        alpha_total - np.repeat(before, lengths),
        beta_total - np.repeat(after, lengths),
        log_likelihood,
    )


def expected_transitions(transition, likelihood, passes: Passes, starts=(0,)) -> np.ndarray:
    """(K, K): sum over t of P(z_t = i, z_{t+1} = j | all observations), steps from one sequence to
    the next left out."""
    inner = _inner(len(likelihood), starts)  # positions t whose t + 1 belongs to the same sequence
    if passes.exact_logs:
        total = np.zeros_like(transition)
        for pairs in _pairs_in_logs(transition, likelihood, passes, inner):
            total = total + pairs.sum(axis=0)
        return total
    ahead = (likelihood * passes.beta)[inner + 1]  # (n, K)
    behind = passes.alpha[inner]  # (n, K)
    total = (behind * (ahead @ transition.T)).sum(axis=1)  # (n,)
    return transition * ((behind / total[:, None]).T @ ahead)  # (K, K)


def pairwise_posterior(transition, likelihood, passes: Passes) -> np.ndarray:
    """(T - 1, K, K): P(z_t = i, z_{t+1} = j | all observations) of one sequence."""
    inner = _inner(len(likelihood), (0,))
    if passes.exact_logs:
        return np.concatenate(
            [
                *_pairs_in_logs(transition, likelihood, passes, inner),
                np.empty((0, *transition.shape)),
            ]
        )
    pairs = (
        passes.alpha[:-1, :, None] * transition * (likelihood * passes.beta)[1:, None, :]
    )  # (T - 1, K, K)
    return pairs / pairs.sum(axis=(1, 2), keepdims=True)


def _pairs_in_logs(transition, likelihood, passes, inner):
    """Pairwise posteriors in chunks of positions (n, K, K), from exact logarithms."""
    log_alpha, log_beta = passes.exact_logs
    chunk = max(1, 2**20 // transition.size)
    edges, ahead = _log(transition), _log(likelihood) + log_beta
    for first in range(0, len(inner), chunk):
        now = inner[first : first + chunk]
        pairs = log_alpha[now, :, None] + edges + ahead[now + 1, None, :]  # (n, K, K)
        pairs = np.exp(pairs - pairs.max(axis=(1, 2), keepdims=True))
        yield pairs / pairs.sum(axis=(1, 2), keepdims=True)


# one product a position
# ------------------------------------------------------------------------------------------------
# each way returns alpha, beta (T, K), rows summing to 1, and the running logarithms of what was
# divided away, from the first position (alpha) and from the last (beta)


def _by_steps(initial, transition, likelihood, starts):
    length, states = likelihood.shape
    alpha, beta = np.empty((length, states)), np.empty((length, states))
    forward, backward = np.empty(length), np.empty(length)
    dot, multiply, add = np.dot, np.multiply, np.add.reduce
    first, row = set(starts), initial
    for t in range(length):
        here = alpha[t]
        multiply(initial if t in first else dot(row, transition), likelihood[t], out=here)
        forward[t] = total = add(here)
        here /= total
        row = here
    back = np.ascontiguousarray(transition.T)
    for t in range(length - 1, -1, -1):
        here = beta[t]
        if t == length - 1 or t + 1 in first:
            here[:] = 1
        else:
            dot(multiply(row, likelihood[t + 1]), back, out=here)
        backward[t] = total = add(here)
        here /= total
        row = here
    return alpha, beta, np.cumsum(np.log(forward)), np.cumsum(np.log(backward[::-1]))[::-1].copy()


# blocks side by side
# --------------------------------------------------------------------------------------------------


def _by_blocks(initial, transition, likelihood, starts):
    length, states = likelihood.shape
    steps = length - 1
    size = min(64, max(4, math.isqrt(steps)))  # steps in a block
    count = -(-steps // size)  # blocks
    matrices = np.empty((count * size, states, states))
    np.multiply(transition, likelihood[1:, None, :], out=matrices[:steps])
    for start in starts[1:]:
        matrices[start - 1] = (
            initial * likelihood[start]
        )  # every row the same: what came before is forgotten
    matrices[steps:] = np.eye(states)
    matrices = matrices.reshape(count, size, states, states)
    # first half: A_1, A_2, ... of each block; second half: the last block's last matrix first,
    # transposed
    chain = np.empty((size, 2 * count, states, states))
    chain[:, :count] = matrices.swapaxes(0, 1)
    chain[:, count:] = matrices[::-1, ::-1].transpose(1, 0, 3, 2)
    for step in range(1, size):
        chain[step] = chain[step - 1] @ chain[step]  # now prefix products, (size, 2 count, K, K)
    whole = chain[-1].reshape(2, count, states, states).swapaxes(0, 1)  # (count, 2, K, K)
    whole = whole / whole.max(axis=(2, 3), keepdims=True)
    boundary = np.empty((count, 2, 1, states))
    alpha = initial * likelihood[0]
    boundary[0, 0, 0], boundary[0, 1, 0] = alpha / alpha.sum(), 1 / states
    for block in range(1, count):
        row = boundary[block - 1] @ whole[block - 1]  # (2, 1, K)
        np.divide(row, np.add.reduce(row, axis=2, keepdims=True), out=boundary[block])
    rows = (boundary.swapaxes(0, 1).reshape(2 * count, 1, states) @ chain)[
        :, :, 0
    ]  # (size, 2 count, K)
    totals = rows.sum(axis=2)  # (size, 2 count)
    if not totals.min() > FAINTEST:
        totals[:] = 0  # a block whose product faded away: the check will send this to log space
    rows /= totals[:, :, None]
    logs = np.log(totals)
    logs[:, 1:count] += np.cumsum(logs[-1, : count - 1])
    logs[:, count + 1 :] += np.cumsum(logs[-1, count:-1])
    alphas, betas = np.empty((length, states)), np.empty((length, states))
    alpha_total, beta_total = np.empty(length), np.empty(length)
    alphas[0], alpha_total[0] = (
        boundary[0, 0, 0],
        math.log(alpha.sum()) if alpha.sum() > 0 else -math.inf,
    )
    alphas[1:] = rows[:, :count].swapaxes(0, 1).reshape(-1, states)[:steps]
    alpha_total[1:] = alpha_total[0] + logs[:, :count].T.ravel()[:steps]
    # backward rows come from the padded end towards position 0
    betas[-1], beta_total[-1] = 1 / states, math.log(states)
    padding = count * size - steps
    betas[-2::-1] = rows[:, count:].swapaxes(0, 1).reshape(-1, states)[padding:]
    beta_total[-2::-1] = math.log(states) + logs[:, count:].T.ravel()[padding:]
    return alphas, betas, alpha_total, beta_total


# log space
# --------------------------------------------------------------------------------------------------


def _lost(alpha, beta, initial, transition, likelihood, starts) -> bool:
    """Whether scaling lost a state: anything not finite, faint, or 0 where the step before says
    that it is positive."""
    smallest = min(alpha.min(), beta.min())
    if not smallest >= 0:
        return True  # NaN: a row summed to 0
    if smallest >= FAINTEST:
        return False
    for rows in (alpha, beta):
        if ((rows > 0) & (rows < FAINTEST)).any():
            return True
    edges, live = (transition > 0).astype(float), likelihood > 0
    inner = _inner(len(alpha), starts)
    forward = np.tile(initial > 0, (len(alpha), 1))
    forward[inner + 1] = (alpha[inner] > 0) @ edges > 0
    backward = np.ones_like(live)
    backward[inner] = ((beta > 0) & live)[inner + 1] @ edges.T > 0
    return bool(((forward & live) != (alpha > 0)).any() or (backward != (beta > 0)).any())


def _unequal(alpha, beta, alpha_total, beta_total) -> bool:
    """Whether the probability of everything, counted at each position anew, is not one number: then
    a path was lost."""
    everything = np.log((alpha * beta).sum(axis=1)) + alpha_total + beta_total
    largest = everything.max()
    return not largest - everything.min() <= 1e-8 + 1e-12 * abs(largest)


def _in_logs(initial, transition, likelihood, starts) -> Passes:
    length = len(likelihood)
    log_initial, edges, seen = _log(initial), _log(transition), _log(likelihood)
    back = np.ascontiguousarray(edges.T)
    log_alpha, log_beta = np.empty_like(seen), np.empty_like(seen)
    first = set(starts)
    for t in range(length):
        log_alpha[t] = (
            log_initial if t in first else _log_sum(log_alpha[t - 1][:, None] + edges)
        ) + seen[t]
    for t in range(length - 1, -1, -1):
        last = t == length - 1 or t + 1 in first
        log_beta[t] = 0.0 if last else _log_sum((seen[t + 1] + log_beta[t + 1])[:, None] + back)
    ends = np.append(np.array(starts[1:], dtype=np.int64), length) - 1
    log_likelihood = float(_log_sum(log_alpha[ends].T).sum())
    alpha_scale, beta_scale = (_finite(rows.max(axis=1)) for rows in (log_alpha, log_beta))
    return Passes(
        np.exp(log_alpha - alpha_scale[:, None]),
        np.exp(log_beta - beta_scale[:, None]),
        alpha_scale,
        beta_scale,
        log_likelihood,
        (log_alpha, log_beta),
    )


def _log_sum(values: np.ndarray) -> np.ndarray:
    """ln of the sum over the first axis of exp(values); -inf where every term is -inf."""
    largest = _finite(values.max(axis=0))
    return _log(np.exp(values - largest).sum(axis=0)) + largest


def _finite(values: np.ndarray) -> np.ndarray:
    return np.where(values > -math.inf, values, 0.0)


def _log(values: np.ndarray) -> np.ndarray:
    with np.errstate(divide="ignore"):
        return np.log(values)


def _inner(length: int, starts) -> np.ndarray:
    """Positions t with t + 1 in the same sequence."""
    inside = np.ones(length, dtype=bool)
    inside[np.asarray(starts[1:], dtype=np.int64) - 1] = False
    inside[-1] = False
    return np.flatnonzero(inside)
