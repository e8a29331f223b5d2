"""In which order the rules act: two programs' own, by name. An order of the visitor's own is a list
of the same names. A rule that follows the same other one in both orders says so in its row
(`behind`) and takes its place when the table is made.

"llama.cpp" brings that program's conventions too: see stages.py. Nothing heavy is imported here.
"""

from __future__ import annotations

from typing import Any

ORDERS: dict[str, tuple[str, ...]] = {
    "transformers": (
        "choices",
        "regex",
        "json_schema",
        "guidance",
        "logit_bias",
        "repetition_penalty",
        "no_repeat_ngram_size",
        "banned",
        "presence_penalty",
        "frequency_penalty",
        "dry_multiplier",
        "temperature",
        "mirostat_tau",
        "top_n_sigma",
        "top_h",
        "top_k",
        "top_p",
        "min_p",
        "typical_p",
        "epsilon_cutoff",
        "eta_cutoff",
        "p_less",
        "xtc_threshold",
        "watermark_bias",
    ),
    # penalties, DRY, top-nσ, top-k, typical, top-p, min-p, XTC, temperature is that program's own
    # chain; what it does not have stands where it has the like of it
    "llama.cpp": (
        "choices",
        "regex",
        "json_schema",
        "guidance",
        "logit_bias",
        "repetition_penalty",
        "presence_penalty",
        "frequency_penalty",
        "no_repeat_ngram_size",
        "banned",
        "dry_multiplier",
        "top_n_sigma",
        "top_k",
        "typical_p",
        "top_p",
        "min_p",
        "top_h",
        "epsilon_cutoff",
        "eta_cutoff",
        "xtc_threshold",
        "temperature",
        "p_less",
        "mirostat_tau",
        "watermark_bias",
    ),
}

# What a program's name means on the page: an order, and the conventions that are settings of their
# own. llama.cpp's DRY looks over the last 64 tokens since August 2026 (its #26524) and stops at
# breakers; a link that says nothing of this was made when the whole text counted and there were
# none, so that is what the older name sets.
_WHOLE = {"dry_penalty_last_n": -1, "dry_sequence_breakers": ""}
LLAMA_CPP: dict[str, Any] = {
    "order": "llama.cpp",
    "dry_penalty_last_n": 64,
    "dry_sequence_breakers": '\\n\n:\n"\n*',
}
CONVENTIONS: dict[str, dict[str, Any]] = {
    "transformers": {"order": "transformers", **_WHOLE},
    "llama.cpp": LLAMA_CPP,
    "llama.cpp until August 2026": {"order": "llama.cpp", **_WHOLE},
}


def take_place(name: str, behind: str) -> None:
    """Put one more rule into every order, behind the rule named."""
    for order, names in ORDERS.items():
        place = names.index(behind) + 1
        ORDERS[order] = (*names[:place], name, *names[place:])
