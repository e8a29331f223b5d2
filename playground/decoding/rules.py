"""The table of sampling rules: their parameters, what the page says of them, and the orders in
which they act.

A new rule is a row here (or in rules_of_shape.py, rules_of_words.py, rules_of_form.py) that says
behind which other rule it acts, and a function marked `@stage(NAME)` in the module of its kind.
Settings, controls, links, API documentation and checks are made of the row. A rule that the two
orders have at different places stands in orders.py instead.

Names and off-values of the parameters are those of Hugging Face transformers' `GenerationConfig`
where it has them. One default differs on purpose: transformers keeps the 50 most likely tokens
unless it is given another number, here `top_k` is off (0).

The ranges are finite because rules compute in float32: within them no logit that a network gives
overflows or becomes NaN, whichever rules act together. Nothing heavy is imported here.
"""

from __future__ import annotations

from playground.decoding.orders import ORDERS as ORDERS
from playground.decoding.orders import take_place
from playground.decoding.rule import Rule, number_rule, switch
from playground.decoding.rules_of_form import FORMS
from playground.decoding.rules_of_shape import SHAPES
from playground.decoding.rules_of_words import WORDS
from playground.i18n import t
from playground.parameters import LinesParameter, Parameter

LARGEST_TEMPERATURE = 1e6


