"""From a corpus file to batches of windows.

A corpus file holds one paragraph a line; empty lines separate blocks of consecutive paragraphs. Two
views of the same text are kept in one tensor: the plain one (paragraphs joined without a mark) and
the marked one (every paragraph ends with [SEP]).
"""

from __future__ import annotations

import gzip
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import torch
from tokenizers import Tokenizer, decoders, models, normalizers, pre_tokenizers

SPECIAL = ("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]")  # ids 0 to 4
PAD, UNK, CLS, SEP, MASK = range(len(SPECIAL))
SENTENCE_ENDS = (".", "!", "?")


def read_blocks(path: str | Path) -> list[list[str]]:
    """Blocks of paragraphs from a text file (or .gz): one paragraph a line, blocks separated by
    empty lines."""
    path = Path(path)
    opened = (
        gzip.open(path, "rt", encoding="utf-8")
        if path.suffix == ".gz"
        else open(path, encoding="utf-8")
    )
    blocks: list[list[str]] = [[]]
    with opened as lines:
        for line in lines:
            if line.strip():
                blocks[-1].append(line.strip())
            elif blocks[-1]:
                blocks.append([])
    blocks = [block for block in blocks if block]
    if not blocks:
        raise ValueError(f"corpus must hold at least one paragraph, got none in {path.name}")
    return blocks


def count_words(blocks: list[list[str]]) -> int:
    """Number of words between white space: the unit in which models with different tokenizers are
    compared."""
    return sum(len(paragraph.split()) for block in blocks for paragraph in block)


def prune_vocabulary(tokenizer: Tokenizer, blocks: list[list[str]], at_least: int = 4) -> list[str]:
    """Word pieces worth keeping, in the old order: the special ones first, those seen `at_least`
    times, single ASCII characters."""
    paragraphs = [paragraph for block in blocks for paragraph in block]
    seen = Counter(
        piece
        for encoding in tokenizer.encode_batch(paragraphs, add_special_tokens=False)
        for piece in encoding.tokens
    )
    single = {chr(code) for code in range(33, 127)} | {"##" + chr(code) for code in range(33, 127)}
    order = sorted(tokenizer.get_vocab().items(), key=lambda entry: entry[1])
    kept = [
        piece
        for piece, _ in order
        if piece not in SPECIAL and (seen[piece] >= at_least or piece in single)
    ]
    return [*SPECIAL, *kept]


def build_tokenizer(pieces: list[str]) -> Tokenizer:
    """BERT's uncased word-piece tokenizer over a list of pieces. It adds no special token by
    itself."""
    tokenizer = Tokenizer(
        models.WordPiece(
            {piece: i for i, piece in enumerate(pieces)},
            unk_token="[UNK]",
            max_input_chars_per_word=100,
        )
    )
    tokenizer.normalizer = normalizers.BertNormalizer(
        clean_text=True, handle_chinese_chars=True, strip_accents=None, lowercase=True
    )
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    tokenizer.decoder = decoders.WordPiece(prefix="##", cleanup=True)
    tokenizer.add_special_tokens(list(SPECIAL))
    return tokenizer


def encode_plain(tokenizer: Tokenizer, blocks: list[list[str]]) -> list[int]:
    """The whole text as piece ids, paragraphs joined without a mark."""
    paragraphs = [paragraph for block in blocks for paragraph in block]
    return [
        i
        for encoding in tokenizer.encode_batch(paragraphs, add_special_tokens=False)
        for i in encoding.ids
    ]


def encode_marked(tokenizer: Tokenizer, blocks: list[list[str]]) -> list[int]:
    """The whole text as piece ids, [SEP] after every paragraph."""
    paragraphs = [paragraph for block in blocks for paragraph in block]
    return [
        i
        for encoding in tokenizer.encode_batch(paragraphs, add_special_tokens=False)
        for i in [*encoding.ids, SEP]
    ]


@dataclass
class WindowMix:
    """Shares of the three kinds of windows among the rows of a batch.

    running: begins anywhere in the plain text.
    marked: [CLS], then the text from the beginning of a paragraph, [SEP] after every paragraph.
    canvas: plain, from the beginning of a sentence to the end of one (short windows only, up to
        `canvas_limit` pieces).
    """

    running: float = 0.5
    marked: float = 0.35
    canvas_limit: int = 64


class Windows:
    """Batches of windows of a text. Every draw depends on torch's default generator alone, which
    the caller seeds for each step."""

    def __init__(
        self,
        tokenizer: Tokenizer,
        blocks: list[list[str]],
        device: str | torch.device = "cpu",
        mix: WindowMix | None = None,
    ):
        self.mix = mix or WindowMix()
        self.device = torch.device(device)
        plain, marked = encode_plain(tokenizer, blocks), encode_marked(tokenizer, blocks)
        self.plain_length = len(plain)
        self.pieces = torch.tensor(
            plain + marked, device=self.device
        )  # (N,) plain view, then marked view
        starts = [self.plain_length] + [
            self.plain_length + i + 1 for i, piece in enumerate(marked) if piece == SEP
        ]
        self.paragraph_starts = torch.tensor(starts[:-1], device=self.device)
        ends = torch.tensor(
            [
                tokenizer.token_to_id(mark)
                for mark in SENTENCE_ENDS
                if tokenizer.token_to_id(mark) is not None
            ]
        )
        is_end = torch.isin(torch.tensor(plain), ends)
        after_end = torch.cat([torch.tensor([True]), is_end[:-1]])
        self._is_end, self._after_end = is_end.to(self.device), after_end.to(self.device)
        self._canvas_starts: dict[int, torch.Tensor] = {}

    def canvas_starts(self, length: int) -> torch.Tensor:
        """Offsets at which exactly `length` pieces of plain text begin after a sentence's end and
        end with one."""
        if length not in self._canvas_starts:
            fits = self._after_end[: self.plain_length - length + 1] & self._is_end[length - 1 :]
            self._canvas_starts[length] = fits.nonzero().flatten()
        return self._canvas_starts[length]

    def draw(self, rows: int, length: int) -> torch.Tensor:
        """(rows, length) piece ids: first the running windows, then the marked ones, then the
        canvases."""
        marked = round(rows * self.mix.marked)
        canvases = (
            rows - round(rows * self.mix.running) - marked if length <= self.mix.canvas_limit else 0
        )
        if canvases and len(self.canvas_starts(length)) == 0:
            canvases = 0
        running = rows - marked - canvases
        if self.plain_length < length:
            raise ValueError(f"corpus must hold at least {length} pieces, got {self.plain_length}")
        offsets = [torch.randint(self.plain_length - length + 1, (running,), device=self.device)]
        if marked:
            fitting = self.paragraph_starts[self.paragraph_starts + length - 1 <= len(self.pieces)]
            if len(fitting) == 0:
                raise ValueError(
                    f"corpus must hold a paragraph with {length - 1} pieces after its start, got "
                    "none"
                )
            # one early: [CLS] overwrites the piece in front of the paragraph
            offsets.append(fitting[torch.randint(len(fitting), (marked,), device=self.device)] - 1)
        if canvases:
            starts = self.canvas_starts(length)
            offsets.append(starts[torch.randint(len(starts), (canvases,), device=self.device)])
        where = torch.cat(offsets)[:, None] + torch.arange(
            length, device=self.device
        )  # (rows, length)
        window = self.pieces[where]
        window[running : running + marked, 0] = CLS
        return window
