"""What is written becomes a canvas, ids become words, an edited canvas from the browser is
checked."""

from types import SimpleNamespace

import numpy as np
import pytest

from playground.diffusion.canvas import expand
from playground.pages.diffusion import models
from playground.pages.diffusion.canvas import (
    Canvas,
    Lexicon,
    read_canvas,
    reading,
    with_random_words,
)
from playground.pages.diffusion.unmask_block import edited
from tests.pages.denoiser_double import Pieces


@pytest.fixture(scope="module")
def tale():
    return models.get_denoiser(models.TALE, None)


def test_a_canvas_text_is_words_and_counts_of_masks():
    assert expand("the [MASK]×2", 10) == ["the ", 2]
    assert expand("the king [MASK]*3 and [mask] [MASK] * 2 .", 10) == [
        "the king ",
        3,
        " and ",
        1,
        2,
        " .",
    ]
    for text in ("[MASK]*0", "[MASK]*11", "[MASK]*99999999999999", "[MASK]*6 [MASK]*6"):
        with pytest.raises(ValueError, match=r"canvas must have 1 to 10 masks, got '\[MASK"):
            expand(text, 10)


def test_the_tokenizers_own_frame_stays_out_of_sight():
    canvas = read_canvas("the [MASK]*2 .", Pieces())
    assert canvas.ids == (0, 3, 2, 2, 9, 1) and canvas.lead == 1 and canvas.tail == 1
    assert canvas.ids[canvas.seen] == (3, 2, 2, 9)
    assert canvas.locked == (True, True, False, False, True, True)
    assert reading(canvas, Pieces()) == "the ▢×2 . — 4 tokens, 2 masked"
    longer = read_canvas("the [MASK]*2", Pieces(), length=5)
    assert longer.ids == (0, 3, 2, 2, 2, 2, 1)
    assert read_canvas("[MASK] the", Pieces()).ids[1:-1] == (2, 3)  # a mask at the edge is no frame


def test_a_word_that_the_model_does_not_know_stays_in_sight_wherever_it_stands():
    class Knows(Pieces):
        words = (*Pieces.words, "[UNK]")
        special_ids = frozenset({0, 1, 2, 11})

        def encode(self, text):
            return [0, *(self.words.index(w) if w in self.words else 11 for w in text.split()), 1]

    canvas = read_canvas("日本 the [MASK]*2 🎲 🎲", Knows())
    assert (canvas.lead, canvas.tail) == (1, 1) and canvas.ids[canvas.seen] == (11, 3, 2, 2, 11, 11)
    assert reading(canvas, Knows()) == "[UNK] the ▢×2 [UNK] [UNK] — 6 tokens, 2 masked"
    assert reading(read_canvas("日本", Knows()), Knows()) == "[UNK] — 1 tokens, 0 masked"


@pytest.mark.parametrize(
    ("text", "length", "says"),
    [
        ("", 0, r"The canvas is empty: type a word or \[MASK\]"),
        ("the " * 257, 0, "canvas must have 1 to 256 positions, got 257"),
        ("the king", 1, "length must be 0 .as written. or at least the 2 positions"),
        ("the", 257, r"length must be 0 \(as written\) or a whole number in \[1, 256\], got 257"),
        (7, 0, "canvas must be a text, got int"),
    ],
)
def test_a_bad_canvas_is_a_sentence(tale, text, length, says):
    with pytest.raises(ValueError, match=says):
        read_canvas(text, tale, length)


def test_pieces_join_and_every_word_is_told_once():
    lexicon = Lexicon(Pieces())
    assert lexicon.news([4, 5, 9, 2]) == {"4": ["king", ""], "5": ["dom", "+"], "9": [".", "."]}
    assert lexicon.news([4, 5, 3]) == {"3": ["the", ""]}
    assert lexicon.family == "pieces"


def test_bytes_of_a_character_are_spelled_once_they_are_all_there():
    table = {0: b" caf", 1: b"\xc3", 2: b"\xa9", 3: b"!"}
    model = SimpleNamespace(
        codec=SimpleNamespace(family="byte-level"),
        mask_id=9,
        vocab_size=10,
        token_bytes=table.__getitem__,
        piece=lambda i: "?",
    )
    lexicon = Lexicon(model)
    assert lexicon.spelled([0, 1, 2, 3]) == {"1": "é", "2": ""}
    assert lexicon.spelled([0, 1, 9, 3]) == {"1": "▯"}


def test_an_edited_canvas_from_the_browser_is_checked():
    canvas, pieces = read_canvas("the [MASK]*2 .", Pieces()), Pieces()
    good = {"canvas": [3, 4, 2, 9], "locked": [True, False, False, True], "turn": 1}
    new, turn = edited(canvas, pieces, SimpleNamespace(**good))
    assert (
        new.ids == (0, 3, 4, 2, 9, 1)
        and new.locked == (True, True, False, False, True, True)
        and turn == 1
    )
    for bad in (
        {"canvas": [99, 4, 2, 9]},
        {"canvas": []},
        {"canvas": [0] * 1000},
        {"canvas": "x"},
        {"canvas": [True, 4, 2, 9]},
        {"locked": [1, 0, 0, 1]},
        {"locked": [True]},
        {"turn": -1},
        {"turn": "1"},
        {"canvas": [3.5, 4, 2, 9]},
    ):
        with pytest.raises(ValueError, match="must"):
            edited(canvas, pieces, SimpleNamespace(**{**good, **bad}))
    # a lock on a mask is no lock
    assert (
        edited(canvas, pieces, SimpleNamespace(**{**good, "locked": [True] * 4}))[0].locked[3]
        is False
    )


def test_random_words_are_repeatable_open_and_never_special():
    canvas = read_canvas("the [MASK]*9 .", Pieces())
    first, second = (with_random_words(canvas, Pieces(), 5) for _ in range(2))
    assert (
        first == second
        and Pieces.mask_id not in first.ids
        and not set(first.ids[2:11]) & Pieces.special_ids
    )
    assert first.locked == canvas.locked


def test_the_frame_is_put_back_around_an_edited_canvas_of_another_length():
    canvas = Canvas((0, 3, 2, 1), (True, True, False, True), 1, 1)
    new, _ = edited(
        canvas,
        Pieces(),
        SimpleNamespace(canvas=[3, 4, 2, 2, 9], locked=[True] * 2 + [False] * 2 + [True], turn=0),
    )
    assert new.ids == (0, 3, 4, 2, 2, 9, 1) and np.sum(new.locked) == 5
