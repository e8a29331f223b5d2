"""One module or folder a tab. `PAGES` is their order in the navigation; a page that is not there
yet is left out.

A page has TITLE and SLUG (str) and `build(app)`, where `app` is the `Shell` of
playground/pages/shell.py.
"""

from __future__ import annotations

import importlib
import importlib.util
from types import ModuleType

PAGES = ("home", "generate", "escape", "chains", "diffusion", "compare", "lessons")


def load_pages() -> list[ModuleType]:
    """The page modules that exist, in the order of the navigation. A page that exists and fails to
    import raises."""
    modules = []
    for name in PAGES:
        full = f"{__name__}.{name}"
        spec = importlib.util.find_spec(full)
        if (
            spec is not None and spec.origin is not None
        ):  # a folder without __init__.py is a page that is still being made
            modules.append(importlib.import_module(full))
    return modules
