"""What a lesson's step shows: `figure: NAME key=value …` gives plain data, computed by the code
that the pages use.

A figure is a function of strings (what a lesson writes) that returns a dict; its "kind" says how
the stage draws it:

- bars: {"rows": [{"name", "value"}], "low", "high", "drawn": index or None, "rest": None or
  {"value", "count"}}, and "people": how many of a class named each row, where they are drawn over
  it
- strip: {"tiles": [{"text", "share"}], "u": None or [0, 1), "drawn"}
- curve: {"x": [low, high], "y": [low, high], "x_name", "y_name", "lines", "rules", "shade"}
- graph: {"names", "matrix", "shares": None or a number a state, "path": states}
- trellis: {"passes" (pages/chains/hidden.py), "show": "", "forward", "posterior" or "viterbi"}
- words: {"rows": [[{"text", "mark"}]], "loop": None or {"start", "period"}}, and "row": the row
  whose words can be tapped, where it is not all
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Sequence
from typing import Any

from playground.i18n import t
from playground.pages.lessons.called import call, check
from playground.pages.lessons.figures import settings_of
from playground.pages.lessons.scenes import (
    bars,
    chains,
    classes,
    curves,
    drafts,
    forms,
    marks,
    models,
    rewards,
    words,
)

SCENES: dict[str, Callable[..., dict]] = {
    "bars": bars.bars,
    "strip": bars.strip,
    "logits": bars.logits,
    "values": bars.values,
    "pair": bars.pair,
    "bayes": bars.bayes,
    "escape": curves.escape,
    "barrier": curves.barrier,
    "inside": curves.inside,
    "calls": curves.calls,
    "push": curves.push,
    "orbit": curves.orbit,
    "chain": chains.chain,
    "follows": chains.follows,
    "hidden": chains.hidden,
    "words": words.words,
    "overlap": words.overlap,
    "unmask": words.unmask,
    "texts": forms.texts,
    "verdict": drafts.verdict,
    "passes": drafts.passes,
    "drafted": drafts.drafted,
    "green": marks.green,
    "evidence": marks.evidence,
    "fading": marks.fading,
    "group": rewards.group,
    "training": rewards.training,
    "earned": rewards.earned,
    "versus": classes.versus,
    "guesses": classes.guesses,
    "next": models.following,
    "writes": models.writes,
    "ranks": classes.ranks,
}
NEEDS_MODEL = frozenset({"next", "writes", "ranks"})  # computed when the step is asked for
DRAWN_AS = {
    "bars": "bars",
    "strip": "strip",
    "logits": "bars",
    "values": "bars",
    "pair": "bars",
    "bayes": "bars",
    "escape": "curve",
    "barrier": "curve",
    "inside": "curve",
    "calls": "curve",
    "push": "curve",
    "orbit": "curve",
    "chain": "graph",
    "follows": "graph",
    "hidden": "trellis",
    "words": "words",
    "overlap": "words",
    "unmask": "words",
    "texts": "bars",
    "verdict": "bars",
    "passes": "curve",
    "drafted": "words",
    "green": "bars",
    "evidence": "curve",
    "fading": "curve",
    "group": "bars",
    "training": "curve",
    "earned": "bars",
    "versus": "bars",
    "guesses": "bars",
    "next": "bars",
    "writes": "words",
    "ranks": "bars",
}


def draw_scene(
    name: str,
    settings: dict[str, str],
    names: Sequence[str] = (),
    rows: Sequence[str] = (),
    model: Any = None,
) -> dict:
    """The data of the figure `name`. ValueError says which name, setting or value is wrong. One
    that needs the model and has none yet is checked as far as that goes without it, and gives
    {}."""
    if name not in SCENES:
        raise ValueError(
            t("there is no figure {name}: {options}", name=name, options=", ".join(SCENES))
        )
    draw = SCENES[name]
    own = inspect.signature(draw).parameters
    given: dict[str, Any] = dict(settings)
    for key, value in (("names", tuple(names)), ("rows", tuple(rows)), ("model", model)):
        if key in own:
            given[key] = value
    try:
        if name not in NEEDS_MODEL or model is not None:
            return call(draw, given)
        check(draw, given)
        rules = {key: one for key, one in settings.items() if key not in own}
        call(lambda **written: settings_of(written), rules)
        return {}
    except ValueError as error:
        raise ValueError(
            t("the figure {name} cannot be drawn: {error}", name=name, error=error)
        ) from None
