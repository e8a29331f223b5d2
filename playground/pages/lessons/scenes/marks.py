"""Figures of the watermark: what the bias does to a draw, how sure the count of green tokens is,
how it fades."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from playground import decoding
from playground.i18n import t
from playground.pages.lessons.figures import numbers
from playground.pages.lessons.scenes.bars import bars_of, distribution, named
from playground.pages.lessons.scenes.curves import POINTS, curve_of, line_of

SURE = 4.0  # the z from which the pages speak of a watermark


def green(
    logits: str,
    green: str,
    names: Sequence[str] = (),
    bias: str = "0",
    temperature: str = "1",
) -> dict:
    """Probabilities where the `green` tokens (their numbers from 0) have got the watermark's
    bias."""
    given = np.array(numbers(logits))
    favoured = [int(one) for one in green.split(",")]
    if not all(0 <= one < len(given) for one in favoured):
        raise ValueError(
            t("green must be numbers from 0 to {last}, got {got}", last=len(given) - 1, got=green)
        )
    given[favoured] += float(bias)
    text = ",".join(repr(float(one)) for one in given)
    return bars_of(
        named(names, len(given)), distribution(text, "", "", {"temperature": temperature})
    )


def _z(share: float, tokens: float, ratio: float) -> float:
    return decoding.watermark.z_of(share * tokens, tokens, ratio)


def evidence(
    ratio: str = ".25", green: str = ".5", tokens: str = "100", show: str = "both"
) -> dict:
    """z by the number of tokens counted, if such a share of them is green. `show=threshold`: the
    line of z = 4 alone."""
    end, share, part = float(tokens), float(green), float(ratio)
    if not 0 < part < 1 or not 0 <= share <= 1:
        raise ValueError(t("ratio must be in (0, 1) and green in [0, 1]"))
    at = np.linspace(0, end, POINTS)
    z = [_z(share, count, part) if count else 0.0 for count in at]
    lines = [line_of([0, end], [SURE, SURE], "free", "z = 4")]
    if show == "both":
        lines.append(line_of(at, z, "escape", t("this text")))
    elif show != "threshold":
        raise ValueError(t("show must be threshold or both, got {got}", got=show))
    low, high = min(0.0, *z), max(6.0, *z)
    return curve_of([0, end], [low, high], t("tokens counted"), "z", lines)


def fading(z: str, tokens: str, until: str = "") -> dict:
    """The z that is to be expected once so many of the tokens were replaced at random; `until` cuts
    the line off there."""
    whole, found = int(tokens), float(z)
    last = int(until) if until else whole
    left = [found * decoding.watermark.untouched(whole, changed) for changed in range(whole + 1)]
    lines = [
        line_of([0, whole], [SURE, SURE], "free", "z = 4"),
        line_of(range(last + 1), left[: last + 1], "escape", t("this text")),
    ]
    return curve_of(
        [0, whole], [0, max(found, SURE + 1)], t("tokens replaced"), t("z to be expected"), lines
    )
