"""The five views of the Diffusion page: unmasking, what noise does to a text, what samplers get
right, what steps cost, and what each noise costs."""

from __future__ import annotations

from playground.widgets.widget import Widget, source


class UnmaskView(Widget):
    """The controls, the wall of words, the left-to-right twin, the timeline, the map and the
    candidates.

    Values: {"kind": "whole", "trace", "second"?, "note"?, "at"?, "twin"?} a run that was recorded
        or opened; {"kind": "reading",
    "text" or "problem"}; {"kind": "models", "models": [[title, name, exact, verifies, reads
    noise]]}; and the messages of a run (playground/pages/run.py,
    frames by playground/pages/diffusion/runs.py). Events: `fill` starts a run, `read` asks how the
    model reads the canvas, `offers`
    asks for the models on offer, `several` starts a run of many texts (frames by scores.py). What
    they carry comes from the browser:
    check it. Scrubbing and edits ask nobody."""

    MODULE = "views/diffusion/unmask.js"
    EVENTS = ("fill", "read", "offers", "several")
    STREAMED = True
    STYLE = source(
        *("diffusion_words", "diffusion_form", "diffusion_unmask", "diffusion_drafts"),
        "diffusion_plane",
        "take_away",
        kind="css",
    )


class CorruptView(Widget):
    """Draws what playground/pages/diffusion/corrupt.py `corrupted` returns, or {"problem":
    sentence}. Dragging t makes no request.

    The server function `opened(nothing)` returns what stands there first: 80 kB that a visitor who
    never opens this part need not load. Events: `noise` with text, model, schedule and seed;
    `offers` as above."""

    MODULE = "views/diffusion/corrupt.js"
    EVENTS = ("noise", "offers")
    STREAMED = True
    STYLE = source(
        *("diffusion_words", "diffusion_form", "diffusion_plot", "diffusion_corrupt"),
        "diffusion_plane",
        kind="css",
    )


class ExactnessView(Widget):
    """A chain to edit, and the distance of each sampler's texts from it. Values: {"kind": "whole",
    "whole", "presets"} first, then the messages of a run. Event: `measure`."""

    MODULE = "views/diffusion/exactness.js"
    EVENTS = ("measure",)
    STREAMED = True
    STYLE = source("diffusion_plot", "diffusion_exactness", kind="css")


class StepsView(Widget):
    """Measured times and qualities, and the visitor's own numbers beside them. Values: {"kind":
    "whole", "whole"} first, then the messages of a run. Event: `measure`. The sliders ask
    nobody."""

    MODULE = "views/diffusion/steps.js"
    EVENTS = ("measure",)
    STREAMED = True
    STYLE = source("diffusion_form", "diffusion_plot", "diffusion_steps", kind="css")


class CostsView(Widget):
    """What each noise costs, and what control costs: bars, a table, and one controlled run to step
    through. Value: what `playground.pages.diffusion.noise_costs.report` returns. It asks
    nobody."""

    MODULE = "views/diffusion/costs.js"
    STYLE = source("diffusion_form", "diffusion_plot", "diffusion_costs", kind="css")
