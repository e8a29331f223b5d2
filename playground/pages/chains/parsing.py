"""What a browser or a program sends, checked: every refusal is a ValueError that names field, value
and range."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Sequence
from functools import wraps
from typing import Any

from playground.i18n import t
from playground.parameters import Parameter, short

LONGEST_NAME = 40


def whole(value: Any, field: str, low: int, high: int) -> int:
    """`value` as an int in [low, high]; 3.0 counts as 3, because JSON has one kind of number."""
    return Parameter(field, int, None, low=low, high=high).check(value)


def real(value: Any, field: str, low: float, high: float) -> float:
    return Parameter(field, float, None, low=low, high=high).check(value)


def choice(value: Any, field: str, options: Sequence[str]) -> str:
    return Parameter(field, str, None, choices=tuple(options)).check(value)


def names(value: Any, field: str, low: int, high: int) -> list[str]:
    """`low` to `high` different names of at most 40 characters. What they are made of is the
    visitor's affair."""
    if not isinstance(value, list) or not all(isinstance(name, str) for name in value):
        raise ValueError(
            t("{field} must be a list of names, got {got}", field=field, got=short(value))
        )
    if not low <= len(value) <= high:
        raise ValueError(
            t(
                "{field} must have {low} to {high} names, got {got}",
                field=field,
                low=low,
                high=high,
                got=len(value),
            )
        )
    for name in value:
        if not 0 < len(name) <= LONGEST_NAME:
            raise ValueError(
                t(
                    "{field} must be names of 1 to {longest_name} characters, got {got}",
                    field=field,
                    longest_name=LONGEST_NAME,
                    got=short(name),
                )
            )
        if value.count(name) > 1:
            raise ValueError(
                t(
                    "{field} must differ from each other, got {got} twice",
                    field=field,
                    got=short(name),
                )
            )
    return list(value)


def table(value: Any, field: str, rows: int, columns: int) -> list[list[float]]:
    """rows x columns finite numbers. Whether they are probabilities is judged by the mathematics,
    which knows the remedy."""
    if (
        not isinstance(value, list)
        or len(value) != rows
        or not all(isinstance(row, list) and len(row) == columns for row in value)
    ):
        raise ValueError(
            t(
                "{field} must be a table of {rows} rows of {columns} numbers, got {got}",
                field=field,
                rows=rows,
                columns=columns,
                got=short(value),
            )
        )
    for i, row in enumerate(value):
        for j, entry in enumerate(row):
            if (
                isinstance(entry, bool)
                or not isinstance(entry, (int, float))
                or not math.isfinite(entry)
            ):
                raise ValueError(
                    t(
                        "{field} row {row}, column {column} must be a number, got {got}",
                        field=field,
                        row=i + 1,
                        column=j + 1,
                        got=short(entry),
                    )
                )
    return [[float(entry) for entry in row] for row in value]


def plain(values: Any) -> Any:
    """Arrays as nested lists of numbers that JSON knows: infinite and undefined ones are None."""
    if hasattr(values, "tolist"):
        values = values.tolist()
    if isinstance(values, (list, tuple)):
        return [plain(value) for value in values]
    if isinstance(values, float) and not math.isfinite(values):
        return None
    return values


def answered(compute: Callable[[dict], dict]) -> Callable[[Any], dict]:
    """`compute(draft)` for a widget: {"ok": True, ...}, or {"ok": False, "error": the sentence};
    never an exception."""

    @wraps(compute)
    def answer(draft: Any) -> dict:
        try:
            if not isinstance(draft, dict):
                raise ValueError(t("draft must be an object, got {got}", got=short(draft)))
            return {"ok": True, **compute(draft)}
        except (ValueError, KeyError) as error:
            sentence = f"{error.args[0]} is missing" if isinstance(error, KeyError) else str(error)
            return {"ok": False, "error": sentence}

    return answer


def packed(draft: dict, defaults: dict) -> str:
    """What differs from `defaults`, as compact JSON for a link; "" where nothing does."""
    rest = {
        key: value for key, value in draft.items() if key in defaults and value != defaults[key]
    }
    return json.dumps(rest, separators=(",", ":"), ensure_ascii=False) if rest else ""


def unpacked(text: str, defaults: dict) -> dict:
    """The draft of a link. ValueError where the text is no JSON object; unknown keys are
    ignored."""
    if not text:
        return dict(defaults)
    try:
        rest = json.loads(text)
    except (ValueError, RecursionError):
        raise ValueError(t("the link holds no readable state")) from None
    if not isinstance(rest, dict):
        raise ValueError(t("the link holds no readable state"))
    return {**defaults, **{key: value for key, value in rest.items() if key in defaults}}


def plain_record(record: dict) -> dict:
    """`plain` for every value of a record."""
    return {key: plain(value) for key, value in record.items()}
