"""From what the visitor writes to a canvas of token ids, and from ids to words that can be drawn.

`the king [MASK]*12 and the dragon [MASK]*8 .` is a canvas: fixed text anywhere, and masks between.
What a tokenizer puts around every text ([CLS] ... [SEP]) is kept out of the visitor's sight:
`Canvas.lead` and `Canvas.tail` count it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from playground.backend.incremental import CLOSING
from playground.backend.limits import limits
from playground.diffusion.canvas import framed_ids
from playground.i18n import t


@dataclass(frozen=True)
class Canvas:
    """ids: the canvas that the denoiser gets; the visitor sees ids[lead : len(ids) - tail]; locked:
    what may never change."""

    ids: tuple[int, ...]
    locked: tuple[bool, ...]
    lead: int = 0
    tail: int = 0
    prompt: str = ""

    @property
    def seen(self) -> slice:
        return slice(self.lead, len(self.ids) - self.tail)


def read_canvas(
    text: str, denoiser: Any, length: int = 0, longest: int = limits().max_canvas_length
) -> Canvas:
    """The canvas of a text. length > 0: masks are added at the end until it has that many
    positions.

    Raises ValueError that names the canvas, what was given and what is allowed."""

    mask = int(denoiser.mask_id)
    ids, lead, tail = framed_ids(text, denoiser.encode, mask, longest)
    inside = len(ids) - lead - tail
    if length:
        if not isinstance(length, int) or isinstance(length, bool) or not 0 <= length <= longest:
            raise ValueError(
                t(
                    "length must be 0 (as written) or a whole number in [1, {longest}], got {got}",
                    longest=str(longest),
                    got=repr(length),
                )
            )
        if length < inside:
            raise ValueError(
                t(
                    "length must be 0 (as written) or at least the {inside} positions of the "
                    "canvas, got {got}",
                    inside=inside,
                    got=length,
                )
            )
        ids[len(ids) - tail : len(ids) - tail] = [mask] * (length - inside)
        inside = length
    if inside == 0:
        raise ValueError(t("The canvas is empty: type a word or [MASK]."))
    if inside > longest:
        raise ValueError(
            t("canvas must have 1 to {longest} positions, got {got}", longest=longest, got=inside)
        )
    return Canvas(tuple(ids), tuple(i != mask for i in ids), lead, tail, text)


def with_random_words(canvas: Canvas, denoiser: Any, seed: int) -> Canvas:
    """The canvas with a random word in place of each mask, open to change: a start for Gibbs and
    for uniform noise."""
    words = np.array(
        [
            i
            for i in range(int(denoiser.vocab_size))
            if i != int(denoiser.mask_id)
            and i not in (getattr(denoiser, "special_ids", None) or ())
        ]
    )
    draws = np.random.Generator(np.random.Philox(key=[seed % 2**64, 0])).random(len(canvas.ids))
    ids = tuple(
        int(words[int(u * len(words))]) if i == int(denoiser.mask_id) else i
        for i, u in zip(canvas.ids, draws, strict=True)
    )
    return Canvas(ids, canvas.locked, canvas.lead, canvas.tail, canvas.prompt)


@dataclass
class Lexicon:
    """What each id looks like: [text, join], sent once a run. join: "" a word of its own, "+" glued
    to the piece before it, "." no space before it. family: how pieces become prose (words, pieces,
    bytes, characters)."""

    denoiser: Any
    family: str = ""
    sent: set[int] = field(default_factory=set)

    def __post_init__(self) -> None:
        codec = getattr(self.denoiser, "codec", None)
        if codec is not None:
            self.family = {"word-pieces": "pieces", "byte-level": "bytes"}.get(
                codec.family, "bytes"
            )
        else:
            few = [self.text(i) for i in range(min(200, int(self.denoiser.vocab_size)))]
            self.family = (
                "characters" if len(few) > 1 and all(len(text) <= 1 for text in few) else "words"
            )

    def text(self, token: int) -> str:
        if hasattr(self.denoiser, "piece"):
            return self.denoiser.piece(int(token))
        return self.denoiser.decode([int(token)])

    def entry(self, token: int) -> list[str]:
        text = self.text(token)
        if self.family == "pieces":
            if text.startswith("##") and len(text) > 2:
                return [text[2:], "+"]
            return [text, "." if text in CLOSING else ""]
        if self.family == "words":
            return [text, "." if text in CLOSING else ""]
        if self.family == "characters":
            return [text, "+"]
        return [text, "" if text[:1] in (" ", "\n", "▁") else "+"]

    def news(self, ids: Any) -> dict[str, list[str]]:
        """Entries of the ids that were not sent before."""
        mask = int(self.denoiser.mask_id)
        fresh = {int(i) for i in ids} - self.sent - {mask}
        self.sent |= fresh
        return {str(i): self.entry(i) for i in sorted(fresh)}

    def spelled(self, ids: list[int]) -> dict[str, str]:
        """Positions whose piece is part of a character and what to show there instead: the
        character once its bytes are all there, a box before that. Empty for every model but the
        byte-level ones."""
        if self.family != "bytes" or not hasattr(self.denoiser, "token_bytes"):
            return {}
        mask, shown, at = int(self.denoiser.mask_id), {}, 0
        while at < len(ids):
            if ids[at] == mask or _whole(self.denoiser.token_bytes(ids[at])):
                at += 1
                continue
            end = at
            while (
                end < len(ids)
                and ids[end] != mask
                and not _whole(self.denoiser.token_bytes(ids[end]))
            ):
                end += 1
            text = b"".join(self.denoiser.token_bytes(i) for i in ids[at:end]).decode(
                "utf-8", errors="replace"
            )
            for position in range(at, end):
                shown[str(position)] = (
                    (text if position == at else "") if "\ufffd" not in text else "▯"
                )
            at = end
        return shown


def _whole(data: bytes) -> bool:
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def reading(canvas: Canvas, denoiser: Any) -> str:
    """One line: the text as the model reads it, and how many positions are masked."""
    mask = int(denoiser.mask_id)
    parts: list[str] = []
    ids = list(canvas.ids[canvas.seen])
    at = 0
    while at < len(ids):
        end = at
        while end < len(ids) and (ids[end] == mask) == (ids[at] == mask):
            end += 1
        parts.append(f"▢×{end - at}" if ids[at] == mask else denoiser.decode(ids[at:end]))
        at = end
    masked = sum(i == mask for i in ids)
    return f"{' '.join(part.strip() for part in parts)} — {len(ids)} tokens, {masked} masked"
