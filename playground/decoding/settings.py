"""The visitor's decoding settings: one frozen value, checked when it is made, plain data on the way in and out.

Names and off-values are those of Hugging Face transformers' `GenerationConfig` where it has them. One default differs on
purpose: transformers keeps the 50 most likely tokens unless told otherwise, here `top_k` is off (0).
"""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass, fields, replace
from typing import Any

ORDERS = ("transformers", "llama.cpp")

# One row a rule: (name of its stage, field that switches it, value at which it is off). A rule of several fields bears the
# name of its first one.
_SWITCHES = {
    "temperature": ("temperature", 1.0),
    "top_k": ("top_k", 0),
    "top_p": ("top_p", 1.0),
    "min_p": ("min_p", 0.0),
    "typical_p": ("typical_p", 1.0),
    "epsilon_cutoff": ("epsilon_cutoff", 0.0),
    "eta_cutoff": ("eta_cutoff", 0.0),
    "repetition_penalty": ("repetition_penalty", 1.0),
    "presence_penalty": ("presence_penalty", 0.0),
    "frequency_penalty": ("frequency_penalty", 0.0),
    "no_repeat_ngram_size": ("no_repeat_ngram_size", 0),
    "xtc_threshold": ("xtc_probability", 0.0),
    "dry_multiplier": ("dry_multiplier", 0.0),
    "mirostat_tau": ("mirostat_tau", 0.0),
}

# Rules that act whether or not the token is drawn at random ("logits processors" in transformers' words).
_PENALTIES = {
    "transformers": (
        "repetition_penalty",
        "no_repeat_ngram_size",
        "presence_penalty",
        "frequency_penalty",
        "dry_multiplier",
    ),
    "llama.cpp": (
        "repetition_penalty",
        "presence_penalty",
        "frequency_penalty",
        "no_repeat_ngram_size",
        "dry_multiplier",
    ),
}
# Rules that act only when sampling ("logits warpers").
_WARPERS = {
    "transformers": (
        "temperature",
        "top_k",
        "top_p",
        "min_p",
        "typical_p",
        "epsilon_cutoff",
        "eta_cutoff",
        "xtc_threshold",
    ),
    "llama.cpp": (
        "top_k",
        "typical_p",
        "top_p",
        "min_p",
        "epsilon_cutoff",
        "eta_cutoff",
        "xtc_threshold",
        "temperature",
    ),
}

# field: (smallest value, largest value, how the range is written). Rules compute in float32: within these bounds no logit that
# a network gives (up to some thousands) overflows or becomes 0, whichever rules act together.
LARGEST_TEMPERATURE = 1e6
_RANGES: dict[str, tuple[float, float, str]] = {
    "max_new_tokens": (1, 1_000_000, "a whole number in [1, 1000000]"),
    "temperature": (0, LARGEST_TEMPERATURE, "a number in [0, 1000000] (0 means greedy)"),
    "top_k": (0, 1_000_000, "a whole number in [0, 1000000] (0 turns it off)"),
    "top_p": (0, 1, "in [0, 1]"),
    "min_p": (0, 1, "in [0, 1]"),
    "typical_p": (0, 1, "in (0, 1]"),
    "epsilon_cutoff": (0, 1, "in [0, 1)"),
    "eta_cutoff": (0, 1, "in [0, 1)"),
    "repetition_penalty": (1e-6, 1e6, "a number in [0.000001, 1000000] (1 turns it off)"),
    "presence_penalty": (-1e6, 1e6, "a number in [-1000000, 1000000] (0 turns it off)"),
    "frequency_penalty": (-1e6, 1e6, "a number in [-1000000, 1000000] (0 turns it off)"),
    "no_repeat_ngram_size": (0, 1_000_000, "a whole number in [0, 1000000] (0 turns it off)"),
    "xtc_threshold": (0, 1, "in [0, 1]"),
    "xtc_probability": (0, 1, "in [0, 1]"),
    "dry_multiplier": (0, 1e6, "a number in [0, 1000000] (0 turns it off)"),
    "dry_base": (1, 1e6, "a number in [1, 1000000]"),
    "dry_allowed_length": (1, 1_000_000, "a whole number in [1, 1000000]"),
    "mirostat_tau": (0, 1e6, "a number of bits in [0, 1000000] (0 turns it off)"),
    "mirostat_eta": (0, 1e6, "a number in [0, 1000000]"),
    "seed": (0, 2**63 - 1, "a whole number in [0, 2^63 - 1]"),
}
_WHOLE = {"max_new_tokens", "top_k", "no_repeat_ngram_size", "dry_allowed_length", "seed"}
_OPEN_BELOW = {"typical_p"}
_OPEN_ABOVE = {"epsilon_cutoff", "eta_cutoff"}


