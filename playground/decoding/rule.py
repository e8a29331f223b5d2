"""What the table of rules says of one rule."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from playground.parameters import Parameter


@dataclass(frozen=True)
class Rule:
    """One stage between the logits and the draw.

    name: of the stage. label, explain: what the page says. parameters: the first is the one that
    switches the rule on, or `switch` names it. behind: the rule that it follows in every order; ""
    where the orders of orders.py name it. cuts: removes tokens (mirostat replaces such rules).
    when_greedy: acts also where the likeliest token is taken ("logits processor" in transformers'
    words; the others are its "warpers"). replaces_cuts: while it is on, no rule that cuts acts.
    basic: shown before "All rules" is pressed. memory: numbers that it carries from one step to the
    next, each with its range, for what comes back from a browser. gives_way_to: a rule that takes
    this one's place while it is on.
    """

    name: str
    label: str
    explain: str
    parameters: tuple[Parameter, ...]
    switch: str = ""
    cuts: bool = False
    when_greedy: bool = False
    replaces_cuts: bool = False
    basic: bool = False
    memory: tuple[Parameter, ...] = ()
    gives_way_to: str = ""
    behind: str = ""

    @property
    def switched_by(self) -> Parameter:
        """The parameter whose off-value turns the rule off."""
        name = self.switch or self.parameters[0].name
        return next(row for row in self.parameters if row.name == name)


def switch(name: str, off: float, **more: Any) -> Parameter:
    """A number that is off to begin with."""
    return Parameter(name, type(off), off, off, **more)


_OF_THE_RULE = (
    *("cuts", "when_greedy", "replaces_cuts", "basic", "memory", "gives_way_to", "behind"),
)


def number_rule(
    name: str,
    off: float,
    *,
    label: str,
    explain: str,
    others: tuple[Parameter, ...] = (),
    **more: Any,
) -> Rule:
    """A rule that is switched on by a number of its own name: most rows of the tables.

    others: further parameters. more: what `Rule` has of the rule, and what `Parameter` has of its
    number."""
    of_the_rule = {key: more.pop(key) for key in _OF_THE_RULE if key in more}
    parameters = (switch(name, off, **more), *others)
    return Rule(name, label, explain, parameters, **of_the_rule)
