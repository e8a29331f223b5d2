"""The home page's animation: two twins on one clock, and the doors to the pages."""

from __future__ import annotations

from playground.widgets.widget import Widget, source


class HomeRace(Widget):
    """Value: {"causal": {"prompt", "frames": [{"piece", "rows": [[text, p, drawn] × 3]}]}, "diffusion": {"steps": [{"words": [{"text", "state"}]}]}}.

    `doors`: [{"slug", "title", "words", "question"}]."""

    SCRIPT = source("parts", "home_race")
    STYLE = source("home_race", kind="css")
    TEMPLATE = '<div class="widget home"></div>'
