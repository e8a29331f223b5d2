"""`python -m playground.pages.schema`: writes playground/web/schema.d.ts, the browser half's types
of what a visitor sets.

The table of parameters is the source; tests/pages/test_schema.py says when the file is out of date.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from playground import web
from playground.decoding.rules import ORDERS, RULES
from playground.decoding.settings import PARAMETERS, OrderParameter
from playground.diffusion.samplers import list_samplers
from playground.pages.diffusion.controls import LINK as DIFFUSION
from playground.pages.escape import fields as escape
from playground.pages.links import Setting
from playground.parameters import Parameter

FILE = Path(web.__file__).parent / "schema.d.ts"
HEAD = "// Made by `python -m playground.pages.schema` from the table of parameters: change it there.\n"
SAMPLERS = [sampler.name for sampler in list_samplers()]


def written() -> str:
    """The whole file."""
    unmask = {
        name: kind.parameter if isinstance(kind, Setting) else Parameter(name, str, kind.default)
        for name, kind in DIFFUSION.fields.items()
    }
    return "\n".join(
        [
            HEAD,
            'import type { WireMessage } from "./core/translate.js";\n',
            _union("RuleName", "of the rules that act on a distribution", RULES),
            _union("OrderName", "of the orders in which rules act", ORDERS),
            _union("SamplerName", "of the samplers of Unmask", SAMPLERS),
            _settings("DecodingSettings", "of a text that is written token by token", PARAMETERS),
            _settings("UnmaskFields", "of Unmask's form and link", unmask),
            _settings(
                "EscapeSettings",
                "of Escape's calculator and link",
                {**escape.FIELDS, escape.WORD.name: escape.WORD},
            ),
            *_controls([*PARAMETERS.values(), *escape.FIELDS.values()]),
        ]
    )


def type_of(row: Parameter) -> str:
    """The type of the row's values, as TypeScript writes it."""
    if isinstance(row, OrderParameter):
        return "OrderName | RuleName[]"
    if row.choices and set(row.choices) == set(SAMPLERS):
        return "SamplerName"
    plain = {bool: "boolean", int: "number", float: "number", str: "string"}[row.type]
    kind = " | ".join(map(json.dumps, row.choices)) or plain
    return f"{kind} | null" if row.optional else kind


def _union(name: str, what: str, names: Iterable[str]) -> str:
    lines = [f"  | {json.dumps(one)}" for one in names]
    return "\n".join([f"/** Names {what}. */", f"export type {name} =", *lines]) + ";\n"


def _settings(name: str, what: str, rows: Mapping[str, Parameter]) -> str:
    fields = []
    for field, row in rows.items():
        if row.type is not bool and not row.choices:  # there the type says it all
            fields.append(f"  /** {row.allowed()} */")
        fields.append(f"  {field}: {type_of(row)};")
    return "\n".join([f"/** Settings {what}. */", f"export interface {name} {{", *fields, "}\n"])


def _controls(rows: Iterable[Parameter]) -> list[str]:
    """What `Parameter.control` sends, an interface for each kind of control."""
    kinds: dict[str, list[dict[str, Any]]] = {}
    for row in rows:
        control = row.control()
        kinds.setdefault(control["kind"], []).append(control)
    names = {kind: f"{kind.capitalize()}Control" for kind in kinds}
    found = [f"export type Control = {' | '.join(names.values())};\n"]
    for kind, controls in kinds.items():
        fields = [f"  kind: {json.dumps(kind)};", "  label: WireMessage;"]
        for field in dict.fromkeys(field for control in controls for field in control):
            if field not in ("kind", "label"):
                values = [control[field] for control in controls if field in control]
                types = " | ".join(sorted({_type_of_value(value) for value in values}))
                fields.append(f"  {field}{'?' if len(values) < len(controls) else ''}: {types};")
        found.append("\n".join([f"export interface {names[kind]} {{", *fields, "}\n"]))
    return found


def _type_of_value(value: Any) -> str:
    if value is None:
        return "null"
    kinds = {bool: "boolean", int: "number", float: "number", str: "string"}
    return next(name for kind, name in kinds.items() if isinstance(value, kind))


if __name__ == "__main__":
    FILE.write_text(written(), encoding="utf-8")
