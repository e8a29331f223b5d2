"""The links of the Compare page: which part is open, and its fields where they differ from what the
part begins with.

FIELDS says once what each part begins with, for the widgets, the links and the recorded examples
alike.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import parse_qsl

from playground.backend.catalog import CATALOG, offered
from playground.decoding.rules import RULES as RULES_OF_TEXTS
from playground.decoding.settings import DRAFTS, PARAMETERS
from playground.i18n import t
from playground.learning.rewards import (
    ANIMALS,
    LENGTH,
    LONGEST_EXPRESSION,
    LONGEST_LIST,
)
from playground.learning.rewards import (
    KINDS as REWARDS,
)
from playground.learning.settings import BETA, UPDATES
from playground.pages.compare.request import NEW_TOKENS, PROMPT_CHARACTERS, RACE_SAMPLERS
from playground.pages.links import Choice, Number, PageLink, Setting, Text
from playground.parameters import SEED

REPEATING = "repeats"  # the drafter of speculative decoding that needs no network
PARTS = (
    "strategies",
    "beams",
    "scores",
    "contexts",
    "race",
    "drafts",
    "library",
    "forcing",
    "classifier",
    "people",
    "sweep",
    "masking",
    "reward",
)
TWIN, GENERAL = "fairy-causal", "smollm2-135m"
KING = "once upon a time there was a king who had"

KINDS = ("sampling", "greedy", "beam")
# the rules that a column may carry, as the table of parameters has them, and what only a column has
RULE_NAMES = (
    "temperature",
    "top_k",
    "top_p",
    "min_p",
    "typical_p",
    "repetition_penalty",
    "no_repeat_ngram_size",
)
RULES = {
    **{name: Setting(PARAMETERS[name]) for name in RULE_NAMES},
    "beams": Number(4, 1, 8, whole=True),
    "length_penalty": Number(1, -5, 5),
}


def controls() -> list[dict[str, Any]]:
    """The rules' rows for the browser."""
    return [
        {
            **PARAMETERS[name].control(),
            "label": RULES_OF_TEXTS[name].label,
            "off": PARAMETERS[name].off,
        }
        for name in RULE_NAMES
    ]


def column(kind: str, **rules: float) -> dict[str, Any]:
    """A column as the widgets ask for it: its kind and every rule."""
    return {"kind": kind, **{name: number.default for name, number in RULES.items()}, **rules}


@dataclass(frozen=True)
class Columns:
    """A list of columns, written "greedy;sampling,top_p:0.9;beam,beams:2": of each its kind and the
    rules that differ from off."""

    default: list[dict[str, Any]]
    most: int = 6

    def read(self, name: str, raw: str) -> list[dict[str, Any]]:
        parts = raw.split(";")
        if not raw or len(parts) > self.most:
            raise ValueError(
                f"{name} must hold 1 to {self.most} columns, got {len(parts) if raw else 0}"
            )
        return [self._column(f"{name}[{place}]", part) for place, part in enumerate(parts)]

    @staticmethod
    def _column(name: str, text: str) -> dict[str, Any]:
        kind, *given = text.split(",")
        found = column(Choice(KINDS[0], KINDS).read(f"{name}.kind", kind))
        for pair in given:
            rule, _, value = pair.partition(":")
            Choice("", tuple(RULES)).read(f"{name} rule", rule)
            found[rule] = RULES[rule].read(f"{name}.{rule}", value)
        return found

    def write(self, value: Any) -> str:
        if not isinstance(value, list) or not all(isinstance(one, Mapping) for one in value):
            raise ValueError(t("columns must be a list of columns"))
        return ";".join(self._written(one) for one in value)

    @staticmethod
    def _written(one: Mapping[str, Any]) -> str:
        rules = [
            f"{name}:{_number(name, one[name])}"
            for name in RULES
            if one.get(name) is not None and one[name] != RULES[name].default
        ]
        return ",".join([str(one.get("kind"))[:40], *rules])


@dataclass(frozen=True)
class Model(Text):
    """A model on offer on this page."""

    longest: int = 200
    empty: bool = False

    def read(self, name: str, raw: str) -> str:

        names = [entry.id for entry in offered().values() if entry.kind == "causal"]
        if raw not in names and not (self.empty and raw == ""):
            raise ValueError(
                t(
                    "{name} must be one of {options}, got {got}",
                    name=name,
                    options=", ".join(names),
                    got=repr(raw[:40]),
                )
            )
        return raw


def _number(name: str, value: Any) -> str:
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise ValueError(
            t("{name} must be a number, got {got}", name=name, got=repr(str(value)[:40]))
        )
    return RULES[name].write(value)


def _writing(tokens: int, seed: int, prompt: str = KING) -> dict[str, Any]:
    return {
        "model": Model(TWIN),
        "prompt": Text(prompt, PROMPT_CHARACTERS),
        "tokens": Number(tokens, 1, NEW_TOKENS, whole=True),
        "seed": Setting(replace(SEED, default=seed)),
    }


FOUR = [
    column("greedy"),
    column("sampling", temperature=0.7),
    column("sampling", top_p=0.9),
    column("beam"),
]

