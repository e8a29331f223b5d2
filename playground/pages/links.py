"""The state of a page as a link: a flat dict of plain values, in the query of the page's address.

A page says once which fields its link may carry::

    LINK = PageLink("diffusion", {
        "prompt": Text("once upon a time", longest=2000),
        "steps": Number(16, 1, 512, whole=True),
        "sampler": Choice("mdlm", ("mdlm", "sedd")),
        "exact": Flag(False),
    })

and in `build(app)`::

    LINK.copy_button(app, {"prompt": prompt_box, "steps": steps_slider, ...})    # a button "Copy link"
    LINK.on_load(app, {"prompt": prompt_box, "steps": steps_slider, ...}, message_markdown)

Whoever opens the link gets the page with these values in place. A link is text from a stranger:
each value is checked, a bad one is replaced by the field's default and named in the message, and
what the page does not know is ignored. Only what differs from the defaults is written. A page whose
state lives in a widget uses `encode` and `decode` itself.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from playground.i18n import t
from playground.parameters import Parameter, TextParameter, short

LONGEST_LINK = 8000  # characters; servers and messengers cut longer addresses


@dataclass(frozen=True)
class Text:
    default: str
    longest: int = 4000

    def read(self, name: str, raw: str) -> str:
        if len(raw) > self.longest:
            raise ValueError(
                t(
                    "{name} must have at most {longest} characters, got {got}",
                    name=name,
                    longest=self.longest,
                    got=len(raw),
                )
            )
        return raw

    def write(self, value: Any) -> str:
        return str(value)


@dataclass(frozen=True)
class Setting:
    """A row of the table of parameters as a field of a link."""

    parameter: Parameter

    @property
    def default(self) -> Any:
        return self.parameter.default

    def read(self, name: str, raw: str) -> Any:
        row = self.parameter
        if row.type is bool:
            if raw not in ("0", "1"):
                raise ValueError(t("{name} must be 0 or 1, got {got}", name=name, got=short(raw)))
            return raw == "1"
        if row.type in (int, float):
            try:
                return row.check(row.type(raw), name)
            except ValueError:
                raise row.error(raw, name) from None
        if isinstance(row, TextParameter):
            return row.check(raw, name)
        return row.check(raw.split(",") if "," in raw and not row.choices else raw, name)

    def write(self, value: Any) -> str:
        """As `read` takes it; of what is no such value, its words, which `read` refuses with a
        sentence."""
        if self.parameter.type is bool:
            return "1" if value else "0"
        if isinstance(value, (list, tuple)):
            return ",".join(map(str, value))
        if self.parameter.type is str:
            return str(value)
        try:
            number = float(value)
            if self.parameter.type is int and number.is_integer():
                return str(int(value))
            return repr(number).removesuffix(".0")
        except (TypeError, ValueError, OverflowError):
            return str(value)


def Number(
    default: float, low: float | None = None, high: float | None = None, whole: bool = False
) -> Setting:
    """A number that belongs to the page alone."""
    return Setting(Parameter("", int if whole else float, default, low=low, high=high))


def Choice(default: str, options: tuple[str, ...]) -> Setting:
    """One of some words."""
    return Setting(Parameter("", str, default, choices=options))


def Flag(default: bool = False) -> Setting:
    """Yes or no, written 1 or 0."""
    return Setting(Parameter("", bool, default))


@dataclass(frozen=True)
class PageLink:
    """Which fields the link of one page carries; see the module's docstring."""

    slug: str
    fields: Mapping[str, Text | Setting] = field(default_factory=dict)

    def defaults(self) -> dict[str, Any]:
        return {name: kind.default for name, kind in self.fields.items()}

    def encode(self, values: Mapping[str, Any]) -> str:
        """The query, from its "?" on. Raises ValueError on an unknown field, a bad value, or a link
        too long to be shared."""
        pairs = [("tab", self.slug)]  # "page" is taken: Gradio's own router reads it
        for name, value in values.items():
            if name not in self.fields:
                raise ValueError(
                    t(
                        "{name} is no field of the link of {slug}: {options}",
                        name=name,
                        slug=self.slug,
                        options=", ".join(self.fields),
                    )
                )
            if value is None or value == self.fields[name].default:
                continue
            raw = self.fields[name].write(value)
            self.fields[name].read(name, raw)
            pairs.append((name, raw))
        query = "?" + urlencode(pairs)
        if len(query) > LONGEST_LINK:
            size = t(
                "{count} characters, at most {longest_link}",
                count=len(query),
                longest_link=LONGEST_LINK,
            )
            raise ValueError(
                t("this state is too long for a link ({size}): save it as a file", size=size)
            )
        return query

    def decode(self, params: Mapping[str, str]) -> tuple[dict[str, Any], str]:
        """Every field's value and a message: "" if the link is good, else a sentence for each value
        that was replaced.

        Parameters that are no fields of this page are ignored (other tools add their own to
        links)."""
        values, broken = self.defaults(), []
        for name, kind in self.fields.items():
            if name in params:
                try:
                    values[name] = kind.read(name, str(params[name]))
                except ValueError as error:
                    broken.append(str(error))
        if not broken:
            return values, ""
        return (
            values,
            t(
                "Part of this link could not be read, so the default stands there: {options}.",
                options="; ".join(broken),
            ),
        )

    def given(self, params: Mapping[str, str]) -> bool:
        """Whether the link is one of this page and carries at least one of its fields."""
        return params.get("tab") == self.slug and any(name in params for name in self.fields)
