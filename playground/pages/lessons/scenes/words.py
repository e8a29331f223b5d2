"""Figures of words: a text with masks and marks, and two texts whose shared words are marked."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence

import numpy as np

from playground import diffusion
from playground.i18n import t
from playground.metrics.overlap import common_subsequence, ngrams

MOST_PLACES = 24
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


def unmask(rows: Sequence[str] = (), words: str = "") -> dict:
    """The text of the `words:` line, each of its masks with the number of the step in which it
    appears where `words` masks appear a step (LLaDA's shares, the places of a step spread over the
    text); masks where `words` is not given."""
    if len(rows) != 1:
        raise ValueError(t("unmask needs one line words: with masks"))
    row = _row(rows[0])
    masks = [place for place, word in enumerate(row) if word["mark"] == "mask"]
    if not 1 <= len(masks) <= MOST_PLACES:
        raise ValueError(t("unmask needs 1 to {most} masks", most=MOST_PLACES))
    if words:
        each, count = int(words), len(masks)
        if not 1 <= each <= count:
            raise ValueError(
                t("words must be from 1 to {count}, got {got}", count=count, got=words)
            )
        parts = np.arange(steps := -(-count // each))
        turns = np.repeat(parts, diffusion.samplers.blocks.share_out(count, steps, parts))
        for turn, place in zip(turns.tolist(), spread(count), strict=True):
            row[masks[place]] = {"text": str(turn + 1), "mark": "step" if turn else "first"}
    return {"kind": "words", "rows": [row], "loop": None}


def spread(count: int) -> list[int]:
    """The places 0 to count − 1 so that any first few of them lie far apart: strides of the golden
    section."""
    stride = max(1, round(count * 0.381966))
    while math.gcd(stride, count) > 1:
        stride += 1
    return [place * stride % count for place in range(count)]


def overlap(candidate: str, reference: str, show: str = "") -> dict:
    """A candidate above its reference. `show=words`: single words that BLEU counts (clipped);
    `show=order`: ROUGE-L's common subsequence."""
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
