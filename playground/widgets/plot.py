"""Where the drawing library is that some figures use."""

from __future__ import annotations

import importlib.util
from pathlib import Path


def library_path() -> Path:
    """Where the installed plotly package keeps plotly.min.js; found without importing plotly, which
    would cost the start time."""
    spec = importlib.util.find_spec("plotly")
    if spec is None or spec.origin is None:
        raise ImportError("the package plotly is not installed")
    return Path(spec.origin).parent / "package_data" / "plotly.min.js"
