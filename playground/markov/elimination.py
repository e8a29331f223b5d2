"""Every linear system of a chain, in discrete and in continuous time, by elimination of states
without a subtraction.

`flow` (K, K) holds at [i, j] >= 0 the probability of a step i -> j (discrete time) or the rate of
jumps i -> j (continuous time). Its diagonal is never read: how much leaves a state is the sum of
what goes elsewhere, not 1 - P[i, i], so that a small probability keeps all its digits. Source:
Grassmann, Taksar, Heyman 1985, "Regenerative analysis and steady state distributions for Markov
chains"; O'Cinneide 1993 bounds the error: entry by entry, whatever the sizes.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from scipy.sparse.csgraph import breadth_first_order, connected_components


@dataclass(frozen=True)
class CommunicatingClass:
    """States that reach one another. `recurrent`: never left. `period`: gcd of the lengths of its
    loops (0: it has none)."""

    states: tuple[int, ...]
    recurrent: bool
    period: int


@dataclass(frozen=True)
class Absorption:
    """Where the chain ends: `classes` are the C recurrent classes, in the order of their lowest
    state.

    probabilities (K, C): of ending in each class, by starting state. expected_steps (K,): until a
    recurrent state is reached (continuous time: units of time). visits (K, K): expected visits of
    each transient state before absorption (the fundamental matrix; continuous time: expected time
    in it; 0 for recurrent ones).
    """

    classes: tuple[tuple[int, ...], ...]
    probabilities: np.ndarray
    expected_steps: np.ndarray
    visits: np.ndarray


# the two eliminations
# --------------------------------------------------------------------------------------------------


def solve_leaving(flow: np.ndarray, leaves: np.ndarray, gains: np.ndarray) -> np.ndarray:
    """x (n, m) >= 0 with (leaves[i] + sum of flow[i, j != i]) x[i] = gains[i] + sum over j != i of
    flow[i, j] x[j].

    flow (n, n): among n states that are all left in the end; leaves (n,): out of them, at each step
    or by unit of time; gains (n, m): what one visit brings (1: a step; the flow into a target: the
    probability of reaching it). A value beyond the largest float is inf.
    """
    try:
        with np.errstate(all="raise"):
            return _solve_leaving(flow.astype(float), leaves.astype(float), gains.astype(float))
    except FloatingPointError:  # a product left the range of a float: again by logarithms
        return _solve_leaving_by_logarithms(flow, leaves, gains)


def _solve_leaving(flow: np.ndarray, leaves: np.ndarray, gains: np.ndarray) -> np.ndarray:
    totals = np.empty(len(flow))
    for last in range(len(flow) - 1, -1, -1):
        totals[last] = flow[last, :last].sum() + leaves[last]
        share = (
            flow[:last, last] / totals[last]
        )  # (last,): visits to `last` that each earlier one makes
        flow[:last, :last] += np.outer(share, flow[last, :last])
        leaves[:last] += share * leaves[last]
        gains[:last] += np.outer(share, gains[last])
    for state in range(len(flow)):
        gains[state] = (gains[state] + flow[state, :state] @ gains[:state]) / totals[state]
    return gains


def _solve_leaving_by_logarithms(flow, leaves, gains) -> np.ndarray:
    """The same with the logarithm of each number: any size, thirteen digits."""
    with np.errstate(divide="ignore", over="ignore"):
        flow, leaves, gains = np.log(flow), np.log(leaves), np.log(gains)
        totals = np.empty(len(flow))
        for last in range(len(flow) - 1, -1, -1):
            totals[last] = np.logaddexp.reduce(np.append(flow[last, :last], leaves[last]))
            share = flow[:last, last] - totals[last]
            flow[:last, :last] = np.logaddexp(
                flow[:last, :last], share[:, None] + flow[last, :last]
            )
            leaves[:last] = np.logaddexp(leaves[:last], share + leaves[last])
            gains[:last] = np.logaddexp(gains[:last], share[:, None] + gains[last])
        for state in range(len(flow)):
            onward = flow[state, :state, None] + gains[:state]
            gains[state] = np.logaddexp.reduce(np.vstack([gains[state], onward])) - totals[state]
        return np.exp(gains)


def stationary_shares(flow: np.ndarray) -> np.ndarray:
    """(K,): the stationary distribution of an irreducible chain."""
    try:
        with np.errstate(all="raise"):
            return _stationary_shares(flow.astype(float))
    except FloatingPointError:
        return _stationary_shares_by_logarithms(flow)


def _stationary_shares(flow: np.ndarray) -> np.ndarray:
    for last in range(len(flow) - 1, 0, -1):
        flow[:last, last] /= flow[last, :last].sum()
        flow[:last, :last] += np.outer(flow[:last, last], flow[last, :last])
    pi = np.zeros(len(flow))
    pi[0] = 1
    for state in range(1, len(flow)):
        pi[state] = pi[:state] @ flow[:state, state]
    return pi / pi.sum()


def _stationary_shares_by_logarithms(flow: np.ndarray) -> np.ndarray:
    with np.errstate(divide="ignore"):
        flow = np.log(flow)
    for last in range(len(flow) - 1, 0, -1):
        flow[:last, last] -= np.logaddexp.reduce(flow[last, :last])
        through = flow[:last, last, None] + flow[last, :last]
        flow[:last, :last] = np.logaddexp(flow[:last, :last], through)
    pi = np.zeros(len(flow))
    for state in range(1, len(flow)):
        pi[state] = np.logaddexp.reduce(pi[:state] + flow[:state, state])
    return np.exp(pi - np.logaddexp.reduce(pi))


# what is asked of them
# --------------------------------------------------------------------------------------------------


def communicating_classes(flow: np.ndarray) -> list[CommunicatingClass]:
    """The strongly connected classes, in the order of their lowest state, each with recurrence and
    period."""
    edges = flow > 0
    count, label = connected_components(edges, directed=True, connection="strong")
    classes = []
    for number in range(count):
        states = np.flatnonzero(label == number)
        leaves = bool(edges[np.ix_(states, label != number)].any())
        inner = edges[np.ix_(states, states)]
        classes.append(CommunicatingClass(tuple(states.tolist()), not leaves, _period(inner)))
    return sorted(classes, key=lambda one: one.states[0])


def stationary_distributions(flow: np.ndarray) -> np.ndarray:
    """(C, K): the stationary distribution of each recurrent class."""
    recurrent = [one for one in communicating_classes(flow) if one.recurrent]
    rows = np.zeros((len(recurrent), len(flow)))
    for row, one in zip(rows, recurrent, strict=True):
        row[list(one.states)] = stationary_shares(flow[np.ix_(one.states, one.states)])
    return rows


def absorption(flow: np.ndarray) -> Absorption:
    """Probabilities and expected time of ending in each recurrent class (an absorbing state is a
    class of one)."""
    recurrent = [one for one in communicating_classes(flow) if one.recurrent]
    probabilities = np.zeros((len(flow), len(recurrent)))
    for column, one in enumerate(recurrent):
        probabilities[list(one.states), column] = 1
    transient = np.flatnonzero(probabilities.sum(axis=1) == 0)
    steps, visits = np.zeros(len(flow)), np.zeros((len(flow), len(flow)))
    if len(transient):
        count = len(transient)
        into = np.column_stack(
            [flow[np.ix_(transient, np.array(one.states))].sum(axis=1) for one in recurrent]
        )
        gains = np.column_stack([into, np.ones(count), np.eye(count)])
        solved = solve_leaving(flow[np.ix_(transient, transient)], into.sum(axis=1), gains)
        ends = solved[:, : len(recurrent)]
        probabilities[transient] = ends / ends.sum(axis=1, keepdims=True)  # rounding only
        steps[transient] = solved[:, len(recurrent)]
        visits[np.ix_(transient, transient)] = solved[:, len(recurrent) + 1 :]
    return Absorption(tuple(one.states for one in recurrent), probabilities, steps, visits)


def hitting_probabilities(flow: np.ndarray, targets: np.ndarray) -> np.ndarray:
    """(K,): probability of ever reaching one of the targets (K,) bool; 1 at the targets."""
    risky, never = _risky(flow, targets)
    probability = np.where(risky, 0.0, 1.0)
    middle = np.flatnonzero(risky & ~never)
    if len(middle):
        # from a state without risk the target is certain: for these equations it is a target itself
        into = flow[np.ix_(middle, ~risky)].sum(axis=1)
        lost = flow[np.ix_(middle, never)].sum(axis=1)
        solved = solve_leaving(flow[np.ix_(middle, middle)], into + lost, into[:, None])
        probability[middle] = np.minimum(solved[:, 0], 1)
    return probability


def hitting_times(flow: np.ndarray, targets: np.ndarray) -> np.ndarray:
    """(K,): expected steps (or time) until a target is first reached; 0 at the targets, inf where
    it may never be."""
    risky, _ = _risky(flow, targets)
    times = np.where(risky, math.inf, 0.0)
    middle = np.flatnonzero(~risky & ~targets)
    if len(middle):
        into = flow[np.ix_(middle, targets)].sum(axis=1)
        inner = flow[np.ix_(middle, middle)]
        times[middle] = solve_leaving(inner, into, np.ones((len(middle), 1)))[:, 0]
    return times


def _risky(flow: np.ndarray, targets: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """(K,) bool each: states from which the targets may be missed for ever, and those from which
    they cannot be reached."""
    edges = flow > 0
    never = ~reaches(edges, targets)
    before = edges.copy()
    before[targets] = False
    return (reaches(before, never) if never.any() else never), never


def reaches(edges: np.ndarray, targets: np.ndarray) -> np.ndarray:
    """Which states have a path (of any length, 0 too) to a target: (K,) bool."""
    reach = targets.copy()
    while True:
        more = reach | edges[:, reach].any(axis=1)
        if (more == reach).all():
            return reach
        reach = more


def as_targets(targets, size: int) -> np.ndarray:
    """State numbers as (size,) bool. ValueError unless there is at least one, each from 0 to size -
    1."""
    chosen = np.atleast_1d(np.asarray(targets))
    whole = chosen.size > 0 and chosen.dtype.kind in "iu"
    if not whole or chosen.min() < 0 or chosen.max() >= size:
        raise ValueError(f"targets must be states from 0 to {size - 1}, got {targets!r}")
    inside = np.zeros(size, dtype=bool)
    inside[chosen] = True
    return inside


def _period(edges: np.ndarray) -> int:
    """Period of a strongly connected class with adjacency (k, k): gcd over its edges of depth[i] +
    1 - depth[j]."""
    if not edges.any():
        return 0
    order, before = breadth_first_order(edges, 0)
    depth = np.zeros(len(edges), dtype=np.int64)
    for state in order[1:]:
        depth[state] = depth[before[state]] + 1
    rows, columns = np.nonzero(edges)
    return int(np.gcd.reduce(np.abs(depth[rows] + 1 - depth[columns])))
