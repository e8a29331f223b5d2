"""Left to right: how the next token is chosen, step by step. Knows no model and no page; a model
comes in as an argument.

What is named here is imported when it is first used, so that `playground.decoding.settings` costs
no torch.
"""

from typing import TYPE_CHECKING

from playground import lazy

if TYPE_CHECKING:
    from playground.decoding import (
        attribution as attribution,
    )
    from playground.decoding import (
        barrier as barrier,
    )
    from playground.decoding import (
        cycle as cycle,
    )
    from playground.decoding import (
        distribution as distribution,
    )
    from playground.decoding import (
        drafts as drafts,
    )
    from playground.decoding import (
        drafts_law as drafts_law,
    )
    from playground.decoding import (
        escape as escape,
    )
    from playground.decoding import (
        escape_curves as escape_curves,
    )
    from playground.decoding import (
        experiment as experiment,
    )
    from playground.decoding import (
        form as form,
    )
    from playground.decoding import (
        loops as loops,
    )
    from playground.decoding import (
        scoring as scoring,
    )
    from playground.decoding import (
        search as search,
    )
    from playground.decoding import (
        settings as settings,
    )
    from playground.decoding import (
        spelling as spelling,
    )
    from playground.decoding import (
        stages as stages,
    )
    from playground.decoding import (
        text as text,
    )
    from playground.decoding import (
        together as together,
    )
    from playground.decoding import (
        watermark as watermark,
    )
    from playground.decoding import (
        words as words,
    )
    from playground.decoding.attribution import leave_one_out
    from playground.decoding.generation import (
        CausalModel,
        behind_negative,
        end_ids,
        generate,
        recompute,
    )
    from playground.decoding.loops import find_loop
    from playground.decoding.scoring import draw_many, score
    from playground.decoding.search import beam_search
    from playground.decoding.settings import PRESETS, DecodingSettings
    from playground.decoding.stage_effects import binding_sentence
    from playground.decoding.stages import Stage, apply_stages
    from playground.decoding.step import Step
    from playground.decoding.text import TextStream, text_pieces

__all__ = [
    "PRESETS",
    "CausalModel",
    "DecodingSettings",
    "Stage",
    "Step",
    "TextStream",
    "apply_stages",
    "beam_search",
    "behind_negative",
    "binding_sentence",
    "draw_many",
    "end_ids",
    "find_loop",
    "generate",
    "leave_one_out",
    "recompute",
    "score",
    "text_pieces",
]

__getattr__, __dir__ = lazy.exports(
    __name__,
    {
        "attribution": ("leave_one_out",),
        "generation": ("CausalModel", "behind_negative", "end_ids", "generate", "recompute"),
        "loops": ("find_loop",),
        "scoring": ("draw_many", "score"),
        "search": ("beam_search",),
        "settings": ("PRESETS", "DecodingSettings"),
        "stage_effects": ("binding_sentence",),
        "stages": ("Stage", "apply_stages"),
        "step": ("Step",),
        "text": ("TextStream", "text_pieces"),
    },
)
