"""The named endpoints of this page: `/corrupt` and `/unmask`. Plain JSON values by keyword in, a JSON object out."""

from __future__ import annotations

from typing import Any

import gradio as gr

from playground.pages import gate
from playground.pages.diffusion import models
from playground.pages.diffusion.canvas import read_canvas, with_random_words
from playground.pages.diffusion.controls import settings_of
from playground.pages.diffusion.corrupt import corrupt_once
from playground.pages.diffusion.hybrid import write_first
from playground.pages.diffusion.runs import Side, whole_trace
from playground.pages.diffusion.sampler_cards import SELECTIONS
from playground.pages.diffusion.unmask_block import sentence


def register(app: Any) -> None:
    """Both endpoints on the app's blocks."""

    def corrupt(text: str, t: float = 0.5, noise: str = "absorbing", schedule: str = "linear", seed: int = 0,
                model: str = models.TWIN, request: gr.Request = None) -> dict:
        """What noise makes of a text at time t in [0, 1]. noise: absorbing (masks), uniform (random words) or gaussian (vectors,
        answered by their nearest words); schedule: linear, cosine, geometric, linear-sigma. Answers alpha_bar, the tokens at t,
        which of them are as they were, and the text."""
        def make() -> dict:
            with gate.question(app.backend(), "diffusion", model):
                return corrupt_once(text, _model(model, app, request), model, t, noise, schedule, seed)

        return _answer(make)

    def unmask(canvas: str, model: str = models.TWIN, sampler: str = "dream", steps: int = 16, temperature: float = 1.0, seed: int = 0,
               top_p: float = 1.0, selection: str = "", schedule: str = "linear", block_length: int = 0, overlap: int = 0,
               threshold: float = 0.9, bound: float = 0.1, eta: float = 0.1, alg_temp: float = 0.0, guidance: float = 0.0, burn_in: int = 0,
               as_published: bool = False, length: int = 0, hybrid: int = 0, start: str = "masks", top: int = 5, request: gr.Request = None) -> dict:
        """Fills the masks of a canvas such as "the king [MASK]*12 ." and answers the whole run as a trace: `steps` (one record a
        step: canvas, state, confidence, entropy in nats, `top` candidates a position), `start` (with the words of the ids), `text`."""
        given = {"canvas": canvas, "sampler": sampler, "steps": steps, "temperature": temperature, "seed": seed, "top_p": top_p,
                 "selection": selection or SELECTIONS.get(sampler, ("",))[0], "schedule": schedule, "block_length": block_length,
                 "overlap": overlap, "threshold": threshold, "bound": bound, "eta": eta, "alg_temp": alg_temp, "guidance": guidance,
                 "burn_in": burn_in, "as_published": as_published, "length": length, "hybrid": hybrid, "start": start}
        def make() -> dict:
            with gate.run(app.backend(), request, "diffusion", model) as run:
                answer = _unmask(given, model, top, app, request)
                run.step(len(answer["steps"]))
                return answer

        return _answer(make)

    gr.api(corrupt, api_name="corrupt")
    gr.api(unmask, api_name="unmask")


def _unmask(given: dict[str, Any], name: str, top: Any, app: Any, request: Any) -> dict:
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
    from playground.backend.limits import limits

    return whole_trace(Side(name, denoiser, canvas, settings), top, limits().run_seconds)


def _model(name: Any, app: Any, request: Any) -> Any:
    return models.get_denoiser(name, app.backend, getattr(request, "session_hash", None))


def _answer(make: Any) -> dict:
    try:
        return make()
    except Exception as error:
        raise gr.Error(sentence(error), print_exception=False) from None
