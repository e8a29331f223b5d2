"""Guesses become tokens as the model's own tokenizer reads them: word pieces, bytes, words of an
n-gram, characters."""

from functools import lru_cache

import pytest
from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers
from transformers import AutoTokenizer, PreTrainedTokenizerFast

from playground.backend.tokenizer import Spelling, TextCodec
from playground.classroom.guess import GuessReader
from playground.classroom.questions.game import ShannonGame, tales
from playground.classroom.shannon import FEWEST_WORDS
from playground.markov.ngram import NgramModel
from playground.paths import ASSETS


class Speller(Spelling):
    """A model of which only the spelling is asked."""

    eos_id = None

    def __init__(self, codec):
        self.codec, self.adds_bos = codec, codec.adds_bos


@lru_cache(maxsize=1)
def fairy():
    tokenizer = AutoTokenizer.from_pretrained(ASSETS / "models/fairy-causal")
    return Speller(TextCodec(tokenizer, len(tokenizer), begin=True))


def read(model, text, guess):
    return GuessReader(model, model.encode(text)).read(guess)


@pytest.mark.parametrize(
    ("guess", "token", "whole"),
    [
        ("king", "king", True),
        ("KING", "king", True),
        ("princesses", "princess", False),
        (",", ",", True),
    ],
)
def test_word_pieces(guess, token, whole):
    found = read(fairy(), "once upon a time there was a", guess)
    assert (found.text, found.whole) == (token, whole)
    assert fairy().piece(found.token) == token


@pytest.mark.parametrize("guess", ["🦄", "[MASK]", "[CLS]", "[SEP]", "[UNK]"])
def test_what_the_tokenizer_does_not_know_and_marks_of_control_are_refused(guess):
    if guess in ("[CLS]", "[SEP]"):  # letters to this model's reader: counted as the bracket
        assert read(fairy(), "there was a", guess).text == "["
        return
    with pytest.raises(ValueError, match="does not know"):
        read(fairy(), "there was a", guess)


def test_a_guess_that_follows_a_long_text_is_read_as_behind_its_end():
    text = "the king said that the queen was in the wood and " * 20
    assert read(fairy(), text, "then") == read(fairy(), "in the wood and", "then")


def byte_pairs():
    """Byte-level BPE that has learnt a few words, each with the space before it."""
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=300,
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        special_tokens=["<|end|>"],
        show_progress=False,
    )
    tokenizer.train_from_iterator(["a king in the wood a king in the wood"] * 9, trainer)
    fast = PreTrainedTokenizerFast(tokenizer_object=tokenizer, eos_token="<|end|>")
    return Speller(TextCodec(fast, len(fast)))


def test_bytes_with_the_space_before_them():
    model = byte_pairs()
    assert read(model, "a king in the", "wood").text == " wood"
    assert read(model, "a king in the", "wood").whole
    assert read(model, "a king in the", "woods").text == " wood"
    assert not read(model, "a king in the", "woods").whole
    assert read(model, "a king", "<|end|>").text == "<", "letters, not the end of the text"


def test_words_of_an_ngram():
    model = NgramModel.fit("the fox saw the dog", 1)
    assert read(model, "the", "dog").text == "dog" and read(model, "saw the", "fox").whole
    with pytest.raises(ValueError, match="does not know “cat”"):
        read(model, "the", "cat")


def test_the_next_character_is_not_the_space_before_it():
    model = NgramModel.fit("abc ab", 1, unit="character")
    found = read(model, "ab", "c")
    assert (found.text, found.whole) == ("c", True)


class Melting:
    """A model whose tokenizer joins what stands at the end of a text with what follows."""

    def encode(self, text):
        return [len(text.replace(" ", ""))]

    def decode(self, ids):
        return "w" * ids[-1]


def test_a_guess_that_melts_into_the_last_word_is_refused():
    with pytest.raises(ValueError, match="melts into the last word"):
        GuessReader(Melting(), [4]).read("ing")


def test_the_shipped_tales_are_games_of_enough_words_for_bounds():
    """Words of several pieces are given; everything else is guessed, marks too."""
    for number, tale in enumerate(tales()):
        question = ShannonGame({"tale": number + len(tales())}, fairy())
        assert question.passage == tale and len(question.words) >= FEWEST_WORDS
        pieces = [word.text for word in question.words if word.text.startswith("##")]
        assert not pieces and {",", "."} & {word.text for word in question.words}
        given = len(question.ids) - 1 - len(question.words)
        assert question.public()["given"] == given <= 8
