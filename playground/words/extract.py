"""What the sources say: the texts in the scripts and the Python files that may reach the page, found without running anything.

A template (`${...}` in a script, `{...}` in an f-string) gives a key with {1}, {2} …; `**bold**` becomes a placeholder, and the bold words
a key of their own. Which texts are words of the interface is decided here by where they stand; what remains doubtful is listed in
assets/words/not-words.json, by hand.
"""

from __future__ import annotations

import ast
import functools
import json
import re
from collections.abc import Iterator
from pathlib import Path

from playground.words import TABLES

PACKAGE = Path(__file__).resolve().parents[1]
ROOMS = (
    "pages",
    "widgets",
    "server",
    "cluster",
    "backend",
    "decoding",
    "markov",
    "diffusion",
    "metrics",
    "traces.py",
)
LEFT_OUT = (
    "diffusion/__main__.py",
    "backend/telemetry.py",
    "cluster/serve.py",
    "cluster/replica.py",
    "pages/run.py",
)
LEFT_OUT_NAMES = ("endpoints.py", "parameter_docs.py")  # what programs read, not people
SPOKEN_KEYWORDS = {
    "label",
    "info",
    "placeholder",
    "title",
    "note",
    "explain",
    "explanation",
    "words",
    "question",
    "label_text",
}
SPOKEN_CALLS = {
    "Button",
    "Tab",
    "Accordion",
    "Warning",
    "Info",
    "Error",
    "DownloadButton",
    "UploadButton",
}
HOLE = "\ufffc"


def key_of(text: str) -> str:
    """Blanks joined, HOLEs numbered in order."""
    text = re.sub(r"\s+", " ", text).strip()
    count = iter(range(1, 1000))
    return re.sub(HOLE, lambda _: f"{{{next(count)}}}", text)


def pieces(text: str) -> Iterator[str]:
    """The key of a text, and of the words in **bold** in it."""
    for bold in re.findall(r"\*\*(.+?)\*\*", text):
        if HOLE not in bold:
            yield key_of(bold)
    yield key_of(re.sub(r"\*\*(.+?)\*\*", HOLE, text))


def worded(key: str) -> bool:
    """Does it hold words at all (and not a bare number, name or mark)?"""
    return bool(re.search(r"[^\W\d_]{2}", re.sub(r"\{\d+\}", "", key)))


def sentence_like(key: str) -> bool:
    """More than one word, or one word with a capital: single small words are names of things in the code as a rule."""
    plain = re.sub(r"\{\d+\}", "", key).strip()
    if (
        re.search(
            r"[{}<>]|[\w-]+: ?[^;:]+;|=>|\$|^[.#\[]|::|^--|^M\d|^L\d|calc\(|px\b|var\(|rgba?\(|translate\(|minmax|repeat\(",
            plain,
        )
        or "_" in plain.split(" ")[0]
    ):
        return False
    return bool(re.search(r"[^\W\d_]{2,}[,:.;?!]? +\S", plain) or re.match(r"[A-Z][a-z]+", plain))


# Python ----------------------------------------------------------------------------------------------------------------
def text_of(node: ast.AST) -> str | None:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if isinstance(node, ast.JoinedStr):
        return "".join(
            part.value if isinstance(part, ast.Constant) else HOLE for part in node.values
        )
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        left, right = text_of(node.left), text_of(node.right)
        return None if left is None and right is None else (left or HOLE) + (right or HOLE)
    return None


class Unmarked(ast.NodeTransformer):
    """`t("… {name}", name=value)` as the text that it is; its values become expressions of their own."""

    def __init__(self) -> None:
        self.values: list[ast.stmt] = []

    def visit_Call(self, node: ast.Call) -> ast.AST:
        self.generic_visit(node)
        texts = [part for part in node.args if isinstance(part, ast.Constant)]
        if getattr(node.func, "id", "") not in ("t", "tr", "nt", "mark") or not texts:
            return node
        said = [
            ast.copy_location(ast.Constant(re.sub(r"\{[A-Za-z_]\w*\}", HOLE, str(one.value))), one)
            for one in texts[:2]
        ]
        others = [*(word.value for word in node.keywords), *said[1:]]
        self.values += [ast.copy_location(ast.Expr(value), value) for value in others]
        return said[0]


