"""The chain of rules between the network's logits and the draw, one Stage after each rule.

`apply_stages` is a pure function of (logits, context, settings). The orders stand in orders.py:
"transformers" has the temperature before the rules that cut, "llama.cpp" behind them; its penalties
look at the last 64 tokens, prompt included, and its top-k keeps exactly k. An order of the
visitor's own has transformers' conventions. Mirostat takes the place of every rule that cuts, and
of adaptive-p. Temperature 2 halves the logits, then top-k leaves two tokens:

>>> settings = DecodingSettings(temperature=2.0, top_k=2)
>>> stages = apply_stages(np.float32([4, 2, 1, 0]), [], settings)
>>> [(stage.name, stage.logits.tolist()) for stage in stages[1:]]
[('temperature', [2.0, 1.0, 0.5, 0.0]), ('top_k', [2.0, 1.0, -inf, -inf]), ('draw', [2.0, 1.0, -inf, -inf])]
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import torch

from playground.decoding.distribution import Candidates, as_float32
from playground.decoding.form import form_of as form_of
from playground.decoding.penalties import LLAMA_CPP_WINDOW
from playground.decoding.settings import DecodingSettings
from playground.decoding.shape import (
    top_n_sigma as top_n_sigma,  # each module's stages take their places
)
from playground.decoding.situation import ACTING, Situation
from playground.decoding.temperature import temperature as temperature
from playground.decoding.truncation import top_k as top_k
from playground.decoding.watermark import watermark as watermark
from playground.decoding.words import guidance as guidance
from playground.i18n import t


class Stage:
    """What one rule left: `name`, `logits` (V,), `probs` (V,), `kept` (V,) bool, `state` (None or
    plain data).

    The vectors are made when they are asked for. The names are "logits" (the network's own), then
    each acting rule by its field, last "draw", whose `probs` is what the token is drawn from
    (one-hot when greedy).
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


def apply_stages(
    logits: Any,
    context_ids: Sequence[int] | np.ndarray,
    settings: DecodingSettings,
    prompt_length: int = 0,
    u: float | None = None,
    state: Mapping[str, Any] | None = None,
    second: Any = None,
    mask: Any = None,
) -> list[Stage]:
    """Every stage from the raw logits to the distribution that is drawn from.

    logits: (V,), any float type or device.
    context_ids: prompt and generated text so far, the first `prompt_length` of them the prompt
        (which the repetition penalty counts and the presence and frequency penalties do not).
    u: the random number in [0, 1) of rules that throw a coin (XTC acts where u < xtc_probability;
        None counts as 0).
    state: what rules carried from the step before, as `next_state` gave it (mirostat: {"mu": bits};
        None starts at 2·tau).
    Words in the settings need `settings.for_model(model)`, guidance needs `second`.
    second: (V,) logits of a second network or prompt, for rules that compare two.
    mask: (V,) bool, the tokens that a grammar allows, for rules that take one. Raises ValueError on
        NaN or +inf logits, and where a rule leaves no token.
    """
    values = as_float32(logits)
    if u is not None and not 0 <= u < 1:
        raise ValueError(t("u must be in [0, 1), got {got}", got=str(u)))
    context = np.asarray(context_ids, dtype=np.int64).reshape(-1)
    generated = context[-LLAMA_CPP_WINDOW:] if settings.llama_cpp else context[prompt_length:]
    situation = Situation(
        context,
        generated,
        settings,
        u,
        state or {},
        None if second is None else _row(as_float32(second), len(values), "second"),
        None if mask is None else _row(np.asarray(mask, bool), len(values), "mask"),
        prompt_length,
    )
    candidates = Candidates(values, len(values))
    stages = [Stage("logits", candidates)]
    for name in settings.rules_on():
        candidates, said = ACTING[name].act(candidates, situation)
        stages.append(Stage(name, candidates, said))
    stages.append(
        Stage("draw", candidates.only(candidates.best) if settings.greedy else candidates)
    )
    return stages


def _row(values: np.ndarray, size: int, name: str) -> np.ndarray:
    if values.shape != (size,):
        raise ValueError(
            t(
                "{name} must be one row of {size} values, got shape {shape}",
                name=name,
                size=size,
                shape=values.shape,
            )
        )
    return values


def next_state(
    stages: list[Stage], token_id: int, settings: DecodingSettings
) -> dict[str, Any] | None:
    """What the rules that acted carry to the following step once `token_id` was chosen; None where
    none carries anything."""
    state: dict[str, Any] = {}
    chosen = np.array([token_id])
    for place, one in enumerate(stages):
        acting = ACTING.get(one.name)
        if acting is not None and acting.after is not None:
            judged = stages[place - 1 if acting.before else -1].candidates
            probability = float(judged.probability_of(chosen)[0])
            state |= acting.after(one.state or {}, probability, settings)
    return state or None
