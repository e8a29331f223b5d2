"""Discrete diffusion: text that appears everywhere at once, by every published sampler, over any denoiser."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from playground.diffusion.enumeration import exact_distribution
    from playground.diffusion.exact import ExactDenoiser
    from playground.diffusion.generate import unmask
    from playground.diffusion.samplers import list_samplers
    from playground.diffusion.settings import UnmaskSettings

# imported when they are asked for: the samplers' cards and the settings need no torch
_FROM = {
    "ExactDenoiser": "exact",
    "UnmaskSettings": "settings",
    "exact_distribution": "enumeration",
    "list_samplers": "samplers",
    "unmask": "generate",
}

__all__ = ["ExactDenoiser", "UnmaskSettings", "exact_distribution", "list_samplers", "unmask"]


def __getattr__(name: str):
    if name not in _FROM:
        raise AttributeError(name)
    return getattr(import_module(f"{__name__}.{_FROM[name]}"), name)
