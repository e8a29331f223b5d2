"""Words to a model's tokens, for the rules that are given words: biases, bans, and the breakers of
DRY.

Settings hold words as they were typed, so that a link says the same to every model; a `Spelling`
says which tokens they are for one model. Nothing heavy is imported here.
"""

from __future__ import annotations

import contextlib
import math
import weakref
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from playground.i18n import Message, t
from playground.parameters import LinesParameter, line_of, texts_of, written

LARGEST_BIAS = 1000.0
FORMS = ("choices", "regex", "json_schema")
# settings whose words or letters stand for a model's tokens
SPELLED = ("logit_bias", "banned", "dry_sequence_breakers", *FORMS)
_LONGEST_BREAKER = (
    40  # characters, and tokens of what follows its first one: llama.cpp's own limits
)
_LONGEST_TAIL = 20


@dataclass(frozen=True)
class BiasParameter(LinesParameter):
    """Numbers for words, a line each: word=number. A dict of them is taken too."""

    def check(self, value: Any, name: str = "") -> str:
        if isinstance(value, Mapping) and all(isinstance(word, str) for word in value):
            value = "\n".join(f"{line_of(word)}={number}" for word, number in value.items())
        lines = []
        for line in super().check(value, name).split("\n"):
            if line:
                word, number = _bias_of(line)
                if not word or number is None:
                    raise self.error(line, name)
                lines.append(f"{word}={written(number)}")
        return "\n".join(lines)

    def allowed(self) -> Message:
        return t(
            "lines of word=number, the number in [-{largest}, {largest}]",
            largest=written(LARGEST_BIAS),
        )


def _bias_of(line: str) -> tuple[str, float | None]:
    word, _, number = line.rpartition("=")
    with contextlib.suppress(ValueError):
        if math.isfinite(found := float(number)) and abs(found) <= LARGEST_BIAS:
            return word, found
    return word, None


class Spelling:
    """Which tokens words are for one model.

    encode: text -> ids, the text's own and no beginning-of-text token.
    word_of: id -> the text it stands for.
    size: V.
    bytes_of: id -> what the token adds to a text, as bytes; b"\xff" and a name for control tokens.
    ends: ids that end a text.
    What is found is remembered.
    """

    def __init__(
        self,
        encode: Callable[[str], Sequence[int]],
        word_of: Callable[[int], str] | None = None,
        size: int = 0,
        bytes_of: Callable[[int], bytes] | None = None,
        ends: frozenset[int] = frozenset(),
    ):
        self._encode, self._word_of, self.size = encode, word_of, size
        self._bytes_of, self.ends = bytes_of, ends
        self._words: list[str] | None = None
        self._known: dict[Any, Any] = {}

    def ids_of(self, text: str) -> list[int]:
        """The ids of a text; none where the model cannot write it."""
        try:
            return [int(token) for token in self._encode(text)]
        except ValueError:
            return []

    def token_bytes(self) -> list[bytes]:
        """What each token adds to a text, (V,)."""
        if "bytes" not in self._known:
            name = self._bytes_of or (lambda token: b"\xff%d" % token)
            self._known["bytes"] = [
                b"\xffend%d" % token if token in self.ends else name(token)
                for token in range(self.size)
            ]
        return self._known["bytes"]

    def sequences(self, word: str) -> tuple[tuple[int, ...], ...]:
        """The ids of a word: with a space in front and without, unless it begins with one; of #464
        token 464 alone.

        Empty where the model cannot write the word."""
        if word not in self._known:
            self._known[word] = named(word) or self._spelled(word)
        return self._known[word]

    def _spelled(self, word: str) -> tuple[tuple[int, ...], ...]:
        found: dict[tuple[int, ...], None] = {}
        for text in (word,) if word[:1].isspace() else (word, " " + word):
            with contextlib.suppress(ValueError):  # a model of words knows only its own
                if ids := tuple(int(token) for token in self._encode(text)):
                    found[ids] = None
        return tuple(found)

    def breakers(self, lines: str) -> dict[int, tuple[tuple[int, ...], ...]]:
        """Token -> what must follow it so that a breaker stands there: () where the token holds a
        whole one.

        As llama.cpp finds them: a token that ends with a breaker's beginning breaks where the rest
        follows it."""
        key = ("breakers", lines)
        if key not in self._known:
            found: dict[int, dict[tuple[int, ...], None]] = {}
            for breaker in texts_of(lines):
                for token, tail in self._heads(breaker[:_LONGEST_BREAKER]):
                    found.setdefault(token, {})[tail] = None
            self._known[key] = {token: tuple(tails) for token, tails in found.items()}
        return self._known[key]

    def _heads(self, breaker: str) -> list[tuple[int, tuple[int, ...]]]:
        if self._words is None:
            self._words = (
                [self._word_of(token) for token in range(self.size)] if self._word_of else []
            )
        heads: list[tuple[int, tuple[int, ...]]] = []
        for token, word in enumerate(self._words):
            if breaker in word:
                heads.append((token, ()))
                continue
            for length in range(1, min(len(breaker), len(word) + 1)):
                if word.endswith(breaker[:length]):
                    tail = tuple(self._encode(breaker[length:]))[:_LONGEST_TAIL]
                    heads.append((token, tail))
        return heads