def python_texts(path: Path) -> Iterator[tuple[str, bool]]:
    """(key, surely a word of the interface) for every text of a file but docstrings."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    unmarked = Unmarked()
    tree = unmarked.visit(tree)
    tree.body += unmarked.values
    skip: set[int] = set()
    sure: set[int] = set()
    for node in ast.walk(tree):
        if isinstance(node, (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)):
            first = node.body[0] if node.body else None
            if isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant):
                skip.add(id(first.value))
        elif isinstance(node, ast.Call):
            name = (
                node.func.attr
                if isinstance(node.func, ast.Attribute)
                else getattr(node.func, "id", "")
            )
            sure.update(id(word.value) for word in node.keywords if word.arg in SPOKEN_KEYWORDS)
            for word in node.keywords:
                if word.arg == "doc":  # of an endpoint's parameter: for programs
                    skip.update(id(part) for part in ast.walk(word.value))
            if name in SPOKEN_CALLS and node.args:
                sure.add(id(node.args[0]))
            if (
                name in ("getLogger", "compile", "warning", "exception", "debug")
                or name == "Markdown"
                or name == "HTML"
            ):
                skip.update(id(part) for argument in node.args for part in ast.walk(argument))
        elif isinstance(node, ast.Assign) and any(
            isinstance(target, ast.Name) and target.id == "TITLE" for target in node.targets
        ):
            sure.add(id(node.value))
        elif isinstance(node, ast.Assign) and any(
            isinstance(target, ast.Name) and target.id == "__all__" for target in node.targets
        ):
            skip.update(id(part) for part in ast.walk(node.value))
    done: set[int] = set()
    for node in ast.walk(tree):  # outer nodes come before what they hold
        if id(node) in skip or id(node) in done:
            continue
        text = text_of(node)
        if text is None:
            continue
        done.update(id(part) for part in ast.walk(node))
        if "<div" in text or "</" in text or "\n\n" in text or "$$" in text:
            continue  # templates and Markdown: their words are collected from the page
        for key in pieces(text):
            yield key, id(node) in sure


# JavaScript ------------------------------------------------------------------------------------------------------------
def script_tokens(source: str) -> list[tuple[str, str]]:
    """("word" | "mark" | "text", ...) of a script. A template's `${...}` is a HOLE in its text, and its own texts follow after it."""
    tokens: list[tuple[str, str]] = []
    at, size = 0, len(source)
    while at < size:
        char = source[at]
        if char.isspace():
            at += 1
        elif source.startswith("//", at):
            at = source.find("\n", at) % (size + 1) if "\n" in source[at:] else size
        elif source.startswith("/*", at):
            at = source.index("*/", at) + 2
        elif char in "'\"":
            end = at + 1
            while source[end] != char:
                end += 2 if source[end] == "\\" else 1
            tokens.append(("text", unescaped(source[at + 1 : end])))
            at = end + 1
        elif char == "`":
            text, inner, at = template(source, at + 1)
            tokens.append(("text", text))
            for hole in inner:
                tokens.append(("mark", "${"))
                tokens.extend(script_tokens(hole))
                tokens.append(("mark", "}$"))
        elif char == "/" and regular(tokens):
            at = after_regular(source, at)
            tokens.append(("word", "/regular/"))
        elif char.isalnum() or char in "_$":
            end = at
            while end < size and (source[end].isalnum() or source[end] in "_$"):
                end += 1
            tokens.append(("word", source[at:end]))
            at = end
        else:
            three = next(
                (
                    sign
                    for sign in ("===", "!==", "=>", "?.", "??", "==", "!=", "&&", "||", "+=")
                    if source.startswith(sign, at)
                ),
                char,
            )
            tokens.append(("mark", three))
            at += len(three)
    return tokens


def regular(tokens: list[tuple[str, str]]) -> bool:
    if not tokens:
        return True
    kind, text = tokens[-1]
    return (kind == "mark" and text not in (")", "]", "}", "}$")) or (
        kind == "word" and text in ("return", "typeof", "case")
    )


def after_regular(source: str, at: int) -> int:
    at, inside = at + 1, False
    while source[at] != "/" or inside:
        if source[at] == "\\":
            at += 1
        elif source[at] == "[":
            inside = True
        elif source[at] == "]":
            inside = False
        at += 1
    return at + 1


def template(source: str, at: int) -> tuple[str, list[str], int]:
    text, inner = "", []
    while source[at] != "`":
        if source[at] == "\\":
            text += unescaped(source[at : at + 2])
            at += 2
        elif source.startswith("${", at):
            end = after_hole(source, at + 2)
            inner.append(source[at + 2 : end - 1])
            text += HOLE
            at = end
        else:
            text += source[at]
            at += 1
    return text, inner, at + 1


