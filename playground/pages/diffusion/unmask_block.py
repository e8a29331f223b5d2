"""The Unmask block: a canvas of words, what fills it, and the player."""

from __future__ import annotations

import itertools
import json
import os
import time
from collections.abc import Iterator
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import gradio as gr

from playground.backend.limits import limits
from playground.i18n import t
from playground.pages import gate
from playground.pages.diffusion import files, models
from playground.pages.diffusion.canvas import Canvas, read_canvas, reading, with_random_words
from playground.pages.diffusion.controls import FIELDS, LINK, NEXT_SEED, build_controls, settings_of
from playground.pages.diffusion.hybrid import write_first
from playground.pages.diffusion.linked import PLAYER_VIEW, linked, packed_edit
from playground.pages.diffusion.recorded import recorded
from playground.pages.diffusion.runs import Side, stream
from playground.pages.diffusion.sampler_cards import NEEDS_POSTERIOR
from playground.pages.errors import sentence_of
from playground.pages.events import sent
from playground.widgets.canvas_player import CanvasPlayer, CanvasReading

APART = 0.1  # seconds
_runs = itertools.count(1)


def build_unmask(app: Any) -> None:
    message = gr.Markdown(visible=False)
    with gr.Row():
        canvas = gr.Textbox(
            models.default_canvas(models.TWIN),
            label=t("Canvas: your words, and [MASK]*12 where twelve are to appear"),
            lines=1,
            max_lines=6,
            max_length=4000,
            scale=8,
            elem_id="diffusion-canvas",
        )
        run = gr.Button(
            t("Run"),
            variant="primary",
            scale=0,
            min_width=110,
            elem_id="diffusion-run",
            elem_classes="beside",
        )
    example = recorded("unmask")
    said = CanvasReading({"text": example.get("reading", "")}, elem_id="diffusion-reading")
    controls, lock, show_fields = build_controls()
    components = {"canvas": canvas, **controls}
    player = CanvasPlayer(
        example,
        elem_id="diffusion-player",
        constants={"most_bytes": int(limits().max_body_mb * 1_000_000)},
        server_functions=[files.take, files.open_trace],
    )
    inputs = [components[name] for name in FIELDS]

    def start(request: gr.Request, *values: Any) -> Iterator[dict]:
        yield from sealed(messages(dict(zip(FIELDS, values, strict=True)), app, request))

    quiet: dict[str, Any] = {"api_visibility": "private", "show_progress": "hidden"}
    # A second Run during a run is heard: the old run stops, the new one begins.
    seeds = [controls["seed"], controls["seed_b"]]
    pressed = gr.on(
        [run.click, canvas.submit],
        None,
        [*seeds, lock, controls["model"]],
        seeds,
        js=NEXT_SEED,
        trigger_mode="multiple",
        **quiet,
    )
    first = pressed.then(start, inputs, player, trigger_mode="multiple", **quiet)

    def again(evt: gr.EventData, request: gr.Request, *values: Any) -> Iterator[dict]:
        yield from sealed(messages(dict(zip(FIELDS, values, strict=True)), app, request, evt))

    second = player.run_on(again, inputs, player, trigger_mode="multiple", **quiet)

    def reopen(evt: gr.EventData, request: gr.Request) -> Iterator[dict]:
        try:
            asked = linked(str(sent(evt, "query", "")), app.backend)
        except Exception as error:
            yield {"problem": sentence_of(error)}
            return
        if asked is not None:
            values, event, at = asked
            yield from sealed(messages(values, app, request, event, at))

    third = player.open_link(reopen, None, player, trigger_mode="once", **quiet)
    player.halt(
        gate.halts(app.backend, {"stop": True}),
        None,
        player,
        cancels=[first, second, third],
        queue=False,
        **quiet,
    )

    def read(text: str, name: str, length: Any, request: gr.Request) -> Any:
        try:
            if not models.ready(name, app.backend):
                return gr.skip()  # a glance at the page waits for no weights
            denoiser = models.get_denoiser(name, app.backend, session_of(request))
            return {"text": reading(read_canvas(text, denoiser, int(length or 0)), denoiser)}
        except Exception as error:
            return {"problem": sentence_of(error)}

    def other_model(name: str, text: str) -> Any:
        untouched = {models.default_canvas(known) for _, known in models.offered()} | {"[MASK]*12"}
        return models.default_canvas(name) if text in untouched else gr.skip()

    def fresh_models(request: gr.Request) -> Any:
        return gr.update(choices=models.offered(session_of(request)))

    components["model"].focus(fresh_models, None, components["model"], queue=False, **quiet)

    components["model"].input(other_model, [components["model"], canvas], canvas, **quiet).then(
        read, [canvas, components["model"], components["length"]], said, **quiet
    )
    gr.on(
        [canvas.change, components["length"].change],
        read,
        [canvas, components["model"], components["length"]],
        said,
        trigger_mode="always_last",
        **quiet,
    )
    app.demo.load(read, [canvas, components["model"], components["length"]], said, **quiet)
    LINK.copy_button(app, components, view=PLAYER_VIEW)
    show_fields(LINK.on_load(app, components, message))
    app.at_start(lambda: app.backend().prepare(models.TWIN))


def sealed(frames: Iterator[dict]) -> Iterator[dict]:
    """The messages with their steps as JSON text: Gradio compares nested values part by part and makes an observed object of each
    in the browser, thousands a step, which froze the page.

    Of messages that reach the browser in one breath its widget is shown the last alone, so that a run of a few milliseconds would
    never begin there: the first and the last message keep a distance from the others."""
    apart = False  # whether the next message must wait
    for frame in frames:
        if apart or "end" in frame:
            time.sleep(APART)
        apart = "begin" in frame
        yield {**frame, "frame": json.dumps(frame["frame"])} if "frame" in frame else frame


