"""Finds the messages, for Babel (babel.cfg): in Python by its syntax tree, in the data files of
assets/words by their fields.

Babel's own extractor for Python reads tokens: it takes `t["p"]` of a variable t for a message, and
loses a call inside of a call.
"""

from __future__ import annotations

import ast
import json
from collections.abc import Collection, Iterator
from typing import IO, Any

MODULE = "playground.i18n"
Found = tuple[int, str | None, Any, list[str]]


def python(file: IO[bytes], keywords: Collection[str], tags: Any, options: Any) -> Iterator[Found]:
    """Babel's extractor for Python: the calls of what a module imports from playground.i18n, under
    whatever name."""
    tree = ast.parse(file.read())
    names = {
        alias.asname or alias.name: alias.name
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and node.module == MODULE
        for alias in node.names
        if alias.name in keywords
    }
    for node in ast.walk(tree):
        name = names.get(getattr(getattr(node, "func", None), "id", ""))
        if isinstance(node, ast.Call) and name:
            texts = [literal(argument) for argument in node.args]
            if texts and texts[0] is not None:
                yield node.lineno, name, texts[0] if len(texts) == 1 else tuple(texts), []


def literal(node: ast.expr) -> str | None:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else None


def data(file: IO[bytes], keywords: Any, tags: Any, options: Any) -> Iterator[Found]:
    """Babel's extractor for glossary.json (terms and texts) and explanations.json (what each
    control does)."""
    entries = json.loads(file.read().decode("utf-8"))
    if isinstance(entries, list):
        texts = [text for entry in entries for text in (entry["term"], entry["text"])]
    else:
        texts = [
            said if isinstance(said, str) else said[0]
            for controls in entries.values()
            for said in controls.values()
        ]
    for text in dict.fromkeys(texts):
        yield 0, None, text, []
