"""Text that grows token by token: what each token adds, so that the added parts joined are the text
of the whole.

`TextCodec.decode` is the same decoder run over all ids, so a stream and the whole cannot disagree.
This is Python's one detokenizer. The browser's (`Prose` in playground/web/views/diffusion/lexicon.js)
has the same rules, for a canvas whose words come in any order; tests/web compares the two.
"""

from __future__ import annotations

import codecs
from collections.abc import Callable
from typing import Protocol

CONTRACTIONS = frozenset("s t d m n re ve ll er en em clock am".split())
CLOSING = frozenset(".,!?;:)]}%…")
OPENING = frozenset("([{")


class IncrementalDecoder(Protocol):
    @property
    def unfinished(self) -> bool:
        """True while the last token's bytes wait for a later token, which then brings the
        character."""
        ...

    def push(self, token_id: int) -> str:
        """The text that this token adds."""
        ...


class ByteDecoder:
    """Byte-level and SentencePiece vocabularies: a character shows with the token that completes
    it.

    Bytes that cannot become a character are shown as U+FFFD as soon as that is certain; a sequence
    that may still become one waits, and shows nothing if the text ends there. strip: leave out the
    text's own first space (SentencePiece).
    """

    def __init__(self, bytes_of: Callable[[int], bytes], strip: bool = False):
        self._bytes_of, self._strip = bytes_of, strip
        self._utf8 = codecs.getincrementaldecoder("utf-8")(errors="replace")
        self.unfinished = False

    def push(self, token_id: int) -> str:
        text = self._utf8.decode(self._bytes_of(token_id))
        self.unfinished = bool(self._utf8.getstate()[0])
        if self._strip and text:
            self._strip = False
            text = text.removeprefix(" ")
        return text


class WordPieceDecoder:
    """Word pieces, which have lost where the spaces were: `don ' t stop , " said he .` becomes
    `don't stop," said he.`

    Double quotes open and close in turn, a hyphen binds both its words, and an apostrophe after a
    word binds the known endings of contractions. Looks only back, so a piece never changes the text
    before it. piece_of: id -> word piece.
    """

    unfinished = False

    def __init__(self, piece_of: Callable[[int], str] = str):
        self._piece_of = piece_of
        self._last = ""  # the text's last character
        self._in_double = self._in_single = self._after_apostrophe = False
        self._bind = True  # no space before the next piece

    def push(self, token_id: int) -> str:
        return self.add(self._piece_of(token_id))

    def add(self, piece: str) -> str:
        """The text that this word piece adds, with the space before it where one belongs."""
        text = self._added(piece)
        self._last = text[-1:] or self._last
        return text

    def _added(self, piece: str) -> str:
        if piece.startswith("##") and len(piece) > 2:
            self._bind = self._after_apostrophe = False
            return piece[2:]
        spaced = piece if self._bind else " " + piece
        if piece == '"':
            text = piece if self._in_double else spaced
            self._bind, self._in_double = not self._in_double, not self._in_double
            self._after_apostrophe = False
        elif piece in ("'", "`"):
            text = self._apostrophe(piece, spaced)
        elif piece in CLOSING:
            text = piece
            self._bind = self._after_apostrophe = False
        elif piece in ("-", "/", "–"):
            text = piece
            self._bind, self._after_apostrophe = True, False
        elif piece in OPENING:
            text = spaced
            self._bind, self._after_apostrophe = True, False
        else:
            ending = self._after_apostrophe and piece in CONTRACTIONS
            if self._after_apostrophe and not ending:
                self._in_single = False  # it closed a quotation
            text = piece if ending else spaced
            self._bind = self._after_apostrophe = False
        return text

    def _apostrophe(self, piece: str, spaced: str) -> str:
        if self._last.isalnum() or self._last == "]":
            self._bind, self._after_apostrophe = False, True
            return piece
        closing = self._in_single and not self._bind
        self._bind = self._in_single = not closing
        self._after_apostrophe = False
        return piece if closing else spaced


class Shown:
    """A decoder that leaves some tokens out of the text."""

    def __init__(self, inner: IncrementalDecoder, hidden: frozenset[int]):
        self._inner, self._hidden = inner, hidden

    @property
    def unfinished(self) -> bool:
        return self._inner.unfinished

    def push(self, token_id: int) -> str:
        return "" if token_id in self._hidden else self._inner.push(token_id)


def join_word_pieces(pieces: list[str]) -> str:
    """Text out of word pieces; the text of a prefix is a prefix of the text.

    >>> join_word_pieces("don ' t stop".split())
    "don't stop"
    """
    decoder = WordPieceDecoder()
    return "".join(map(decoder.add, pieces))
