"""Masking beside conditioning on Compare: the textbook's king and wolf, by hand; what cannot be
written; bad values."""

import pytest

from playground.pages.compare import links
from playground.pages.compare.masking import compare_laws

START = links.start("masking")


def test_the_king_howls_too_often_under_the_mask():
    """P(king) = 7/10 and he howls one time in seven; P(wolf) = 3/10 and it howls two times in
    three."""
    found = compare_laws(None, START)
    rows = {row["text"]: row for row in found["rows"]}
    assert set(rows) == {"the king howled", "the wolf howled"}
    assert rows["the king howled"]["masked"] == pytest.approx(0.7, rel=1e-12)
    assert rows["the king howled"]["given"] == pytest.approx(1 / 3, rel=1e-12)
    assert rows["the wolf howled"]["own"] == pytest.approx(0.2, rel=1e-12)
    assert found["mass"] == pytest.approx(0.3, rel=1e-12) and found["lost"] == 0
    assert found["total_variation"] == pytest.approx(0.7 - 1 / 3, rel=1e-12)


def test_where_every_beginning_ends_well_the_two_are_one():
    found = compare_laws(None, {**START, "form": "the (king|wolf) (slept|ate|howled)"})
    assert found["total_variation"] == pytest.approx(0, abs=1e-12) and found["mass"] == 1


def test_choices_and_what_is_lost():
    found = compare_laws(
        None, {**START, "kind": "choices", "form": "the king ate\nthe wolf", "longest": 4}
    )
    assert [row["text"] for row in found["rows"]] == ["the king ate"]
    assert found["lost"] == pytest.approx(0.3, rel=1e-12)  # behind "the wolf" no line ends


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"form": "a dragon"}, "form must be one that the model can write"),
        ({"form": "(the"}, "regex cannot be read: .*unclosed group"),
        ({"lines": " "}, "lines must hold"),
        ({"order": 4}, r"order must be a whole number in \[1, 3\], got 4"),
        ({"kind": "json"}, "kind must be one of regex, choices"),
        ({"longest": 9}, r"longest must be a whole number in \[1, 8\], got 9"),
    ],
)
def test_bad_values_get_a_sentence(change, sentence):
    with pytest.raises(ValueError, match=sentence):
        compare_laws(None, {**START, **change})
