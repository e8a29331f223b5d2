"""The controls of the Unmask block, and the settings that they stand for."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import gradio as gr

from playground.backend.limits import limits
from playground.diffusion.settings import PARAMETERS, UnmaskSettings
from playground.pages.diffusion import models
from playground.pages.diffusion.sampler_cards import (
    SELECTIONS,
    TITLES,
    WITHOUT_STEPS,
    card,
    own_fields,
)
from playground.pages.links import Choice, Flag, Number, PageLink, Setting, Text
from playground.parameters import SEED
from playground.widgets.canvas_player import CanvasSampler

SAMPLER_CHOICES = [(title, name) for name, title in TITLES.items()]
DEFAULT_SAMPLER = "dream"

# The table's rows as the page has them: what fits its canvases; a block length of 0 is one block.
ROWS = {
    **PARAMETERS,
    "steps": replace(PARAMETERS["steps"], default=16, high=512),
    "block_length": replace(PARAMETERS["block_length"], default=0, low=0, high=256),
    "overlap": replace(PARAMETERS["overlap"], high=255),
    "burn_in": replace(PARAMETERS["burn_in"], high=512),
}
MORE = (
    "schedule",
    "block_length",
    "overlap",
    "threshold",
    "bound",
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
        # what stands in the player: that this was run, from which edited canvas, and the step on view
        "ran": Flag(False),
        "edited": Text("", longest=6000),
        "step": Number(0, 0, 100_000, whole=True),
    },
)
IN_THE_PLAYER = ("ran", "edited", "step")
FIELDS = tuple(name for name in LINK.fields if name not in IN_THE_PLAYER)
CONTROLS = tuple(name for name in FIELDS if name != "canvas")


# What Run does first: the seed after that of the run on view, unless the seed is locked or was changed since.
NEXT_SEED = """(seed, second, locked, model) => {
  const {seed: last, model: ran} = document.querySelector('#diffusion-player .widget')?.dataset ?? {};
  const next = value => value < 2 ** 53 ? value + 1 : 0;
  return !locked && ran === model && last === String(seed) ? [next(seed), next(second)] : [seed, second];
}"""


def build_controls() -> tuple[dict[str, Any], gr.Checkbox, Callable[[Any], Any]]:
    """The components by field name, drawn where this is called; the lock of the seed; and a function that, after an event, shows what
    the sampler reads."""
    c: dict[str, Any] = {}
    default, first = LINK.defaults(), own_fields(DEFAULT_SAMPLER)
    with gr.Row(equal_height=True):
        c["model"] = gr.Dropdown(
            models.offered(),
            value=default["model"],
            label="Model",
            scale=3,
            min_width=190,
            allow_custom_value=False,
            filterable=False,
        )
        c["sampler"] = gr.Dropdown(
            SAMPLER_CHOICES,
            value=DEFAULT_SAMPLER,
            label="Sampler",
            scale=3,
            min_width=190,
            filterable=False,
        )
        for name in ("steps", "temperature", "seed"):
            c[name] = _number(name, scale=1, min_width=90)
        lock = gr.Checkbox(
            False, label="Lock", info="off: Run takes the next", scale=1, min_width=90
        )
        c["two"] = gr.Checkbox(
            False,
            label="Two at once",
            info="a second sampler, seed or number of steps",
            scale=2,
            min_width=150,
        )
    with gr.Row(visible=False) as second:
        c["sampler_b"] = gr.Dropdown(
            SAMPLER_CHOICES,
            value="llada",
            label="Second sampler",
            scale=3,
            min_width=190,
            filterable=False,
        )
        c["steps_b"] = _number("steps_b", label="Its steps", scale=1, min_width=90)
        c["seed_b"] = _number("seed_b", label="Its seed", scale=1, min_width=90)
    about = CanvasSampler({}, elem_id="diffusion-sampler")
    with gr.Accordion("More settings", open=False):
        with gr.Row():
            c["length"] = _number("length", label="Length (0: as written)")
            c["hybrid"] = _number("hybrid", label="First tokens by the causal twin")
            c["top_p"] = _number("top_p")
            c["selection"] = gr.Dropdown(
                list(SELECTIONS[DEFAULT_SAMPLER]),
                value=default["selection"],
                label="Selection",
                min_width=150,
                allow_custom_value=True,
            )
            c["schedule"] = gr.Dropdown(
                list(ROWS["schedule"].choices),
                value=default["schedule"],
                label=ROWS["schedule"].label,
                min_width=150,
                filterable=False,
                visible="schedule" in first,
            )
            for name in MORE[1:]:
                c[name] = _number(name, visible=name in first)
            c["start"] = gr.Dropdown(
                ["masks", "random words"],
                value="masks",
                label="Start from",
                min_width=150,
                filterable=False,
                visible=False,
            )
            c["as_published"] = gr.Checkbox(False, label=ROWS["as_published"].label, min_width=150)
    c["two"].change(
        None,
        c["two"],
        second,
        js="two => ({visible: two, __type__: 'update'})",
        api_visibility="private",
    )
    own = (
        "selection",
        "schedule",
        "threshold",
        "bound",
        "eta",
        "alg_temp",
        "guidance",
        "burn_in",
        "start",
        "as_published",
        "block_length",
        "overlap",
    )

    def show(name: str, chosen: str) -> list[Any]:
        fields = own_fields(name)
        updates = []
        for field in own:
            visible = field in fields
            if field == "selection" and visible:
                updates.append(
                    gr.update(
                        visible=True,
                        choices=list(SELECTIONS[name]),
                        value=chosen if chosen in SELECTIONS[name] else SELECTIONS[name][0],
                    )
                )
            else:
                updates.append(gr.update(visible=visible))
        return [
            gr.update(
                interactive=name not in WITHOUT_STEPS,
                label="Sweeps" if name == "gibbs" else "Steps",
            ),
            *updates,
        ]

    outputs = [c["steps"], *(c[field] for field in own)]
    quiet: dict[str, Any] = {"api_visibility": "private", "show_progress": "hidden"}
    c["sampler"].input(show, [c["sampler"], c["selection"]], outputs, **quiet)
    touched = [
        c[field].input
        for field in (
            "sampler",
            "selection",
            "as_published",
            "temperature",
            "top_p",
            "guidance",
            "overlap",
        )
    ]
    gr.on(
        touched,
        about_sampler,
        [c[field] for field in CONTROLS],
        about,
        trigger_mode="always_last",
        queue=False,
        **quiet,
    )
    return c, lock, lambda event: event.then(show, [c["sampler"], c["selection"]], outputs, **quiet)


def _number(name: str, label: str = "", **more: Any) -> gr.Number:
    """The control of a number that the link carries, with the range and the label of its row."""
    row = LINK.fields[name].parameter
    return gr.Number(
        row.default,
        label=label or row.label,
        minimum=row.low,
        maximum=row.high,
        step=row.step or 1,
        precision=0 if row.type is int else None,
        **{"min_width": 150, **more},
    )


def about_sampler(*values: Any) -> dict[str, str]:
    """The card of the sampler chosen, under the settings that stand in the controls (`CONTROLS`)."""

    given = dict(zip(CONTROLS, values, strict=True))
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
