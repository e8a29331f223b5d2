"""Messages as they travel to the browser (`playground.i18n.wire`), read back in English."""

from typing import Any

from playground.i18n import Message


def in_english(message: Any) -> str:
    """The English sentence of [id, values], [singular, values, plural] or a plain string."""
    if not isinstance(message, list):
        return str(message)
    text, values, *plural = message
    said = {
        name: in_english(value) if isinstance(value, list) else value
        for name, value in values.items()
    }
    return str(Message(text, said, *plural))
