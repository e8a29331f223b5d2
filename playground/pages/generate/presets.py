"""What the page offers to begin with: prompts, presets, and the range of every control. Plain data, so that the page opens fast."""

from __future__ import annotations

from typing import Any

# (what the button says, prompt, preset or None)
EXAMPLES: tuple[tuple[str, str, str | None], ...] = (
    ("Once upon a time", "Once upon a time", None),
    ("The future of AI", "The future of artificial intelligence is", None),
    ("The capital of California", "The capital of California is", None),
    ("A loop", "once upon a time there were", "looping"),
)
SCORE_EXAMPLE = "Once upon a time there was a king who had three daughters, and the youngest was so beautiful that the sun wondered."

# The presets of playground.decoding, written out: importing that room takes seconds. A test holds the two equal.
_OFF: dict[str, Any] = {
    "max_new_tokens": 64,
    "do_sample": True,
    "temperature": 1.0,
    "top_k": 0,
    "top_p": 1.0,
    "min_p": 0.0,
    "typical_p": 1.0,
    "epsilon_cutoff": 0.0,
    "eta_cutoff": 0.0,
    "repetition_penalty": 1.0,
    "presence_penalty": 0.0,
    "frequency_penalty": 0.0,
    "no_repeat_ngram_size": 0,
    "xtc_threshold": 0.1,
    "xtc_probability": 0.0,
    "dry_multiplier": 0.0,
    "dry_base": 1.75,
    "dry_allowed_length": 2,
    "mirostat_tau": 0.0,
    "mirostat_eta": 0.1,
    "order": "transformers",
    "seed": 0,
}
PRESETS: dict[str, dict[str, Any]] = {
    "greedy": {**_OFF, "do_sample": False},
    "pure sampling": dict(_OFF),
    "top-k 50": {**_OFF, "top_k": 50},
    "nucleus 0.9": {**_OFF, "top_p": 0.9},
    "min-p 0.1": {**_OFF, "min_p": 0.1},
    "llama.cpp defaults": {
        **_OFF,
        "temperature": 0.8,
        "top_k": 40,
        "top_p": 0.95,
        "min_p": 0.05,
        "order": "llama.cpp",
    },
    "looping": {**_OFF, "do_sample": False, "max_new_tokens": 96},
}
START = {
    **_OFF,
    "temperature": 0.8,
    "top_p": 0.9,
    "min_p": 0.02,
    "repetition_penalty": 1.1,
    "seed": 17,
}
RULES: tuple[dict[str, Any], ...] = (
    {
        "name": "repetition_penalty",
        "label": "repetition",
        "field": "repetition_penalty",
        "low": 1,
        "high": 2,
        "step": 0.01,
        "basic": True,
        "explain": "Lowers every token that the prompt or the text already holds: once, however often it came. A positive "
        "logit is divided, a negative one multiplied.",
    },
    {
        "name": "no_repeat_ngram_size",
        "label": "no-repeat",
        "field": "no_repeat_ngram_size",
        "low": 0,
        "high": 8,
        "step": 1,
        "explain": "Forbids any token that would complete a run of n tokens which the text already holds. 0 is off.",
    },
    {
        "name": "presence_penalty",
        "label": "presence",
        "field": "presence_penalty",
        "low": -2,
        "high": 2,
        "step": 0.05,
        "explain": "Taken off the logit of each token that was written before, the same however often. The prompt does not count.",
    },
    {
        "name": "frequency_penalty",
        "label": "frequency",
        "field": "frequency_penalty",
        "low": -2,
        "high": 2,
        "step": 0.05,
        "explain": "Taken off the logit once for every time a token was written: it compounds. The prompt does not count.",
    },
    {
        "name": "dry_multiplier",
        "label": "DRY",
        "field": "dry_multiplier",
        "low": 0,
        "high": 3,
        "step": 0.05,
        "explain": "Don't repeat yourself: the longer the repeated run that a token would go on with, the more is taken off.",
        "more": [
            {"field": "dry_base", "label": "base", "low": 1, "high": 4, "step": 0.05},
            {"field": "dry_allowed_length", "label": "allowed", "low": 1, "high": 20, "step": 1},
        ],
    },
    {
        "name": "temperature",
        "label": "temperature",
        "field": "temperature",
        "low": 0,
        "high": 3,
        "step": 0.01,
        "basic": True,
        "explain": "Divides all logits. Below 1 the likely gets likelier, above 1 the distribution flattens; 0 takes the likeliest token.",
    },
    {
        "name": "mirostat_tau",
        "label": "mirostat",
        "field": "mirostat_tau",
        "low": 0,
        "high": 10,
        "step": 0.1,
        "explain": "Steers the surprise of the text towards τ bits a token. It takes the place of all rules that cut. 0 is off.",
        "more": [{"field": "mirostat_eta", "label": "η", "low": 0, "high": 1, "step": 0.01}],
    },
    {
        "name": "top_k",
        "label": "top-k",
        "field": "top_k",
        "low": 0,
        "high": 200,
        "step": 1,
        "basic": True,
        "explain": "Keeps the k likeliest tokens. 0 is off (a popular library has 50 by default; here it is off).",
    },
    {
        "name": "top_p",
        "label": "top-p",
        "field": "top_p",
        "low": 0,
        "high": 1,
        "step": 0.01,
        "basic": True,
        "explain": "Keeps the smallest set of likeliest tokens that together reach p; the token that crosses p stays. 1 is off.",
    },
    {
        "name": "min_p",
        "label": "min-p",
        "field": "min_p",
        "low": 0,
        "high": 1,
        "step": 0.005,
        "basic": True,
        "explain": "Keeps tokens that have at least this share of the likeliest one's probability. 0 is off.",
    },
    {
        "name": "typical_p",
        "label": "typical",
        "field": "typical_p",
        "low": 0.01,
        "high": 1,
        "step": 0.01,
        "explain": "Keeps the tokens whose surprisal is nearest to the entropy, until they reach p. It may cut the likeliest. 1 is off.",
    },
    {
        "name": "epsilon_cutoff",
        "label": "epsilon",
        "field": "epsilon_cutoff",
        "low": 0,
        "high": 0.1,
        "step": 0.0005,
        "explain": "Cuts every token whose probability is below ε. 0 is off.",
    },
    {
        "name": "eta_cutoff",
        "label": "eta",
        "field": "eta_cutoff",
        "low": 0,
        "high": 0.1,
        "step": 0.0005,
        "explain": "Cuts below min(ε, √ε·e^−entropy): gentler where the model is unsure. 0 is off.",
    },
    {
        "name": "xtc_threshold",
        "label": "XTC",
        "field": "xtc_probability",
        "low": 0,
        "high": 1,
        "step": 0.05,
        "explain": "With this probability, cuts all tokens above the threshold except the least likely of them: the top goes. 0 is off.",
        "more": [{"field": "xtc_threshold", "label": "above", "low": 0, "high": 0.5, "step": 0.01}],
    },
)
# The order in which the rules act, as playground.decoding.settings has it (a test holds them equal).
ORDERS = {
    "transformers": [
        "repetition_penalty",
        "no_repeat_ngram_size",
        "presence_penalty",
        "frequency_penalty",
        "dry_multiplier",
        "temperature",
        "mirostat_tau",
        "top_k",
        "top_p",
        "min_p",
        "typical_p",
        "epsilon_cutoff",
        "eta_cutoff",
        "xtc_threshold",
    ],
    "llama.cpp": [
        "repetition_penalty",
        "presence_penalty",
        "frequency_penalty",
        "no_repeat_ngram_size",
        "dry_multiplier",
        "top_k",
        "typical_p",
        "top_p",
        "min_p",
        "epsilon_cutoff",
        "eta_cutoff",
        "xtc_threshold",
        "temperature",
        "mirostat_tau",
    ],
}


def _control(row: dict[str, Any]) -> dict[str, Any]:
    """A control as the browser draws it: the slider's ends and what the field may hold."""
    share = row["field"] in ("top_p", "min_p", "typical_p", "xtc_probability", "xtc_threshold")
    return {
        **row,
        "lowest": row["low"],
        "highest": 1 if share else 1e6,
        "whole": row["field"] in ("top_k", "no_repeat_ngram_size", "dry_allowed_length"),
    }


def constants() -> dict[str, Any]:
    """What the browser draws the chain of rules from."""
    greedy = {
        "repetition_penalty",
        "no_repeat_ngram_size",
        "presence_penalty",
        "frequency_penalty",
        "dry_multiplier",
    }
    return {
        "rules": [
            {
                **_control(rule),
                "off": _OFF[rule["field"]],
                "when_greedy": rule["name"] in greedy,
                "more": [_control(row) for row in rule.get("more", ())],
            }
            for rule in RULES
        ],
        "orders": ORDERS,
        "presets": PRESETS,
        "start": START,
        "seed": {
            **_control({"field": "seed", "label": "seed", "low": 0, "high": 2**31, "step": 1}),
            "highest": 2**31,
            "whole": True,
        },
    }