def messages(
    values: dict[str, Any], app: Any, request: Any = None, event: Any = None, at: int | None = None
) -> Iterator[dict]:
    """What the player is told during a run. Every error becomes a sentence on the page; nothing that stands there is lost."""
    run = f"{os.getpid()}-{next(_runs)}"
    gate.make_way(app.backend(), request, "diffusion")
    try:
        asked = sent(event, "model")
        name = asked if isinstance(asked, str) else values["model"]
        if not models.ready(name, app.backend):
            yield {"run": run, "waiting": t("loading the model …")}

        def work(_: Any) -> Iterator[dict]:
            sides = make_sides(values, app, name, session_of(request), event)
            link = {
                **{field: value for field, value in values.items() if value is not None},
                "model": name,
                "ran": 1,
                **({"edited": packed_edit(event)} if event else {}),
            }
            yield from stream(
                run, sides, seconds=limits().run_seconds, on=event is not None, link=link, at=at
            )

        yield from gate.through(
            app.backend(),
            request,
            "diffusion",
            name,
            work,
            lambda words: {"run": run, "waiting": words},
            tokens=lambda message: len(message.get("frame", ())),
        )
    except Exception as error:
        yield {"problem": sentence_of(error)}


def make_sides(
    values: dict[str, Any], app: Any, name: str, session: str | None = None, event: Any = None
) -> list[Side]:
    denoiser = models.get_denoiser(name, app.backend, session)
    settings = settings_of(values)
    canvas = read_canvas(values["canvas"], denoiser, _length(values["length"]))
    note = ""
    if event is not None:
        return _run_on(values, name, denoiser, canvas, settings, event)
    if values["hybrid"]:
        canvas, note = write_first(canvas, denoiser, values["hybrid"], settings, app.backend)
    if values["start"] == "random words" and settings.sampler in ("gibbs", "uniform"):
        canvas = with_random_words(canvas, denoiser, settings.seed)
    sides = [Side(name, denoiser, canvas, settings, note)]
    if values["two"]:
        other = settings_of(values, values["sampler_b"], values["steps_b"], values["seed_b"])
        sides.append(
            Side(name, models.get_denoiser(name, app.backend, session), canvas, other, note)
        )
    return sides


def _run_on(
    values: dict[str, Any], name: str, denoiser: Any, canvas: Canvas, settings: Any, event: Any
) -> list[Side]:
    """One canvas, or two, from where the visitor left them. One of two that has nothing to fill stays as it stands."""
    first, turn = edited(canvas, denoiser, event)
    settings = replace(settings, seed=settings.seed + turn)
    given = sent(event, "second")
    if given is None:
        return [Side(name, denoiser, first, settings, t("run on, seed {seed}", seed=settings.seed))]
    if not isinstance(given, dict):
        raise ValueError(
            t(
                "second must be the second canvas with its locks, got {got}",
                got=type(given).__name__,
            )
        )
    second, _ = edited(
        canvas,
        denoiser,
        SimpleNamespace(canvas=given.get("canvas"), locked=given.get("locked"), turn=turn),
    )
    other = settings_of(values, values["sampler_b"], values["steps_b"], values["seed_b"])
    other = replace(other, seed=other.seed + turn)
    pairs = [(first, settings), (second, other)]
    nothing = [
        int(denoiser.mask_id) not in each.ids and by.sampler not in ("gibbs", *NEEDS_POSTERIOR)
        for each, by in pairs
    ]
    note = t("run on, seeds {seed} and {seed2}", seed=settings.seed, seed2=other.seed)
    return [
        Side(name, denoiser, each, by, note, still=nothing[n] and not all(nothing))
        for n, (each, by) in enumerate(pairs)
    ]


def session_of(request: Any) -> str | None:
    return getattr(request, "session_hash", None)


def _length(value: Any) -> int:
    if value is None:
        return 0
    return int(value) if isinstance(value, (int, float)) and float(value).is_integer() else value


def edited(canvas: Canvas, denoiser: Any, event: Any) -> tuple[Canvas, int]:
    """The canvas that the visitor edited in the browser, checked: (canvas, how many times it was run on)."""

    ids, locked, turn = (sent(event, field) for field in ("canvas", "locked", "turn"))
    longest, mask = limits().max_canvas_length, int(denoiser.mask_id)
    highest = max(int(denoiser.vocab_size) - 1, mask)
    if not isinstance(ids, list) or not 1 <= len(ids) <= longest:
        raise ValueError(
            f"canvas must have 1 to {longest} positions, got {len(ids) if isinstance(ids, list) else type(ids).__name__}"
        )
    if any(isinstance(i, bool) or not isinstance(i, int) or not 0 <= i <= highest for i in ids):
        raise ValueError(
            t("canvas must hold whole numbers in [0, {highest}]", highest=str(highest))
        )
    if (
        not isinstance(locked, list)
        or len(locked) != len(ids)
        or any(not isinstance(lock, bool) for lock in locked)
    ):
        raise ValueError(
            t("locked must hold true or false for each of the {count} positions", count=len(ids))
        )
    if isinstance(turn, bool) or not isinstance(turn, int) or not 0 <= turn <= 10_000:
        raise ValueError(t("turn must be a whole number in [0, 10000], got {got}", got=repr(turn)))
    around = list(canvas.ids[: canvas.lead]), list(canvas.ids[len(canvas.ids) - canvas.tail :])
    whole = (*around[0], *ids, *around[1])
    locks = (
        *[True] * len(around[0]),
        *[bool(lock) and i != mask for lock, i in zip(locked, ids, strict=True)],
        *[True] * len(around[1]),
    )
    return Canvas(whole, locks, canvas.lead, canvas.tail, canvas.prompt), turn
