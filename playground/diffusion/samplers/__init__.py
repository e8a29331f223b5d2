"""The samplers of masked and other discrete diffusion, each as its source codes it."""

from playground.diffusion.samplers.base import Sampler, SamplerRule
from playground.diffusion.samplers.bernoulli import Dream0, Mdlm, Remdm, Sedd
from playground.diffusion.samplers.continuous import Cdcd, DiffusionLM
from playground.diffusion.samplers.ordered import (
    AnyOrder,
    Dream,
    EntropyBound,
    FastDLLM,
    Llada,
    MaskGIT,
    OrderedRule,
)
from playground.diffusion.samplers.replacing import Gibbs, Renoise, Uniform
from playground.diffusion.settings import SAMPLERS

_RULES = [
    Mdlm,
    Sedd,
    MaskGIT,
    Llada,
    Dream,
    Remdm,
    FastDLLM,
    EntropyBound,
    AnyOrder,
    Gibbs,
    Uniform,
    DiffusionLM,
    Cdcd,
]


def list_samplers() -> list[Sampler]:
    """What the page shows of each sampler, in the order it offers them."""
    return [rule.about for rule in _RULES]


def add_sampler(rule: type[SamplerRule]) -> type[SamplerRule]:
    """Offer one more sampler (also as a class decorator). ValueError if its name is taken."""
    if rule.about.name in SAMPLERS:
        raise ValueError(f"name must not be one of {', '.join(SAMPLERS)}, got {rule.about.name!r}")
    _RULES.append(rule)
    SAMPLERS.append(rule.about.name)
    return rule


def rule_for(settings) -> SamplerRule:
    """The object that drives a run with these settings."""
    if settings.sampler == "dream" and settings.rule == "origin":
        return Dream0(settings)
    if settings.sampler == "entropy-bound" and settings.rule == "renoise":
        return Renoise(settings)
    return next(rule for rule in _RULES if rule.about.name == settings.sampler)(settings)


__all__ = ["OrderedRule", "Sampler", "SamplerRule", "add_sampler", "list_samplers", "rule_for"]
