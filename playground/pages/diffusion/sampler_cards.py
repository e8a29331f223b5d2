"""What the page says of each sampler before the mathematics is imported: titles, and which settings each one reads.

The two lines, the source and "exact at one token a step" come from `playground.diffusion.list_samplers()`; a test holds that
the names here are the same."""

from __future__ import annotations

from typing import Any

from playground import diffusion

TITLES = {
    "dream": "Dream: sure words first",
    "llada": "LLaDA: low-confidence order",
    "mdlm": "MDLM: random times",
    "maskgit": "MaskGIT: cosine counts",
    "remdm": "ReMDM: masks again",
    "fast-dllm": "Fast-dLLM: all that are sure enough",
    "entropy-bound": "Entropy bound: as many as are safe",
    "any-order": "Any order, one at a time",
    "gibbs": "Gibbs: redraw one at a time",
    "sedd": "SEDD: score ratios",
    "uniform": "Uniform noise (exact models)",
    "diffusion-lm": "Diffusion-LM: Gaussian (exact models)",
    "cdcd": "CDCD: score interpolation (exact models)",
}
SELECTIONS = {
    "dream": ("entropy", "topk_margin", "maskgit_plus", "origin"),
    "llada": ("low_confidence", "random"),
    "sedd": ("analytic", "euler"),
    "gibbs": ("left", "random"),
    "entropy-bound": ("mask", "renoise"),
    "diffusion-lm": ("plain", "clamp"),
}
OWN_FIELDS = {
    "dream": ("selection", "alg_temp", "blocks", "guidance", "as_published"),
    "llada": ("selection", "blocks", "guidance"),
    "mdlm": ("schedule", "blocks", "guidance", "as_published"),
    "maskgit": ("alg_temp", "blocks", "guidance"),
    "remdm": ("schedule", "eta", "blocks", "guidance"),
    "fast-dllm": ("threshold", "blocks", "guidance", "as_published"),
    "entropy-bound": ("selection", "bound", "blocks", "guidance"),
    "any-order": ("blocks", "guidance"),
    "gibbs": ("selection", "burn_in", "start", "guidance"),
    "sedd": ("selection", "schedule", "blocks", "guidance"),
    "uniform": ("schedule", "start"),
    "diffusion-lm": ("selection", "schedule"),
    "cdcd": ("schedule",),
}
WITHOUT_STEPS = ("fast-dllm", "entropy-bound", "any-order")  # they take as many as they need
NEEDS_POSTERIOR = ("uniform", "diffusion-lm", "cdcd")
SCHEDULES = ("linear", "cosine", "geometric", "linear-sigma", "entropy-linear")

# Sampler.exact_in_limit -> the verdict as set, and the verdict where other settings stand in the way
LIMITS = {
    "sweeps": (
        "Exact only in the limit of many sweeps.",
        "Exact only in the limit of many sweeps, at temperature one, without top-p, guidance and overlap: not as set here.",
    ),
    "steps": (
        "Exact only in the limit of many steps.",
        "Exact only in the limit of many steps, at temperature one, without top-p, guidance and overlap: not as set here.",
    ),
}

# conventions that act here and are easily misread
CONVENTIONS = {
    "llada": "“Remasking” in its paper means “not kept this time”.",
    "dream": "Choose “As published” under More settings for the scores of the published code.",
    "gibbs": "A step redraws one position; a sweep visits each open position once.",
}


def card(settings: Any) -> dict[str, str]:
    """{"name", "text", "source"} of a run's UnmaskSettings: what stands beside the run, and under the controls before it."""

    about = next(
        sampler for sampler in diffusion.list_samplers() if sampler.name == settings.sampler
    )
    title = (
        "LLaDA: random order"
        if (settings.sampler, settings.rule) == ("llada", "random")
        else TITLES[settings.sampler]
    )
    sentences = [
        about.explanation.strip().replace("\n", " "),
        CONVENTIONS.get(settings.sampler, ""),
        verdict(about, settings),
    ]
    return {
        "name": title,
        "text": " ".join(filter(None, sentences)),
        "source": f"Source: {about.source}",
    }


def verdict(about: Any, settings: Any) -> str:
    """Whether the sampler (its card, `about`) gives the model's own distribution at one word a step, with these settings."""
    limit = about.exact_in_limit
    if not limit and not exact_at_one(about, settings.rule, settings.as_published):
        return "Not exact, not even at one word a step."
    if (
        settings.temperature != 1
        or settings.top_p < 1
        or settings.guidance > 0
        or settings.overlap > 0
    ):
        # these change what a word is drawn from, or what the model sees: no order of places can make up for it
        if limit:
            return LIMITS[limit][1]
        return "Exact only when it draws one word a step, at temperature one, without top-p, guidance and overlap: not as set here."
    return LIMITS[limit][0] if limit else "Exact when it draws one word a step."


def exact_at_one(about: Any, selection: str | None, as_published: bool = False) -> bool:
    """LLaDA's random order chooses first and draws then, unlike its low-confidence order; Dream's scores as published do not."""
    if about.name == "llada" and selection == "random":
        return True
    if about.name == "entropy-bound" and selection == "renoise":
        return False
    if as_published and (about.name, selection) in (("dream", "maskgit_plus"), ("fast-dllm", None)):
        return False
    return bool(about.exact_at_one)


def own_fields(name: str) -> tuple[str, ...]:
    return OWN_FIELDS.get(name, ())
