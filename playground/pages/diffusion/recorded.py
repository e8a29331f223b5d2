"""What stands on the page before anything was run: recorded runs and figures in assets/examples,
made by `python -m playground.pages.diffusion.record`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from playground.paths import ASSETS

EXAMPLES = ASSETS / "examples"


def path_of(name: str) -> Path:
    return EXAMPLES / f"diffusion-{name}.json"


def recorded(name: str) -> Any:
    """The recorded value of a widget, or {} where none has been recorded yet."""
    path = path_of(name)
    return json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
