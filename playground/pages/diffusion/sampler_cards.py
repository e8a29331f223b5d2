"""What the page says of each sampler: its title, what it reads, its two lines and whether it is exact as it is set."""

from __future__ import annotations

from typing import Any

from playground.diffusion.samplers import Sampler, find_sampler, list_samplers, rule_for

TITLES = {sampler.name: sampler.title for sampler in list_samplers()}
SELECTIONS = {s.name: s.selections for s in list_samplers() if s.selections}
WITHOUT_STEPS = tuple(s.name for s in list_samplers() if "steps" not in s.reads)
NEEDS_POSTERIOR = tuple(s.name for s in list_samplers() if s.needs_posterior)

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


def card(settings: Any) -> dict[str, str]:
    """{"name", "text", "source"} of a run's UnmaskSettings: what stands beside the run, and under the controls before it."""
    about = rule_for(settings)
    sampler = find_sampler(settings.sampler)
    sentences = [
        sampler.explanation.strip().replace("\n", " "),
        sampler.note,
        verdict(about),
    ]
    return {
        "name": about.title,
        "text": " ".join(filter(None, sentences)),
        "source": f"Source: {sampler.source}",
    }


def verdict(sampler: Sampler) -> str:
    """Whether a sampler with its settings gives the model's own distribution: at one word a step, in a limit, or never."""
    settings, limit = sampler.settings, sampler.exact_in_limit
    if not limit and not sampler.exact:
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


def own_fields(name: str) -> tuple[str, ...]:
    """The controls that are this sampler's own: what it reads, and `start` where words may stand in place of masks."""
    sampler = find_sampler(name)
    return (*sampler.reads, *(("start",) if sampler.starts_from_words else ()))
