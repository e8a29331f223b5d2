"""`{{name key=value … | format}}` in a lesson's text becomes a number, computed by the code that
the pages use.

A lesson file never holds a figure that somebody typed: `{{softmax logits=2,1,.5 temperature=.5
token=0}}` becomes .844.
"""

from __future__ import annotations

import math
import re

from playground.i18n import t
from playground.pages.lessons import figures, figures_of_scenes
from playground.pages.lessons.called import call

DECIMAL_COMMA = ("de", "es")
PLACE = re.compile(r"\{\{\s*(\w+)((?:\s+\w+=[^\s{}|]+)*)\s*(?:\|\s*([^}]*?)\s*)?\}\}")
FORM = re.compile(r"(\.\d{1,2})?[efg%]")
FIGURES = {**figures.FIGURES, **figures_of_scenes.FIGURES}


def filled(text: str, language: str = "en", exact: bool = False) -> str:
    """The text with every figure computed and written in the language's own form, or `exact`, as a
    program reads it, with all digits.

    ValueError names the figure that cannot be computed."""

    def one(match: re.Match) -> str:
        name, arguments, form = (
            match.group(1),
            dict(pair.split("=", 1) for pair in match.group(2).split()),
            match.group(3) or ".3f",
        )
        if name not in FIGURES:
            raise ValueError(
                t(
                    "{value} asks for {name}; the figures are {options}",
                    value=match.group(0),
                    name=name,
                    options=", ".join(FIGURES),
                )
            )
        if not FORM.fullmatch(form):
            raise ValueError(
                t("{value}: the format is like .2f, got {got}", value=match.group(0), got=form[:20])
            )
        try:
            value = call(FIGURES[name], arguments)
        except ValueError as error:
            raise ValueError(
                t("{value} cannot be computed: {error}", value=match.group(0), error=error)
            ) from None
        if isinstance(value, str):
            return value
        if exact:
            return repr(value)
        if isinstance(value, float) and math.isinf(value):
            return "∞"
        number = format(value, form if isinstance(value, float) else "").replace("-", "−")
        if not number.strip("−0."):
            number = number.lstrip("−")  # what is rounded to nothing has no sign
        return number.replace(".", ",") if language in DECIMAL_COMMA else number

    return PLACE.sub(one, text)
