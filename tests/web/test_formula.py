"""Formulas of the glossary: TeX as MathML."""

import json

import pytest

from playground.paths import ASSETS


@pytest.mark.parametrize(
    ("tex", "markup"),
    [
        ("a_i^2", "<mrow><msubsup><mi>a</mi><mi>i</mi><mn>2</mn></msubsup></mrow>"),
        (
            "\\frac{1}{n}",
            "<mrow><mfrac><mrow><mn>1</mn></mrow><mrow><mi>n</mi></mrow></mfrac></mrow>",
        ),
        ("-\\ln p", "<mrow><mo>−</mo><mi>ln</mi><mi>p</mi></mrow>"),
        ("\\text{if } x", "<mrow><mtext>if </mtext><mi>x</mi></mrow>"),
    ],
)
def test_a_formula_becomes_mathml(module, tex, markup):
    act = "({formula}, tex) => formula(tex).innerHTML"
    assert module("views/shell/formula.js", act, tex) == markup


def test_every_formula_of_the_glossary_is_read_to_its_end(module):
    entries = json.loads((ASSETS / "words" / "glossary.json").read_text(encoding="utf-8"))
    formulas = [entry["formula"] for entry in entries if entry.get("formula")]
    texts = module(
        "views/shell/formula.js",
        "({formula}, all) => all.map((tex) => formula(tex).textContent)",
        formulas,
    )
    assert len(formulas) > 10 and not [text for text in texts if "\\" in text or "{" in text]