def after_hole(source: str, at: int) -> int:
    depth = 1
    while depth:
        char = source[at]
        if char == "`":
            _, _, at = template(source, at + 1)
            continue
        if char in "'\"":
            end = at + 1
            while source[end] != char:
                end += 2 if source[end] == "\\" else 1
            at = end
        depth += (char == "{") - (char == "}")
        at += 1
    return at


def unescaped(text: str) -> str:
    simple = {
        "\\n": "\n",
        "\\t": "\t",
        "\\'": "'",
        '\\"': '"',
        "\\\\": "\\",
        "\\`": "`",
        "\\$": "$",
    }
    text = re.sub(r"\\u([0-9a-fA-F]{4})", lambda hit: chr(int(hit[1], 16)), text)
    return re.sub(r"\\.", lambda hit: simple.get(hit[0], hit[0]), text, flags=re.S)


NO_WORDS_IN = {
    "className",
    "cssText",
    "type",
    "background",
    "d",
    "href",
    "src",
    "id",
    "role",
    "color",
    "left",
    "width",
    "height",
    "display",
    "transform",
}
NO_WORDS_AFTER = {
    "part",
    "querySelector",
    "querySelectorAll",
    "closest",
    "matches",
    "addEventListener",
    "removeEventListener",
    "CustomEvent",
    "trigger",
    "watch",
    "add",
    "remove",
    "toggle",
    "contains",
    "getPropertyValue",
    "setProperty",
    "draw_svg",
    "createElement",
    "createElementNS",
    "matchMedia",
    "getAttribute",
    "removeAttribute",
    "hasAttribute",
    "startsWith",
    "endsWith",
    "includes",
    "split",
    "join",
    "indexOf",
    "typeof",
    "case",
    "getContext",
    "getElementById",
    "dispatchEvent",
    "replace",
    "replaceAll",
    "variable",
    "localeCompare",
    "padStart",
    "import",
    "get",
    "getItem",
    "setItem",
}


def joined(tokens: list[tuple[str, str]], i: int) -> str | None:
    """The text at i with what is added to it by +, as one text with HOLEs; "" for a later part of such a sum, None where nothing is added."""
    before = tokens[i - 1][1] if i else ""
    if before == "+" and i > 1 and tokens[i - 2][0] == "text":
        return ""
    text, at, added = (HOLE if before == "+" else "") + tokens[i][1], i + 1, before == "+"
    if at < len(tokens) and tokens[at] == (
        "mark",
        "${",
    ):  # the inside of a template follows its text
        at = after_insides(tokens, at)
    while at < len(tokens) and tokens[at] == ("mark", "+"):
        added, at = True, at + 1
        if tokens[at][0] == "text":
            text, at = text + tokens[at][1], at + 1
            if at < len(tokens) and tokens[at] == ("mark", "${"):
                at = after_insides(tokens, at)
            continue
        depth = 0
        while at < len(tokens):
            kind, sign = tokens[at]
            if (
                kind == "mark"
                and depth == 0
                and sign in ("+", ",", ";", ")", "]", "}", "}$", ":", "?")
            ):
                break
            depth += kind == "mark" and sign in ("(", "[", "{", "${")
            depth -= kind == "mark" and sign in (")", "]", "}", "}$")
            at += 1
        text += HOLE
    return re.sub(HOLE + "+", HOLE, text) if added else None


def after_insides(tokens: list[tuple[str, str]], at: int) -> int:
    while at < len(tokens) and tokens[at] == ("mark", "${"):
        depth = 1
        at += 1
        while depth:
            depth += tokens[at] == ("mark", "${")
            depth -= tokens[at] == ("mark", "}$")
            at += 1
    return at


SPOKEN_ATTRIBUTES = {"aria-label", "title", "placeholder", "aria-valuetext"}


