"""Token ids to text as they arrive, so that a character of several tokens never shows as
garbage."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

_REPLACEMENT = "\ufffd"  # what a decoder writes for bytes that are not (yet) a character
_VISIBLE = {" ": "·", "\n": "⏎", "\t": "⇥", "\r": "␍", "\u00a0": "⍽", _REPLACEMENT: "□"}


class Piece(str):
    """The text that one token adds. `unfinished`: its last bytes wait for a later token, which then
    brings the character."""

    unfinished: bool

    def __new__(cls, text: str, unfinished: bool = False) -> Piece:
        piece = super().__new__(cls, text)
        piece.unfinished = unfinished
        return piece


class TextStream:
    """Decodes one token at a time; the pieces and the flushed rest, joined, are decode(all ids).

    decode: ids -> str. Where it is the `decode` of a model or codec that has an
        `incremental_decoder`, that one is used, and every text is exact. Any other function is
        called on short windows of the ids, so a text of n tokens costs n short decodes; it may keep
        or leave out an incomplete character at the end, and treat the first token in its own way.
    """

    def __init__(self, decode: Callable[[Sequence[int]], str]):
        owner = getattr(decode, "__self__", None)
        begin = getattr(owner, "incremental_decoder", None)
        self._decoder: Any = (
            begin()
            if begin is not None and getattr(decode, "__name__", "") == "decode"
            else _Windows(decode)
        )

    def push(self, token_id: int) -> Piece:
        """The text that this token adds, empty and marked while its last character is
        unfinished."""
        text = self._decoder.push(int(token_id))
        return Piece(text, self._decoder.unfinished)

    def flush(self) -> str:
        """What still waits when the text is over, replacement characters and all; empty if nothing
        does."""
        return self._decoder.flush() if isinstance(self._decoder, _Windows) else ""


class _Windows:
    """The stream of a function that decodes ids: the text of a window of ids, less what of it was
    shown before."""

    def __init__(self, decode: Callable[[Sequence[int]], str]):
        self._decode = decode
        self._window: list[int] = []  # the last finished piece's tokens, then those that wait
        self._context = 0  # how many of the window's tokens are finished
        self._shown = ""  # text of those, as it stands at the window's beginning

    @property
    def unfinished(self) -> bool:
        return len(self._window) > self._context

    def push(self, token_id: int) -> str:
        self._window.append(token_id)
        text = self._decode(self._window)
        # A token that adds nothing stays in the window: the function may have left out the
        # beginning of a character there
        if (
            len(text) <= len(self._shown)
            or text.endswith(_REPLACEMENT)
            or not text.startswith(self._shown)
        ):
            return ""
        new = text[len(self._shown) :]
        # the next token is decoded behind this piece: some decoders treat the first token of a text
        # in their own way
        self._window = self._window[self._context :]
        self._context = len(self._window)
        self._shown = self._decode(self._window)
        return new

    def flush(self) -> str:
        if not self.unfinished:
            return ""
        text, shown = self._decode(self._window), self._shown
        self._context, self._shown = len(self._window), text
        return text[len(shown) :] if text.startswith(shown) else text


def text_pieces(decode: Callable[[Sequence[int]], str], ids: Sequence[int]) -> list[Piece]:
    """One piece a token; joined they are decode(ids), for any ids. Bytes at the end that never
    become a character are in the last piece if `decode` shows them.

    >>> table = {0: b"a", 1: b"\\xc3", 2: b"\\xa9"}
    >>> decode = lambda ids: b"".join(table[i] for i in ids).decode("utf-8", errors="replace")
    >>> text_pieces(decode, [0, 1, 2]), [piece.unfinished for piece in text_pieces(decode, [0, 1, 2])]
    (['a', '', 'é'], [False, True, False])
    """
    stream = TextStream(decode)
    pieces = [stream.push(token) for token in ids]
    rest = stream.flush()
    if rest:
        pieces[-1] = Piece(pieces[-1] + rest, unfinished=True)
    return pieces


def before_stop(text: str, stops: Sequence[str]) -> str:
    """The text up to the first place where one of the stop strings begins.

    >>> before_stop("one. two. three", ["two", "three"])
    'one. '
    """
    places = [place for stop in stops if (place := text.find(stop)) >= 0]
    return text[: min(places)] if places else text


class StopWatch:
    """Sees where a text that grows token by token comes to hold a stop string, also one that goes
    across tokens.

    decode: as TextStream takes it; it is shown the generated tokens alone."""

    def __init__(self, decode: Callable[[Sequence[int]], str], stops: Sequence[str]):
        self._stops, self._stream, self._tail = stops, TextStream(decode), ""
        self._longest = max(map(len, stops), default=0)

    def push(self, token_id: int) -> int:
        """0, or the number of characters at the text's end, with this token's, that a stop string
        and what follows it are."""
        piece = self._stream.push(token_id)
        seen = self._tail + piece
        self._tail = seen[-(self._longest - 1) :] if self._longest > 1 else ""
        return len(seen) - len(before_stop(seen, self._stops)) if piece else 0


def visible(text: str) -> str:
    """The text with spaces, line ends, tabs and control characters made visible.

    >>> visible(" a\\n")
    '·a⏎'
    """
    return "".join(
        _VISIBLE.get(mark)
        or (f"\\x{ord(mark):02x}" if ord(mark) < 32 or ord(mark) == 127 else mark)
        for mark in text
    )


def token_text(decode: Callable[[Sequence[int]], str]) -> Callable[[int], str]:
    """id -> its text alone, remembered: what `Step.record(text_of=...)` wants."""
    known: dict[int, str] = {}

    def text_of(token_id: int) -> str:
        if token_id not in known:
            known[token_id] = decode([token_id])
        return known[token_id]

    return text_of
