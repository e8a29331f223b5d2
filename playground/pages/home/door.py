"""The way from Home to Generate: the sentence that was played, as a link of that page."""

from __future__ import annotations

from typing import Any

from playground.decoding.settings import DecodingSettings
from playground.pages.generate.links import query_of
from playground.pages.home.live import CAUSAL, LARGEST_SEED, LONGEST, asked, whole_of
from playground.pages.home.record import PROMPT

TOKENS = 48  # the words that were played, and some that follow


def door(raw: Any) -> dict[str, str]:
    """{"seed", "heat", "chosen": token ids, "step"} -> {"query"}: Generate in its depth Rules, no
    rule on but the temperature.

    There the same seed draws the same words; those of `chosen` are put in front of it, because a
    hand chose one of them. ValueError for a field out of its range."""
    raw = asked(raw)
    settings = DecodingSettings(
        seed=whole_of(raw, "seed", LARGEST_SEED),
        temperature=raw.get("heat"),
        max_new_tokens=TOKENS,
    )
    return {
        "query": query_of(
            {
                "model": CAUSAL,
                "prompt": PROMPT,
                "settings": settings.to_dict(),
                "chosen": (raw.get("chosen") or [])[:LONGEST],
                "step": whole_of(raw, "step", LONGEST),
                "depth": "rules",
            }
        )
    }
