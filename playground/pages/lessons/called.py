"""Calls a figure or a number with the settings that a lesson wrote, all of them text. What Python
says of a wrong one becomes a sentence that names the setting, so that a teacher's slip refuses one
file and is understood.
"""

from __future__ import annotations

import ast
import inspect
import re
from collections.abc import Callable, Mapping
from typing import Any

from playground.i18n import t

NO_NUMBER = re.compile(
    r"(?:could not convert string to float|invalid literal for (int)\(\) with base 10): (.+)", re.S
)
NOT_WRITTEN = ("names", "rows", "model")  # what a figure gets from other lines


def call(function: Callable[..., Any], given: Mapping[str, Any]) -> Any:
    """`function(**given)`; ValueError where a setting is unknown, missing or out of range."""
    check(function, given)
    try:
        return function(**given)
    except ValueError as error:
        raise ValueError(_sentence(str(error), given)) from None
    except (TypeError, ArithmeticError, LookupError, StopIteration):
        raise ValueError(t("its values do not fit together")) from None


def check(function: Callable[..., Any], given: Mapping[str, Any]) -> None:
    """ValueError where a setting is unknown or missing; nothing is computed."""
    own = inspect.signature(function).parameters
    open_ended = any(one.kind is inspect.Parameter.VAR_KEYWORD for one in own.values())
    unknown = set() if open_ended else set(given) - set(own)
    if unknown:
        options = ", ".join(key for key in own if key not in NOT_WRITTEN)
        raise ValueError(
            t(
                "it has no {setting}: {options}",
                setting=", ".join(sorted(unknown)),
                options=options or t("it has no settings"),
            )
        )
    fixed = (one for one in own.values() if one.kind is not inspect.Parameter.VAR_KEYWORD)
    missing = [one.name for one in fixed if one.default is one.empty and one.name not in given]
    if missing:
        raise ValueError(t("{name} is missing", name=", ".join(missing)))


def _sentence(error: str, given: Mapping[str, Any]) -> str:
    """The sentence where Python found no number in a text; any other sentence stays."""
    found = NO_NUMBER.fullmatch(error)
    if not found:
        return error
    try:
        got = str(ast.literal_eval(found[2]))
    except (ValueError, SyntaxError):
        got = found[2]
    written = {key: value for key, value in given.items() if isinstance(value, str)}
    name = next((key for key, value in written.items() if got in re.split("[,;]", value)), None)
    if name is None:
        name = next((key for key, value in written.items() if got in value), "")
    if found[1]:
        return t("{name} must be a whole number, got {got}", name=name, got=got[:40] or "–")
    return t("{name} must be a number, got {got}", name=name, got=got[:40] or "–")
