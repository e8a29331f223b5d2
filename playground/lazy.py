"""Names of a package that are imported when they are first used (PEP 562).

A package that offers heavy things beside light ones writes in its `__init__`::

    __getattr__, __dir__ = lazy.exports(__name__, {"settings": ("DecodingSettings",), "stages": ("apply_stages",)})

Importing it, or one of its light modules, then costs nothing of the heavy ones. Its modules can be
reached the same way: `decoding.barrier.nucleus_root(...)` imports `playground.decoding.barrier` at
this moment.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from importlib import import_module
from importlib.util import find_spec
from typing import Any


def exports(
    package: str, names: Mapping[str, tuple[str, ...]]
) -> tuple[Callable[[str], Any], Callable[[], list[str]]]:
    """The package's `__getattr__` and `__dir__`. names: module of the package -> the names that the
    package offers from it."""
    module_of = {name: module for module, offered in names.items() for name in offered}
    clash = sorted(name for name in module_of if find_spec_of(package, name))
    if clash:
        # importing the module would put it in the place of what the package offers under its name
        raise ImportError(
            f"{package} offers {clash[0]}, which is also the name of one of its modules"
        )

    def get(name: str) -> Any:
        if name in module_of:
            value = getattr(import_module(f"{package}.{module_of[name]}"), name)
            setattr(sys.modules[package], name, value)
            return value
        if not name.startswith("_") and find_spec_of(package, name):
            return import_module(f"{package}.{name}")
        raise AttributeError(f"module {package!r} has no attribute {name!r}")

    def names_of() -> list[str]:
        return sorted({*vars(sys.modules[package]), *module_of})

    return get, names_of


def find_spec_of(package: str, name: str) -> bool:
    """Whether the package has a module of this name; nothing is imported for it."""
    return find_spec(f"{package}.{name}") is not None
