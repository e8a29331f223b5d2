"""Numbers on the page: rounding never says more than is true, and nothing is written where there is
no number."""

import math

import pytest


@pytest.mark.parametrize(
    ("call", "text"),
    [
        ("fixed(0.8333333, 3)", "0.833"),
        ("fixed(-0.0001, 3)", "0.000"),
        ("fixed(null)", "–"),
        ("fixed(Infinity)", "∞"),
        ("fixed(1234.5, 1)", "1234.5"),
        ("fixed(-0.1, 1)", "-0.1"),
        ("plain(-0)", "0"),
        ("plain(0.6)", "0.6"),
        ("plain(0.123456)", "0.1235"),
        ("withoutZero(fixed(0.86, 3))", ".860"),
        ("withoutZero(fixed(10.86, 2))", "10.86"),
        ("small(0)", "0.0000"),
        ("small(0.25)", "0.2500"),
        ("small(0.0000123)", "1.23·10⁻⁵"),
        ("small(1e-300)", "1.00·10⁻³⁰⁰"),
        ("whole(1234567)", "1,234,567"),
        ("chance(0)", "0"),
        ("chance(1)", "1"),
        ("chance(0.5)", "0.500"),
        ("chance(0.0003)", "3e−4"),
        ("chance(0.9997)", "1−3e−4"),
        ("chance(undefined)", "–"),
        ("percent(0)", "0%"),
        ("percent(1)", "100.0%"),
        ("percent(0.0001)", "<0.05%"),
        ("percent(0.99999)", ">99.95%"),
        ("percent(0.123)", "12.3%"),
    ],
)
def test_a_number_is_written(module, call, text):
    assert (
        module(
            "core/format.js",
            "(m, call) => Function(...Object.keys(m), `return ${call}`)(...Object.values(m))",
            call,
        )
        == text
    )


def test_perplexity_is_infinite_where_a_token_was_held_impossible(module):
    act = "({perplexityOf, bits}, frames) => [perplexityOf(frames), String(perplexityOf([...frames, {surprisal: null}])), bits(Math.log(8))]"
    known, impossible, three = module(
        "core/format.js", act, [{"surprisal": math.log(2)}, {"surprisal": math.log(8)}]
    )
    assert known == pytest.approx(4) and impossible == "Infinity" and three == pytest.approx(3)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        (".5", 0.5),
        ("0,5", 0.5),
        ("1/4", 0.25),
        (" 2 ", 2),
        ("-1e-3", -0.001),
        ("much", None),
        ("1/0", None),
        ("", None),
    ],
)
def test_a_typed_number_is_read(module, text, value):
    assert module("core/format.js", "({parseNumber}, text) => parseNumber(text)", text) == value
