"""What the page says of each sampler: its title, what it reads, its two lines and whether it is
exact as it is set."""

from __future__ import annotations

from typing import Any

from playground.diffusion.samplers import Sampler, find_sampler, list_samplers, rule_for
from playground.i18n import t
from playground.pages.diffusion import equal_cost

TITLES = {sampler.name: sampler.title for sampler in list_samplers()}
SELECTIONS = {s.name: s.selections for s in list_samplers() if s.selections}
WITHOUT_STEPS = tuple(s.name for s in list_samplers() if "steps" not in s.reads)
NEEDS_POSTERIOR = tuple(s.name for s in list_samplers() if s.needs_posterior)
NEEDS_VERIFIER = tuple(s.name for s in list_samplers() if s.needs_verifier)
SPECULATIVE = tuple(s.name for s in list_samplers() if s.always)
PRICES = {s.name: s.price for s in list_samplers()}

# Sampler.always -> the verdict as set, and where other settings stand in the way
ALWAYS = {
    "model": (
        t("Exact, however many words a pass: the distribution of any order."),
        t(
            "The distribution of any order under these settings, however many words a pass; exact "
            "at temperature one, without top-p and guidance."
        ),
    ),
    "verifier": (
        t(
            "Exact for its verifier, however many words a pass: an exact model’s own "
            "distribution, a trained verifier’s guess of it."
        ),
        t(
            "The verifier’s distribution under these settings, however many words a pass; exact "
            "for it at temperature one, without top-p."
        ),
    ),
}
# Sampler.exact_in_limit -> the verdict as set, and the verdict where other settings stand in the
# way
LIMITS = {
    "sweeps": (
        t("Exact only in the limit of many sweeps."),
        t(
            "Exact only in the limit of many sweeps, at temperature one, without top-p, guidance "
            "and overlap: not as set here."
        ),
    ),
    "steps": (
        t("Exact only in the limit of many steps."),
        t(
            "Exact only in the limit of many steps, at temperature one, without top-p, guidance "
            "and overlap: not as set here."
        ),
    ),
}


def card(settings: Any) -> dict[str, Any]:
    """{"name", "text", "sentences", "source"} of a run's UnmaskSettings: what stands beside the
    run, and under the controls before it.

    "text" is the sentences in English, for files; the page shows them one by one, in the visitor's
    language."""
    about = rule_for(settings)
    sampler = find_sampler(settings.sampler)
    sentences = [sampler.explanation, sampler.note, verdict(about)]
    if sampler.needs_verifier:
        sentences.append(equal_cost.verdict())
    sentences = [sentence for sentence in sentences if sentence]
    return {
        "name": about.title,
        "text": " ".join(sentence.replace("\n", " ") for sentence in sentences),
        "sentences": sentences,
        "source": f"Source: {sampler.source}",
    }


def verdict(sampler: Sampler) -> str:
    """Whether a sampler with its settings gives the model's own distribution: at one word a step,
    in a limit, or never."""
    settings, limit = sampler.settings, sampler.exact_in_limit
    shaped = settings.temperature != 1 or settings.top_p < 1 or settings.guidance > 0
    if sampler.always:
        return ALWAYS[sampler.always][shaped]
    if not limit and not sampler.exact:
        return t("Not exact, not even at one word a step.")
    if shaped or settings.overlap > 0:
        # these change what a word is drawn from, or what the model sees: no order of places can
        # make up for it
        if limit:
            return LIMITS[limit][1]
        return t(
            "Exact only when it draws one word a step, at temperature one, without top-p, "
            "guidance and overlap: not as set here."
        )
    return LIMITS[limit][0] if limit else t("Exact when it draws one word a step.")


def own_fields(name: str) -> tuple[str, ...]:
    """The controls that are this sampler's own: what it reads, and `start` where words may stand in
    place of masks."""
    sampler = find_sampler(name)
    return (*sampler.reads, *(("start",) if sampler.starts_from_words else ()))
