"""Discrete diffusion: text that appears everywhere at once, by every published sampler, over any denoiser."""

from playground.diffusion.enumeration import exact_distribution
from playground.diffusion.exact import ExactDenoiser
from playground.diffusion.generate import unmask
from playground.diffusion.samplers import list_samplers
from playground.diffusion.settings import UnmaskSettings

__all__ = ["ExactDenoiser", "UnmaskSettings", "exact_distribution", "list_samplers", "unmask"]
