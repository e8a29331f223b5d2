"""The parts of the Compare page in the browser: each is a module of playground/web/views/compare,
one widget each over one base."""

from __future__ import annotations

from typing import Any

import gradio as gr

from playground.widgets.plot import library_path
from playground.widgets.widget import Widget, source


class CompareWidget(Widget):
    """A part of the Compare page. Value: one message of a run (playground.pages.run); event `go`
    (evt.request)."""

    TEMPLATE = '<div class="widget compare"></div>'
    STREAMED = True
    EVENTS = ("go",)

    def __init__(self, value: Any = None, **kwargs: Any):
        path = library_path()
        gr.set_static_paths([path])
        super().__init__(value, library=f"gradio_api/file={path.as_posix()}", **kwargs)


class CompareStrategies(CompareWidget):
    """Columns of texts, the plane of diversity and coherence, the table. `models`: [[id, title]].
    Frames are those of playground.pages.compare.strategies.compare."""

    MODULE = "views/compare/strategies.js"
    STYLE = source("compare_look", "compare_strategies", kind="css")


class CompareBeams(CompareWidget):
    """The tree of a beam search, and the choice among samples. Frames are those of
    playground.pages.compare.beams.run."""

    MODULE = "views/compare/beams.js"
    STYLE = source("compare_look", "compare_beams", kind="css")


class CompareScores(CompareWidget):
    """BLEU, ROUGE and perplexity opened up. Server functions `measure` and `perplexity_of`; see
    playground.pages.compare.scores."""

    MODULE = "views/compare/scores.js"
    STYLE = source("compare_look", "compare_scores", kind="css")


class CompareContexts(CompareWidget):
    """Bars of two distributions. Server functions `two_prompts` and `two_models`; see
    playground.pages.compare.contexts."""

    MODULE = "views/compare/contexts.js"
    STYLE = source("compare_look", "compare_contexts", kind="css")


class CompareRace(CompareWidget):
    """Two panes with clocks. Frames are those of playground.pages.compare.race.run."""

    MODULE = "views/compare/race.js"
    STYLE = source("compare_look", "compare_race", kind="css")


class CompareDrafts(CompareWidget):
    """Speculative decoding beside plain decoding, pass by pass. Frames are those of
    playground.pages.compare.drafts.run."""

    MODULE = "views/compare/drafts.js"
    STYLE = source("compare_look", "compare_race", "compare_drafts", kind="css")


class CompareLibrary(CompareWidget):
    """The library's text beside ours, step by step. Frames are those of
    playground.pages.compare.library.run."""

    MODULE = "views/compare/library.js"
    STYLE = source("compare_look", "compare_strategies", kind="css")


class CompareForcing(CompareWidget):
    """Losses along a given text and along the model's own. Frames are those of
    playground.pages.compare.teacher_forcing.run."""

    MODULE = "views/compare/forcing.js"
    STYLE = source("compare_look", "compare_forcing", kind="css")


class CompareClassifier(CompareWidget):
    """Label words as classes. Frames are those of playground.pages.compare.classifier.run."""

    MODULE = "views/compare/classifier.js"
    STYLE = source("compare_look", "compare_classifier", kind="css")


class ComparePeople(CompareWidget):
    """Blind pairs of texts and a tally. Frames are those of
    playground.pages.compare.strategies.compare; server function `tally`."""

    MODULE = "views/compare/people.js"
    STYLE = source("compare_look", "compare_strategies", "compare_people", kind="css")


class CompareSweep(CompareWidget):
    """A grid of settings × seeds as a table. Frames are those of
    playground.pages.compare.sweep.run."""

    MODULE = "views/compare/sweep.js"
    STYLE = source("compare_look", kind="css")


class CompareMasking(CompareWidget):
    """What cutting tokens does to the law of a text. Server function `compare_laws`; see
    playground.pages.compare.masking."""

    MODULE = "views/compare/masking.js"
    STYLE = source("compare_look", "compare_contexts", kind="css")


class CompareReward(CompareWidget):
    """A network that learns from a reward: curves, texts before and after, credits. Frames are
    those of playground.pages.compare.reward.run;
    server functions `weights` (what was learnt) and `toy`. `measured`: figures over several seeds,
    or None."""

    MODULE = "views/compare/reward.js"
    STYLE = source("compare_look", "compare_reward", kind="css")
