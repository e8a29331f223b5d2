"""Between text and token ids: joining word pieces properly, bytes of partial characters, chat
templates.

Three families of tokenizers are distinguished: byte-level BPE (GPT-2, SmolLM2, Qwen, ModernBERT,
RoBERTa), word pieces (BERT) and SentencePiece with byte fallback (Llama 2).
"""

from __future__ import annotations

import copy
import re
from functools import lru_cache
from typing import Any

from playground.backend.incremental import (
    ByteDecoder,
    IncrementalDecoder,
    Shown,
    WordPieceDecoder,
)
from playground.backend.limits import limits

BYTE_FALLBACK = re.compile(r"<0x([0-9A-F]{2})>")


@lru_cache(maxsize=1)
def _byte_of_character() -> dict[str, int]:
    """GPT-2's table: the printable character that stands for each byte in a byte-level vocabulary,
    inverted."""
    printable = [
        *range(ord("!"), ord("~") + 1),
        *range(ord("¡"), ord("¬") + 1),
        *range(ord("®"), ord("ÿ") + 1),
    ]
    table = {chr(byte): byte for byte in printable}
    table.update(
        {
            chr(256 + n): byte
            for n, byte in enumerate(byte for byte in range(256) if byte not in printable)
        }
    )
    return table


_PLACE = "\ue000message\ue001"  # private-use characters: no template holds them


class ControlMark(ValueError):
    """A typed control mark that this model's template does not let through as letters."""


