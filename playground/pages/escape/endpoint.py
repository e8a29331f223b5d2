"""The Escape page for programs: /escape."""

from __future__ import annotations

from typing import Any

import gradio as gr

from playground import decoding
from playground.decoding.settings import DecodingSettings
from playground.i18n import t
from playground.pages.escape.calculator import calculate, checked
from playground.pages.escape.logits import Distribution, analyse
from playground.pages.escape.table import read_table


def escape(
    delta_e: float = 2.0,
    temperature: float = 0.8,
    top_p: float = 0.9,
    min_p: float = 0.0,
    top_k: int = 0,
    rivals: int = 1,
    order: str = "transformers",
    logits: list[float] | None = None,
) -> dict[str, Any]:
    """When does a sampler leave a loop? Escape probability of one draw and the nucleus escape
    temperature T_c.

    Args:
        delta_e: barrier between the loop token and the way out, in logits (nats).
        temperature: divides the logits before the draw (0: greedy).
        top_p: nucleus size in [0, 1]; 1 is off.
        min_p: share of the likeliest token's probability that a token needs, in [0, 1]; 0 is off.
        top_k: how many tokens are kept; 0 is off.
        rivals: number of equally likely ways out.
        order: "transformers" (temperature first) or "llama.cpp" (temperature last).
        logits: a whole distribution instead of delta_e and rivals; T_c is then solved over all of
            it.

    Returns:
        {"escape", "arrhenius", "two_state", "exact", "critical_temperature" (null where none),
        "sentence", ...}
    """
    settings = {
        "delta_e": delta_e,
        "temperature": temperature,
        "top_p": top_p,
        "min_p": min_p,
        "top_k": top_k,
        "rivals": rivals,
        "order": order,
    }
    try:
        return _by_formula(settings) if logits is None else _by_logits(settings, logits)
    except ValueError as error:
        raise gr.Error(str(error), print_exception=False) from None


def _by_formula(settings: dict[str, Any]) -> dict[str, Any]:
    record = calculate(settings)
    at, barrier = record["settings"]["temperature"], record["barrier"]
    return {
        "escape": record["escape"],
        "arrhenius": decoding.escape.escape_probability(barrier, at),
        "two_state": decoding.escape.two_state_escape_probability(barrier, at),
        "exact": decoding.escape.two_state_escape_probability(
            barrier, at, record["settings"]["rivals"]
        ),
        "critical_temperature": record["critical"],
        "sentence": record["sentence"].replace("**", ""),
        "settings": record["settings"],
    }


def _by_logits(settings: dict[str, Any], logits: Any) -> dict[str, Any]:
    good = checked(settings)
    if not isinstance(logits, list) or not all(
        isinstance(z, (int, float)) and not isinstance(z, bool) for z in logits
    ):
        raise ValueError(t("logits must be a list of numbers, got {got}", got=str(logits)[:60]))
    names, values = read_table("\n".join(repr(float(z)) for z in logits))
    rules = DecodingSettings(top_k=good["top_k"], min_p=good["min_p"], order=good["order"])
    found = Distribution(values, names.__getitem__, t("your logits"), rules, [], 0)
    read = analyse(found, None, None, good["top_p"], good["temperature"], good["min_p"])
    return {
        "loop_token": read["loop"]["id"],
        "escape_token": read["escape_token"]["id"],
        "escape": read["escape"],
        "critical_temperature": read["solved"],
        "critical_temperature_two_tokens": read["naive"],
        "sentence": read["sentence"].replace("**", ""),
    }
