"""One row of the table: what it takes, what it refuses and with which sentence, and what a page
makes of it."""

import numpy as np
import pytest

from playground.i18n import Message
from playground.parameters import SEED, Parameter, following_seed, short, table, written

SHARE = Parameter("share", float, 0.5, off=1.0, low=0, high=1, open_low=True, step=0.1)
COUNT = Parameter("count", int, 3, low=1, high=2**53, shown=(1, 9), label="how many")


@pytest.mark.parametrize(
    ("row", "given", "taken"),
    [
        (SHARE, 1, 1.0),
        (SHARE, np.float32(0.5), 0.5),
        (SHARE, None, 0.5),
        (COUNT, 4.0, 4),
        (COUNT, np.int64(7), 7),
        (COUNT, 2**53, 2**53),
        (Parameter("word", str, "a", choices=("a", "b")), "b", "b"),
        (Parameter("flag", bool, False), True, True),
        (Parameter("maybe", float, None, low=0, high=1, optional=True), None, None),
    ],
)
def test_an_allowed_value_gets_the_type_of_its_row(row, given, taken):
    assert row.check(given) == taken and type(row.check(given)) is type(taken)


@pytest.mark.parametrize(
    ("row", "given", "sentence"),
    [
        (SHARE, 0, "share must be a number in (0, 1] (1 turns it off), got 0"),
        (SHARE, "1", "share must be a number in (0, 1] (1 turns it off), got '1'"),
        (SHARE, True, "share must be a number in (0, 1] (1 turns it off), got True"),
        (COUNT, 2.5, "count must be a whole number in [1, 2^53], got 2.5"),
        (COUNT, 2**53 + 1, "count must be a whole number in [1, 2^53], got 9007199254740993"),
        (COUNT, float("nan"), "count must be a whole number in [1, 2^53], got nan"),
        (COUNT, [1], "count must be a whole number in [1, 2^53], got [1]"),
        (
            Parameter("x", float, 0.0, unit="bits"),
            1j,
            "x must be a number of bits in [-∞, ∞], got 1j",
        ),
        (Parameter("word", str, "a", choices=("a", "b")), "c", "word must be one of a, b, got 'c'"),
        (Parameter("flag", bool, False), 1, "flag must be true or false, got 1"),
        (
            Parameter("needed", int, None, low=0, high=9),
            None,
            "needed must be a whole number in [0, 9], got None",
        ),
    ],
)
def test_another_value_is_refused_by_one_sentence(row, given, sentence):
    with pytest.raises(ValueError) as refused:
        row.check(given)
    assert str(refused.value) == sentence and isinstance(refused.value.args[0], Message)


def test_a_sentence_may_call_the_field_by_its_place():
    with pytest.raises(ValueError, match=r"^columns\[2\]\.share must be a number"):
        SHARE.check(7, "columns[2].share")


def test_a_control_shows_its_own_range_and_knows_the_allowed_one():
    control = COUNT.control()
    assert (control["low"], control["high"], control["lowest"], control["highest"]) == (
        1,
        9,
        1,
        2**53,
    )
    assert (
        control["label"] == "how many" and control["whole"] and SHARE.control()["label"] == "share"
    )


def test_numbers_and_strange_values_are_written_for_people():
    assert [written(n) for n in (0.0, 1.0, 1e-6, 0.5, 1_000_000, 2**53)] == [
        "0",
        "1",
        "0.000001",
        "0.5",
        "1000000",
        "2^53",
    ]
    assert len(short("x" * 500)) == 60 and SEED.high == 2**53
    with pytest.raises(ValueError, match="same name"):
        table(COUNT, COUNT)


def test_a_series_of_seeds_stays_in_the_range_and_small_ones_only_count_on():
    assert [following_seed(7, k) for k in range(3)] == [7, 8, 9]
    assert following_seed(SEED.high) == 0 and following_seed(SEED.high - 1, 3) == 1
    for k in range(5):
        SEED.check(following_seed(SEED.high, k))
