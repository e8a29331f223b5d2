"""The fields of the Unmask view, and the settings that they stand for."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from playground.backend.limits import limits
from playground.diffusion.settings import PARAMETERS, UnmaskSettings
from playground.i18n import t
from playground.pages.diffusion import models
from playground.pages.diffusion.sampler_cards import (
    NEEDS_POSTERIOR,
    NEEDS_VERIFIER,
    SELECTIONS,
    TITLES,
    WITHOUT_STEPS,
    card,
    own_fields,
)
from playground.pages.links import Choice, Flag, Number, PageLink, Setting, Text
from playground.parameters import SEED

DEFAULT_SAMPLER = "dream"

# The table's rows as the page has them: what fits its canvases; a block length of 0 is one block.
ROWS = {
    **PARAMETERS,
    "steps": replace(PARAMETERS["steps"], default=16, high=512),
    "block_length": replace(PARAMETERS["block_length"], default=0, low=0, high=256),
    "overlap": replace(PARAMETERS["overlap"], high=255),
    "burn_in": replace(PARAMETERS["burn_in"], high=512),
}
# What only some samplers read, beside the published convention.
MORE = (
    "schedule",
    "block_length",
    "overlap",
    "threshold",
    "edit_threshold",
    "bound",
    "t_min",
    "t_max",
    "confidence_threshold",
    "eta",
    "alg_temp",
    "guidance",
    "burn_in",
)

# field -> what a link may carry; the order is the order of the values in `settings_of`
LINK = PageLink(
    "diffusion",
    {
        "canvas": Text(models.default_canvas(models.TWIN), longest=4000),
        "model": Text(models.TWIN, longest=200),
        "sampler": Choice(DEFAULT_SAMPLER, tuple(TITLES)),
        "steps": Setting(ROWS["steps"]),
        "temperature": Setting(replace(ROWS["temperature"], default=0.7)),
        "seed": Setting(replace(ROWS["seed"], default=8)),
        "length": Number(0, 0, 256, whole=True),
        "hybrid": Number(0, 0, 64, whole=True),
        "top_p": Setting(ROWS["top_p"]),
        "selection": Text(SELECTIONS[DEFAULT_SAMPLER][0], longest=40),
        **{name: Setting(ROWS[name]) for name in MORE},
        "start": Choice("masks", ("masks", "random words")),
        "as_published": Setting(ROWS["as_published"]),
        "two": Flag(False),
        "sampler_b": Choice("llada", tuple(TITLES)),
        "steps_b": Setting(ROWS["steps"]),
        "seed_b": Setting(replace(ROWS["seed"], default=8)),
        # what stands in the player: that this was run, from which edited canvas, and the step on
        # view
        "ran": Flag(False),
        "edited": Text("", longest=6000),
        "step": Number(0, 0, 100_000, whole=True),
    },
)
IN_THE_PLAYER = ("ran", "edited", "step")
FIELDS = tuple(name for name in LINK.fields if name not in IN_THE_PLAYER)


# What the page begins with. The link's own defaults stay as they were, or old links would open with
# other words.
FIRST = {
    **{name: LINK.fields[name].default for name in FIELDS},
    "canvas": models.FIRST_CANVAS,
    "selection": "topk_margin",
    "steps": 24,
    "seed": 0,
}


def form(session: str | None = None) -> dict[str, Any]:
    """What the browser needs to show the controls: which fields a sampler reads, what it may choose
    from, and what stands there first."""
    return {
        "first": FIRST,
        "models": models.listed(session),
        "canvases": {
            name: FIRST["canvas"] if name == models.TWIN else models.default_canvas(name)
            for _, name in models.offered(session)
        },
        "samplers": [
            {
                "name": name,
                "title": title,
                "fields": list(own_fields(name)),
                "selections": list(SELECTIONS.get(name, ())),
                "steps": name not in WITHOUT_STEPS,
                "posterior": name in NEEDS_POSTERIOR,
                "verifier": name in NEEDS_VERIFIER,
            }
            for name, title in TITLES.items()
        ],
        "schedules": list(ROWS["schedule"].choices),
        "limits": {
            name: [kind.parameter.low, kind.parameter.high]
            for name, kind in LINK.fields.items()
            if isinstance(kind, Setting) and kind.parameter.type in (int, float)
        },
    }


def given_values(raw: Any) -> dict[str, Any]:
    """The fields of a request of the browser, the rest at their defaults. ValueError where it holds
    none."""
    if not isinstance(raw, dict):
        raise ValueError(
            t("values must be the fields of the page, got {got}", got=type(raw).__name__)
        )
    return {name: raw.get(name, LINK.fields[name].default) for name in FIELDS}


def about_sampler(raw: Any) -> dict[str, Any]:
    """The card of the sampler chosen, under the settings that stand in the controls."""
    given = given_values(raw)
    try:
        settings = settings_of(given, given["sampler"])
    except (
        ValueError
    ):  # a bad number is named when it is run; what the sampler does can be said without it
        settings = UnmaskSettings(given["sampler"], 1)
    return card(settings)


def settings_of(
    values: dict[str, Any], sampler: str | None = None, steps: Any = None, seed: Any = None
) -> Any:
    """The UnmaskSettings of the controls' (or a caller's) values; what the sampler does not read is
    left at its default.

    Raises ValueError with field, value and range."""
    name = sampler or values["sampler"]
    fields = own_fields(name)
    selection = values.get("selection") or None
    if name not in SELECTIONS:
        selection = None
    elif selection not in SELECTIONS[name] and (
        sampler or selection == LINK.fields["selection"].default
    ):
        # the second sampler takes its own first rule; so does one whose link names none
        selection = SELECTIONS[name][0]
    given: dict[str, Any] = {
        "sampler": name,
        "steps": replace(PARAMETERS["steps"], high=limits().max_unmask_steps).check(
            values["steps"] if steps is None else steps
        ),
        "seed": replace(SEED, default=None).check(values["seed"] if seed is None else seed),
        "temperature": values.get("temperature"),
        "top_p": values.get("top_p"),
        "selection": selection,
    }
    for field in (*MORE, "as_published"):
        if field in fields:
            given[field] = ROWS[field].check(values.get(field))
    if not given.get("block_length"):
        given["block_length"], given["overlap"] = None, 0
    return UnmaskSettings(**given)
