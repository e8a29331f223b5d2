"""The fields of the Unmask view, and the settings that they stand for."""

from __future__ import annotations

from typing import Any

from playground.backend.limits import limits
from playground.diffusion.noise import SCHEDULES
from playground.diffusion.settings import UnmaskSettings
from playground.pages.diffusion import models
from playground.pages.diffusion.sampler_cards import (
    NEEDS_POSTERIOR,
    SELECTIONS,
    TITLES,
    WITHOUT_STEPS,
    card,
    own_fields,
)
from playground.pages.links import Choice, Flag, Number, PageLink, Setting, Text

DEFAULT_SAMPLER = "dream"

# field -> what a link may carry; the order is the order of the values in `settings_of`
LINK = PageLink(
    "diffusion",
    {
        "canvas": Text(models.default_canvas(models.TWIN), longest=4000),
        "model": Text(models.TWIN, longest=200),
        "sampler": Choice(DEFAULT_SAMPLER, tuple(TITLES)),
        "steps": Number(16, 1, 512, whole=True),
        "temperature": Number(0.7, 0, 100),
        "seed": Number(8, 0, 2**53, whole=True),
        "length": Number(0, 0, 256, whole=True),
        "hybrid": Number(0, 0, 64, whole=True),
        "top_p": Number(1.0, 0, 1),
        "selection": Text("entropy", longest=40),
        "schedule": Choice("linear", SCHEDULES),
        "block_length": Number(0, 0, 256, whole=True),
        "overlap": Number(0, 0, 255, whole=True),
        "threshold": Number(0.9, 0, 100),
        "bound": Number(0.1, 0, 1000),
        "eta": Number(0.1, 0, 1),
        "alg_temp": Number(0.0, 0, 100),
        "guidance": Number(0.0, 0, 100),
        "burn_in": Number(0, 0, 512, whole=True),
        "start": Choice("masks", ("masks", "random words")),
        "as_published": Flag(False),
        "two": Flag(False),
        "sampler_b": Choice("llada", tuple(TITLES)),
        "steps_b": Number(16, 1, 512, whole=True),
        "seed_b": Number(8, 0, 2**53, whole=True),
        # what stands in the player: that this was run, from which edited canvas, and the step on view
        "ran": Flag(False),
        "edited": Text("", longest=6000),
        "step": Number(0, 0, 100_000, whole=True),
    },
)
IN_THE_PLAYER = ("ran", "edited", "step")
FIELDS = tuple(name for name in LINK.fields if name not in IN_THE_PLAYER)


# What the page begins with. The link's own defaults stay as they were, or old links would open with other words.
FIRST = {
    **{name: LINK.fields[name].default for name in FIELDS},
    "canvas": models.FIRST_CANVAS,
    "selection": "topk_margin",
    "steps": 24,
    "seed": 0,
}


def form(session: str | None = None) -> dict[str, Any]:
    """What the browser needs to show the controls: which fields a sampler reads, what it may choose from, and what stands there first."""
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
            }
            for name, title in TITLES.items()
        ],
        "schedules": list(SCHEDULES),
        "limits": {
            name: [kind.parameter.low, kind.parameter.high]
            for name, kind in LINK.fields.items()
            if isinstance(kind, Setting) and kind.parameter.type in (int, float)
        },
    }


def given_values(raw: Any) -> dict[str, Any]:
    """The fields of a request of the browser, the rest at their defaults. ValueError where it holds none."""
    if not isinstance(raw, dict):
        raise ValueError(f"values must be the fields of the page, got {type(raw).__name__}")
    return {name: raw.get(name, LINK.fields[name].default) for name in FIELDS}


def about_sampler(raw: Any) -> dict[str, str]:
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
    """The UnmaskSettings of the controls' (or a caller's) values; what the sampler does not read is left at its default.

    Raises ValueError with field, value and range."""
    name = sampler or values["sampler"]
    fields = own_fields(name)
    selection = values.get("selection") or None
    if name not in SELECTIONS:
        selection = None
    elif selection not in SELECTIONS[name] and sampler:
        selection = SELECTIONS[name][0]  # the second sampler takes its own first rule
    given: dict[str, Any] = {
        "sampler": name,
        "steps": _whole(
            "steps", values["steps"] if steps is None else steps, 1, limits().max_unmask_steps
        ),
        "seed": _whole("seed", values["seed"] if seed is None else seed, 0, 2**53),
        "temperature": values.get("temperature", 1.0),
        "top_p": values.get("top_p", 1.0),
        "selection": selection,
    }
    if "schedule" in fields:
        given["schedule"] = values.get("schedule", "linear")
    if "block_length" in fields and values.get("block_length"):
        given["block_length"] = _whole("block_length", values["block_length"], 0, 256)
        given["overlap"] = _whole("overlap", values.get("overlap", 0), 0, 255)
    for field in ("threshold", "bound", "eta", "alg_temp", "guidance", "as_published"):
        if field in fields and values.get(field) is not None:
            given[field] = values[field]
    if "burn_in" in fields:
        given["burn_in"] = _whole("burn_in", values.get("burn_in", 0), 0, 512)
    return UnmaskSettings(**given)


def _whole(name: str, value: Any, low: int, high: int) -> int:
    if (
        isinstance(value, bool)
        or not isinstance(value, (int, float))
        or value != int(value)
        or not low <= value <= high
    ):
        raise ValueError(f"{name} must be a whole number in [{low}, {high}], got {value!r}")
    return int(value)
