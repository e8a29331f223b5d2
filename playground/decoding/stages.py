"""The chain of rules between the network's logits and the draw, one Stage after each rule.

`apply_stages` is a pure function of (logits, context, settings). Order "transformers": repetition penalty, no-repeat n-gram,
presence, frequency and DRY penalties, temperature, top-k, top-p, min-p, typical, epsilon, eta, XTC. Order "llama.cpp":
penalties, DRY, top-k, typical, top-p, min-p, epsilon, eta, XTC, temperature last; its penalties look at the last 64 tokens,
prompt included, and its top-k keeps exactly k. Mirostat takes the place of every rule that cuts.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch

from playground.decoding.distribution import Candidates, as_float32
from playground.decoding.penalties import (
    LLAMA_CPP_WINDOW,
    dry,
    frequency_penalty,
    no_repeat_ngram,
    presence_penalty,
    repetition_penalty,
)
from playground.decoding.settings import DecodingSettings
from playground.decoding.truncation import (
    epsilon_cutoff,
    eta_cutoff,
    min_p,
    mirostat,
    top_k,
    top_p,
    typical_p,
    xtc,
)


class Stage:
    """What one rule left: `name`, `logits` (V,), `probs` (V,), `kept` (V,) bool, `state` (None or plain data).

    The vectors are made when they are asked for. The names are "logits" (the network's own), then each acting rule by its
    field, last "draw", whose `probs` is what the token is drawn from (one-hot when greedy).
    """

    def __init__(self, name: str, candidates: Candidates, state: dict[str, Any] | None = None):
        self.name, self.candidates, self.state = name, candidates, state

    @property
    def logits(self) -> torch.Tensor:
        """float32 logits after the rule, -inf for removed tokens. (V,)"""
        return self.candidates.scatter(self.candidates.values, -np.inf)

    @property
    def probs(self) -> torch.Tensor:
        """float32 softmax of `logits`. (V,)"""
        return self.candidates.scatter(self.candidates.probabilities, 0.0)

    @property
    def kept(self) -> torch.Tensor:
        """True for the tokens that can still be drawn. (V,) bool"""
        return self.candidates.scatter(self.candidates.values > -np.inf, False)

    def __repr__(self) -> str:
        return (
            f"Stage({self.name!r}, {self.candidates.count} of {self.candidates.vocab_size} tokens)"
        )


@dataclass(frozen=True)
class _Situation:
    """What a rule may look at besides the logits."""

    context: np.ndarray  # ids of prompt and generated text
    generated: np.ndarray  # ids that the presence and frequency penalties count
    settings: DecodingSettings
    coin: float | None  # XTC's random number in [0, 1)
    mu: float  # mirostat's bound, bits


def apply_stages(
    logits: Any,
    context_ids: Sequence[int],
    settings: DecodingSettings,
    prompt_length: int = 0,
    u: float | None = None,
    state: dict[str, Any] | None = None,
) -> list[Stage]:
    """Every stage from the raw logits to the distribution that is drawn from.

    logits: (V,), any float type or device. context_ids: prompt and generated text so far, the first `prompt_length` of them
    the prompt (which the repetition penalty counts and the presence and frequency penalties do not).
    u: the random number in [0, 1) of rules that throw a coin (XTC acts where u < xtc_probability; None counts as 0).
    state: of rules that remember, as `Stage.state` gave it (mirostat: {"mu": bits}; None starts at 2·tau).
    Raises ValueError on NaN or +inf logits, and where a rule leaves no token.
    """
    values = as_float32(logits)
    if u is not None and not 0 <= u < 1:
        raise ValueError(f"u must be in [0, 1), got {u}")
    context = np.asarray(context_ids, dtype=np.int64).reshape(-1)
    mu = float(state["mu"]) if state and "mu" in state else 2 * settings.mirostat_tau
    llama = settings.order == "llama.cpp"
    generated = context if llama else context[prompt_length:]
    window = -LLAMA_CPP_WINDOW if llama else None
    situation = _Situation(context, generated[window:], settings, u, mu)

    candidates = Candidates(values, len(values))
    stages = [Stage("logits", candidates)]
    for name in settings.rules_on():
        candidates, stage_state = _RULES[name](candidates, situation)
        stages.append(Stage(name, candidates, stage_state))
    stages.append(
        Stage("draw", candidates.only(candidates.best) if settings.greedy else candidates)
    )
    return stages


def next_state(
    stages: list[Stage], token_id: int, settings: DecodingSettings
) -> dict[str, Any] | None:
    """State for the following step once `token_id` was chosen: mirostat moves mu by eta times the missed surprise (bits).

    A token that the rule had cut (a forced one) leaves mu as it is.
    """
    for stage in stages:
        if stage.name == "mirostat_tau":
            mu = stage.state["mu"]
            probability = float(stages[-1].candidates.probability_of(np.array([token_id]))[0])
            if probability > 0:
                mu -= settings.mirostat_eta * (-float(np.log2(probability)) - settings.mirostat_tau)
            return {"mu": mu}
    return None


Outcome = tuple[Candidates, dict[str, Any] | None]


def _repetition(candidates: Candidates, now: _Situation) -> Outcome:
    window = now.context[-LLAMA_CPP_WINDOW:] if now.settings.order == "llama.cpp" else now.context
    return candidates.with_values(
        repetition_penalty(candidates.values, window, now.settings.repetition_penalty)
    ), None


def _presence(candidates: Candidates, now: _Situation) -> Outcome:
    return candidates.with_values(
        presence_penalty(candidates.values, now.generated, now.settings.presence_penalty)
    ), None


def _frequency(candidates: Candidates, now: _Situation) -> Outcome:
    return candidates.with_values(
        frequency_penalty(candidates.values, now.generated, now.settings.frequency_penalty)
    ), None


def _no_repeat_ngram(candidates: Candidates, now: _Situation) -> Outcome:
    values = no_repeat_ngram(candidates.values, now.context, now.settings.no_repeat_ngram_size)
    if values.max() == -np.inf:
        raise ValueError(
            f"no_repeat_ngram_size must leave a token possible, got {now.settings.no_repeat_ngram_size}, "
            "which bans every token here (0 turns it off)"
        )
    return (candidates if values is candidates.values else candidates.with_values(values)), None


def _dry(candidates: Candidates, now: _Situation) -> Outcome:
    chosen = now.settings
    values = dry(
        candidates.values,
        now.context,
        chosen.dry_multiplier,
        chosen.dry_base,
        chosen.dry_allowed_length,
    )
    return (candidates if values is candidates.values else candidates.with_values(values)), None


def temperature(candidates: Candidates, now: _Situation) -> Outcome:
    """Logits divided by T; T = 0 keeps the first maximum (transformers refuses 0, llama.cpp does this).

    >>> now = _Situation(None, None, DecodingSettings(temperature=2.0), None, 0.0)
    >>> temperature(Candidates(np.float32([4, 2, 1, 0]), 4), now)[0].values.tolist()
    [2.0, 1.0, 0.5, 0.0]
    """
    if now.settings.temperature == 0:
        return candidates.only(candidates.best), None
    # a tiny T makes large logits overflow: the maximum is taken off first where it would, which changes no probability
    scale, values = np.float32(now.settings.temperature), candidates.values
    if scale == 0:
        return candidates.only(candidates.best), None
    with np.errstate(over="ignore"):
        scaled = values / scale
        if not (abs(float(values.max())) < 1e30 * float(scale)):
            scaled = (values - values.max()) / scale
    return candidates.with_values(scaled), None


def _cut(
    rule: Callable[..., np.ndarray], field: str, with_probabilities: bool = True
) -> Callable[..., Outcome]:
    """A truncation rule with one number as a step of the chain."""

    def act(candidates: Candidates, now: _Situation) -> Outcome:
        given = {"probabilities": candidates.probabilities} if with_probabilities else {}
        return candidates.keep(rule(candidates.values, getattr(now.settings, field), **given)), None

    return act


def _top_k(candidates: Candidates, now: _Situation) -> Outcome:
    exact = now.settings.order == "llama.cpp"
    return candidates.keep(top_k(candidates.values, now.settings.top_k, exact)), None


def _xtc(candidates: Candidates, now: _Situation) -> Outcome:
    acts = (now.coin or 0.0) < now.settings.xtc_probability
    state = {"coin": now.coin, "acts": acts}
    if not acts:
        return candidates, state
    return candidates.keep(
        xtc(candidates.values, now.settings.xtc_threshold, candidates.probabilities)
    ), state


def _mirostat(candidates: Candidates, now: _Situation) -> Outcome:
    return candidates.keep(mirostat(candidates.values, now.mu, candidates.probabilities)), {
        "mu": now.mu
    }


_RULES: dict[str, Callable[[Candidates, _Situation], Outcome]] = {
    "repetition_penalty": _repetition,
    "presence_penalty": _presence,
    "frequency_penalty": _frequency,
    "no_repeat_ngram_size": _no_repeat_ngram,
    "dry_multiplier": _dry,
    "temperature": temperature,
    "top_k": _top_k,
    "top_p": _cut(top_p, "top_p"),
    "min_p": _cut(min_p, "min_p"),
    "typical_p": _cut(typical_p, "typical_p", with_probabilities=False),
    "epsilon_cutoff": _cut(epsilon_cutoff, "epsilon_cutoff"),
    "eta_cutoff": _cut(eta_cutoff, "eta_cutoff"),
    "xtc_threshold": _xtc,
    "mirostat_tau": _mirostat,
}