@dataclass(frozen=True)
class DecodingSettings:
    """How the next token is chosen. Every field is checked: a bad value raises ValueError naming field, value and range.

    temperature: divides the logits; 0 means greedy. top_k: 0 is off. top_p, typical_p, repetition_penalty: 1 is off.
    min_p, epsilon_cutoff, eta_cutoff, presence_penalty, frequency_penalty, no_repeat_ngram_size, xtc_probability,
    dry_multiplier, mirostat_tau: 0 is off. mirostat_tau is in bits; mirostat replaces the rules that truncate.
    do_sample=False takes the most likely token; as in transformers the penalties still act and the other rules do not.
    None stands for a rule's off-value. order: "transformers" (temperature first) or "llama.cpp" (temperature last).
    """

    max_new_tokens: int = 64
    do_sample: bool = True
    temperature: float = 1.0
    top_k: int = 0
    top_p: float = 1.0
    min_p: float = 0.0
    typical_p: float = 1.0
    epsilon_cutoff: float = 0.0
    eta_cutoff: float = 0.0
    repetition_penalty: float = 1.0
    presence_penalty: float = 0.0
    frequency_penalty: float = 0.0
    no_repeat_ngram_size: int = 0
    xtc_threshold: float = 0.1
    xtc_probability: float = 0.0
    dry_multiplier: float = 0.0
    dry_base: float = 1.75
    dry_allowed_length: int = 2
    mirostat_tau: float = 0.0
    mirostat_eta: float = 0.1
    order: str = "transformers"
    seed: int = 0

    def __post_init__(self) -> None:
        for field in fields(self):
            value = getattr(self, field.name)
            if value is None:
                value = field.default
            object.__setattr__(self, field.name, _checked(field.name, value))

    @property
    def greedy(self) -> bool:
        """True where no random number decides: do_sample is off or the temperature is 0."""
        return not self.do_sample or self.temperature == 0

    def rules_on(self) -> tuple[str, ...]:
        """Names of the stages that act, in the order in which they act.

        >>> DecodingSettings(temperature=0.8, top_p=0.9, repetition_penalty=1.1).rules_on()
        ('repetition_penalty', 'temperature', 'top_p')
        >>> DecodingSettings(temperature=0.8, top_p=0.9, order="llama.cpp").rules_on()
        ('top_p', 'temperature')
        """
        names = list(_PENALTIES[self.order])
        if self.do_sample:
            # mirostat decides itself how much to cut, so it stands in for the whole truncation chain
            names += (
                ["temperature", "mirostat_tau"]
                if self.is_on("mirostat_tau")
                else list(_WARPERS[self.order])
            )
        return tuple(name for name in names if self.is_on(name))

    def is_on(self, rule: str) -> bool:
        """Whether the rule's switch is away from its off-value (it may still be unused: see `rules_on`)."""
        field, off = _SWITCHES[rule]
        return getattr(self, field) != off

    def to_dict(self) -> dict[str, Any]:
        """Plain data, every field by name."""
        return asdict(self)

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> DecodingSettings:
        """The settings of `to_dict`; missing fields take their defaults, an unknown one raises ValueError."""
        known = [field.name for field in fields(cls)]
        for name in data:
            if name not in known:
                raise ValueError(
                    f"{name} is not a decoding setting; the settings are {', '.join(known)}"
                )
        return cls(**data)

    def with_changes(self, **changes: Any) -> DecodingSettings:
        """A copy with some fields changed."""
        return replace(self, **changes)


def _checked(name: str, value: Any) -> Any:
    if name == "do_sample":
        if not isinstance(value, bool):
            raise ValueError(f"do_sample must be true or false, got {value!r}")
        return value
    if name == "order":
        if value not in ORDERS:
            raise ValueError(f'order must be "transformers" or "llama.cpp", got {value!r}')
        return value
    low, high, allowed = _RANGES[name]
    sentence = f"{name} must be {allowed}, got {value!r}"
    if isinstance(value, bool) or not hasattr(value, "__float__") or isinstance(value, str):
        raise ValueError(sentence)
    try:
        number = float(value)
    except (TypeError, ValueError, OverflowError):
        raise ValueError(sentence) from None
    if not math.isfinite(number) or (name in _WHOLE and number != math.floor(number)):
        raise ValueError(sentence)
    exact = int(value) if name in _WHOLE else number
    if exact < low or (exact == low and name in _OPEN_BELOW):
        raise ValueError(sentence)
    if exact > high or (exact == high and name in _OPEN_ABOVE):
        raise ValueError(sentence)
    return exact


# llama.cpp's own defaults (common/common.h): top-k 40, top-p 0.95, min-p 0.05, temperature 0.8, applied last.
PRESETS: dict[str, DecodingSettings] = {
    "greedy": DecodingSettings(do_sample=False),
    "pure sampling": DecodingSettings(),
    "top-k 50": DecodingSettings(top_k=50),
    "nucleus 0.9": DecodingSettings(top_p=0.9),
    "min-p 0.1": DecodingSettings(min_p=0.1),
    "llama.cpp defaults": DecodingSettings(
        temperature=0.8, top_k=40, top_p=0.95, min_p=0.05, order="llama.cpp"
    ),
    "looping": DecodingSettings(do_sample=False, max_new_tokens=96),
}
