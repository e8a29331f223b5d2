"""The parts of the Compare page in the browser: one widget each, over one base."""

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
    """Columns of texts, the plane of diversity and coherence, the table. `models`: [[id, title]]. Frames are those of playground.pages.compare.strategies.compare."""

    SCRIPT = source("parts", "figure", "compare_parts", "compare_plane", "compare_strategies")
    STYLE = source("compare_look", "compare_strategies", kind="css")


class CompareBeams(CompareWidget):
    """The tree of a beam search, and the choice among samples. Frames are those of playground.pages.compare.beams.run."""

    SCRIPT = source("parts", "transport", "compare_parts", "compare_beams")
    STYLE = source("compare_look", "compare_beams", kind="css")


class CompareScores(CompareWidget):
    """BLEU, ROUGE and perplexity opened up. Server functions `measure` and `perplexity_of`; see playground.pages.compare.scores."""

    SCRIPT = source("parts", "compare_parts", "compare_scores")
    STYLE = source("compare_look", "compare_scores", kind="css")


class CompareContexts(CompareWidget):
    """Bars of two distributions. Server functions `two_prompts` and `two_models`; see playground.pages.compare.contexts."""

    SCRIPT = source("parts", "compare_parts", "compare_contexts")
    STYLE = source("compare_look", "compare_contexts", kind="css")


class CompareRace(CompareWidget):
    """Two panes with clocks. Frames are those of playground.pages.compare.race.run."""

    SCRIPT = source("parts", "compare_parts", "compare_race")
    STYLE = source("compare_look", "compare_race", kind="css")
