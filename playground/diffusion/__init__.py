"""Discrete diffusion: text that appears everywhere at once, by every published sampler, over any
denoiser.

What is named here is imported when it is first used, so that the settings and the samplers' cards
cost no torch.
"""

from typing import TYPE_CHECKING

from playground import lazy

if TYPE_CHECKING:
    from playground.diffusion import canvas as canvas
    from playground.diffusion import corrupt as corrupt
    from playground.diffusion import draws as draws
    from playground.diffusion import embedding as embedding
    from playground.diffusion import generate as generate
    from playground.diffusion import meter as meter
    from playground.diffusion import noise as noise
    from playground.diffusion.enumeration import exact_distribution
    from playground.diffusion.evidence import NetworkDenoiser
    from playground.diffusion.exact import ExactDenoiser
    from playground.diffusion.generate import unmask
    from playground.diffusion.samplers import list_samplers
    from playground.diffusion.settings import UnmaskSettings

__all__ = [
    "ExactDenoiser",
    "NetworkDenoiser",
    "UnmaskSettings",
    "exact_distribution",
    "list_samplers",
    "unmask",
]

__getattr__, __dir__ = lazy.exports(
    __name__,
    {
        "enumeration": ("exact_distribution",),
        "evidence": ("NetworkDenoiser",),
        "exact": ("ExactDenoiser",),
        "generate": ("unmask",),
        "samplers": ("list_samplers",),
        "settings": ("UnmaskSettings",),
    },
)
