"""Left to right: how the next token is chosen, step by step. Knows no model and no page; a model comes in as an argument."""

from playground.decoding.generate import CausalModel, generate, recompute
from playground.decoding.settings import PRESETS, DecodingSettings
from playground.decoding.stages import Stage, apply_stages
from playground.decoding.step import Step, binding_sentence

__all__ = [
    "PRESETS", "CausalModel", "DecodingSettings", "Stage", "Step", "apply_stages", "binding_sentence", "generate", "recompute",
]
