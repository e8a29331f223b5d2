"""Pieces of a streamed text, joined, are the text: byte-level vocabularies trained here,
SentencePiece bytes, word pieces."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers
from transformers import PreTrainedTokenizerFast

from playground.backend.tokenizer import TextCodec
from playground.decoding import text_pieces
from playground.decoding.text import TextStream
from tests.backend.small_models import byte_tokenizer, word_piece_tokenizer

MIXED = [
    "So 🎉 it is, so it is. 你好，世界。世界你好。 สวัสดีชาวโลก สวัสดี",
    "Привет, мир! Γειά σου Κόσμε. مرحبا بالعالم नमस्ते दुनिया",
    "👩‍👩‍👧‍👦 🇩🇪🇫🇷 🏳️‍🌈 🎉🎉🎉 é e\u0301 ﬁ \u00a0 \ufffd",
]
UNICODE = st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=40)
SCRIPTS = st.text(alphabet=st.sampled_from(sorted(set("".join(MIXED)))), max_size=40)


def trained(size, texts=MIXED):
    """A byte-level BPE vocabulary of `size` tokens learned from the texts, with one special
    token."""
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    trainer = trainers.BpeTrainer(
        vocab_size=size, special_tokens=["<|end|>"], initial_alphabet=alphabet, show_progress=False
    )
    tokenizer.train_from_iterator(texts * 3, trainer)
    fast = PreTrainedTokenizerFast(tokenizer_object=tokenizer, eos_token="<|end|>")
    return TextCodec(fast, len(fast))


def with_byte_fallback():
    """A SentencePiece-like vocabulary: words with ▁, and <0x..> for every byte."""
    words = ["<unk>", "<s>", "</s>", "▁", "▁the", "▁cat", "s", "the", "\ufffd", "é", "▁🎉"]
    vocabulary = {token: i for i, token in enumerate(words)}
    vocabulary |= {f"<0x{byte:02X}>": len(words) + byte for byte in range(256)}
    tokenizer = Tokenizer(models.BPE(vocabulary, [], byte_fallback=True, unk_token="<unk>"))
    fast = PreTrainedTokenizerFast(
        tokenizer_object=tokenizer, unk_token="<unk>", bos_token="<s>", eos_token="</s>"
    )
    return TextCodec(fast, len(fast))


CODECS = {
    "bytes only": TextCodec(byte_tokenizer(), 258),
    "bytes 300": trained(300),
    "bytes 420": trained(420),
    "bytes of one script": trained(400, MIXED[:1]),
    "byte fallback": with_byte_fallback(),
    "word pieces": TextCodec(word_piece_tokenizer(), len(word_piece_tokenizer())),
}
BYTE_LEVEL = [name for name in CODECS if name.startswith("bytes")]


def functions(codec):
    """Ways to give a decoder: the method, whose object decodes incrementally, and functions of ids
    alone."""
    whole = [codec.decode]
    if codec.family == "byte-level":
        whole.append(lambda ids: codec.decode(ids))  # drops an incomplete end
        whole.append(lambda ids: b"".join(map(codec.token_bytes, ids)).decode("utf-8", "replace"))
    return whole


@pytest.mark.parametrize("name", BYTE_LEVEL)
def test_an_emoji_of_several_tokens_is_in_the_joined_pieces(name):
    codec = CODECS[name]
    assert "".join(text_pieces(codec.decode, codec.encode("So 🎉 it is"))) == "So 🎉 it is"


@pytest.mark.parametrize("name", BYTE_LEVEL)
@given(UNICODE | SCRIPTS)
@settings(max_examples=80, deadline=None)
def test_pieces_of_any_text_join_to_the_text(name, text):
    codec = CODECS[name]
    if "<|" in text:
        return
    ids = codec.encode(text)
    for decode in functions(codec):
        pieces = text_pieces(decode, ids)
        assert "".join(pieces) == codec.decode(ids) == text
        assert "\ufffd" in text or all("\ufffd" not in piece for piece in pieces)


@pytest.mark.parametrize("name", CODECS)
@given(st.data())
@settings(max_examples=150, deadline=None)
def test_pieces_of_any_ids_join_to_the_whole_decoding(name, data):
    codec = CODECS[name]
    ids = data.draw(st.lists(st.integers(0, codec.vocab_size - 1), max_size=30))
    for decode in functions(codec):
        assert "".join(text_pieces(decode, ids)) == decode(ids)


@pytest.mark.parametrize("name", CODECS)
@given(st.data())
@settings(max_examples=60, deadline=None)
def test_a_text_is_the_same_wherever_its_ids_are_split(name, data):
    """Prompt and continuation, branch and rest: what was shown before a split is a beginning of the
    whole."""
    codec = CODECS[name]
    ids = data.draw(st.lists(st.integers(0, codec.vocab_size - 1), max_size=20))
    split = data.draw(st.integers(0, len(ids)))
    stream = TextStream(codec.decode)
    before = "".join(stream.push(token) for token in ids[:split])
    assert before == codec.decode(ids[:split])
    assert before + "".join(stream.push(token) for token in ids[split:]) == codec.decode(ids)


def test_a_token_of_an_unfinished_character_is_marked_and_a_special_one_is_not():
    codec = CODECS["bytes only"]
    pieces = text_pieces(codec.decode, [*codec.encode("a🎉"), 256])
    assert pieces == ["a", "", "", "", "🎉", ""]
    assert [piece.unfinished for piece in pieces] == [False, True, True, True, False, False]


def test_quotes_of_word_pieces_open_and_close_in_a_stream_as_in_the_whole():
    codec = CODECS["word pieces"]
    text = '" come here, " said the king. " well! "'
    ids = codec.encode(text, special=False)
    pieces = text_pieces(codec.decode, ids)
    assert "".join(pieces) == '"come here," said the king. "well!"'


def test_a_stream_of_sentence_pieces_keeps_the_space_behind_a_special_token():
    codec = CODECS["byte fallback"]
    number = codec.tokenizer.convert_tokens_to_ids
    ids = [number(token) for token in ("<s>", "▁the", "</s>", "▁cat", "s")]
    assert "".join(text_pieces(codec.decode, ids)) == codec.decode(ids) == "the cats"
