"""One real distribution as the browser gets it: once, with everything that its figures need
(web/views/escape/reading.js)."""

from __future__ import annotations

import base64
from typing import Any

import numpy as np

from playground import decoding
from playground.decoding.rules import RULES
from playground.i18n import t
from playground.pages.escape.logits import SHOWN, Distribution, penalised


def sent(found: Distribution) -> dict[str, Any]:
    """The step as plain data, its penalties taken in: what the browser needs for every figure,
    whatever the sliders say.

    {"source", "size": V, "logits": V float32 in base64 (little-endian; 50,000 tokens are 270 kB),
    "texts": [id, text] of the likeliest, "rules"}. "rules" has the acting rules' names in their
    order, "temperature" and "top_p" among them, and their fields.
    """
    found = penalised(found)
    logits, settings = np.asarray(found.logits, np.float32), found.settings
    # both are the sliders' own; values away from "off" put them into their places
    names = settings.with_changes(do_sample=True, temperature=0.5, top_p=0.5).rules_on()
    green = None
    if "watermark_bias" in names and found.context:
        green = decoding.watermark.green_tokens(
            found.context[-1], len(logits), settings.watermark_ratio, settings.watermark_key
        )
    shown = [int(i) for i in np.argsort(-logits, kind="stable")[:SHOWN] if logits[i] > -np.inf]
    fields = {row.name for name in names for row in RULES[name].parameters}
    return {
        "source": t("{source}: {size} tokens", source=found.source, size=len(logits)),
        "size": len(logits),
        "logits": _base64(logits.astype("<f4")),
        "texts": [[i, found.text_of(i)] for i in shown],
        "rules": {
            "names": list(names),
            "order": settings.order if isinstance(settings.order, str) else "own",
            "exact_k": settings.llama_cpp,
            "green": None if green is None else _base64(green.astype(np.uint8)),
            "fields": {name: getattr(settings, name) for name in sorted(fields)},
        },
    }


def _base64(values: np.ndarray) -> str:
    return base64.b64encode(values.tobytes()).decode()
