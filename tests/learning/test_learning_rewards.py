"""What each reward pays for, and what is said of one that cannot be read."""

import pytest

from playground.learning import rewards

ASKED = {"words": "wolf, fox; Bear", "length": 4, "expression": ""}


def paid(kind, text, **more):
    return rewards.read({**ASKED, "reward": kind, **more})(text)


def test_wanted_words_count_once_each_with_their_plural_and_three_are_enough():
    assert paid("words", "a wolf met two wolfs and a wolf") == pytest.approx(1 / 3)
    assert paid("words", "The Bears, the fox!") == pytest.approx(2 / 3)
    assert paid("words", "a bearded foxglove") == 0
    four = "cat dog hen owl"
    assert paid("words", four, words=four) == 1
    assert paid("words", "an ass", words="ass") == pytest.approx(1 / 3)


def test_a_happy_end_is_looked_for_at_the_end():
    assert paid("happy", "and they were happy and married") == 1
    assert paid("happy", "happy " + "and then " * 12) == 0
    assert paid("happy", "all were glad") == 0.5


def test_short_words_and_a_given_length():
    assert paid("short", "the cat slept long") == 0.5 and paid("short", "...") == 0
    assert [paid("length", "so " * n) for n in (4, 3, 6, 9)] == [1, 0.75, 0.5, 0]


def test_a_rhyme_is_two_clauses_that_end_alike_in_other_words():
    assert paid("rhyme", "he saw a house, and there a mouse.") == 1
    assert paid("rhyme", "a fine night, in the light, he came.") == pytest.approx(2 / 3)
    assert paid("rhyme", "a house, a house") == 0 and paid("rhyme", "a house") == 0
    assert paid("rhyme", "by the lake, with a cake") == 1
    assert paid("rhyme", "hm, brr") == 0


def test_an_expression_adds_subtracts_and_multiplies():
    text = "the fox was glad"
    both = paid("words", text) + 0.5 * paid("happy", text)
    assert paid("expression", text, expression="words + 0.5 * happy") == pytest.approx(both)
    assert paid("expression", text, expression="-(2 - short) * 3") == pytest.approx(-3 * 1.25)


@pytest.mark.parametrize(
    ("expression", "sentence"),
    [
        ("", "expression must be a text of 1 to 200"),
        (None, "expression must be a text of 1 to 200"),
        ("words +", "expression cannot be read"),
        ("(" * 150 + "1", "expression cannot be read"),
        ("joy", "joy"),
        ("words ** 2", "is none of these"),
        ("__import__('os').system('true')", "is none of these"),
        ("happy.__class__", "is none of these"),
        ("'a' * 9", "is none of these"),
        ("1e9 * happy", "at most 100"),
        ("9" * 150, "at most 100"),
        ("True + happy", "is none of these"),
    ],
)
def test_an_expression_that_is_none_gets_a_sentence(expression, sentence):
    with pytest.raises(ValueError, match=sentence):
        paid("expression", "", expression=expression)


def test_a_bad_field_is_named():
    with pytest.raises(ValueError, match="reward"):
        paid("money", "")
    with pytest.raises(ValueError, match="length"):
        paid("length", "", length=0)
    for bad in ("", "12 !", None, "x" * 601):
        with pytest.raises(ValueError, match="words"):
            paid("words", "", words=bad)
    with pytest.raises(ValueError, match="words"):
        paid("expression", "", expression="words + 1", words="")
