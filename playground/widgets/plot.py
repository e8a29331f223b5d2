"""A Plotly figure that keeps its node, zoom, frames and clicks when it is updated, and follows light and dark."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from typing import Any

import gradio as gr

from playground.widgets.widget import Widget, source


class LivePlot(Widget):
    """Draws a Plotly figure (a `go.Figure`, its JSON text, or a dict {"data", "layout", "frames"}).

    Colours may be the page's variables, e.g. `line={"color": "var(--chosen)"}`: they are resolved in the browser, again on every
    change between light and dark. A click on a point is the event `point` with x, y, curve and index. `label_text` tells a screen
    reader what the plot shows. The library is the one of the installed plotly package, asked for when a first figure is drawn.
    A dict costs no import of plotly in the app: prefer it."""

    MODULE = "views/plot.js"
    EVENTS = ("point",)
    STYLE = source("plot", kind="css")

    def __init__(self, figure: Any = None, *, label_text: str = "", **kwargs: Any):
        path = library_path()
        gr.set_static_paths([path])
        super().__init__(
            figure, library=f"gradio_api/file={path.as_posix()}", label_text=label_text, **kwargs
        )

    def postprocess(self, value: Any) -> Any:
        return value.to_json() if hasattr(value, "to_json") else value


def library_path() -> Path:
    """Where the installed plotly package keeps plotly.min.js; found without importing plotly, which would cost the start time."""
    spec = importlib.util.find_spec("plotly")
    if spec is None or spec.origin is None:
        raise ImportError("the package plotly is not installed")
    return Path(spec.origin).parent / "package_data" / "plotly.min.js"
