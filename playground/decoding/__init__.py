"""Left to right: how the next token is chosen, step by step. Knows no model and no page; a model comes in as an argument."""

from playground.decoding.generate import CausalModel, generate, recompute
from playground.decoding.loops import find_loop
from playground.decoding.score import draw_many, score
from playground.decoding.search import beam_search
from playground.decoding.settings import PRESETS, DecodingSettings
from playground.decoding.stages import Stage, apply_stages
from playground.decoding.step import Step, binding_sentence
from playground.decoding.text import text_pieces

__all__ = [
    "PRESETS",
    "CausalModel",
    "DecodingSettings",
    "Stage",
    "Step",
    "apply_stages",
    "beam_search",
    "binding_sentence",
    "draw_many",
    "find_loop",
    "generate",
    "recompute",
    "score",
    "text_pieces",
]
