"""Rows of the table for rules that give the text a form, or a mark that can be found again."""

from __future__ import annotations

from playground.decoding.rule import Rule, number_rule
from playground.i18n import t
from playground.parameters import LinesParameter, Parameter, TextParameter

# the millionth prime, and a quarter of the tokens: transformers' WatermarkingConfig has the same
RATIO = Parameter(
    "watermark_ratio",
    float,
    0.25,
    low=0,
    high=1,
    open_low=True,
    open_high=True,
    label=t("green share"),
    doc="share of the vocabulary that is green",
    step=0.05,
    shown=(0.05, 0.95),
)
KEY = Parameter(
    "watermark_key",
    int,
    15485863,
    low=1,
    high=2**53,
    label=t("key"),
    doc="whoever knows it can find the watermark again",
    step=1,
    shown=(1, 99_999_999),
)

FORMS: tuple[Rule, ...] = (
    Rule(
        "choices",
        label=t("choices"),
        explain=t(
            "The text becomes one of these, one a line. Tokens from which none of them can follow "
            "are cut, and the end of the text too until one is complete."
        ),
        parameters=(
            LinesParameter(
                "choices", str, "", off="", doc="the texts of which one is written, one a line"
            ),
        ),
        when_greedy=True,
    ),
    Rule(
        "regex",
        label=t("regular expression"),
        explain=t(
            "The whole text matches this expression: [0-9]+ is digits, (yes|no) one of two words. "
            "Tokens from which no match can follow are cut, and the end too until there is one."
        ),
        parameters=(
            TextParameter(
                "regex", str, "", off="", doc="a regular expression that the whole text matches"
            ),
        ),
        when_greedy=True,
    ),
    Rule(
        "json_schema",
        label=t("JSON schema"),
        explain=t(
            "The text is JSON that fits this schema. Tokens that would break it are cut, and the "
            "end too until the JSON is whole. A model of lower-case tales can write little of it."
        ),
        parameters=(
            TextParameter(
                "json_schema", str, "", off="", doc="a JSON schema that the text fits", longest=4000
            ),
        ),
        when_greedy=True,
    ),
    number_rule(
        "watermark_bias",
        0.0,
        label=t("watermark"),
        explain=t(
            "The token before and the key make a quarter of the vocabulary (the green share) "
            "green, anew at each step; this number is added to the logit of each green token. "
            "Whoever knows the key counts the green tokens. 0 is off."
        ),
        low=0,
        high=100,
        doc="added to the logit of each green token",
        step=0.1,
        shown=(0, 10),
        others=(
            RATIO,
            KEY,
        ),
        when_greedy=True,
    ),
)
