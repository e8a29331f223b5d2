"""What the page offers to begin with: prompts, presets, and the range of every control, as plain
data for the browser."""

from __future__ import annotations

from typing import Any

from playground.decoding import settings
from playground.decoding.orders import CONVENTIONS, ORDERS
from playground.decoding.rules import RULES, Rule

# (what the button says, prompt, preset or None)
EXAMPLES: tuple[tuple[str, str, str | None], ...] = (
    ("Once upon a time", "Once upon a time", None),
    ("The future of AI", "The future of artificial intelligence is", None),
    ("The capital of California", "The capital of California is", None),
    ("A loop", "once upon a time there were", "looping"),
)
SCORE_EXAMPLE = "Once upon a time there was a king who had three daughters, and the youngest was so beautiful that the sun wondered."

OFF = settings.DecodingSettings().to_dict()
PRESETS: dict[str, dict[str, Any]] = {
    name: preset.to_dict() for name, preset in settings.PRESETS.items()
}
START = {
    **OFF,
    "temperature": 0.8,
    "top_p": 0.9,
    "min_p": 0.02,
    "repetition_penalty": 1.1,
    "seed": 17,
}


def _control(rule: Rule) -> dict[str, Any]:
    """The rule's row of the page: the control that switches it, and those that stand behind it."""
    others = [row.control() for row in rule.parameters if row is not rule.switched_by]
    return {
        **rule.switched_by.control(),
        "name": rule.name,
        "label": rule.label,
        "explain": rule.explain,
        "off": rule.switched_by.off,
        "basic": rule.basic,
        "when_greedy": rule.when_greedy,
        "more": others,
    }


def constants() -> dict[str, Any]:
    """What the browser draws the chain of rules from."""
    return {
        "rules": [_control(rule) for rule in RULES.values()],
        "orders": {name: list(stages) for name, stages in ORDERS.items()},
        "conventions": CONVENTIONS,
        "presets": PRESETS,
        "start": START,
        "stop": settings.STOP.control(),
        "ignore_end": settings.IGNORE_END.control(),
        "seed": settings.PARAMETERS["seed"].control(),
    }
