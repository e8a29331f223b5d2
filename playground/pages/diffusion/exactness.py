"""The exactness meter: how far a sampler's output is from the truth, exactly, on a chain small
enough to enumerate.

The denoiser is exact here (forward-backward), so every distance is the sampler's own: what it costs
to draw several words as if they were independent, and what it costs to choose places by the words
drawn there."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

import numpy as np

from playground import diffusion
from playground.i18n import t

LENGTHS, STATES = (3, 6), (2, 4)
SWEEPS = 8
TEXTS = 5000  # words ** length; what lies above is not enumerated here
# id -> (what the curve is called, sampler, selection)
CURVES = {
    "random": ("random order", "llada", "random"),
    "low_confidence": (t("low confidence (LLaDA)"), "llada", "low_confidence"),
    "entropy": (t("entropy order (Dream)"), "dream", "entropy"),
    "top1": (t("likely words first (Dream)"), "dream", "maskgit_plus"),
    "maskgit": ("MaskGIT", "maskgit", None),
    "mdlm": (t("random times (MDLM), words a step on average"), "mdlm", None),
    "joint_threshold": (
        t("joint threshold (LLaDA2.1): one text, words a pass"),
        "joint-threshold",
        None,
    ),
    "diffusion_gemma": (
        t("random words, drawn again (DiffusionGemma), words a pass"),
        "diffusion-gemma",
        None,
    ),
    "self_verifying": (
        t("drafts and checks (self-verifying), words a pass"),
        "self-verifying",
        None,
    ),
    "self_speculative": (
        t("drafts and an exact verifier (self-speculative)"),
        "self-speculative",
        None,
    ),
}
PRESETS = {
    "weather": {
        "names": ["sunny", "cloudy", "rainy"],
        "transition": [[0.7, 0.2, 0.1], [0.3, 0.4, 0.3], [0.1, 0.1, 0.8]],
        "initial": [0.4, 0.2, 0.4],
    },
    "sticky": {"names": ["a", "b"], "transition": [[0.9, 0.1], [0.1, 0.9]], "initial": [0.5, 0.5]},
    "turns": {
        "names": ["tick", "tock", "rest"],
        "transition": [[0.05, 0.9, 0.05], [0.9, 0.05, 0.05], [0.45, 0.45, 0.1]],
        "initial": [0.45, 0.45, 0.1],
    },
    "coin": {
        "names": ["heads", "tails"],
        "transition": [[0.5, 0.5], [0.5, 0.5]],
        "initial": [0.5, 0.5],
    },
}


def check_chain(
    names: Any, transition: Any, initial: Any, length: Any
) -> tuple[list[str], np.ndarray, np.ndarray, int]:
    """The visitor's chain, or a ValueError that names field, value and range."""
    if not isinstance(names, list) or not STATES[0] <= len(names) <= STATES[1]:
        raise ValueError(
            f"names must have {STATES[0]} to {STATES[1]} words, got "
            f"{len(names) if isinstance(names, list) else names!r}"
        )
    names = [str(name)[:40] for name in names]
    n = len(names)
    rows = {"initial": [initial], "transition": transition}
    arrays = {}
    for field, value in rows.items():
        wanted = 1 if field == "initial" else n
        if (
            not isinstance(value, list)
            or len(value) != wanted
            or any(not isinstance(row, list) or len(row) != n for row in value)
        ):
            raise ValueError(
                f"{field} must be {wanted} row{'s' if wanted > 1 else ''} of {n} numbers"
            )
        for i, row in enumerate(value):
            if any(
                isinstance(v, bool) or not isinstance(v, (int, float)) or not 0 <= v <= 1
                for v in row
            ):
                raise ValueError(
                    t("{field} must hold numbers in [0, 1], got {got}", field=field, got=repr(row))
                )
            if abs(sum(row) - 1) > 1e-6:
                where = "initial" if field == "initial" else f"transition, row {names[i]!r},"
                raise ValueError(
                    t("{where} must sum to 1, got {got}", where=where, got=float(f"{sum(row):.4g}"))
                )
        arrays[field] = np.asarray(value, dtype=np.float64)
    if (
        isinstance(length, bool)
        or not isinstance(length, (int, float))
        or length != int(length)
        or not LENGTHS[0] <= length <= LENGTHS[1]
    ):
        raise ValueError(
            t(
                "length must be a whole number in [{low}, {high}], got {got}",
                low=str(LENGTHS[0]),
                high=str(LENGTHS[1]),
                got=repr(length),
            )
        )
    if n ** int(length) > TEXTS or (n + 1) ** (2 * int(length)) > 2e7:
        raise ValueError(
            f"length must be at most {5 if n == 4 else 6} for {n} words (all texts are "
            f"enumerated), got {int(length)}"
        )
    return names, arrays["transition"], arrays["initial"][0], int(length)


def measure(names: Any, transition: Any, initial: Any, length: Any) -> Iterator[dict]:
    """Messages of a measurement: {"chain", "parts"}, then a point each: {"curve", "x" (words a
    step), "tv", "kl" (bits), "steps"} or {"sweeps", "tv"} for Gibbs from the worst start, last
    {"done": True}."""

    names, matrix, start, length = check_chain(names, transition, initial, length)
    denoiser = diffusion.ExactDenoiser(start, matrix, states=names)
    yield {
        "chain": {
            "names": names,
            "transition": matrix.tolist(),
            "initial": start.tolist(),
            "length": length,
        },
        "texts": len(names) ** length,
        "names": {key: name for key, (name, *_) in CURVES.items()},
        "parts": points_of(length) + SWEEPS + 1,
    }
    curves = {
        key: {"sampler": sampler, "selection": selection}
        for key, (_, sampler, selection) in CURVES.items()
    }
    for point in diffusion.meter.exactness(denoiser, length, curves):
        yield {
            "point": {
                "curve": point["curve"],
                "x": point["words"],
                "steps": point["steps"],
                "tv": point["total_variation"],
                "kl": _bits(point["kl"]),
            }
        }
    worst = int(np.argmin(start))
    try:
        for sweep in diffusion.meter.gibbs_exactness(denoiser, length, SWEEPS, [worst] * length):
            yield {
                "sweep": {
                    "sweeps": sweep["sweeps"],
                    "tv": sweep["total_variation"],
                    "start": names[worst],
                }
            }
    except ValueError as error:  # the start may be a text that this chain never makes
        yield {"gibbs_problem": str(error)}
    yield {"done": True}


def points_of(length: int) -> int:
    """How many points the curves have."""
    meter = diffusion.meter
    return sum(
        meter.points_at(sampler, steps, length)
        for steps in meter.step_numbers(length)
        for _, sampler, _ in CURVES.values()
    )


def _bits(nats: float | None) -> float | None:
    return None if nats is None else nats / math.log(2)


def collected(parts: Iterator[dict]) -> dict:
    """A whole measurement as one value, for the recording and the tests."""
    value: dict[str, Any] = {"points": [], "sweeps": []}
    for part in parts:
        if "chain" in part:
            value.update({key: part[key] for key in ("chain", "texts", "names")})
        elif "point" in part:
            value["points"].append(part["point"])
        elif "sweep" in part:
            value["sweeps"].append(part["sweep"])
    return value
