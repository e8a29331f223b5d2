"""What the Escape page knows before anything is computed: its fields and its first example. Imports
nothing heavy, for the page to open fast."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from playground.decoding.rules import ORDERS
from playground.decoding.settings import PARAMETERS
from playground.i18n import t
from playground.parameters import Parameter, table


def _row(name: str, **own: Any) -> Parameter:
    """A row of decoding's table as this page has it: its own beginning, words and (narrower)
    range."""
    return replace(PARAMETERS[name], **own)


# What a visitor sets: the ranges of the page's controls, of its link and of /escape.
FIELDS = table(
    Parameter(
        "delta_e",
        float,
        2.0,
        low=-2,
        high=40,
        shown=(-2, 12),
        step=0.05,
        label=t("barrier ΔE"),
        doc=t("How far the best way out lies below the loop token, in logits (nats)"),
    ),
    _row(
        "temperature",
        default=0.5,
        off=None,
        note="",
        high=10,
        shown=(0, 4),
        label=t("temperature T"),
        doc=t("Logits are divided by T before the draw"),
    ),
    Parameter(
        "rivals",
        int,
        3,
        low=1,
        high=100_000,
        shown=(1, 1000),
        step=1,
        label=t("rivals N"),
        doc=t("How many equally likely ways out there are"),
    ),
    _row(
        "top_p",
        default=0.9,
        shown=(0.05, 1),
        step=0.005,
        label=t("top-p"),
        doc=t("Keep the smallest set of tokens that reaches this probability"),
    ),
    _row(
        "min_p",
        default=0.0,
        shown=(0, 0.5),
        label=t("min-p α"),
        doc=t("Keep tokens with at least α times the probability of the likeliest"),
    ),
    _row(
        "top_k",
        default=0,
        high=100_000,
        shown=(0, 50),
        label=t("top-k"),
        doc=t("Keep the k most likely tokens"),
    ),
    _row(
        "repetition_penalty",
        default=1.05,
        low=1,
        high=10,
        label=t("repetition penalty θ"),
        doc=t(
            "Divides a positive logit of a token seen before, multiplies a negative one: once, "
            "however often it was seen"
        ),
    ),
    _row(
        "frequency_penalty",
        default=0.15,
        low=0,
        high=10,
        shown=(0, 2),
        step=0.01,
        label=t("frequency penalty"),
        doc=t("Subtracted from the logit for every time the token was generated"),
    ),
    Parameter(
        "loop_logit",
        float,
        12.0,
        low=-1000,
        high=1000,
        shown=(-10, 30),
        step=0.1,
        label=t("loop token's logit"),
        doc=t("The repetition penalty depends on the logit itself, not only on differences"),
    ),
    Parameter(
        "visits",
        int,
        0,
        low=0,
        high=1000,
        shown=(0, 20),
        step=1,
        label=t("visits so far"),
        doc=t("How often the loop token was generated already"),
    ),
    Parameter(
        "order",
        str,
        "transformers",
        choices=tuple(ORDERS),
        label=t("order of the rules"),
        doc=t("transformers: temperature first; llama.cpp: temperature last"),
    ),
)

# Which token of the recorded loop is drawn; -1: none, the loop is the visitor's own ΔE and N.
OWN = -1
WORD = Parameter(
    "word",
    int,
    OWN,
    low=OWN,
    high=31,
    label=t("drawn at"),
    doc=t("Which word of the loop is drawn"),
)

# One real distribution that is read.
READING = table(
    _row("top_p", default=0.9),
    _row("temperature", default=0.8, off=None, high=100),
    _row("min_p", default=0.05),
)

# The experiment on a real loop.
EXPERIMENT = table(
    _row("top_p", default=0.9, off=None, low=0.05, high=0.999, label=t("top-p")),
    Parameter("runs", int, 32, low=8, high=128, label=t("runs a point")),
    Parameter("length", int, 32, low=8, high=96, label=t("tokens")),
)

EXAMPLE = "cat 10\ndog 8\ncar 5\nhouse 2\ntree 1\nbook 0.5"
# prompts whose greedy text was seen to loop, by model
LOOPING = {
    "fairy-causal": [
        "the sea, the sea, the sea",
        "and the wind blew, and the wind blew",
        "cock-a-doodle-doo",
    ],
    "smollm2-135m": [
        "the sea, the sea, the sea",
        "there was a king who had a",
        "I am not sure what to do. I am not sure what to do.",
    ],
}
