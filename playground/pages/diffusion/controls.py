"""The controls of the Unmask block, and the settings that they stand for."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import gradio as gr

from playground.backend.limits import limits
from playground.diffusion.noise import SCHEDULES
from playground.diffusion.settings import UnmaskSettings
from playground.pages.diffusion import models
from playground.pages.diffusion.sampler_cards import (
    SELECTIONS,
    TITLES,
    WITHOUT_STEPS,
    card,
    own_fields,
)
from playground.pages.links import Choice, Flag, Number, PageLink, Text
from playground.widgets.canvas_player import CanvasSampler

SAMPLER_CHOICES = [(title, name) for name, title in TITLES.items()]
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
    default = LINK.defaults()
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
        c["steps"] = gr.Number(
            16, label="Steps", minimum=1, maximum=512, precision=0, scale=1, min_width=90
        )
        c["temperature"] = gr.Number(
            default["temperature"],
            label="Temperature",
            minimum=0,
            maximum=100,
            step=0.1,
            scale=1,
            min_width=90,
        )
        c["seed"] = gr.Number(
            default["seed"], label="Seed", minimum=0, precision=0, scale=1, min_width=90
        )
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
        c["steps_b"] = gr.Number(
            16, label="Its steps", minimum=1, maximum=512, precision=0, scale=1, min_width=90
        )
        c["seed_b"] = gr.Number(
            default["seed_b"], label="Its seed", minimum=0, precision=0, scale=1, min_width=90
        )
    about = CanvasSampler({}, elem_id="diffusion-sampler")
    with gr.Accordion("More settings", open=False):
        with gr.Row():
            c["length"] = gr.Number(
                0,
                label="Length (0: as written)",
                minimum=0,
                maximum=256,
                precision=0,
                min_width=150,
            )
            c["hybrid"] = gr.Number(
                0,
                label="First tokens by the causal twin",
                minimum=0,
                maximum=64,
                precision=0,
                min_width=150,
            )
            c["top_p"] = gr.Number(
                1.0, label="top-p of the draw", minimum=0, maximum=1, step=0.05, min_width=150
            )
            c["selection"] = gr.Dropdown(
                list(SELECTIONS[DEFAULT_SAMPLER]),
                value="entropy",
                label="Selection",
                min_width=150,
                allow_custom_value=True,
            )
            c["schedule"] = gr.Dropdown(
                list(SCHEDULES),
                value="linear",
                label="Schedule of the noise",
                min_width=150,
                filterable=False,
                visible=False,
            )
            c["block_length"] = gr.Number(
                0,
                label="Block length (0: one block)",
                minimum=0,
                maximum=256,
                precision=0,
                min_width=150,
            )
            c["overlap"] = gr.Number(
                0, label="Overlap of blocks", minimum=0, maximum=255, precision=0, min_width=150
            )
            c["threshold"] = gr.Number(
                0.9,
                label="Threshold",
                minimum=0,
                maximum=100,
                step=0.05,
                min_width=150,
                visible=False,
            )
            c["bound"] = gr.Number(
                0.1, label="Entropy bound, nats", minimum=0, step=0.1, min_width=150, visible=False
            )
            c["eta"] = gr.Number(
                0.1,
                label="η: most often masked again",
                minimum=0,
                maximum=1,
                step=0.05,
                min_width=150,
                visible=False,
            )
            c["alg_temp"] = gr.Number(
                0.0,
                label="Randomness of the order",
                minimum=0,
                maximum=100,
                step=0.1,
                min_width=150,
            )
            c["guidance"] = gr.Number(
                0.0, label="Guidance", minimum=0, maximum=100, step=0.1, min_width=150
            )
            c["burn_in"] = gr.Number(
                0,
                label="Burn-in sweeps",
                minimum=0,
                maximum=512,
                precision=0,
                min_width=150,
                visible=False,
            )
            c["start"] = gr.Dropdown(
                ["masks", "random words"],
                value="masks",
                label="Start from",
                min_width=150,
                filterable=False,
                visible=False,
            )
            c["as_published"] = gr.Checkbox(False, label="As published", min_width=150)
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
