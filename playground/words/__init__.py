"""The words of the interface: English in the sources, a table a language in assets/words, one script that puts them in.

- `assets/words/keys.json`: {English text: where it is seen}, sorted; collected by `python -m playground.words collect`;
- `assets/words/{es,de,zh}.json`: {English text: translation};
- `words.js` puts them into the page (see its head); `head_script()` is that script with the addresses of the tables.

In a key {1}, {2} … stand for a number, a name or a marked-up word; a translation must hold the same ones, in any order
(but for those behind a letter, which hold the s of an English plural).
"""

from __future__ import annotations

import hashlib
import json
import re
from pathlib import Path

from playground.paths import ASSETS

HERE = Path(__file__).resolve().parent
TABLES = ASSETS / "words"
LANGUAGES = {"en": "English", "es": "Español", "de": "Deutsch", "zh": "中文"}
PLACE = re.compile(r"\{\d+\}")
ENDING = re.compile(r"(?<=[a-z])\{\d+\}")  # the s of an English plural: other languages may drop it


def keys() -> dict[str, str]:
    """Every English text of the interface, with the place where it is seen."""
    return json.loads((TABLES / "keys.json").read_text(encoding="utf-8"))


def table(language: str) -> dict[str, str]:
    """{English: translation}; empty while there is none. Raises ValueError for a language that is not offered."""
    if language not in LANGUAGES or language == "en":
        raise ValueError(
            f"language must be one of {sorted(set(LANGUAGES) - {'en'})}, got {language!r}"
        )
    path = TABLES / f"{language}.json"
    return json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}


def faults(language: str) -> list[str]:
    """What is wrong with a table, one sentence each: missing and dead keys, empty translations, placeholders that differ."""
    wanted, have = keys(), table(language)
    found = [f"missing: {key}" for key in wanted if key not in have]
    found += [f"dead (no such key): {key}" for key in have if key not in wanted]
    for key, said in have.items():
        if not isinstance(said, str) or not said.strip():
            found.append(f"empty: {key}")
        elif (
            not set(PLACE.findall(key)) - set(ENDING.findall(key))
            <= set(PLACE.findall(said))
            <= set(PLACE.findall(key))
        ):
            found.append(f"placeholders differ: {key} -> {said}")
    return found


def head_script() -> str:
    """words.js with the names of the languages and the addresses of their tables (relative to the page's base, so that a root path
    does no harm; a changed table has another address, so that no old one is kept)."""
    address = {}
    for language in LANGUAGES:
        path = TABLES / f"{language}.json"
        if language != "en" and path.is_file():
            mark = hashlib.sha256(path.read_bytes()).hexdigest()[:12]
            address[language] = f"gradio_api/file={path.as_posix()}?v={mark}"
    offered = {name: title for name, title in LANGUAGES.items() if name == "en" or name in address}
    script = (HERE / "words.js").read_text(encoding="utf-8")
    return script.replace("PLAYGROUND_LANGUAGES", json.dumps(offered)).replace(
        "PLAYGROUND_TABLES", json.dumps(address)
    )
