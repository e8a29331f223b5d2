"""Figures that the Chains page shows first and that would cost the start of the app seconds:
recorded in assets/examples."""

from __future__ import annotations

import json
from functools import lru_cache

from playground.paths import ASSETS

PATH = ASSETS / "examples" / "chains-first.json"


@lru_cache(maxsize=1)
def recorded() -> dict:
    """{"text": figures, "loops": figures}, or {} where nothing is recorded."""
    return json.loads(PATH.read_text(encoding="utf-8")) if PATH.is_file() else {}
