"""The corpus reader, the pruned vocabulary and the windows that training draws."""

import gzip

import pytest
import torch

from playground.training.text import (
    CLS,
    MASK,
    SEP,
    SPECIAL,
    UNK,
    WindowMix,
    Windows,
    build_tokenizer,
    count_words,
    encode_marked,
    encode_plain,
    prune_vocabulary,
    read_blocks,
)
from tests.training.tale import TALE


def test_blocks_are_separated_by_empty_lines_and_gz_reads_the_same(tmp_path):
    text = "one two\nthree\n\n\nfour five six\n"
    (tmp_path / "a.txt").write_text(text)
    with gzip.open(tmp_path / "a.txt.gz", "wt") as out:
        out.write(text)
    assert (
        read_blocks(tmp_path / "a.txt")
        == [["one two", "three"], ["four five six"]]
        == read_blocks(tmp_path / "a.txt.gz")
    )
    assert count_words(read_blocks(tmp_path / "a.txt")) == 6


def test_empty_corpus_is_refused_by_name(tmp_path):
    (tmp_path / "empty.txt").write_text("\n\n")
    with pytest.raises(
        ValueError, match=r"corpus must hold at least one paragraph, got none in empty\.txt"
    ):
        read_blocks(tmp_path / "empty.txt")


def test_special_pieces_keep_their_fixed_ids(tokenizer):
    assert [tokenizer.token_to_id(piece) for piece in SPECIAL] == list(range(5))
    assert tokenizer.encode("hob [MASK] key").ids[1] == MASK
    assert tokenizer.encode("Hob").ids == tokenizer.encode("hob").ids  # uncased
    assert CLS not in tokenizer.encode("hob").ids  # no special token by itself


def test_pruning_keeps_frequent_pieces_and_single_characters():
    pieces = [*SPECIAL, "z", "##z", "rare", "often", "~", "ß"]
    kept = prune_vocabulary(
        build_tokenizer(pieces), [["often often rare"], ["often often rare rare"]], at_least=4
    )
    assert kept == [*SPECIAL, "z", "##z", "often", "~"]


def test_nothing_of_the_tale_is_unknown(tokenizer, tale_blocks):
    assert UNK not in encode_plain(tokenizer, tale_blocks)


def test_marked_text_is_plain_text_with_one_mark_a_paragraph(tokenizer, tale_blocks):
    marked = encode_marked(tokenizer, tale_blocks)
    assert [piece for piece in marked if piece != SEP] == encode_plain(tokenizer, tale_blocks)
    assert marked.count(SEP) == len(tale_blocks[0]) == len(TALE.strip().split("\n"))


@pytest.mark.parametrize("length", [8, 23, 64])
def test_each_kind_of_window_is_what_it_says(tokenizer, tale_blocks, length):
    torch.manual_seed(3)
    windows = Windows(tokenizer, tale_blocks, mix=WindowMix(running=0.4, marked=0.4))
    drawn = windows.draw(40, length)  # (40, L)
    assert drawn.shape == (40, length)
    plain, marked = encode_plain(tokenizer, tale_blocks), encode_marked(tokenizer, tale_blocks)
    starts = [0] + [i + 1 for i, piece in enumerate(marked) if piece == SEP]
    rows = drawn.tolist()
    canvases = [row for row in rows if row[0] != CLS]
    assert sum(row[0] == CLS for row in rows) == 16  # exactly the share asked for
    for row in rows:
        if row[0] == CLS:
            assert any(marked[start : start + length - 1] == row[1:] for start in starts)
        else:
            assert SEP not in row and any(
                plain[i : i + length] == row for i in range(len(plain) - length + 1)
            )
    if len(windows.canvas_starts(length)):
        ends = {tokenizer.token_to_id(mark) for mark in ".!?"}
        assert all(row[-1] in ends for row in canvases[-8:])  # the last share: whole sentences


def test_draws_depend_on_the_seed_alone(tokenizer, tale_blocks):
    windows = Windows(tokenizer, tale_blocks)
    drawn = []
    for seed in (5, 6, 5):
        torch.manual_seed(seed)
        drawn.append(windows.draw(16, 32))
    assert torch.equal(drawn[0], drawn[2]) and not torch.equal(drawn[0], drawn[1])


def test_a_text_shorter_than_the_window_is_refused(tokenizer):
    with pytest.raises(ValueError, match="corpus must hold at least 64 pieces, got 4"):
        Windows(tokenizer, [["the king was glad"]]).draw(4, 64)
