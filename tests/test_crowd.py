"""The README's arithmetic for ten thousand visitors is what its program computes from what was
measured."""

import json

import pytest

from tests.benchmarks import crowd

MADE_UP = {
    "date": "a day",
    "machine": "a machine",
    "load": 0.0,
    "models": {
        "small": {
            "visitors": 16,
            "tokens_per_second": 100.0,
            "wait_p50_ms": 150,
            "wait_p95_ms": 300,
            "replica_bytes": 2_000_000_000,
            "page_seconds_per_token": 0.0007,
            "bytes_per_token": 200_000,
        }
    },
}


def test_the_table_of_the_readme_is_computed_from_what_was_measured():
    measured = json.loads(crowd.MEASURED.read_text(encoding="utf-8"))
    assert crowd.in_readme(crowd.README.read_text(encoding="utf-8")) == crowd.table(measured), (
        "run python tests/benchmarks/crowd.py --readme"
    )


def test_the_arithmetic_by_hand():
    """2,000 of 10,000 write 5 tokens/s: 10,000 tokens/s; at 70 of 100 tokens/s 143 replicas of 2
    GB, at 1,000 tokens/s a core 10 pages of .8 GB."""
    row = crowd.table(MADE_UP).splitlines()[-1]
    assert row == "| small | 143 | 10 | 294 GB | 2.0 GB/s | $6.12 | 0.06 cents |"


def test_every_assumption_is_stated_and_where_the_measurement_misses_it_too():
    """16 visitors share 100 tokens/s: 6.2 each. With 3 tokens/s less than 5 each, the table says
    that the speed was not met."""
    text = crowd.table(MADE_UP)
    for assumed in ("10,000 visitors", "20%", "5 tokens/s", "70%", "0.8 GB", "$0.04"):
        assert assumed in text.split("Extrapolated", 1)[1], assumed
    assert "saw 6.2 with small." in text and "14 with small (16 were measured)" in text
    slow = {**MADE_UP["models"]["small"], "tokens_per_second": 48.0}
    text = crowd.table({**MADE_UP, "models": {"small": slow}})
    assert "saw 3.0 with small: the speed was not met with small." in text


@pytest.mark.parametrize("word", ["Measured (", "Extrapolated (nothing of it was run)"])
def test_measured_and_extrapolated_are_told_apart(word):
    assert word in crowd.table(MADE_UP)
