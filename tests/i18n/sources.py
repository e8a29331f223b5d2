"""Every call of t, nt, mark and pieces in the sources: where it is, what it says, what is wrong
with it."""

from __future__ import annotations

import ast
import json
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from babel.messages.jslexer import Token, tokenize, unquote_string

from playground.i18n import HOLE

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "playground"
TEXTS = {"t": 1, "mark": 1, "pieces": 1, "nt": 2}  # how many literals each begins with


class Call(NamedTuple):
    where: str
    texts: tuple[str, ...]
    fault: str | None


def holes(*texts: str) -> set[str]:
    return {name for text in texts for name in HOLE.findall(text)}


# Python ------------------------------------------------------------------------------------------
def python_calls(source: str, name: str = "") -> Iterator[Call]:
    """The calls of a module that imports from playground.i18n."""
    tree = ast.parse(source)
    imported = {
        alias.asname or alias.name: alias.name
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and node.module == "playground.i18n"
        for alias in node.names
    }
    for node in ast.walk(tree):
        called = imported.get(getattr(getattr(node, "func", None), "id", ""))
        if isinstance(node, ast.Call) and called in TEXTS:
            yield python_call(node, called, f"{name}:{node.lineno}")


def python_call(node: ast.Call, called: str, where: str) -> Call:
    first = node.args[: TEXTS[called]]
    texts = tuple(
        a.value for a in first if isinstance(a, ast.Constant) and isinstance(a.value, str)
    )
    if len(texts) < TEXTS[called]:
        return Call(where, texts, f"{called}( needs a literal text: it is found in the sources")
    given = {keyword.arg for keyword in node.keywords} | ({"n"} if called == "nt" else set())
    if called == "mark":
        return Call(where, texts, None)
    unused = given - holes(*texts) - {"n"}
    if None not in given and (unused or holes(*texts) - given):
        return Call(where, texts, f"holes {sorted(holes(*texts))}, values {sorted(given)}")
    return Call(where, texts, None)


# JavaScript --------------------------------------------------------------------------------------
def script_calls(source: str, name: str = "") -> Iterator[Call]:
    """The calls of a module, those inside of template literals too."""
    tokens = list(tokenize(source, jsx=False, template_string=True))
    for i, token in enumerate(tokens):
        if token.type == "template_string":
            for inside in insides(token.value):
                yield from script_calls(inside, f"{name}:{token.lineno}")
        opens = tokens[i + 1 : i + 2]
        before = tokens[i - 1].value if i else ""
        if (
            token.type == "name"
            and token.value in TEXTS
            and opens
            and opens[0].value == "("
            and before not in ("function", ".", "?.")
        ):
            yield script_call(tokens, i, f"{name}:{token.lineno}")


def script_call(tokens: list[Token], at: int, where: str) -> Call:
    called, texts = tokens[at].value, []
    end = closing(tokens, at + 1)
    i = at + 2
    for _ in range(TEXTS[called]):
        text = ""
        while i < end and tokens[i].type == "string":
            text += unquote_string(tokens[i].value)
            i += 1
            if tokens[i].value != "+":
                break
            i += 1
        if i > end or tokens[i - 1].type != "string" or tokens[i].value not in (",", ")"):
            return Call(where, tuple(texts), f"{called}( needs a literal text, without templates")
        texts.append(text)
        i += 1
    rest = tokens[i:end]
    nested = [token for j, token in enumerate(rest) if is_call(rest, j)]
    if nested or any(token.type == "template_string" and "t(" in token.value for token in rest):
        return Call(where, tuple(texts), "a message inside of a call is not found: name it before")
    given = {token.value for token in rest if token.type == "name"} | {"n"}
    spread = any(token.value in ("...", ".") for token in rest) or not rest or rest[0].value != "{"
    if called != "mark" and holes(*texts) - given and (not spread or not rest):
        return Call(where, tuple(texts), f"holes {sorted(holes(*texts))} have no values")
    return Call(where, tuple(texts), None)


def is_call(tokens: list[Token], i: int) -> bool:
    follows = tokens[i + 1].value if i + 1 < len(tokens) else ""
    return tokens[i].type == "name" and tokens[i].value in TEXTS and follows == "("


def closing(tokens: list[Token], at: int) -> int:
    """Where the bracket at `at` closes."""
    depth = 0
    for i in range(at, len(tokens)):
        if tokens[i].type == "operator":
            depth += tokens[i].value in ("(", "[", "{")
            depth -= tokens[i].value in (")", "]", "}")
            if depth == 0:
                return i
    return len(tokens) - 1


def insides(template: str) -> Iterator[str]:
    """The code in the `${…}` of a template literal."""
    start = depth = 0
    for i, char in enumerate(template):
        if depth == 0 and template.startswith("${", i - 1) and char == "{":
            start, depth = i + 1, 1
        elif depth:
            depth += (char == "{") - (char == "}")
            if depth == 0:
                yield template[start:i]


# Data --------------------------------------------------------------------------------------------
def data_texts() -> set[str]:
    """The texts of the translatable data files."""
    words = ROOT / "assets" / "words"
    glossary = json.loads((words / "glossary.json").read_text(encoding="utf-8"))
    explained = json.loads((words / "explanations.json").read_text(encoding="utf-8"))
    lines = [said for controls in explained.values() for said in controls.values()]
    return {entry[part] for entry in glossary for part in ("term", "text")} | {
        said if isinstance(said, str) else said[0] for said in lines
    }


def all_calls() -> Iterator[Call]:
    for path in sorted(PACKAGE.rglob("*.py")):
        if path.parent.name not in ("i18n", "training"):
            yield from python_calls(path.read_text(encoding="utf-8"), str(path.relative_to(ROOT)))
    for path in sorted((PACKAGE / "web").rglob("*.js")):
        yield from script_calls(path.read_text(encoding="utf-8"), str(path.relative_to(ROOT)))