def script_texts(source: str) -> Iterator[tuple[str, bool]]:
    """(key, surely a word of the interface) for every text of a script. Texts added with + to others are one with a HOLE between."""
    tokens = script_tokens(source)
    depth: list[tuple[str, int]] = []  # (called name, number of the argument)
    attribute = ""  # the first argument of the last setAttribute
    for i, (kind, text) in enumerate(tokens):
        if kind == "mark" and text in "([{" and len(text) == 1:
            name = tokens[i - 1][1] if text == "(" and i and tokens[i - 1][0] == "word" else ""
            depth.append((name, 0))
        elif kind == "mark" and text in ("${",):
            depth.append(("", 0))
        elif kind == "mark" and text in (")", "]", "}", "}$"):
            if depth:
                depth.pop()
        elif kind == "mark" and text == "," and depth:
            depth[-1] = (depth[-1][0], depth[-1][1] + 1)
        if kind != "text":
            continue
        called, argument = depth[-1] if depth else ("", 0)
        before = tokens[i - 1][1] if i else ""
        after = tokens[i + 1][1] if i + 1 < len(tokens) else ""
        if (
            called in NO_WORDS_AFTER
            or (called == "make" and argument < 2)
            or (called == "button" and argument == 3)
        ):
            continue
        if called == "setAttribute" and argument == 0:
            attribute = text
            continue
        if called == "setAttribute" and attribute not in SPOKEN_ATTRIBUTES:
            continue
        if before in ("===", "!==", "==", "!=", "className", "case") or after in (
            "===",
            "!==",
            "==",
            "!=",
        ):
            continue
        target = tokens[i - 2][1] if before == "=" and i > 1 else ""
        if target in NO_WORDS_IN:
            continue
        sure = (
            (called == "make" and argument == 2)
            or (called == "button" and argument < 2)
            or called in ("say", "problem", "status")
        )
        sure = sure or target in ("textContent", "title", "placeholder", "ariaLabel")
        whole = joined(tokens, i)
        for key in pieces(whole if whole is not None else text):
            yield key, sure and whole != ""
        if whole is not None:
            yield key_of(text), False


def static_words() -> dict[str, str]:
    """{key: file} of every text in the sources that is a word of the interface by where it stands or how it looks."""
    found: dict[str, str] = {}
    for path, texts in all_texts():
        for key, sure in texts:
            if worded(key) and (sure or sentence_like(key)):
                found.setdefault(key, path)
    return found


NOT_WORDS = re.compile(
    r"^[,;:.]|^[A-Z][a-z]+(?:[A-Z][A-Za-z]*)+$|^[A-Za-z]+[A-Z]\w*\(|arXiv|^https?:|^“[^”]*”$|^[\w.-]+/[\w.-]+$|sans-serif|monospace"
    r"|color-mix|^(?:problem|say|num|soft|symbol|value) [\w-]+$|^import |\(B, L|shape \{|safetensors file|denoiser must"
    r"|^[\w+./-]+ \{1\}(?: ?[MB])(?: \(\{2\} M\))?(?: Instruct)?(?: \(a GPU suggested\)| · CPU)?$|^[\w+./-]+\{1\} \(\{2\} M\)|· CPU$|^ngram/"
    r"|^t tok src|^strategy-first home|^\W*(?:[A-Za-zληαᾱΔQ]\W*)$"
)


def left_out(key: str) -> bool:
    """Formulas, names of models and classes, quoted tokens, sources, and the texts that not-words.json lists."""
    return bool(NOT_WORDS.search(key)) or key in not_words()


@functools.cache
def not_words() -> frozenset[str]:
    path = TABLES / "not-words.json"
    return (
        frozenset(json.loads(path.read_text(encoding="utf-8"))) if path.is_file() else frozenset()
    )


def wanted_words() -> dict[str, str]:
    """The static words without what is left out, the glossary and the explanations of the controls."""
    found = {key: path for key, path in static_words().items() if not left_out(key)}
    for entry in json.loads((TABLES / "glossary.json").read_text(encoding="utf-8")):
        for text in (entry["term"], entry["text"]):
            found.setdefault(key_of(text), "glossary")
    for page, controls in json.loads(
        (TABLES / "explanations.json").read_text(encoding="utf-8")
    ).items():
        for control, said in controls.items():
            found.setdefault(
                key_of(said if isinstance(said, str) else said[0]), f"explains “{control}” ({page})"
            )
    return found


def every_text() -> set[str]:
    """All texts of the sources, words or not: a key that is in none of them and on no page is dead."""
    return {key for _, texts in all_texts() for key, _ in texts}


def all_texts() -> Iterator[tuple[str, Iterator[tuple[str, bool]]]]:
    for room in ROOMS:
        base = PACKAGE / room
        for path in [base] if base.is_file() else sorted(base.rglob("*")):
            name = path.relative_to(PACKAGE).as_posix()
            if name in LEFT_OUT or path.name in LEFT_OUT_NAMES:
                continue
            if path.suffix == ".py":
                yield name, python_texts(path)
            elif path.suffix == ".js":
                yield name, script_texts(path.read_text(encoding="utf-8"))
