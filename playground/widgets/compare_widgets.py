"""The parts of the Compare page in the browser: one widget each, over one base."""

from __future__ import annotations

from typing import Any

import gradio as gr

from playground.widgets.plot import library_path
from playground.widgets.widget import Widget, source


class CompareWidget(Widget):
    """A part of the Compare page. Value: one frame of a run, {"run": id, "frame": {...}}; events `go` (evt.request) and `halt`."""

    TEMPLATE = '<div class="widget compare"></div>'
    STREAMED = True

    def __init__(self, value: Any = None, **kwargs: Any):
        path = library_path()
        gr.set_static_paths([path])
        super().__init__(value, library=f"gradio_api/file={path.as_posix()}", **kwargs)


class CompareStrategies(CompareWidget):
    """Columns of texts, the plane of diversity and coherence, the table. `models`: [[id, title]]. Frames are those of playground.pages.compare.strategies.compare."""

    SCRIPT = source(
        "parts",
        "figure_files",
        "figure",
        "compare_parts",
        "compare_rules",
        "compare_plane",
        "compare_strategies",
    )
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


class CompareLibrary(CompareWidget):
    """The library's text beside ours, step by step. Frames are those of playground.pages.compare.library.run."""

    SCRIPT = source("parts", "compare_parts", "compare_rules", "compare_library")
    STYLE = source("compare_look", "compare_strategies", kind="css")


class CompareForcing(CompareWidget):
    """Losses along a given text and along the model's own. Frames are those of playground.pages.compare.teacher_forcing.run."""

    SCRIPT = source("parts", "figure_files", "figure", "compare_parts", "compare_forcing")
    STYLE = source("compare_look", "compare_forcing", kind="css")


class CompareClassifier(CompareWidget):
    """Label words as classes. Frames are those of playground.pages.compare.classifier.run."""

    SCRIPT = source("parts", "compare_parts", "compare_classifier")
    STYLE = source("compare_look", "compare_classifier", kind="css")


class ComparePeople(CompareWidget):
    """Blind pairs of texts and a tally. Frames are those of playground.pages.compare.strategies.compare; server function `tally`."""

    SCRIPT = source("parts", "compare_parts", "compare_rules", "compare_people")
    STYLE = source("compare_look", "compare_strategies", "compare_people", kind="css")


class CompareSweep(CompareWidget):
    """A grid of settings × seeds as a table. Frames are those of playground.pages.compare.sweep.run."""

    SCRIPT = source("parts", "compare_parts", "compare_sweep")
    STYLE = source("compare_look", kind="css")