_OF_MODELS: weakref.WeakKeyDictionary[Any, Spelling] = weakref.WeakKeyDictionary()


def spelling_of(model: Any) -> Spelling:
    """The Spelling of a model; the sessions of one network share it."""
    owner = getattr(model, "codec", model)
    try:
        if owner not in _OF_MODELS:
            _OF_MODELS[owner] = _read(owner, int(model.vocab_size), _ends(model))
        return _OF_MODELS[owner]
    except TypeError:  # a model that cannot be held weakly
        return _read(owner, int(model.vocab_size), _ends(model))


def _ends(model: Any) -> frozenset[int]:
    ends = getattr(model, "eos_id", None)
    if ends is None:
        return frozenset()
    return frozenset(int(token) for token in (ends if hasattr(ends, "__iter__") else [ends]))


def _read(model: Any, size: int, ends: frozenset[int] = frozenset()) -> Spelling:
    # The Spelling must not keep alive what it is remembered for; whoever asks it holds the model.
    held: Callable[[], Any]
    try:
        held = weakref.ref(model)
    except TypeError:
        held = lambda: model  # noqa: E731

    def encode(text: str) -> list[int]:
        owner: Any = held()
        ids = list(owner.encode(text))
        first = list(owner.encode("")) if getattr(owner, "adds_bos", False) else []
        return ids[len(first) :] if first and ids[: len(first)] == first else ids

    def word_of(token: int) -> str:
        owner: Any = held()
        if hasattr(owner, "token_bytes"):
            return owner.token_bytes(token).decode("utf-8", errors="replace")
        return owner.decode([token])

    def bytes_of(token: int) -> bytes:
        owner: Any = held()
        if token in getattr(owner, "special_ids", ()):
            return b"\xff%d" % token
        if hasattr(owner, "token_bytes") and getattr(owner, "family", "") != "word-pieces":
            return owner.token_bytes(token)
        # a token of words brings the space before it: what it adds behind another one
        before = (encode("a") if hasattr(owner, "token_bytes") else None) or [0]
        text = owner.decode(before[-1:])
        return owner.decode([before[-1], token])[len(text) :].encode("utf-8")

    return Spelling(encode, word_of, size, bytes_of, ends)


def named(word: str) -> tuple[tuple[int, ...], ...]:
    """((464,),) for "#464"; empty for a word.

    >>> named("#464"), named("#wolf")
    (((464,),), ())
    """
    return ((int(word[1:]),),) if word[:1] == "#" and word[1:].isdecimal() else ()


def sequences_of(
    lines: str, spelling: Spelling | None, field: str
) -> list[tuple[tuple[int, ...], float]]:
    """(ids, number) of each spelling of each line; the number is what stands behind "=" where
    `field` is logit_bias, else -inf.

    Later lines win. Raises ValueError where a line is a word and no model is there to spell it."""
    found: dict[tuple[int, ...], float] = {}
    for line in lines.split("\n"):
        word, number = _bias_of(line) if field == "logit_bias" else (line, -math.inf)
        for text in texts_of(word):
            spelled = named(text)
            if not spelled and spelling is None:
                raise ValueError(
                    t(
                        "{field} must name tokens by their ids (#464) where no model is there to "
                        "spell words, got {got}",
                        field=field,
                        got=repr(text),
                    )
                )
            for ids in spelled or spelling.sequences(text):  # type: ignore[union-attr]
                found[ids] = number if number is not None else 0.0
    return list(found.items())