RULES: dict[str, Rule] = {
    rule.name: rule
    for rule in (
        number_rule(
            "temperature",
            1.0,
            label=t("temperature"),
            explain=t(
                "Divides all logits. Below 1 the likely gets likelier, above 1 the distribution "
                "flattens; 0 takes the likeliest token."
            ),
            low=0,
            high=LARGEST_TEMPERATURE,
            note=t("0 means greedy"),
            doc="divides the logits; 1 leaves them as they are",
            step=0.01,
            shown=(0, 3),
            basic=True,
            gives_way_to="dynatemp_range",
        ),
        number_rule(
            "top_k",
            0,
            label=t("top-k"),
            explain=t(
                "Keeps the k likeliest tokens. 0 is off (a popular library has 50 by default; here "
                "it is off)."
            ),
            low=0,
            high=1_000_000,
            doc="keep the k likeliest tokens",
            step=1,
            shown=(0, 200),
            cuts=True,
            basic=True,
        ),
        number_rule(
            "top_p",
            1.0,
            label=t("top-p"),
            explain=t(
                "Keeps the smallest set of likeliest tokens that together reach p; the token that "
                "crosses p stays. 1 is off."
            ),
            low=0,
            high=1,
            doc="keep the smallest set of tokens that reaches this probability",
            step=0.01,
            cuts=True,
            basic=True,
        ),
        number_rule(
            "min_p",
            0.0,
            label=t("min-p"),
            explain=t(
                "Keeps tokens that have at least this share of the likeliest one's probability. 0 "
                "is off."
            ),
            low=0,
            high=1,
            doc="keep tokens with at least this share of the likeliest token's probability",
            step=0.005,
            cuts=True,
            basic=True,
        ),
        number_rule(
            "typical_p",
            1.0,
            label=t("typical"),
            explain=t(
                "Keeps the tokens whose surprisal is nearest to the entropy, until they reach p. "
                "It may cut the likeliest. 1 is off."
            ),
            low=0,
            high=1,
            open_low=True,
            doc="locally typical sampling: keep the tokens whose surprisal is nearest to the "
            "entropy",
            step=0.01,
            shown=(0.01, 1),
            cuts=True,
        ),
        number_rule(
            "epsilon_cutoff",
            0.0,
            label=t("epsilon"),
            explain=t("Cuts every token whose probability is below ε. 0 is off."),
            low=0,
            high=1,
            open_high=True,
            doc="remove tokens below this probability",
            step=0.0005,
            shown=(0, 0.1),
            cuts=True,
        ),
        number_rule(
            "eta_cutoff",
            0.0,
            label=t("eta"),
            explain=t(
                "Cuts below min(ε, √ε·e^−entropy): gentler where the model is unsure. 0 is off."
            ),
            low=0,
            high=1,
            open_high=True,
            doc="eta sampling: the cut-off shrinks with the entropy",
            step=0.0005,
            shown=(0, 0.1),
            cuts=True,
        ),
        number_rule(
            "repetition_penalty",
            1.0,
            label=t("repetition"),
            explain=t(
                "Lowers every token that the prompt or the text already holds: once, however often "
                "it came. A positive logit is divided, a negative one multiplied."
            ),
            low=1e-6,
            high=1e6,
            doc="divides the positive logits of tokens seen before and multiplies the negative "
            "ones",
            step=0.01,
            shown=(1, 2),
            when_greedy=True,
            basic=True,
        ),
        number_rule(
            "presence_penalty",
            0.0,
            label=t("presence"),
            explain=t(
                "Taken off the logit of each token that was written before, the same however "
                "often. The prompt does not count."
            ),
            low=-1e6,
            high=1e6,
            doc="subtracted once from the logit of a token that was generated",
            step=0.05,
            shown=(-2, 2),
            when_greedy=True,
        ),
        number_rule(
            "frequency_penalty",
            0.0,
            label=t("frequency"),
            explain=t(
                "Taken off the logit once for every time a token was written: it compounds. The "
                "prompt does not count."
            ),
            low=-1e6,
            high=1e6,
            doc="subtracted for every time the token was generated",
            step=0.05,
            shown=(-2, 2),
            when_greedy=True,
        ),
        number_rule(
            "no_repeat_ngram_size",
            0,
            label=t("no-repeat"),
            explain=t(
                "Forbids any token that would complete a run of n tokens which the text already "
                "holds. 0 is off."
            ),
            low=0,
            high=1_000_000,
            doc="no n tokens in a row may occur twice",
            step=1,
            shown=(0, 8),
            when_greedy=True,
        ),
        Rule(
            "xtc_threshold",
            label=t("XTC"),
            explain=t(
                "With this probability, cuts all tokens above the threshold except the least "
                "likely of them: the top goes. 0 is off."
            ),
            parameters=(
                Parameter(
                    "xtc_threshold",
                    float,
                    0.1,
                    low=0,
                    high=1,
                    label=t("above"),
                    doc="exclude top choices: tokens above this probability, but the least likely "
                    "of them, may be removed",
                    step=0.01,
                    shown=(0, 0.5),
                ),
                switch(
                    "xtc_probability",
                    0.0,
                    low=0,
                    high=1,
                    doc="how often the exclusion happens",
                    step=0.05,
                ),
            ),
            switch="xtc_probability",
            cuts=True,
        ),
        number_rule(
            "dry_multiplier",
            0.0,
            label=t("DRY"),
            explain=t(
                "Don't repeat yourself: the longer the repeated run that a token would go on with, "
                "the more is taken off."
            ),
            low=0,
            high=1e6,
            doc="do not repeat yourself: weight of the penalty on going on with a repetition",
            step=0.05,
            shown=(0, 3),
            others=(
                Parameter(
                    "dry_base",
                    float,
                    1.75,
                    low=1,
                    high=1e6,
                    label=t("base"),
                    doc="how fast that penalty grows with the length of the repetition",
                    step=0.05,
                    shown=(1, 4),
                ),
                Parameter(
                    "dry_allowed_length",
                    int,
                    2,
                    low=1,
                    high=1_000_000,
                    label=t("allowed"),
                    doc="repetitions shorter than this are free",
                    step=1,
                    shown=(1, 20),
                ),
                Parameter(
                    "dry_penalty_last_n",
                    int,
                    -1,
                    low=-1,
                    high=1_000_000,
                    label=t("last tokens (−1: all)"),
                    doc="over how many of the last tokens that rule looks; -1 is the whole text, "
                    "llama.cpp has 64 since August 2026",
                    step=1,
                    shown=(-1, 512),
                ),
                LinesParameter(
                    "dry_sequence_breakers",
                    str,
                    "",
                    label=t("breakers"),
                    doc="texts at which a repetition ends for that rule",
                    longest=400,
                ),
            ),
            when_greedy=True,
        ),
        number_rule(
            "mirostat_tau",
            0.0,
            label=t("mirostat"),
            explain=t(
                "Steers the surprise of the text towards τ bits a token. It takes the place of all "
                "rules that cut. 0 is off."
            ),
            low=0,
            high=1e6,
            unit="bits",
            doc="target surprisal of mirostat 2, which replaces the rules that cut",
            step=0.1,
            shown=(0, 10),
            others=(
                Parameter(
                    "mirostat_eta",
                    float,
                    0.1,
                    low=0,
                    high=1e6,
                    label="η",
                    doc="learning rate of mirostat",
                    step=0.01,
                    shown=(0, 1),
                ),
            ),
            replaces_cuts=True,
            memory=(Parameter("mu", float, 0.0, low=-1e20, high=1e20, unit="bits"),),
        ),
        *SHAPES,
        *WORDS,
        *FORMS,
    )
}

for _rule in RULES.values():
    if _rule.behind:
        take_place(_rule.name, _rule.behind)
