"""What came with a Gradio event, whoever sent it."""

from __future__ import annotations

from typing import Any


def sent(event: Any, name: str, default: Any = None) -> Any:
    """What stands under `name`; the default where nothing does, or where no object came at all (a
    forged event)."""
    try:
        return getattr(event, name, default)
    except TypeError:  # EventData looks the name up in whatever the browser sent
        return default
