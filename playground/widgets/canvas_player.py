"""The diffusion player: a canvas of words, the timeline, the map position × step, candidates, curves, and the visitor's edits."""

from __future__ import annotations

from playground.widgets.widget import Widget, source


class CanvasPlayer(Widget):
    """Draws unmasking runs as they come, and plays them again without a request.

    Values, each a message (plain data; see playground/pages/diffusion/runs.py): {"trace", "second"?, "note"?, "at"?} a whole run;
    {"run", "begin": {"sides", "what", "on"}}, then {"run", "frame": [{"side", "step", "words", "seconds"}]} for each step, then
    {"run", "end"}; {"run", "waiting"} while a model loads; {"problem"}; {"stop"}. Events: `halt` (stop), `run_on` with canvas,
    locked, second (null or the second canvas's canvas and locked), turn and model (from the browser: check them)."""

    SCRIPT = source(
        "parts",
        "transport",
        "canvas_words",
        "canvas_map",
        "canvas_look",
        "take_away",
        "canvas_player",
    )
    STYLE = source("canvas_words", "canvas_player", "take_away", kind="css")


class CanvasReading(Widget):
    """One quiet line: the text as the model reads it, or what is wrong with it. Value {"text"} or {"problem"}."""

    SCRIPT = source("parts", "canvas_reading")
    STYLE = ".canvas-reading { font: var(--t-label)/1.5 var(--mono); color: var(--soft); overflow-wrap: anywhere; min-height: 1.5em; }"


class CanvasSampler(Widget):
    """What the sampler just chosen does, before it is run. Value {"name", "text", "source"}, or {} for nothing."""

    SCRIPT = source("parts", "canvas_sampler")
    STYLE = (
        ".canvas-sampler { max-width: 74ch; } .canvas-sampler .say { margin: 0; } "
        ".canvas-sampler .canvas-note { font: var(--t-label)/1.5 var(--sans); color: var(--soft); margin: 0; }"
    )
