"""The Unmask block: a canvas of words, what fills it, and what it looks like."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import gradio as gr

from playground.backend.limits import limits
from playground.i18n import t
from playground.pages import run
from playground.pages.diffusion import files, models
from playground.pages.diffusion.canvas import Canvas, read_canvas, reading, with_random_words
from playground.pages.diffusion.controls import about_sampler, form, given_values, settings_of
from playground.pages.diffusion.hybrid import write_first
from playground.pages.diffusion.linked import address, arrived, packed_edit
from playground.pages.diffusion.recorded import recorded
from playground.pages.diffusion.runs import Side, stream
from playground.pages.diffusion.sampler_cards import NEEDS_POSTERIOR
from playground.pages.diffusion.scores import many, scorer
from playground.pages.diffusion.twin import LeftToRight
from playground.pages.errors import answered, sentence_of
from playground.pages.events import sent
from playground.parameters import following_seed
from playground.widgets.diffusion import UnmaskView
from playground.widgets.widget import called


def build_unmask(app: Any) -> None:
    view = UnmaskView(
        {"kind": "whole", **recorded("unmask")},
        elem_id="diffusion-player",
        constants={"most_bytes": int(limits().max_body_mb * 1_000_000), "form": form()},
        server_functions=[
            files.take,
            files.open_trace,
            called("arrive", answered(lambda raw: arrived(raw, app.backend))),
            called("address", answered(address)),
            called("about", answered(about_sampler)),
            *run.functions(),
        ],
    )

    def fill(event: gr.EventData, request: gr.Request) -> Iterator[run.Message]:
        yield from messages(sent(event, "request"), app, request)

    def read(event: gr.EventData, request: gr.Request) -> dict[str, Any]:
        return {"kind": "reading", **read_by_model(event, app, session_of(request))}

    def offers(request: gr.Request) -> dict[str, Any]:
        return {"kind": "models", "models": models.listed(session_of(request))}

    # Gradio gives each function's name to one endpoint, and `compare` is a public one.
    def side_by_side(event: gr.EventData, request: gr.Request) -> Iterator[run.Message]:
        yield from run.stream(
            app.backend(),
            request,
            sent(event, "request"),
            "diffusion",
            lambda asked, handle: several(asked, app, session_of(request)),
            long=True,
            model=lambda asked: given_values(asked.get("values"))["model"],
        )

    # Gradio reads the annotations of an event's function, and this module's are strings.
    both = {"event": gr.EventData, "request": gr.Request}
    fill.__annotations__ = read.__annotations__ = side_by_side.__annotations__ = both
    offers.__annotations__ = {"request": gr.Request}
    view.fill(fill, None, view, trigger_mode="multiple", **run.QUIET)
    view.read(read, None, view, trigger_mode="multiple", **run.QUIET)
    view.several(side_by_side, None, view, trigger_mode="multiple", **run.QUIET)
    view.offers(offers, None, view, queue=False, **run.QUIET)
    app.at_start(lambda: app.backend().prepare(models.TWIN))


def read_by_model(event: Any, app: Any, session: str | None) -> dict[str, str]:
    """{"text"}: the canvas as the model reads it, nothing where its weights would have to be
    fetched; or {"problem"}."""
    name = sent(event, "model")
    try:
        if not models.ready(name, app.backend):
            return {"text": ""}
        denoiser = models.get_denoiser(name, app.backend, session)
        canvas = read_canvas(sent(event, "canvas"), denoiser, _length(sent(event, "length")))
        return {"text": reading(canvas, denoiser)}
    except Exception as error:
        return {"problem": sentence_of(error)}


def messages(raw: Any, app: Any, request: Any = None) -> Iterator[run.Message]:
    """One run as the page hears it. `raw`: {"run", "after"?, "values": the fields, "edited"?: the
    canvas on which the visitor goes on, "at"?: the step on view at the end}."""
    return run.stream(
        app.backend(),
        request,
        raw,
        "diffusion",
        lambda asked, handle: unmasked(asked, app, session_of(request)),
        model=lambda asked: given_values(asked.get("values"))["model"],
    )


def unmasked(asked: dict[str, Any], app: Any, session: str | None) -> Iterator[run.Message]:
    values = given_values(asked.get("values"))
    raw, at = asked.get("edited"), asked.get("at")
    event = edit_of(raw) if raw is not None else None
    name = values["model"]
    if isinstance(name, str) and not models.ready(name, app.backend):
        yield run.progress(t("Loading the model …"))
    sides = make_sides(values, app, name, session, event)
    link = {**{field: value for field, value in values.items() if value is not None}, "ran": 1}
    if event is not None:
        link["edited"] = packed_edit(event)
    twin = LeftToRight(sides[0], app.backend) if event is None and len(sides) == 1 else None
    yield from stream(
        sides,
        seconds=limits().run_seconds,
        on=event is not None,
        link=link,
        at=at if isinstance(at, int) and not isinstance(at, bool) else None,
        twin=twin,
        score=scorer(app.backend),
    )


def several(asked: dict[str, Any], app: Any, session: str | None) -> Iterator[run.Message]:
    """Many texts of the canvas under the settings in the controls, and which of them is most like
    the others."""
    values = {**given_values(asked.get("values")), "two": False}
    sides = make_sides(values, app, values["model"], session)
    yield from many(
        sides[0], asked.get("texts", 8), asked.get("utility", "bleu"), scorer(app.backend)
    )


def edit_of(raw: Any) -> SimpleNamespace:
    """The edit that came with a request; `edited` below checks it against the model."""
    if not isinstance(raw, dict):
        raise ValueError(
            t("edited must be a canvas with its locks, got {got}", got=type(raw).__name__)
        )
    return SimpleNamespace(
        **{field: raw.get(field) for field in ("canvas", "locked", "turn", "second")}
    )


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
    """One canvas, or two, from where the visitor left them. One of two that has nothing to fill
    stays as it stands."""
    first, turn = edited(canvas, denoiser, event)
    settings = replace(settings, seed=following_seed(settings.seed, turn))
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
    other = replace(other, seed=following_seed(other.seed, turn))
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


def _length(value: Any) -> Any:
    """A whole number as an int, 0 where none stands there; what is no number is refused by who
    reads the canvas."""
    if value is None:
        return 0
    return int(value) if isinstance(value, (int, float)) and float(value).is_integer() else value


def edited(canvas: Canvas, denoiser: Any, event: Any) -> tuple[Canvas, int]:
    """The canvas that the visitor edited in the browser, checked: (canvas, how many times it was
    run on)."""

    ids, locked, turn = (sent(event, field) for field in ("canvas", "locked", "turn"))
    longest, mask = limits().max_canvas_length, int(denoiser.mask_id)
    highest = max(int(denoiser.vocab_size) - 1, mask)
    if not isinstance(ids, list) or not 1 <= len(ids) <= longest:
        raise ValueError(
            f"canvas must have 1 to {longest} positions, got "
            f"{len(ids) if isinstance(ids, list) else type(ids).__name__}"
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
