"""From what a visitor types to a canvas: fixed text anywhere, `[MASK]` or `[MASK]*12` where text is
to come."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from playground.i18n import t

MAX_CHARACTERS = 20_000
MAX_POSITIONS = 4_096

MASK = re.compile(r"\[mask\](?:\s*[*×]\s*(-?[0-9]+))?", re.IGNORECASE)
Encode = Callable[[str], Sequence[int]]


def parse_canvas(
    text: str,
    encode: Encode,
    mask_id: int,
    length: int | None = None,
    limit: int = MAX_POSITIONS,
) -> list[int]:
    """`once upon a time [MASK]*12 .` -> ids, 12 of them mask_id. A text without masks is all fixed.

    encode: the model's own. Where it frames a text ([CLS] ... [SEP]), the frame is put around the
        whole canvas once.
    length: masks are appended (before the closing frame) until the canvas has so many positions.
        ValueError for an empty canvas, more than `limit` positions, or a repeat of 0.
    """
    if length is not None and not 1 <= length <= limit:
        raise ValueError(
            t("length must be in [1, {limit}], got {got}", limit=str(limit), got=length)
        )
    ids, lead, tail = framed_ids(text, encode, mask_id, limit)
    if length is not None:
        ids[len(ids) - tail : len(ids) - tail] = [mask_id] * (length - len(ids))
    if len(ids) == lead + tail:
        raise ValueError(t("canvas must hold a word or a [MASK], got an empty text"))
    if len(ids) > limit:
        raise ValueError(
            t(
                "canvas must be at most {limit} positions long, got {got} or more",
                limit=limit,
                got=len(ids),
            )
        )
    return ids


def framed_ids(
    text: str, encode: Encode, mask_id: int, most_masks: int
) -> tuple[list[int], int, int]:
    """(ids, how many of them the tokenizer puts in front of every text, how many behind).

    An encoder that knows [MASK] reads the text as a whole, any other the pieces between the masks.
    ValueError for what is no text, for more than MAX_CHARACTERS, a repeat of 0, and more than
    `most_masks` masks.
    """
    if not isinstance(text, str):
        raise ValueError(t("canvas must be a text, got {got}", got=type(text).__name__))
    if len(text) > MAX_CHARACTERS:
        raise ValueError(
            t(
                "canvas must be at most {max_characters} characters long, got {got}",
                max_characters=MAX_CHARACTERS,
                got=len(text),
            )
        )
    pieces = expand(text, most_masks)
    # not every special token is frame: a word that the model does not know, [UNK], is the visitor's
    # and stays in sight
    front, back = frame_of(encode)
    if _reads_masks(encode, mask_id):
        whole = "".join(" [MASK]" * piece if isinstance(piece, int) else piece for piece in pieces)
        ids = list(encode(whole))
        lead = len(front) if ids[: len(front)] == front else 0
        tail = len(back) if back and ids[-len(back) :] == back else 0
        return [int(i) for i in ids], lead, tail
    ids = list(front)
    for piece in pieces:
        ids += [mask_id] * piece if isinstance(piece, int) else _bare(piece, encode, front, back)
    return [int(i) for i in [*ids, *back]], len(front), len(back)


def expand(text: str, longest: int) -> list[str | int]:
    """The canvas text as pieces: strings, and whole numbers for that many masks. ValueError beyond
    `longest` masks."""
    pieces: list[str | int] = []
    at, total = 0, 0
    for hit in MASK.finditer(text):
        if text[at : hit.start()].strip():
            pieces.append(text[at : hit.start()])
        digits = hit.group(1) or "1"
        count = int(digits) if len(digits) <= 6 else longest + 1
        total += count
        if not 1 <= count or total > longest:
            raise ValueError(
                t(
                    "canvas must have 1 to {longest} masks, got {got}",
                    longest=longest,
                    got=repr(hit.group(0)[:40]),
                )
            )
        pieces.append(count)
        at = hit.end()
    if text[at:].strip():
        pieces.append(text[at:])
    return pieces


def frame_of(encode: Encode) -> tuple[list[int], list[int]]:
    """(ids before, ids after) that encode puts around every text, such as [CLS] ... [SEP]: what it
    makes of an empty one, halved."""
    empty = list(encode(""))
    half = (len(empty) + 1) // 2  # [CLS] [SEP]; a lone frame token stands in front
    return empty[:half], empty[half:]


def _reads_masks(encode: Encode, mask_id: int) -> bool:
    try:
        return mask_id in encode("[MASK]")
    except ValueError:  # an exact model has no such word
        return False


def _bare(text: str, encode: Encode, front: list[int], back: list[int]) -> list[int]:
    ids = list(encode(text.strip()))
    if front and ids[: len(front)] == front:
        ids = ids[len(front) :]
    if back and ids[-len(back) :] == back:
        ids = ids[: -len(back)]
    return ids
