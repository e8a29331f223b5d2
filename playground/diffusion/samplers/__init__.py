"""The samplers of masked and other discrete diffusion, a file each, as their sources code them.

A new file of this folder that decorates its class with `add_sampler` is offered everywhere. Two
families hold what several have in common: `random_times` (positions revealed independently) and
`ordered` (the first positions of an order).
"""

from __future__ import annotations

from importlib import import_module
from pkgutil import iter_modules

from playground.diffusion.samplers import base
from playground.diffusion.samplers.base import Sampler, add_sampler
from playground.diffusion.samplers.ordered import Ordered
from playground.diffusion.samplers.random_times import RandomTimes
from playground.i18n import t

# as they are offered; those that are not named here follow
_ORDER = (
    *("dream", "llada", "mdlm", "maskgit", "remdm", "fast-dllm", "joint-threshold"),
    *("entropy-bound", "diffusion-gemma", "any-order"),
    *("self-verifying", "self-speculative", "gibbs", "sedd", "uniform", "coarse-to-fine"),
    *("diffusion-lm", "cdcd"),
)


def import_samplers() -> None:
    """Import every file of this folder, so that its `add_sampler` runs."""
    for module in iter_modules(__path__):
        import_module(f"{__name__}.{module.name}")


def list_samplers() -> list[type[Sampler]]:
    """The classes of all samplers, in the order in which they are offered."""
    place = {name: number for number, name in enumerate(_ORDER)}
    return sorted(base._ADDED.values(), key=lambda sampler: place.get(sampler.name, len(place)))


def find_sampler(name: str) -> type[Sampler]:
    """The class of that name, or a ValueError that lists the names."""
    if not isinstance(name, str) or name not in base._ADDED:
        names = ", ".join(sampler.name for sampler in list_samplers())
        raise ValueError(
            t("sampler must be one of {names}, got {got}", names=names, got=repr(name))
        )
    return base._ADDED[name]


def rule_for(settings) -> Sampler:
    """The object that drives a run with these settings."""
    return find_sampler(settings.sampler).variant(settings)(settings)


import_samplers()

__all__ = [
    "Ordered",
    "RandomTimes",
    "Sampler",
    "add_sampler",
    "find_sampler",
    "list_samplers",
    "rule_for",
]
