"""Up to six ways of choosing the next token, side by side: their texts, the plane of diversity and coherence, the table."""

from __future__ import annotations

from typing import Any

import gradio as gr

from playground.widgets.plot import library_path
from playground.widgets.widget import Widget, source


class CompareWidget(Widget):
    """A part of the Compare page. Value: one frame of a run, {"run": id, "frame": {...}}; events `go` (evt.request) and `halt`."""

    TEMPLATE = '<div class="widget compare"></div>'

    def __init__(self, value: Any = None, **kwargs: Any):
        path = library_path()
        gr.set_static_paths([path])
        super().__init__(value, library=f"gradio_api/file={path.as_posix()}", **kwargs)


class CompareStrategies(CompareWidget):
    """`models`: [[id, title]]. Frames are those of playground.pages.compare.strategies.compare."""

    SCRIPT = source("parts", "figure", "compare_parts", "compare_plane", "compare_strategies")
    STYLE = source("compare_look", "compare_strategies", kind="css")