FIELDS: dict[str, dict[str, Any]] = {
    "strategies": {
        **_writing(40, 7),
        "scorer": Model("", empty=True),
        "runs": Number(5, 1, 10, whole=True),
        "columns": Columns(FOUR),
    },
    "beams": {
        **_writing(14, 1, "once upon a time there was a poor"),
        "beams": Number(4, 1, 8, whole=True),
        "length_penalty": Number(1, -5, 5),
        "samples": Number(8, 0, 16, whole=True),
        "temperature": Number(1, 0, 5),
        "top_p": Number(0.9, 0, 1),
        "utility": Choice("bleu", ("bleu", "rougeL", "rouge1", "rouge2")),
    },
    "scores": {
        "candidate": Text("the cat the cat sat on the mat", 2000),
        "reference1": Text("the cat is sitting on the mat", 2000),
        "reference2": Text("there was a cat upon the mat", 2000),
        "reference3": Text("", 2000),
        "reference4": Text("", 2000),
        "model": Model(TWIN),
        "text": Text("once upon a time there was a king who had a golden bicycle.", 2000),
    },
    "contexts": {
        "model": Model(TWIN),
        "first": Text("the king's daughter kissed the", PROMPT_CHARACTERS),
        "second": Text(
            "a frog sat beside the well. the king's daughter kissed the", PROMPT_CHARACTERS
        ),
        "first_model": Model(TWIN),
        "second_model": Model(GENERAL),
        "prompt": Text("once upon a time there was a", PROMPT_CHARACTERS),
    },
    "race": {
        "prompt": Text("once upon a time there was a king", 1000),
        "tokens": Number(32, 4, 128, whole=True),
        "steps": Number(12, 1, 128, whole=True),
        "sampler": Choice("dream", RACE_SAMPLERS),
        "temperature": Number(0.7, 0, 5),
        "seed": Setting(replace(SEED, default=3)),
        "judge": Model(TWIN),
    },
    "drafts": {
        **_writing(48, 3),
        "drafter": Choice("fairy-diffusion", (REPEATING, *(entry.id for entry in CATALOG))),
        "drafts": Setting(DRAFTS),
        "temperature": Setting(replace(PARAMETERS["temperature"], default=0.7)),
        "top_p": Setting(PARAMETERS["top_p"]),
    },
    "library": {**_writing(24, 1), "column": Columns([column("sampling", top_p=0.9)], most=1)},
    "forcing": {
        "model": Model(TWIN),
        "given": Number(8, 1, 199, whole=True),
        "temperature": Number(0, 0, 5),
        "seed": Setting(replace(SEED, default=1)),
        "text": Text(
            "once upon a time there was a king who had three daughters, and the youngest was so "
            "beautiful that the sun itself wondered every time it shone upon her face.",
            PROMPT_CHARACTERS,
        ),
    },
    "classifier": {
        "model": Model(GENERAL),
        "labels": Text("positive, negative", 400),
        "template": Text("Review: {text}\nSentiment of this review?", 1000),
        "texts": Text(
            "I loved every minute of this film.\nThe food was cold and the waiter was rude.\nIt "
            "was fine, I suppose.",
            8100,
        ),
    },
    "people": {
        **_writing(40, 7),
        "runs": Number(5, 1, 10, whole=True),
        "columns": Columns(FOUR, most=4),
    },
    "sweep": {
        **_writing(30, 0),
        "seeds": Number(4, 1, 10, whole=True),
        "vary": Choice("temperature", RULE_NAMES),
        "over": Text("0.5, 0.8, 1.1", 200),
        "and": Choice("top_p", ("", *RULE_NAMES)),
        "and_over": Text("0.8, 1", 200),
    },
    "masking": {
        "lines": Text(
            "the king slept\nthe king slept\nthe king slept\nthe king ate\nthe king ate\nthe king "
            "ate\nthe king howled\n"
            "the wolf howled\nthe wolf howled\nthe wolf ate",
            2000,
        ),
        "order": Number(1, 1, 3, whole=True),
        "kind": Choice("regex", ("regex", "choices")),
        "form": Text("the (king|wolf) howled", 400),
        "longest": Number(5, 1, 8, whole=True),
    },
    "reward": {
        "reward": Choice("words", REWARDS),
        "words": Text(ANIMALS, LONGEST_LIST),
        "length": Setting(LENGTH),
        "expression": Text("words + 0.5 * happy", LONGEST_EXPRESSION),
        "beta": Setting(BETA),
        "updates": Setting(UPDATES),
        "seed": Setting(replace(SEED, default=0)),
    },
}
LINKS = {
    part: PageLink("compare", {"part": Choice(PARTS[0], PARTS), **fields})
    for part, fields in FIELDS.items()
}


def start(part: str) -> dict[str, Any]:
    """What the part's fields begin with."""
    return {name: kind.default for name, kind in FIELDS[part].items()}


def query_of(part: str, values: Any) -> str:
    """The link's query for what the browser shows. Raises ValueError with a sentence."""
    values = values if isinstance(values, Mapping) else {}
    return LINKS[part].encode({"part": part, **{name: values.get(name) for name in FIELDS[part]}})


def part_of(params: Mapping[str, str]) -> str | None:
    """The part that an address names, None where it is no link of this page."""
    if params.get("tab") != "compare":
        return None
    part = params.get("part", PARTS[0])
    return part if part in PARTS else PARTS[0]


def state_of(part: str, query: Any) -> tuple[dict[str, Any] | None, str]:
    """(the fields of a link to this part or None, a sentence about what could not be read or
    "")."""
    params = dict(parse_qsl(str(query or "")[:20_000].removeprefix("?"), keep_blank_values=True))
    if part_of(params) != part or not LINKS[part].given(params):
        return None, ""
    values, message = LINKS[part].decode(params)
    values.pop("part")
    return values, message
