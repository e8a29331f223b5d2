"""Masking is not conditioning: a small model of the visitor's own lines, a form, and both laws of
its texts, exactly."""

from __future__ import annotations

from typing import Any

from playground.decoding.constrained_law import Constrained, LineModel, constrained_law
from playground.decoding.form import form_of
from playground.decoding.spelling import spelling_of
from playground.i18n import t
from playground.pages.compare.request import choice_of, text_of, whole_of

LINES, FORM, SHOWN, LONGEST = 2000, 400, 12, 8
KINDS = ("regex", "choices")


def compare_laws(backend: Any, raw: Any) -> dict:
    """{"lines", "order", "kind", "form", "longest"} -> both laws: "rows" of the likeliest texts,
    the figures, and the first step."""
    model = LineModel(
        text_of(raw.get("lines"), "lines", LINES), whole_of(raw.get("order", 1), "order", 1, 3)
    )
    kind = choice_of(raw.get("kind", "regex"), "kind", KINDS)
    form = form_of(kind, text_of(raw.get("form"), "form", FORM), spelling_of(model))
    longest = whole_of(raw.get("longest", 5), "longest", 1, LONGEST)
    found = constrained_law(model.law, form.allowed, model.eos_id, longest)
    if not found.texts:
        raise ValueError(
            t(
                "form must be one that the model can write: none of its texts of at most "
                "{longest} words has it",
                longest=longest,
            )
        )
    return {**written(model, found), "lost": found.lost, "longest": longest}


def written(model: LineModel, found: Constrained) -> dict:
    """Plain data: rows {"text", "masked", "given", "own"}, the likeliest of either law first; the
    others together."""
    order = sorted(found.texts, key=lambda text: (-max(found.texts[text]), text))
    shown, others = order[:SHOWN], order[SHOWN:]
    return {
        "rows": [
            {
                "text": model.decode(text),
                "masked": found.texts[text][0],
                "given": found.texts[text][1],
                "own": found.texts[text][1] * found.mass,
            }
            for text in shown
        ],
        "others": {
            "count": len(others),
            "masked": sum(found.texts[text][0] for text in others),
            "given": sum(found.texts[text][1] for text in others),
        },
        "texts": len(order),
        "mass": found.mass,
        "total_variation": found.total_variation,
    }
