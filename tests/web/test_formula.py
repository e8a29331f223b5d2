"""Formulas become MathML: fractions, indices, exponents; brackets that a fraction makes needless
go; text stays text."""

import json

import pytest

from playground.paths import ASSETS


@pytest.fixture
def written(module):
    def write(text: str) -> str:
        """The formula's markup without its namespaces."""
        return module(
            "core/formula.js",
            """({formula}, text) => {
              const plain = (node) => node.nodeType === Node.TEXT_NODE ? node.data
                : `<${node.localName}>${[...node.childNodes].map(plain).join("")}</${node.localName}>`;
              return [...formula(text).childNodes].map(plain).join("");
            }""",
            text,
        )

    return write


def test_a_fraction_takes_what_stands_before_and_after_its_stroke(written):
    assert written("P = 1 / (1 + x)") == (
        "<mi>P</mi><mo>=</mo><mfrac><mn>1</mn><mrow><mn>1</mn><mo>+</mo><mi>x</mi></mrow></mfrac>"
    )
    assert written("2 / ln(27) = 0.6") == (
        "<mfrac><mn>2</mn><mrow><mi>ln</mi><mrow><mo>(</mo><mn>27</mn><mo>)</mo></mrow></mrow></mfrac>"
        "<mo>=</mo><mn>0.6</mn>"
    )


def test_indices_and_exponents(written):
    assert written("T_c") == "<msub><mi>T</mi><mi>c</mi></msub>"
    assert written("e^(−x/T)") == (
        "<msup><mi>e</mi><mrow><mo>−</mo><mi>x</mi><mo>/</mo><mi>T</mi></mrow></msup>"
    )


def test_markup_in_a_formula_stays_text(written):
    assert "<img" not in written("<img src=x>") and written("1e-05") == "<mn>1e-05</mn>"


@pytest.mark.parametrize("text", ["", "(", "a / ", "x_", "^", ")", "{", "a_ / b"])
def test_a_broken_formula_never_hangs_or_throws(written, text):
    written(text)


def test_roots_words_and_limits_below_a_product(written):
    assert written("√(a b)") == "<msqrt><mrow><mi>a</mi><mi>b</mi></mrow></msqrt>"
    assert written('P(x | "what is known")').endswith(
        "<mtext>what\u00a0is\u00a0known</mtext><mo>)</mo></mrow>"
    )
    assert written("∏_t P") == "<munder><mo>∏</mo><mi>t</mi></munder><mi>P</mi>"
    assert written('"unfinished') == "<mtext>unfinished</mtext>"


def test_every_formula_of_the_glossary_is_read_to_its_end(module):
    entries = json.loads((ASSETS / "words" / "glossary.json").read_text(encoding="utf-8"))
    formulas = [entry["formula"] for entry in entries if entry.get("formula")]
    texts = module(
        "core/formula.js",
        "({formula}, all) => all.map((one) => formula(one).textContent)",
        formulas,
    )
    assert len(formulas) > 10
    for text, formula in zip(texts, formulas, strict=True):
        letters = [sign for sign in formula if sign.isalnum()]
        assert [sign for sign in text if sign.isalnum()] == letters
        assert not [sign for sign in '\\{}_^"' if sign in text]
