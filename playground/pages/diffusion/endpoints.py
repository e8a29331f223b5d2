"""The named endpoints of this page: `/corrupt` and `/unmask`. Plain JSON values by keyword in, a
JSON object out."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import gradio as gr

from playground.backend.limits import limits
from playground.pages import calls, gate
from playground.pages.diffusion import models
from playground.pages.diffusion.canvas import read_canvas, with_random_words
from playground.pages.diffusion.controls import ROWS, settings_of
from playground.pages.diffusion.corrupt import corrupt_once
from playground.pages.diffusion.hybrid import write_first
from playground.pages.diffusion.runs import Side, whole_trace
from playground.pages.diffusion.sampler_cards import SELECTIONS, TITLES
from playground.pages.errors import sentence_of


def register(app: Any) -> None:
    """Both endpoints on the app's blocks."""

    async def corrupt(
        text: str,
        t: float = 0.5,
        noise: str = "absorbing",
        schedule: str = "linear",
        seed: int = 0,
        model: str = models.TWIN,
        reading: bool = False,
        request: gr.Request | None = None,
    ) -> dict:
        """What noise makes of a text at one moment of the forward process of a diffusion model.

        Args:
            text: words that the model knows
            t: the moment, 0 (nothing has happened) to 1 (nothing is left)
            noise: absorbing (words become masks), uniform (random words) or gaussian (vectors move;
                the nearest word answers)
            schedule: how much is left at t: linear, cosine, geometric, linear-sigma or
                entropy-linear (measured on the model)
            seed: 0 to 2^53; the same seed corrupts the same positions
            model: whose words and vectors: fairy-diffusion (shipped) or an exact model such as
                exact-tale
            reading: whether to add what the model makes of this noise: its likeliest word at each
                place

        Returns:
            alpha_bar (the share that is left on average), the tokens at t, which of them are as
            they were, and the text; with reading also read: the likeliest words (best, tokens, text),
            their probabilities p and bits, the mean surprise of the true words, or null for a model
            that reads masks alone
        """

        def make() -> dict:
            with gate.question(app.backend(), "diffusion", model):
                asked = (model, t, noise, schedule, seed, reading)
                return corrupt_once(text, _model(model, app, request), *asked)

        return await _answer(make)

    async def unmask(
        canvas: str,
        model: str = models.TWIN,
        sampler: str = "dream",
        steps: int = 16,
        temperature: float = 1.0,
        seed: int = 0,
        top_p: float = 1.0,
        selection: str = "",
        schedule: str = "linear",
        block_length: int = 0,
        overlap: int = 0,
        threshold: float = 0.9,
        edit_threshold: float = 0.9,
        bound: float = 0.1,
        t_min: float = 0.4,
        t_max: float = 0.8,
        confidence_threshold: float = 0.005,
        eta: float = 0.1,
        alg_temp: float = 0.0,
        guidance: float = 0.0,
        burn_in: int = 0,
        as_published: bool = False,
        length: int = 0,
        hybrid: int = 0,
        start: str = "masks",
        top: int = 5,
        request: gr.Request | None = None,
    ) -> dict:
        """Let a masked diffusion model write: fill the masks of a canvas, everywhere at once, step
        by step.

        Args:
            canvas: words, and [MASK]*12 where twelve are to appear, for instance: the king
                [MASK]*12 .
            model: fairy-diffusion (shipped, small letters, fairy tales) or an exact model such as
                exact-tale
            sampler: {sampler}; uniform, coarse-to-fine, diffusion-lm and cdcd for {readers},
                self-speculative for those and fairy-diffusion
            steps: {steps}
            temperature: {temperature}
            seed: {seed}
            top_p: {top_p}
            selection: which positions first (dream: origin, maskgit_plus, topk_margin, entropy;
                llada: low_confidence, random); empty for the sampler's own
            schedule: {schedule}
            block_length: {block_length}
            overlap: {overlap}
            threshold: {threshold}
            edit_threshold: {edit_threshold}
            bound: {bound}
            t_min: {t_min}
            t_max: {t_max}
            confidence_threshold: {confidence_threshold}
            eta: {eta}
            alg_temp: {alg_temp}
            guidance: {guidance}
            burn_in: {burn_in}
            as_published: {as_published}
            length: positions in all, 0 to 256, filled up with masks; 0 for as written
            hybrid: first tokens written by the left-to-right twin, 0 to 64
            start: masks, or random words (gibbs and uniform)
            top: candidates a position to return at each step, 0 to 10

        Returns:
            text, and the run as a trace: start (with the words of the ids) and steps (canvas,
            state, confidence, entropy in nats, candidates, network calls; self-verifying and
            self-speculative: drafts with p, q and whether accepted, and the refused one;
            coarse-to-fine: state "grouped" where the group of a word alone is known; diffusion-lm
            and cdcd: vectors in the plane of start's "plane")
        """
        given = {
            "canvas": canvas,
            "sampler": sampler,
            "steps": steps,
            "temperature": temperature,
            "seed": seed,
            "top_p": top_p,
            "selection": selection or SELECTIONS.get(sampler, ("",))[0],
            "schedule": schedule,
            "block_length": block_length,
            "overlap": overlap,
            "threshold": threshold,
            "edit_threshold": edit_threshold,
            "bound": bound,
            "t_min": t_min,
            "t_max": t_max,
            "confidence_threshold": confidence_threshold,
            "eta": eta,
            "alg_temp": alg_temp,
            "guidance": guidance,
            "burn_in": burn_in,
            "as_published": as_published,
            "length": length,
            "hybrid": hybrid,
            "start": start,
        }

        def make() -> dict:
            with gate.run(app.backend(), request, "diffusion", model) as run:
                return gate.whole(
                    app.backend(), run, model, lambda: _unmask(given, model, top, app, request)
                )

        return await _answer(make)

    meanings = {name: row.described() for name, row in ROWS.items()}
    readers = ", ".join([*models.noise_readers(), "exact models"])
    names = {"sampler": ", ".join(TITLES), "readers": f"{readers} alone"}
    unmask.__doc__ = str(unmask.__doc__).format(**names, **meanings)
    gr.api(corrupt, api_name="corrupt")
    gr.api(unmask, api_name="unmask")


def _unmask(
    given: dict[str, Any], name: str, top: Any, app: Any, request: Any
) -> Iterator[int | dict]:
    if isinstance(top, bool) or not isinstance(top, int) or not 0 <= top <= 10:
        raise ValueError(f"top must be a whole number in [0, 10], got {top!r}")
    if given["start"] not in ("masks", "random words"):
        raise ValueError(f"start must be one of masks, random words, got {given['start']!r}")
    settings = settings_of(given)
    denoiser = _model(name, app, request)
    canvas = read_canvas(given["canvas"], denoiser, given["length"])
    if given["hybrid"]:
        canvas, _ = write_first(canvas, denoiser, given["hybrid"], settings, app.backend)
    if given["start"] == "random words" and settings.sampler in ("gibbs", "uniform"):
        canvas = with_random_words(canvas, denoiser, settings.seed)

    side = Side(name, denoiser, canvas, settings)
    yield from whole_trace(side, top, limits().run_seconds)


def _model(name: Any, app: Any, request: Any) -> Any:
    return models.get_denoiser(name, app.backend, getattr(request, "session_hash", None))


async def _answer(make: Callable[[], dict]) -> dict:
    try:
        return await calls.answered(make)
    except Exception as error:
        raise gr.Error(sentence_of(error), print_exception=False) from None
