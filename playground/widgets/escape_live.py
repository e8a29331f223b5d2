"""A real loop and the many runs that try to leave it: barriers along the cycle, measured shares over the predicted curve."""

from __future__ import annotations

from typing import Any

import gradio as gr

from playground.widgets.plot import library_path
from playground.widgets.widget import Widget, source


class EscapeLive(Widget):
    """Value: one frame of a run, {"run": id, "frame": {"pieces", "words", "progress", "barriers", "shares", "inverted", "visits",
    "survival"}}."""

    STREAMED = True
    SCRIPT = source("parts", "figure_files", "figure", "escape_live")
    STYLE = source("escape_live", kind="css")
    TEMPLATE = '<div class="widget escape-live"></div>'

    def __init__(self, value: dict[str, Any] | None = None, **kwargs: Any):
        path = library_path()
        gr.set_static_paths([path])
        super().__init__(value, library=f"gradio_api/file={path.as_posix()}", **kwargs)
