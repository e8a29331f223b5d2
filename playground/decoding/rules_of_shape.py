"""Rows of the table for rules that look at the shape of the distribution: how wide, how uncertain,
how likely the last tokens were."""

from __future__ import annotations

from playground.decoding.rule import Rule, number_rule
from playground.i18n import t
from playground.parameters import Parameter

SHAPES: tuple[Rule, ...] = (
    number_rule(
        "top_n_sigma",
        0.0,
        label=t("top-nσ"),
        explain=t(
            "Keeps the tokens whose logit lies within n standard deviations of the largest one. "
            "What it keeps is the same at every temperature. 0 is off."
        ),
        low=0,
        high=1000,
        doc="keep tokens whose logit is within this many standard deviations of the largest",
        step=0.05,
        shown=(0, 4),
        cuts=True,
    ),
    number_rule(
        "top_h",
        0.0,
        label=t("top-H"),
        explain=t(
            "Adds up −p·ln p from the likeliest token on and stops at h times the entropy: where "
            "the model is sure, fewer tokens stay. It looks at the 100 likeliest, as transformers "
            "does. 0 is off."
        ),
        low=0,
        high=1,
        doc="keep the likeliest tokens while their part of the entropy is at most this share of "
        "it (of the 100 likeliest)",
        step=0.01,
        cuts=True,
    ),
    number_rule(
        "p_less",
        False,
        label=t("p-less"),
        explain=t(
            "Keeps the tokens that are at least as likely as two draws are to agree (Σ p²). There "
            "is nothing to set but on and off."
        ),
        doc="keep tokens with at least the probability that two draws agree (the sum of p squared)",
        cuts=True,
    ),
    number_rule(
        "dynatemp_range",
        0.0,
        label=t("dynamic temperature"),
        explain=t(
            "In place of one temperature T: between T − r and T + r, low where the model is sure "
            "and high where it is unsure. 0 is off."
        ),
        low=0,
        high=1e6,
        doc="the temperature moves by up to this much around `temperature`, with the entropy",
        step=0.05,
        shown=(0, 2),
        behind="temperature",
        others=(
            Parameter(
                "dynatemp_exponent",
                float,
                1.0,
                low=0,
                high=1e6,
                label=t("exponent"),
                doc="power of (entropy / largest possible entropy) with which the dynamic "
                "temperature moves",
                step=0.05,
                shown=(0, 4),
            ),
        ),
    ),
    number_rule(
        "adaptive_target",
        0.0,
        label=t("adaptive-p"),
        explain=t(
            "Prefers tokens whose probability is near a target, and moves the target against what "
            "was drawn lately: their average is pulled towards it. 0 is off; llama.cpp takes a "
            "negative number for off."
        ),
        low=0,
        high=1,
        doc="prefer tokens of about this probability (adaptive-p, width 0.3)",
        step=0.01,
        behind="watermark_bias",
        others=(
            Parameter(
                "adaptive_decay",
                float,
                0.9,
                low=0,
                high=0.99,
                label=t("decay"),
                doc="how long adaptive-p remembers: about 1 / (1 - decay) tokens",
                step=0.01,
            ),
        ),
        gives_way_to="mirostat_tau",
        memory=(
            Parameter("adaptive_sum", float, 0.0, low=0, high=1e6),
            Parameter("adaptive_weight", float, 0.0, low=0, high=1e6),
        ),
    ),
)
