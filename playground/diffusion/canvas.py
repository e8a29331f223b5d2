"""From what a visitor types to a canvas: fixed text anywhere, `[MASK]` or `[MASK]*12` where text is to come."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from playground.i18n import t

MAX_CHARACTERS = 20_000
MAX_POSITIONS = 4_096

_MASKS = re.compile(r"\[mask\](?:[ \t]*[*×][ \t]*([0-9]+))?", re.IGNORECASE)


def parse_canvas(
    text: str,
    encode: Callable[[str], Sequence[int]],
    mask_id: int,
    length: int | None = None,
    limit: int = MAX_POSITIONS,
) -> list[int]:
    """`once upon a time [MASK]*12 .` -> ids, 12 of them mask_id. A text without masks is all fixed.

    encode: the model's own, given the pieces of fixed text between the masks. Where it frames a text ([CLS] ... [SEP]), the
    frame is put around the whole canvas once. length: masks are appended (before the closing frame) until the canvas has so
    many positions. ValueError for an empty canvas, more than `limit` positions, or a repeat of 0.
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
    if length is not None and not 1 <= length <= limit:
        raise ValueError(
            t("length must be in [1, {limit}], got {got}", limit=str(limit), got=length)
        )
    front, back = frame_of(encode)
    ids, end = [], 0
    for found in _MASKS.finditer(text):
        ids += _bare(text[end : found.start()], encode, front, back)
        digits = found[1] or "1"
        repeat = int(
            digits[:9]
        )  # nine digits are too many already; a thousand of them need not be read
        if not 1 <= repeat <= limit:
            raise ValueError(
                t("[MASK]* must be in [1, {limit}], got {got}", limit=str(limit), got=digits[:20])
            )
        ids += [mask_id] * repeat
        end = found.end()
        if len(ids) > limit:
            break
    else:
        ids += _bare(text[end:], encode, front, back)
    if length is not None:
        ids += [mask_id] * (length - len(ids) - len(front) - len(back))
    if not ids:
        raise ValueError(t("canvas must hold a word or a [MASK], got an empty text"))
    ids = [*front, *ids, *back]
    if len(ids) > limit:
        raise ValueError(
            t(
                "canvas must be at most {limit} positions long, got {got} or more",
                limit=limit,
                got=len(ids),
            )
        )
    return ids


def frame_of(encode: Callable[[str], Sequence[int]]) -> tuple[list[int], list[int]]:
    """(ids before, ids after) that encode puts around every text, such as [CLS] ... [SEP]: what it makes of an empty one, halved."""
    empty = list(encode(""))
    half = (len(empty) + 1) // 2  # [CLS] [SEP]; a lone frame token stands in front
    return empty[:half], empty[half:]


def _bare(text: str, encode, front: list[int], back: list[int]) -> list[int]:
    if not text.strip():
        return []
    ids = list(encode(text.strip()))
    if front and ids[: len(front)] == front:
        ids = ids[len(front) :]
    if back and ids[-len(back) :] == back:
        ids = ids[: -len(back)]
    return ids
