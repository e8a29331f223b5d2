"""Rows of the table for rules that are given words: biases, bans, and a prompt to keep away
from."""

from __future__ import annotations

from playground.decoding.rule import Rule, number_rule
from playground.decoding.spelling import BiasParameter
from playground.i18n import t
from playground.parameters import LinesParameter, TextParameter

WORDS: tuple[Rule, ...] = (
    number_rule(
        "guidance",
        0.0,
        label=t("guidance"),
        explain=t(
            "Runs the model a second time behind a negative prompt and goes g times the "
            "difference away from it. Without one it reads only the prompt's last token. "
            "transformers calls 1 + g the guidance scale. 0 is off."
        ),
        low=-1,
        high=100,
        doc="away from what the negative prompt would make likely: log p = (1 + g)·with the "
        "prompt − g·with the negative one",
        step=0.05,
        shown=(-1, 5),
        others=(
            TextParameter(
                "negative_prompt",
                str,
                "",
                label=t("negative prompt"),
                doc="what guidance leads away from; empty: the prompt's last token alone",
            ),
        ),
        when_greedy=True,
    ),
    Rule(
        "logit_bias",
        label=t("bias"),
        explain=t(
            "Adds a number to the logit of a word's token, one word a line: wolf=-5. Of a word of "
            "several tokens the last one is moved, where the others stand before it. A word "
            "counts with and without a space in front; #464=-5 names a token."
        ),
        parameters=(
            BiasParameter(
                "logit_bias",
                str,
                "",
                off="",
                doc="numbers that are added to logits, one a line: word=number, or #token "
                "id=number",
            ),
        ),
        when_greedy=True,
    ),
    Rule(
        "banned",
        label=t("banned words"),
        explain=t(
            "These words are never written, one a line: of a word of several tokens the last one "
            "is cut where the others stand before it. A word counts with and without a space in "
            "front; #464 names a token."
        ),
        parameters=(
            LinesParameter(
                "banned",
                str,
                "",
                off="",
                doc="words and phrases that are never written, one a line; #464 names a token by "
                "its id",
            ),
        ),
        when_greedy=True,
    ),
)
