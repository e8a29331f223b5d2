"""Which figure a step's lines ask for, before and after the reveal."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from playground.pages.lessons.scenes import draw_scene
from playground.pages.lessons.written import WrittenStep, arguments


@dataclass
class AskedFigure:
    """What a step's lines ask for: the figure's name, its settings, its parts' names and its lines
    of words."""

    name: str
    settings: dict[str, str]
    names: list[str]
    rows: list[str]

    @classmethod
    def read(cls, written: WrittenStep, after: bool) -> AskedFigure:
        """ValueError for settings that are no key=value. after: as it is once the truth is
        revealed."""
        name, _, rest = written.said("figure").partition(" ")
        settings, rows = dict(arguments(rest)), written.many.get("words", [])
        if after:
            settings |= dict(arguments(written.said("then")))
            rows = written.many.get("then words", rows)
        names = [name.strip() for name in written.said("names").split(",") if name.strip()]
        return cls(name, settings, names, rows)

    def draw(self, settings: dict[str, str], model: Any = None) -> dict:
        return draw_scene(self.name, settings, self.names, self.rows, model)
