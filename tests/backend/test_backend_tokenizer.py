"""Text out of tokens: word pieces properly joined, characters never torn, what a model cannot read
said."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from playground.backend.incremental import join_word_pieces
from playground.backend.limits import Limits, set_limits
from playground.backend.tokenizer import TextCodec
from tests.backend.small_models import byte_tokenizer, word_piece_tokenizer


@pytest.fixture(scope="module")
def words():
    tokenizer = word_piece_tokenizer()
    return TextCodec(tokenizer, len(tokenizer))


@pytest.fixture(scope="module")
def bytewise():
    return TextCodec(byte_tokenizer(chat=True), 258)


@pytest.mark.parametrize(
    ("pieces", "text"),
    [
        ("once upon a time , there was a king .", "once upon a time, there was a king."),
        ("don ' t stop", "don't stop"),
        ("the king ' s castle", "the king's castle"),
        ("i ' ll come , she ' d said", "i'll come, she'd said"),
        ('" come here , " said the king . " well ! "', '"come here," said the king. "well!"'),
        ("he said , ' come here , ' and was well", "he said, 'come here,' and was well"),
        ("well - known ( he said ) : slow ##ly", "well-known (he said): slowly"),
        ("ten o ' clock", "ten o'clock"),
        ("once [MASK] a time", "once [MASK] a time"),
        ("once [MASK] [MASK] , said", "once [MASK] [MASK], said"),
        ("", ""),
        ("##ly", "ly"),
        ("##", "##"),
    ],
)
def test_word_pieces_are_joined_as_a_reader_expects(pieces, text):
    assert join_word_pieces(pieces.split()) == text


@given(
    st.lists(
        st.sampled_from(
            ["a", "king", "##ly", "'", '"', ",", ".", "s", "t", "-", "(", ")", "[MASK]", "!"]
        ),
        max_size=25,
    )
)
def test_the_text_of_a_prefix_is_a_prefix_of_the_text(pieces):
    whole = join_word_pieces(pieces)
    for cut in range(len(pieces) + 1):
        assert whole.startswith(join_word_pieces(pieces[:cut]))


def test_an_uncased_model_shows_the_prompt_as_it_reads_it(words):
    assert words.uncased
    assert (
        words.display_prompt('Once upon a TIME, there was "a King"!')
        == 'once upon a time, there was "a king"!'
    )
    assert words.display_prompt("Ünder ☃") == "under [UNK]"


def test_a_literal_mask_becomes_the_mask_token(words):
    ids = words.encode("once [MASK] a time")
    assert ids.count(words.mask_id) == 1 and words.decode(ids) == "once [MASK] a time"


@given(st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=60))
def test_byte_level_text_survives_the_way_there_and_back(text):
    codec = TextCodec(byte_tokenizer(), 258)
    if "<|" not in text:
        assert codec.decode(codec.encode(text)) == text
        assert b"".join(codec.token_bytes(i) for i in codec.encode(text)) == text.encode()


def test_a_text_that_grows_never_shows_a_broken_character(bytewise):
    ids = bytewise.encode("né 😀!")
    shown = [bytewise.decode(ids[:n]) for n in range(len(ids) + 1)]
    assert all("\ufffd" not in text for text in shown)
    assert all(later.startswith(earlier) for earlier, later in itertools.pairwise(shown))
    assert shown[-1] == "né 😀!"


def test_partial_bytes_are_visible_in_a_piece(bytewise):
    ids = bytewise.encode("é")
    assert [bytewise.piece(i) for i in ids] == ["<C3>", "<A9>"]
    assert bytewise.piece(bytewise.encode(" ")[0]) == " "


def test_bytes_that_are_wrong_in_the_middle_are_shown_as_replaced(bytewise):
    lone = bytewise.encode("é")[1]
    assert bytewise.decode([lone, *bytewise.encode("a")]) == "\ufffda"


def test_special_tokens_are_left_out_of_the_text_but_have_a_piece(bytewise):
    assert bytewise.decode([*bytewise.encode("ab"), 256]) == "ab"
    assert bytewise.piece(256) == "<|end|>"


def test_the_chat_template_wraps_the_message(bytewise):
    assert bytewise.encode("hi", chat=True) == [257, *bytewise.encode("hi"), 256]


def test_a_model_without_template_refuses_chat(words):
    with pytest.raises(ValueError, match="chat must be off"):
        words.encode("hi", chat=True)


def test_a_lone_surrogate_is_refused_with_its_place(bytewise):
    with pytest.raises(ValueError, match="lone surrogate at character 3"):
        bytewise.encode("ab\ud800")


def test_a_tokenizer_that_cannot_encode_gives_a_sentence(bytewise, monkeypatch):
    class Broken:
        def __call__(self, *_, **__):
            raise OverflowError("inner detail")

    monkeypatch.setattr(bytewise, "tokenizer", Broken())
    with pytest.raises(ValueError, match="cannot be encoded by this model's tokenizer"):
        bytewise.encode("ab")


def test_a_prompt_beyond_the_limit_is_refused_by_name(bytewise):
    set_limits(Limits(max_prompt_characters=10))
    with pytest.raises(
        ValueError, match=r"text \(characters\) must be at most 10 here, got 50,000"
    ):
        bytewise.encode("x" * 50_000)


@pytest.mark.parametrize("value", [None, 7, b"bytes", ["a"]])
def test_a_text_that_is_no_string_is_refused(bytewise, value):
    with pytest.raises(ValueError, match="text must be a string"):
        bytewise.encode(value)


def test_a_left_to_right_word_piece_model_begins_with_its_mark():
    tokenizer = word_piece_tokenizer()
    codec = TextCodec(tokenizer, len(tokenizer), begin=True)
    ids = codec.encode("once upon")
    assert codec.adds_bos and ids[0] == tokenizer.cls_token_id and codec.decode(ids) == "once upon"
    assert (
        not TextCodec(tokenizer, len(tokenizer)).adds_bos and codec.display_prompt("Once") == "once"
    )


@pytest.mark.parametrize("mark", ["<|end|>", "<|user|>"])
def test_a_typed_chat_mark_is_letters_in_a_text_and_in_a_message(bytewise, mark):
    ids = bytewise.encode(f"a{mark}b")
    assert not bytewise.special_ids & set(ids) and bytewise.decode(ids) == f"a{mark}b"
    message = bytewise.encode(f"a{mark}b", chat=True)
    assert message == [257, *ids, 256]


def test_a_message_with_a_mark_that_the_template_changes_is_refused_with_the_mark():
    tokenizer = byte_tokenizer(chat=True)
    tokenizer.chat_template = (
        "{% for m in messages %}<|user|>{{ m['content'] | upper }}{% endfor %}"
    )
    codec = TextCodec(tokenizer, 258)
    assert codec.decode(codec.encode("hi", chat=True)) == "HI"
    with pytest.raises(
        ValueError, match=r"text must not hold <\|end\|>: this model's chat template"
    ):
        codec.encode("hi<|end|>", chat=True)


@pytest.mark.parametrize("mark", ["[SEP]", "[PAD]", "[CLS]"])
def test_a_typed_mark_of_word_pieces_is_letters_and_the_mask_stays_the_mask(words, mark):
    ids = words.encode(f"once {mark} upon [MASK] a")
    assert [i for i in ids if i in words.special_ids] == [words.mask_id]
    assert words.decode(words.encode(f"once {mark} a")) == f"once [{mark[1:-1].lower()}] a"
    assert ids[-1] == words.encode("a")[0] and words.encode("[UNK]") == [
        words.tokenizer.unk_token_id
    ]


def test_a_framed_model_keeps_its_own_frame_around_typed_marks():
    from playground.backend import get_backend

    codec = get_backend().causal("fairy-causal").codec
    start = codec.encode("once")[0]
    for text in ("once [SEP] upon", "once [SEP] upon [MASK]"):
        ids = codec.encode(text)
        assert ids[0] == start and codec.tokenizer.sep_token_id not in ids
