"""Figures of words: a text with masks and marks, and two texts whose shared words are marked."""

from __future__ import annotations

import re
from collections.abc import Sequence

from playground.i18n import t
from playground.metrics.overlap import common_subsequence, ngrams

MASKS = re.compile(r"\[MASK\](?:\*(\d{1,2}))?")


def _row(text: str) -> list[dict]:
    """`*word*` is marked, [MASK]*3 is three masks."""
    pieces = MASKS.sub(lambda found: " [MASK]" * int(found.group(1) or 1), text).split()
    row = []
    for piece in pieces:
        marked = len(piece) > 2 and piece.startswith("*") and piece.endswith("*")
        text = piece[1:-1] if marked else piece
        mark = "mask" if piece == "[MASK]" else "on" if marked else ""
        row.append({"text": text, "mark": mark})
    return row


def words(rows: Sequence[str] = ()) -> dict:
    """The text of the `words:` lines, one row each."""
    if not rows:
        raise ValueError(t("words needs a line words: with a text"))
    return {"kind": "words", "rows": [_row(row) for row in rows], "loop": None}


def overlap(candidate: str, reference: str, show: str = "") -> dict:
    """A candidate above its reference. `show=words`: single words that BLEU counts (clipped); `show=order`: ROUGE-L's common subsequence."""
    texts = [text.replace("_", " ").split() for text in (candidate, reference)]
    lower = [[word.lower() for word in text] for text in texts]
    marked: list[set[int]] = [set(), set()]
    if show == "order":
        for first, second in common_subsequence(*lower):
            marked[0].add(first)
            marked[1].add(second)
    elif show == "words":
        left = [gram[0] for gram in ngrams(lower[1], 1)]
        for place, word in enumerate(lower[0]):
            if word in left:
                marked[0].add(place)
                left.remove(word)
    elif show:
        raise ValueError(t("show must be words or order, got {got}", got=show))
    rows = [
        [{"text": word, "mark": "on" if at in on else ""} for at, word in enumerate(text)]
        for text, on in zip(texts, marked, strict=True)
    ]
    return {"kind": "words", "rows": rows, "loop": None}
