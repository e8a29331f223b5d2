"""What the Escape page knows before anything is computed: its fields and its first example. Imports nothing heavy, for the page to
open fast."""

from __future__ import annotations

from playground.i18n import t
from playground.parameters import Parameter, table

ORDERS = ("transformers", "llama.cpp")

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
    Parameter(
        "temperature",
        float,
        0.5,
        low=0,
        high=10,
        shown=(0, 4),
        step=0.01,
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
    Parameter(
        "top_p",
        float,
        0.9,
        off=1.0,
        low=0,
        high=1,
        shown=(0.05, 1),
        step=0.005,
        label=t("top-p"),
        doc=t("Keep the smallest set of tokens that reaches this probability"),
    ),
    Parameter(
        "min_p",
        float,
        0.0,
        off=0.0,
        low=0,
        high=1,
        shown=(0, 0.5),
        step=0.005,
        label=t("min-p α"),
        doc=t("Keep tokens with at least α times the probability of the likeliest"),
    ),
    Parameter(
        "top_k",
        int,
        0,
        off=0,
        low=0,
        high=100_000,
        shown=(0, 50),
        step=1,
        label=t("top-k"),
        doc=t("Keep the k most likely tokens"),
    ),
    Parameter(
        "repetition_penalty",
        float,
        1.05,
        off=1.0,
        low=1,
        high=10,
        shown=(1, 2),
        step=0.01,
        label=t("repetition penalty θ"),
        doc=t(
            "Divides a positive logit of a token seen before, multiplies a negative one: once, however often it was seen"
        ),
    ),
    Parameter(
        "frequency_penalty",
        float,
        0.15,
        off=0.0,
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
        choices=ORDERS,
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
    Parameter("top_p", float, 0.9, low=0, high=1),
    Parameter("temperature", float, 0.8, low=0, high=100),
    Parameter("min_p", float, 0.05, low=0, high=1),
)

# The experiment on a real loop.
EXPERIMENT = table(
    Parameter("top_p", float, 0.9, low=0.05, high=0.999, label=t("top-p")),
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
