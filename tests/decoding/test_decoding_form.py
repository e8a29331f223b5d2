"""Forms: the library's masks as they are, the end only where a text is complete, and what masking
does to the law, by enumeration."""

import itertools
import json
import math

import numpy as np
import pytest
from llguidance import LLMatcher, LLTokenizer, TokenizerWrapper

from playground.decoding import DecodingSettings, Step, generate
from playground.decoding.constrained_law import constrained_law
from playground.decoding.form import form_of, grammar_of
from playground.decoding.spelling import spelling_of
from playground.markov.ngram import NgramModel

LETTERS = NgramModel.fit('abcab/ba c\nab1a2{}":,', 1, "character", "add-k", 0.5)


def written(kind, text, seed=0, **rules):
    settings = DecodingSettings(seed=seed, **{kind: text, "max_new_tokens": 40, **rules})
    steps = list(generate(LETTERS, LETTERS.encode("a"), settings))
    return LETTERS.decode([step.token_id for step in steps]), steps


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("choices", "abc\nca/b\nb a"),
        ("regex", "a+(b|c/)[12]{2}"),
        ("json_schema", '{"type": "integer"}'),
    ],
)
def test_the_masks_are_the_librarys_own_along_whole_texts(kind, text):
    class Tokens:
        eos_token_id, bos_token_id, special_token_ids = LETTERS.eos_id, None, [LETTERS.eos_id]
        tokens = [token.encode() for token in LETTERS.tokens[:-1]] + [b"\xff"]

        def __call__(self, text):
            return LETTERS.encode(text)

    tokenizer = LLTokenizer(TokenizerWrapper(Tokens()), n_vocab=LETTERS.vocab_size)
    for seed in range(4):
        _, steps = written(kind, text, seed)
        theirs = LLMatcher(tokenizer, grammar_of(kind, text))
        for step in steps:
            bits = np.frombuffer(theirs.compute_bitmask(), np.uint8)
            expected = np.unpackbits(bits, bitorder="little")[: LETTERS.vocab_size].astype(bool)
            assert (step.stages[1].kept.numpy() == expected).all()
            theirs.consume_token(step.token_id)


@pytest.mark.parametrize("seed", range(6))
def test_every_finished_text_has_its_form(seed):
    text, steps = written("choices", "abc\nca\n/b", seed)
    assert text.removeprefix(" ") in ("abc", "ca", "/b") and steps[-1].finish == "end_of_text"
    text, steps = written("regex", "(ab)+1", seed, max_new_tokens=200)
    assert text.removeprefix(" ").replace("ab", "") == "1"
    text, _ = written("json_schema", '{"enum": [1, 2, 12]}', seed)
    assert json.loads(text) in (1, 2, 12)


def test_what_the_form_forbids_is_cut_by_it_also_where_nothing_is_drawn():
    _, steps = written("choices", "abc", do_sample=False)
    record = steps[0].record(LETTERS.text_of)
    assert {row["cut"] for row in record["rows"] if row["text"] not in ("a", " ")} == {"choices"}
    assert record["stages"][1]["name"] == "choices" and record["binding"] == "choices"


def test_a_form_of_a_slash_a_newline_and_marks_is_taken_literally_in_choices():
    assert written("choices", "a/b")[0].removeprefix(" ") == "a/b"
    assert written("choices", "{}")[0].removeprefix(" ") == "{}"
    assert written("regex", "a/b")[0].removeprefix(" ") == "a/b"
    assert written("regex", r"a\/b")[0].removeprefix(" ") == "a/b"


def test_a_moved_slider_and_a_forced_token_read_the_form_anew():
    _, steps = written("choices", "abc\ncab", seed=3)
    settings = steps[0].settings
    other = Step(steps[1].logits, steps[1].context_ids, settings, 1, 1)
    assert (other.stages[1].kept == steps[1].stages[1].kept).all()
    broken = Step(steps[0].logits, LETTERS.encode("a1"), settings, 1, 1)
    assert broken.stages[1].kept.all()  # a token that the visitor chose broke it: nothing is cut


@pytest.mark.parametrize(
    ("kind", "text", "sentence"),
    [
        ("regex", "(a", "regex cannot be read: .*unclosed group"),
        ("regex", "(?=a)b", "look-around"),
        ("json_schema", "{", "json_schema must be a JSON schema"),
        ("json_schema", "7", "json_schema must be a JSON schema, got 7"),
        ("regex", "a" * 2001, "regex must be a text of at most 2,000 characters"),
    ],
)
def test_a_form_that_cannot_be_read_gets_a_sentence(kind, text, sentence):
    with pytest.raises(ValueError, match=sentence):
        written(kind, text)


def test_a_form_needs_an_end_a_model_and_a_token():
    endless = NgramModel.fit("abab", 1, "character", ending="wrap")
    settings = DecodingSettings(choices="ab")
    with pytest.raises(ValueError, match="whose texts have no end"):
        next(generate(endless, [0], settings))
    with pytest.raises(ValueError, match="no model is there"):
        Step(np.zeros(4), [0], settings)
    strict = NgramModel.fit("abc", 1, "character")
    with pytest.raises(ValueError, match="choices must leave a token possible"):
        next(generate(strict, strict.encode("a"), settings.with_changes(choices="c")))


def test_masking_is_not_conditioning_and_both_laws_are_exact():
    model = NgramModel.fit("aab abb bab bba aaa", 1, "character", "add-k", 0.3)
    spelling = spelling_of(model)
    form = form_of("regex", "(a|b)+a", spelling)
    found = constrained_law(
        lambda text: model.next_probabilities([1, *text]),
        lambda text: form.allowed(text),
        model.eos_id,
        5,
    )
    assert math.fsum(given for _, given in found.texts.values()) == pytest.approx(1, abs=1e-12)
    masses = [share for share, _ in found.texts.values()]
    assert math.fsum(masses) + found.lost == pytest.approx(1, abs=1e-12)
    a, b = model.encode("ab")
    space = model.encode(" ")[0]
    total = 0.0
    for size in range(1, 6):
        for begin in ((), (space,)):
            for text in itertools.product((a, b), repeat=size - len(begin)):
                whole = (*begin, *text)
                if not text or text[-1] != a or len(text) < 2:
                    continue
                p = 1.0
                for place, token in enumerate((*whole, model.eos_id)):
                    p *= float(model.next_probabilities([1, *whole[:place]])[token])
                assert found.texts[whole][1] == pytest.approx(p / found.mass, rel=1e-12)
                total += p
    assert total == pytest.approx(found.mass, rel=1e-12)
    assert found.total_variation > 0.01


def test_a_mask_that_forbids_nothing_on_the_way_is_conditioning():
    law = {(): [0.5, 0.3, 0.2], (0,): [0, 0, 1.0], (1,): [0, 0, 1.0]}
    found = constrained_law(
        lambda text: np.array(law[text]),
        lambda text: np.array([True, False, True]) if not text else np.ones(3, bool),
        2,
        3,
    )
    for masked, given in found.texts.values():
        assert masked == pytest.approx(given, rel=1e-12)
    assert found.total_variation == pytest.approx(0, abs=1e-12)
