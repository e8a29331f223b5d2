"""The visitor's decoding settings: one frozen value, checked when it is made, plain data on the way
in and out.

Its fields are the rows of the table in playground/decoding/rules.py, and six that belong to no
rule.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import FrozenInstanceError, dataclass
from typing import TYPE_CHECKING, Any

from playground.decoding.orders import LLAMA_CPP, take_place
from playground.decoding.rules import ORDERS, RULES, Rule
from playground.decoding.spelling import SPELLED, Spelling, spelling_of
from playground.i18n import Message, t
from playground.parameters import SEED, LinesParameter, Parameter, short, table, unknown


@dataclass(frozen=True)
class OrderParameter(Parameter):
    """The order of the rules: the name of a preset, or the names of stages in the order in which
    they act."""

    def check(self, value: Any, name: str = "") -> str | tuple[str, ...]:
        """A preset's name, or a tuple that holds every stage once: penalties that are not named act
        first, other rules last.

        A list that is transformers' own order becomes that name, so that one order has one
        spelling."""
        if value is None:
            return self.default
        if isinstance(value, str):
            if value not in ORDERS:
                raise self.error(value, name)
            return value
        if not isinstance(value, (list, tuple)) or not all(isinstance(one, str) for one in value):
            raise self.error(value, name)
        for place, one in enumerate(value):
            if one not in RULES or one in value[:place]:
                raise ValueError(
                    t(
                        "{name} must hold names of rules, each once, got {got}",
                        name=name or self.name,
                        got=short(one),
                    )
                )
        others = [one for one in ORDERS["transformers"] if one not in value]
        first = [one for one in others if RULES[one].when_greedy]
        whole = (*first, *value, *(one for one in others if one not in first))
        return self.default if whole == ORDERS[self.default] else whole

    def allowed(self) -> Message:
        names = " or ".join(f'"{name}"' for name in ORDERS)
        return t("{names}, or a list of names of rules", names=names)


ORDER = OrderParameter(
    "order",
    str,
    "transformers",
    doc="transformers (temperature before the cuts), llama.cpp (temperature after them), or the "
    "rules' names in the order in which they act",
)

MAX_NEW_TOKENS = Parameter(
    "max_new_tokens", int, 64, low=1, high=1_000_000, doc="tokens to write at most", step=1
)
DO_SAMPLE = Parameter(
    "do_sample", bool, True, doc="false takes the likeliest token every time (greedy)"
)
STOP = LinesParameter(
    "stop",
    str,
    "",
    off="",
    label=t("stop at"),
    doc="the text ends before any of these, also where one goes across tokens; one a line, \\n is "
    "a line end",
)
IGNORE_END = Parameter(
    "ignore_end",
    bool,
    False,
    label=t("ignore the end"),
    doc="true goes on behind the model's end-of-text token",
)

# no field of the settings: of speculative decoding (playground/decoding/drafts.py), which leaves a
# text's law as it is
DRAFTS = Parameter(
    "drafts", int, 4, low=1, high=16, doc="tokens drafted for a pass of the network at most", step=1
)

PARAMETERS: dict[str, Parameter] = table(
    MAX_NEW_TOKENS,
    DO_SAMPLE,
    *(row for rule in RULES.values() for row in rule.parameters),
    STOP,
    IGNORE_END,
    ORDER,
    SEED,
)


class DecodingSettings:
    """How the next token is chosen. Every field is checked: a bad value raises ValueError naming
    field, value and range.

    temperature: divides the logits; 0 means greedy.
    top_k: 0 is off.
    top_p, typical_p, repetition_penalty: 1 is off.
    min_p, epsilon_cutoff, eta_cutoff, presence_penalty, frequency_penalty, no_repeat_ngram_size,
        xtc_probability, dry_multiplier, mirostat_tau, top_n_sigma, top_h, dynatemp_range,
        adaptive_target, guidance: 0 is off. mirostat_tau is in bits; mirostat replaces the rules
        that truncate.
    logit_bias, banned, stop: lines of words; "" is none.
    do_sample=False takes the most likely token; as in transformers the penalties still act and the
    other rules do not.
    None stands for a field's default.
    order: "transformers" (temperature first), "llama.cpp" (temperature last), or a list of rules'
        names (of those left out penalties act first, others last). Equal settings are equal and
        hash alike.
    spelling: of the model whose tokens words stand for, None until `for_model`; no part of what is
        equal or written down.
    """

    __slots__ = ("__dict__", "spelling")
    spelling: Spelling | None

    if TYPE_CHECKING:

        def __getattr__(self, name: str) -> Any: ...

    def __init__(self, **fields: Any) -> None:
        for name in fields:
            if name not in PARAMETERS:
                raise TypeError(f"DecodingSettings has no field {name!r}")
        for name, parameter in PARAMETERS.items():
            self.__dict__[name] = parameter.check(fields.get(name))
        object.__setattr__(self, "spelling", None)

    def __setattr__(self, name: str, value: Any) -> None:
        raise FrozenInstanceError(f"cannot assign to field {name!r}")

    def __delattr__(self, name: str) -> None:
        raise FrozenInstanceError(f"cannot delete field {name!r}")

    def __eq__(self, other: object) -> bool:
        return isinstance(other, DecodingSettings) and self.__dict__ == other.__dict__

    def __hash__(self) -> int:
        return hash(tuple(self.__dict__.items()))

    def __reduce__(self) -> tuple[Any, ...]:
        return DecodingSettings.from_dict, (self.to_dict(),)

    def __repr__(self) -> str:
        changed = (
            f"{name}={value!r}"
            for name, value in self.__dict__.items()
            if name not in PARAMETERS or value != PARAMETERS[name].default
        )
        return f"DecodingSettings({', '.join(changed)})"

    @property
    def greedy(self) -> bool:
        """True where no random number decides: do_sample is off or the temperature is 0 (and not
        dynamic)."""
        return not self.do_sample or (self.temperature == 0 and not self.is_on("dynatemp_range"))

    @property
    def stage_names(self) -> tuple[str, ...]:
        """Every stage, on or off, in the order in which they act."""
        return ORDERS[self.order] if isinstance(self.order, str) else self.order

    @property
    def llama_cpp(self) -> bool:
        """Whether llama.cpp's conventions hold: penalties look at the last 64 tokens, top-k keeps
        exactly k."""
        return self.order == "llama.cpp"

    def rules_on(self) -> tuple[str, ...]:
        """Names of the stages that act, in the order in which they act.

        >>> DecodingSettings(temperature=0.8, top_p=0.9, repetition_penalty=1.1).rules_on()
        ('repetition_penalty', 'temperature', 'top_p')
        >>> DecodingSettings(temperature=0.8, top_p=0.9, order="llama.cpp").rules_on()
        ('top_p', 'temperature')
        >>> DecodingSettings(temperature=0.8, top_p=0.9, min_p=0.1, order=["min_p", "top_p"]).rules_on()
        ('min_p', 'top_p', 'temperature')
        """
        on = [RULES[name] for name in self.stage_names if self.is_on(name)]
        if not self.do_sample:
            on = [rule for rule in on if rule.when_greedy]
        elif any(rule.replaces_cuts for rule in on):
            on = [rule for rule in on if not rule.cuts]
        names = {rule.name for rule in on}
        return tuple(rule.name for rule in on if rule.gives_way_to not in names)

    def is_on(self, rule: str) -> bool:
        """Whether the rule's switch is away from its off-value (it may still be unused: see
        `rules_on`)."""
        switch = RULES[rule].switched_by
        return getattr(self, switch.name) != switch.off

    def to_dict(self) -> dict[str, Any]:
        """Plain data, every field by name."""
        order = self.order if isinstance(self.order, str) else list(self.order)
        return {**self.__dict__, "order": order}

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> DecodingSettings:
        """The settings of `to_dict`; missing fields take their defaults, an unknown one raises
        ValueError."""
        for name in data:
            if name not in PARAMETERS:
                raise unknown(name, PARAMETERS, t("a decoding setting"))
        return cls(**data)

    def with_changes(self, **changes: Any) -> DecodingSettings:
        """A copy with some fields changed."""
        changed = DecodingSettings(**{**self.__dict__, **changes})
        object.__setattr__(changed, "spelling", self.spelling)
        return changed

    def for_model(self, model: Any) -> DecodingSettings:
        """The same settings, whose words stand for this model's tokens; themselves where they hold
        no words."""
        if self.spelling is not None or not any(getattr(self, name) for name in SPELLED):
            return self
        spelled = self.with_changes()
        object.__setattr__(spelled, "spelling", spelling_of(model))
        return spelled


# llama.cpp's own defaults (common/common.h): top-k 40, top-p 0.95, min-p 0.05, temperature 0.8,
# applied last.
PRESETS: dict[str, DecodingSettings] = {
    "greedy": DecodingSettings(do_sample=False),
    "pure sampling": DecodingSettings(),
    "top-k 50": DecodingSettings(top_k=50),
    "nucleus 0.9": DecodingSettings(top_p=0.9),
    "min-p 0.1": DecodingSettings(min_p=0.1),
    "llama.cpp defaults": DecodingSettings(
        temperature=0.8, top_k=40, top_p=0.95, min_p=0.05, **LLAMA_CPP
    ),
    "looping": DecodingSettings(do_sample=False, max_new_tokens=96),
}


def memory_of(value: Mapping[str, Any]) -> dict[str, float]:
    """What rules carried from a step, checked by their rows; ValueError names a bad entry, or one
    that no rule has."""
    known = {row.name: row for rule in RULES.values() for row in rule.memory}
    for name in value:
        if name not in known:
            raise ValueError(
                t(
                    "memory must hold {names} alone, got {got}",
                    names=", ".join(known),
                    got=short(name),
                )
            )
    return {name: known[name].check(number, f"memory.{name}") for name, number in value.items()}


def add_rule(rule: Rule, behind: str) -> None:
    """Take one more rule into the table, in every order behind the rule named. ValueError if a name
    is taken."""
    taken = [
        name
        for name in (rule.name, *(row.name for row in rule.parameters))
        if name in PARAMETERS or name in RULES
    ]
    if taken:
        raise ValueError(f"name must not be one that a rule or a setting bears, got {taken[0]!r}")
    RULES[rule.name] = rule
    take_place(rule.name, behind)
    last = {name: PARAMETERS.pop(name) for name in ("order", "seed")}
    PARAMETERS.update({row.name: row for row in rule.parameters} | last)
