"""Barriers, escape probabilities and the nucleus escape temperature T_c: when does a sampler leave
a loop?

Energy is E = -logit (nats at T = 1). The loop token is the most likely one; ΔE = z_loop - z_escape.
Under top-p the loop is left only if P_loop(T) < p, for the token that crosses p is kept: T_c solves
P_loop(T_c) = p, and at T ≤ T_c the probability of escape is exactly 0. Arguments of the closed
forms are plain numbers; the solvers take a whole vocabulary and the chain of rules. "Critical
temperature" names other quantities in the literature; here it is always the nucleus escape
temperature.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from playground.decoding.distribution import as_float32
from playground.decoding.rules import LARGEST_TEMPERATURE
from playground.decoding.settings import DecodingSettings
from playground.decoding.stages import apply_stages


class Barrier(NamedTuple):
    """delta_e = z_loop - z_escape in nats; inf where there is no other token (escape_token is then
    None)."""

    loop_token: int
    escape_token: int | None
    delta_e: float


def energy_barrier(
    logits: Any, loop_token: int | None = None, escape_token: int | None = None
) -> Barrier:
    """The barrier between a loop token and an escape token, by default the most likely one and its
    best rival (ties: lowest id).

    Negative where the chosen loop token is not the likelier one: T_c formulas then do not hold.

    >>> energy_barrier([5.0, 2.0, 3.0, 1.0])
    Barrier(loop_token=0, escape_token=2, delta_e=2.0)
    """
    values = as_float32(logits)
    for name, token in (("loop_token", loop_token), ("escape_token", escape_token)):
        if token is not None and not 0 <= token < len(values):
            raise ValueError(f"{name} must be in [0, {len(values) - 1}], got {token}")
    if loop_token is None:
        others = values.copy()
        if escape_token is not None and len(values) > 1:
            others[escape_token] = -np.inf
        loop_token = int(others.argmax())
    if escape_token is None:
        others = values.copy()
        others[loop_token] = -np.inf
        if others.max() == -np.inf:
            return Barrier(int(loop_token), None, math.inf)
        escape_token = int(others.argmax())
    if loop_token == escape_token:
        raise ValueError(f"escape_token must differ from loop_token, got {escape_token} for both")
    return Barrier(
        int(loop_token), int(escape_token), float(values[loop_token]) - float(values[escape_token])
    )


def escape_probability(delta_e: float, temperature: float) -> float:
    """Arrhenius' approximation exp(-ΔE/T), at most 1; it takes the loop token's weight for the
    whole sum, and counts one rival.

    >>> round(escape_probability(5.0, 1.0), 6)
    0.006738
    """
    temperature = _checked_temperature(temperature)
    if delta_e <= 0:
        return 1.0
    return math.exp(-delta_e / temperature) if temperature > 0 else 0.0


def two_state_escape_probability(delta_e: float, temperature: float, rivals: int = 1) -> float:
    """Exact for one loop token and N equal rivals: N/(N + e^{ΔE/T}); with one rival 1/(1 +
    e^{ΔE/T}).

    As T grows it goes to N/(N + 1): one half with two states, never 1. At T = 0 the likelier side
    is certain.

    >>> round(two_state_escape_probability(5.0, 1.0), 6)
    0.006693
    """
    temperature, rivals = _checked_temperature(temperature), _checked_rivals(rivals)
    if temperature == 0:
        return 0.0 if delta_e >= 0 else 1.0
    exponent = delta_e / temperature - math.log(rivals)
    if exponent > 0:
        small = math.exp(-exponent)
        return small / (1 + small)
    return 1 / (1 + math.exp(exponent))


def escape_probability_exact(
    logits: Any, temperature: float, loop_token: int | None = None
) -> float:
    """1 - P_loop(T) over the whole vocabulary, without any other rule; the loop token is the most
    likely one unless given.

    Summed over the rivals, so that it is exact where P_loop rounds to 1. As T grows it goes to 1 -
    1/V.

    >>> round(escape_probability_exact([5.0, 0.0, 0.0, 0.0], 1.0), 6)
    0.019813
    """
    temperature = _checked_temperature(temperature)
    values = as_float32(logits).astype(np.float64)
    loop_token = int(values.argmax()) if loop_token is None else loop_token
    if not 0 <= loop_token < len(values):
        raise ValueError(f"loop_token must be in [0, {len(values) - 1}], got {loop_token}")
    if temperature == 0:
        return 0.0 if int(values.argmax()) == loop_token else 1.0
    weights = (
        np.exp((values - values.max()) / temperature)
        if math.isfinite(temperature)
        else (values > -np.inf).astype(float)
    )
    loop = float(weights[loop_token])
    weights[loop_token] = 0.0
    return float(weights.sum()) / (float(weights.sum()) + loop)


def critical_temperature(delta_e: float, top_p: float, rivals: int = 1) -> float:
    """T_c = ΔE / ln(N·p/(1-p)) for one loop token and N equal rivals, temperature before top-p.

    inf where no temperature escapes: p ≤ 1/(N + 1), for P_loop stays above that however hot. 0
    where every temperature does: ΔE ≤ 0 with a larger p, and p = 1.

    >>> round(critical_temperature(5.0, 0.9), 4), critical_temperature(5.0, 0.5)
    (2.2756, inf)
    """
    rivals = _checked_rivals(rivals)
    if not 0 <= top_p <= 1:
        raise ValueError(f"top_p must be in [0, 1], got {top_p}")
    if math.isnan(delta_e):
        raise ValueError("delta_e must be a number, got NaN")
    if top_p == 1:
        return 0.0
    if top_p * (rivals + 1) <= 1:
        return math.inf
    if delta_e <= 0:
        return 0.0
    return delta_e / math.log(rivals * top_p / (1 - top_p))


def min_p_critical_temperature(delta_e: float, min_p: float) -> float:
    """T_c = ΔE / ln(1/α): under min-p the best rival survives where exp(-ΔE/T) ≥ α. Exact for any
    vocabulary.

    >>> round(min_p_critical_temperature(5.0, 0.1), 4)
    2.1715
    """
    if not 0 <= min_p <= 1:
        raise ValueError(f"min_p must be in [0, 1], got {min_p}")
    if min_p == 0 or delta_e <= 0:
        return 0.0
    return delta_e / -math.log(min_p) if min_p < 1 else math.inf


def top_k_critical_temperature(top_k: int) -> float:
    """0 (every temperature escapes) where top_k is off or ≥ 2, inf where it is 1."""
    if top_k < 0:
        raise ValueError(f"top_k must be ≥ 0, got {top_k}")
    return math.inf if top_k == 1 else 0.0


def solve_critical_temperature(
    logits: Any,
    top_p: float,
    settings: DecodingSettings | None = None,
    context_ids: Sequence[int] = (),
    prompt_length: int = 0,
) -> float:
    """The nucleus escape temperature over the whole vocabulary, under the actual chain of rules.

    The smallest temperature above which a token other than the most likely one of `logits` can be
    drawn; the other rules of `settings` act in their order (its temperature and top_p are ignored;
    penalties look at context_ids). inf: no temperature escapes. 0: every temperature does, as where
    a penalty makes another token the likelier one. With order "llama.cpp" the temperature acts last
    (but for p-less) and decides nothing, and without sampling neither: the answer is 0 or inf.

    Without rules behind top-p the root of P_loop(T) = p is found by Newton's method on log Z, to
    rounding error. min-p behind it has its own closed form, and the larger of the two counts.
    Top-nσ keeps the same at every temperature. Other rules that the temperature moves (typical,
    epsilon, eta, top-H, p-less, XTC), mirostat, a dynamic temperature, and an order of the
    visitor's own are found by scanning the chain itself and bisecting the lowest temperature that
    escapes.
    """
    if not 0 <= top_p <= 1:
        raise ValueError(f"top_p must be in [0, 1], got {top_p}")
    # adaptive-p cuts nothing, so it holds no text in a loop
    settings = (settings or DecodingSettings()).with_changes(top_p=top_p, adaptive_target=0.0)
    values = as_float32(logits)
    if not settings.do_sample or (settings.llama_cpp and not settings.p_less):
        possible = escape_possible(
            values, settings.with_changes(temperature=1.0), context_ids, prompt_length
        )
        return 0.0 if possible else math.inf
    rules = settings.with_changes(temperature=1.0).rules_on()
    scanned = {
        *("typical_p", "epsilon_cutoff", "eta_cutoff", "xtc_threshold", "mirostat_tau"),
        *("top_h", "p_less", "dynatemp_range"),
    }
    if scanned & set(rules) or settings.order != "transformers":
        return _scan(values, settings, context_ids, prompt_length)
    # penalties and top-k do not depend on the temperature: what they leave is what the temperature
    # then acts on
    fixed = settings.with_changes(temperature=1.0, top_p=1.0, min_p=0.0)
    candidates = apply_stages(values, context_ids, fixed, prompt_length)[-1].candidates
    left = candidates.values
    if int(candidates.token_ids(np.array([candidates.best]))[0]) != int(values.argmax()):
        return 0.0  # a penalty overturned the loop token: the likelier one passes every cut
    above = np.sort(float(left.max()) - left[left > -np.inf].astype(np.float64))
    root = nucleus_root(above, top_p)
    return max(
        root,
        min_p_critical_temperature(float(above[1]), settings.min_p) if len(above) > 1 else math.inf,
    )


def nucleus_root(energies: np.ndarray, top_p: float) -> float:
    """T at which the most likely token has probability p. energies: every token's E above the
    lowest, (n,) ≥ 0 with a 0 in it.

    P_loop = 1/Z(β) with Z = Σ e^{-βE}, β = 1/T. log Z falls and is convex in β, so Newton's method
    from β = 0 walks up to the root of log Z = -log p without overstepping.
    """
    if top_p == 1:
        return 0.0 if len(energies) > 1 else math.inf
    if len(energies) * top_p <= 1:
        return math.inf  # P_loop ≥ 1/n ≥ p at every temperature
    degenerate = int(np.count_nonzero(energies == 0))
    if degenerate * top_p > 1:
        return 0.0  # equals share the lowest energy: P_loop ≤ 1/m < p even as T goes to 0
    if degenerate * top_p == 1:
        return 0.0 if degenerate < len(energies) else math.inf
    # for p near 1 only the rivals' share is known to full precision: log Z = log m + log1p(rest/m)
    rivals = energies[energies > 0]
    goal = -math.log(top_p) - math.log(degenerate)
    beta = 0.0
    for _ in range(200):
        weights = np.exp(-beta * rivals)
        rest = float(weights.sum()) / degenerate
        slope = -float(weights @ rivals) / degenerate / (1 + rest)
        excess = math.log1p(rest) - goal
        if (
            goal < 1e-3 and rest < 1
        ):  # near p = 1 the same root on log of the share: straight, so Newton flies
            excess = math.log(rest) - math.log(math.expm1(goal))
            slope = -float(weights @ rivals) / degenerate / rest
        step = -excess / slope
        if not step > 1e-14 * beta:
            break
        beta += step
    return 1 / beta


def escape_possible(
    logits: Any,
    settings: DecodingSettings,
    context_ids: Sequence[int] = (),
    prompt_length: int = 0,
    loop_token: int | None = None,
) -> bool:
    """Whether the chain of rules leaves any token besides the loop token (XTC: whichever way its
    coin falls)."""
    return any(
        share > 0
        for share in _shares(logits, settings, context_ids, prompt_length, loop_token, counted=True)
    )


def chain_escape_probability(
    logits: Any,
    settings: DecodingSettings,
    context_ids: Sequence[int] = (),
    prompt_length: int = 0,
    loop_token: int | None = None,
) -> float:
    """Exact probability that the next token is not the loop token, under the actual chain; XTC's
    coin averaged over."""
    shares = _shares(logits, settings, context_ids, prompt_length, loop_token, counted=False)
    if len(shares) == 1:
        return shares[0]
    chance = settings.xtc_probability
    return (1 - chance) * shares[0] + chance * shares[1]


def _shares(
    logits: Any,
    settings: DecodingSettings,
    context_ids: Sequence[int],
    prompt_length: int,
    loop_token: int | None,
    counted: bool,
) -> list[float]:
    """Mass (or number) of the tokens besides the loop token; two entries (coin against, coin for)
    where XTC is on."""
    values = as_float32(logits)
    loop_token = int(values.argmax()) if loop_token is None else loop_token
    coins: list[float | None] = [None]
    if "xtc_threshold" in settings.rules_on():
        coins = [0.0] if settings.xtc_probability == 1 else [math.nextafter(1.0, 0.0), 0.0]
    shares = []
    for coin in coins:
        final = apply_stages(values, context_ids, settings, prompt_length, u=coin)[-1].candidates
        token = np.array([loop_token])
        if counted:
            shares.append(float(final.count - int(final.alive(token)[0])))
        elif final.alive(token)[0]:
            others = final.probabilities.copy()
            others[final.position_of(token)[0]] = 0.0
            shares.append(float(others.sum(dtype=np.float64)) / final.total)
        else:
            shares.append(1.0)
    return shares


def _scan(
    values: np.ndarray, settings: DecodingSettings, context_ids: Sequence[int], prompt_length: int
) -> float:
    barrier = energy_barrier(values)
    if barrier.escape_token is None:
        return math.inf

    def possible(temperature: float) -> bool:
        return escape_possible(
            values, settings.with_changes(temperature=temperature), context_ids, prompt_length
        )

    unit = max(barrier.delta_e, 1e-3)
    grid = [
        unit * 10 ** (exponent / 12)
        for exponent in range(-30, 61)
        if unit * 10 ** (exponent / 12) <= LARGEST_TEMPERATURE
    ]  # 1/300 ΔE to 100,000 ΔE, 12 points a decade
    below = 0.0
    for temperature in grid:
        if possible(temperature):
            break
        below = temperature
    else:
        return math.inf
    if below == 0.0:
        return 0.0
    above = temperature
    while above - below > 1e-7 * above:
        middle = math.sqrt(below * above)
        below, above = (below, middle) if possible(middle) else (middle, above)
    return above


def _checked_temperature(temperature: float) -> float:
    if not temperature >= 0:
        raise ValueError(f"temperature must be ≥ 0, got {temperature}")
    return float(temperature)


def _checked_rivals(rivals: int) -> int:
    if not rivals >= 1 or rivals != int(rivals):
        raise ValueError(f"rivals must be a whole number ≥ 1, got {rivals}")
    return int(rivals)
