"""Finds the messages: Babel's extractors for Python and JavaScript (babel.cfg), and one for the data files of assets/words."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import IO, Any

Found = tuple[int, None, str, list[str]]


def translatable(file: IO[bytes], keywords: Any, tags: Any, options: Any) -> Iterator[Found]:
    """Babel's extractor for glossary.json (terms and texts) and explanations.json (what each control does)."""
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