class TextCodec:
    """A tokenizer that answers `encode`, `decode`, `piece`, `token_bytes`, `display_prompt`."""

    def __init__(
        self, tokenizer: Any, vocab_size: int, uncased: bool | None = None, begin: bool = False
    ):
        """uncased None: found out. begin: put the tokenizer's beginning token in front even if the
        tokenizer itself adds none (a left-to-right BERT was trained with [CLS] in front of each
        text)."""
        self.tokenizer = tokenizer
        self.vocab_size = vocab_size
        self.mask_id: int | None = tokenizer.mask_token_id
        self.family = self._family()
        if uncased is None:
            uncased = self.family == "word-pieces" and "A" not in self._decode_plain("A")
        self.uncased = uncased
        special = set(tokenizer.all_special_ids)
        special.update(i for i, token in tokenizer.added_tokens_decoder.items() if token.special)
        self.special_ids = frozenset(special)
        self.unknown_id: int | None = tokenizer.unk_token_id
        shown = [
            tokenizer.mask_token,
            tokenizer.unk_token if self.family == "word-pieces" else None,
        ]
        self._shown = [token for token in shown if token is not None]
        self._marks = {
            token
            for token in tokenizer.convert_ids_to_tokens(sorted(special))
            if isinstance(token, str) and token and token not in self._shown
        }
        self.has_chat_template = bool(getattr(tokenizer, "chat_template", None))
        self._frame = list(
            tokenizer("", add_special_tokens=True)["input_ids"]
        )  # what the tokenizer itself puts around
        self.bos_id: int | None = (
            tokenizer.bos_token_id if tokenizer.bos_token_id is not None else tokenizer.cls_token_id
        )
        self._literal: Any = None  # a copy of the tokenizer that reads control marks as letters
        self._pieces: dict[int, str] = {}  # `piece` is asked for some thirty tokens at every step
        self.begins = begin and self.bos_id is not None and not self._frame

    def _family(self) -> str:
        backend = getattr(self.tokenizer, "backend_tokenizer", None)
        name = type(backend.model).__name__ if backend is not None else ""
        if name == "WordPiece":
            return "word-pieces"
        if backend is not None and "ByteLevel" in f"{backend.decoder} {backend.pre_tokenizer}":
            return "byte-level"
        return "sentence-pieces"

    def _decode_plain(self, text: str) -> str:
        ids = self.tokenizer(text, add_special_tokens=False)["input_ids"]
        return " ".join(self.tokenizer.convert_ids_to_tokens(ids))

    @property
    def adds_bos(self) -> bool:
        """Whether `encode` puts a beginning-of-text token in front."""
        return bool(self._frame) or self.begins

    def encode(
        self, text: str, chat: bool = False, special: bool = True, end: bool = False
    ) -> list[int]:
        """Token ids of a text.

        chat: the text becomes a user's message in the model's chat template (ValueError if it has
            none).
        special: add the tokenizer's own beginning;
        end: its own end too (masked models).
        A literal `[MASK]` becomes the mask token, and word pieces read their own `[UNK]`; every
        other control mark that stands in the text (`[SEP]`, `<|im_end|>`) is letters, not a control
        token. Raises LimitExceeded beyond `max_prompt_characters` and ValueError for text that is
        no valid Unicode.
        """
        if not isinstance(text, str):
            raise ValueError(f"text must be a string, got {type(text).__name__}")
        limits().check("max_prompt_characters", len(text), "the text (characters)")
        try:
            text.encode("utf-8")
        except UnicodeEncodeError as error:
            raise ValueError(
                f"text must be valid Unicode, got a lone surrogate at character {error.start + 1}"
            ) from error
        if self.mask_id is not None:
            text = text.replace("[MASK]", self.tokenizer.mask_token)
        if chat and not self.has_chat_template:
            raise ValueError("chat must be off for this model: it has no chat template")
        special = special and not chat
        try:
            ids = self._message(text) if chat else self._ids(text, special)
        except ControlMark:
            raise
        except Exception as error:
            raise ValueError(
                f"text cannot be encoded by this model's tokenizer ({type(error).__name__})"
            ) from error
        limits().check("max_prompt_tokens", len(ids), "the text (tokens)")
        if (
            special
            and not end
            and ids
            and ids[-1] in (self.tokenizer.sep_token_id, self.tokenizer.eos_token_id)
            and len(self._frame) > 1
        ):
            ids.pop()
        return [self.bos_id, *ids] if self.bos_id is not None and self.begins and special else ids

    def _ids(self, text: str, special: bool) -> list[int]:
        """Ids of a text whose control marks are letters."""
        if not self._marked(text):
            return list(self.tokenizer(text, add_special_tokens=special)["input_ids"])
        parts = (
            re.split("(" + "|".join(map(re.escape, self._shown)) + ")", text)
            if self._shown
            else [text]
        )
        if len(parts) == 1:
            return self._letters(text, special)
        ids: list[int] = []
        for place, part in enumerate(parts):
            if place % 2:
                ids.append(self.tokenizer.convert_tokens_to_ids(part))
            elif part:
                ids += self._letters(part, False)
        half = (len(self._frame) + 1) // 2 if special else 0
        return [*self._frame[:half], *ids, *(self._frame[half:] if special else [])]

    def _marked(self, text: str) -> bool:
        return any(mark in text for mark in self._marks)

    def _letters(self, text: str, special: bool) -> list[int]:
        # the tokenizer remembers this setting between calls, and threads share it: so a copy has it
        # for good
        if self._literal is None:
            self._literal = copy.deepcopy(self.tokenizer)
        found = self._literal(text, add_special_tokens=special, split_special_tokens=True)
        return list(found["input_ids"])

    def _message(self, text: str) -> list[int]:
        """Ids of a user's message in the chat template, which alone may set control tokens."""
        rendered = self._rendered(text)
        if not self._marked(text):
            return self._ids_of_template(rendered)
        head, place, tail = self._rendered(_PLACE).partition(_PLACE)
        for content in (text, text.strip()):
            if place and rendered == head + content + tail:
                before, after = (
                    self._ids_of_template(part) if part else [] for part in (head, tail)
                )
                return [*before, *self._ids(content, False), *after]
        mark = min(mark for mark in self._marks if mark in text)
        raise ControlMark(
            f"text must not hold {mark}: this model's chat template uses it as a mark of its own"
        )

    def _rendered(self, content: str) -> str:
        return self.tokenizer.apply_chat_template(
            [{"role": "user", "content": content}], tokenize=False, add_generation_prompt=True
        )

    def _ids_of_template(self, text: str) -> list[int]:
        return list(self.tokenizer(text, add_special_tokens=False)["input_ids"])

    def decode(self, ids, skip_special: bool = True) -> str:
        """Text of token ids. Special tokens are left out (the mask and the unknown token stay); an
        incomplete UTF-8 sequence at the end is left out too, so that a text that grows never shows
        a broken character."""
        decoder = self.incremental_decoder(skip_special)
        return "".join([decoder.push(int(i)) for i in ids])

    def incremental_decoder(self, skip_special: bool = True) -> IncrementalDecoder:
        """A decoder for one text that grows: what its `push` adds, joined, is `decode` of all ids,
        for any ids."""
        decoder: IncrementalDecoder
        if self.family == "word-pieces":
            decoder = WordPieceDecoder(self._token)
        else:
            decoder = ByteDecoder(self.token_bytes, strip=self.family == "sentence-pieces")
        if not skip_special:
            return decoder
        unknown = self.tokenizer.unk_token_id if self.family == "word-pieces" else None
        return Shown(decoder, self.special_ids - {self.mask_id, unknown})

    def _token(self, token_id: int) -> str:
        if not 0 <= token_id < self.vocab_size:
            return ""  # the mask of an exact denoiser, or a row that pads the vocabulary
        token = self.tokenizer.convert_ids_to_tokens(token_id)
        return token if isinstance(token, str) else ""

    def token_bytes(self, token_id: int) -> bytes:
        """The bytes that a token stands for (a byte-level token may be part of a character); word
        pieces: its letters."""
        token = self._token(int(token_id))
        if token_id in self.special_ids:
            return token.encode("utf-8")
        if self.family == "byte-level":
            table = _byte_of_character()
            if all(character in table for character in token):
                return bytes(table[character] for character in token)
            return token.encode(
                "utf-8", errors="replace"
            )  # a token added beside the byte-level vocabulary
        if self.family == "word-pieces":
            return (token[2:] if token.startswith("##") and len(token) > 2 else token).encode(
                "utf-8", errors="replace"
            )
        fallback = BYTE_FALLBACK.fullmatch(token)
        return (
            bytes([int(fallback[1], 16)])
            if fallback
            else token.replace("\u2581", " ").encode("utf-8", errors="replace")
        )

    def piece(self, token_id: int) -> str:
        """The token as text for a label. Bytes that are no whole character are written `<E2><80>`;
        word pieces keep `##`."""
        token_id = int(token_id)
        known = self._pieces.get(token_id)
        if known is None:
            known = self._pieces[token_id] = self._make_piece(token_id)
        return known

    def _make_piece(self, token_id: int) -> str:
        if self.family == "word-pieces":
            return self._token(token_id)
        data = self.token_bytes(token_id)
        try:
            return data.decode("utf-8")
        except UnicodeDecodeError:
            return "".join(chr(byte) if 32 <= byte < 127 else f"<{byte:02X}>" for byte in data)

    def display_prompt(self, text: str) -> str:
        """The prompt as the model reads it: an uncased word-piece model lowers it and shows unknown
        words as `[UNK]`."""
        if self.family != "word-pieces":
            return text
        return self.decode(self.encode(text, special=False))


