"""Figures of texts that must have a form: the model's law given the form, and what cutting token by
token makes of it."""

from __future__ import annotations

from collections.abc import Sequence

from playground import decoding
from playground.decoding.constrained_law import LineModel, constrained_law
from playground.i18n import t
from playground.pages.lessons.scenes.bars import bars_of

LAWS = ("own", "given", "masked")
MOST = 8  # bars


def laws(lines: str, form: str, order: int = 1, longest: int = 5) -> dict:
    """Both laws of the texts of a form, exactly: the figures of Compare's part on masking. `lines`
    are joined by ";", `_` is a space, and "3*the king slept" stands three times.

    {"rows": [(text, unasked, given the form, under the mask)], "mass", "distance", "lost"}.
    ValueError where no text has the form.
    """
    read = []
    for line in lines.replace("_", " ").split(";"):
        times, star, text = line.partition("*")
        read += [text] * int(times) if star else [line]
    model = LineModel("\n".join(read), order)
    asked = decoding.form.form_of(
        "regex", form.replace("_", " "), decoding.spelling.spelling_of(model)
    )
    found = constrained_law(model.law, asked.allowed, model.eos_id, longest)
    if not found.texts:
        raise ValueError(t("no text of these lines has this form"))
    rows = [
        (model.decode(text), given * found.mass, given, masked)
        for text, (masked, given) in found.texts.items()
    ]
    return {
        "rows": rows,
        "mass": found.mass,
        "distance": found.total_variation,
        "lost": found.lost,
    }


def texts(
    form: str,
    rows: Sequence[str] = (),
    names: Sequence[str] = (),
    order: str = "1",
    longest: str = "5",
    law: str = "given",
) -> dict:
    """The texts that have the form, by one of three laws of a model of the `words:` lines: "own"
    (unasked), "given" the form, "masked"."""
    if law not in LAWS:
        raise ValueError(
            t("law must be one of {options}, got {got}", options=", ".join(LAWS), got=law)
        )
    if not rows:
        raise ValueError(t("texts needs lines words: that the model has read"))
    found = laws(";".join(rows), form, int(order), int(longest))["rows"]
    if len(found) > MOST:
        raise ValueError(
            t("the form has {got} texts, at most {most} fit a figure", got=len(found), most=MOST)
        )
    called = list(names) or [text for text, *_ in found]
    if len(called) != len(found):
        raise ValueError(
            t(
                "names has {got} names, the figure has {count} parts",
                got=len(called),
                count=len(found),
            )
        )
    return bars_of(called, [row[1 + LAWS.index(law)] for row in found])
