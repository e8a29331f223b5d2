"""What a run leaves behind, as plain data.

A trace is a dict of JSON values::

    {"version": 1, "kind": "decode" | "unmask" | "score" | ..., "model": str, "settings": {...}, "prompt": ...,
     "steps": [record, ...]}

The live view, the replay, the downloads and the answers of the API are all drawings of this one
dict. NaN and the infinities do not exist in JSON, so a trace never holds them: what has no finite
value is None.
"""

from __future__ import annotations

import csv
import io
import json
import math
from collections.abc import Iterable, Mapping
from typing import Any

from playground.i18n import t

VERSION = 1
KINDS = ("decode", "unmask", "score", "search", "chain", "hidden", "compare")


def new_trace(
    kind: str,
    model: str,
    settings: Mapping[str, Any],
    prompt: Any,
    steps: Iterable[Mapping[str, Any]] = (),
    **more: Any,
) -> dict:
    """A trace of `kind`; `more` are further plain values (prompt_ids, ...). Raises ValueError on an
    unknown kind."""
    if kind not in KINDS:
        raise ValueError(
            t(
                "kind must be one of {options}, got {got}",
                options=", ".join(KINDS),
                got=repr(kind)[:100],
            )
        )
    trace = {
        "version": VERSION,
        "kind": kind,
        "model": model,
        "settings": dict(settings),
        "prompt": prompt,
        **more,
    }
    return plain({**trace, "steps": list(steps)})


def plain(value: Any) -> Any:
    """`value` with only JSON's types: tuples become lists, array scalars become numbers, a float
    that is not finite becomes None.

    >>> plain({"a": (1, float("inf"))})
    {'a': [1, None]}
    """
    if value is None or isinstance(value, (bool, int, str)):
        return value
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple, set, frozenset)):
        return [plain(item) for item in value]
    if hasattr(value, "tolist"):  # a numpy or torch scalar or array
        return plain(value.tolist())
    raise TypeError(t("a trace holds plain values only, got {got}", got=type(value).__name__))


def to_json(trace: Mapping[str, Any], indent: int | None = None) -> str:
    """The trace as JSON text. `from_json(to_json(trace)) == trace` for every trace that `new_trace`
    made."""
    return json.dumps(
        plain(trace),
        ensure_ascii=False,
        allow_nan=False,
        indent=indent,
        separators=None if indent else (",", ":"),
    )


def from_json(text: str) -> dict:
    """The trace that `to_json` wrote. Raises ValueError, in a sentence, on anything else."""
    try:
        trace = json.loads(text, parse_constant=_refuse_constant)
    except json.JSONDecodeError as error:
        place = f"line {error.lineno}, column {error.colno}"
        raise ValueError(
            t("this is not a trace: not valid JSON ({msg} at {place})", msg=error.msg, place=place)
        ) from None
    except RecursionError:
        raise ValueError(t("this is not a trace: it is nested too deeply")) from None
    return check(trace)


def check(trace: Any) -> dict:
    """`trace` itself if it has the shape of one. Raises ValueError naming the field, its value and
    what is allowed."""
    if not isinstance(trace, dict):
        raise ValueError(t("a trace must be a JSON object, got {got}", got=type(trace).__name__))
    if trace.get("version") != VERSION:
        raise ValueError(
            t(
                "version must be {version}, got {got}",
                version=VERSION,
                got=repr(trace.get("version"))[:100],
            )
        )
    if trace.get("kind") not in KINDS:
        raise ValueError(
            t(
                "kind must be one of {options}, got {got}",
                options=", ".join(KINDS),
                got=repr(trace.get("kind"))[:100],
            )
        )
    for field, kind in (("model", str), ("settings", dict), ("steps", list)):
        if not isinstance(trace.get(field), kind):
            raise ValueError(
                t(
                    "{field} must be a {kind}, got {got}",
                    field=field,
                    kind=kind.__name__,
                    got=type(trace.get(field)).__name__,
                )
            )
    for number, step in enumerate(trace["steps"]):
        if not isinstance(step, dict):
            raise ValueError(
                t(
                    "steps[{number}] must be a JSON object, got {got}",
                    number=number,
                    got=type(step).__name__,
                )
            )
    return trace


def to_csv(trace: Mapping[str, Any]) -> str:
    """One line a step, one column for each field of the steps that holds a single value (lists and
    objects stay in the JSON).

    Cells that a spreadsheet would run as a formula (= + - @ first, in a text) get an apostrophe in
    front.
    """
    columns: list[str] = []
    for step in trace["steps"]:
        for name, value in step.items():
            if name not in columns and not isinstance(value, (list, dict)):
                columns.append(name)
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(columns)
    for step in trace["steps"]:
        writer.writerow([_cell(step.get(name)) for name in columns])
    return out.getvalue()


def _cell(value: Any) -> Any:
    if value is None or isinstance(value, (list, dict)):
        return ""
    if isinstance(value, str) and value[:1] in ("=", "+", "-", "@", "\t", "\r"):
        return "'" + value
    return value


def _refuse_constant(name: str) -> None:
    raise ValueError(t("this is not a trace: {name} is no JSON value", name=name))