class Spelling:
    """What every session of a model passes on to its `codec`: the way between text and ids. A
    session is closed at the end of a `with`."""

    codec: TextCodec
    frame_end = False  # whether a text gets the tokenizer's own end too (masked models)

    def encode(self, text: str, chat: bool = False) -> list[int]:
        """Token ids of a text, `chat`: as a user's message in the chat template; of a masked model
        with its own frame ([CLS] ... [SEP] where it was trained so), `[MASK]` -> mask_id."""
        return self.codec.encode(text, chat=chat, end=self.frame_end)

    def decode(self, ids: Any) -> str:
        """Text of ids, special tokens left out."""
        return self.codec.decode(ids)

    def incremental_decoder(self) -> IncrementalDecoder:
        """What each further id of one text adds to it: see `TextCodec.incremental_decoder`."""
        return self.codec.incremental_decoder()

    def piece(self, token_id: int) -> str:
        """One token for a label; partial bytes visible."""
        return self.codec.piece(token_id)

    def token_bytes(self, token_id: int) -> bytes:
        return self.codec.token_bytes(token_id)

    def display_prompt(self, text: str) -> str:
        """The text as the model reads it."""
        return self.codec.display_prompt(text)

    def close(self) -> None:
        raise NotImplementedError

    def __enter__(self) -> Any:
        return self

    def __exit__(self, *_: Any) -> None:
        self.close()
