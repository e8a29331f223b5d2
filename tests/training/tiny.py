"""A masked network and settings so small that a training run takes a second."""

import torch

from playground.training.start import build_model

SIZES = dict(
    hidden_size=32,
    num_hidden_layers=3,
    num_attention_heads=4,
    intermediate_size=64,
    max_position_embeddings=64,
)
BRIEF = {
    "steps": 12,
    "learning_rate": 3e-3,
    "warmup": 2,
    "lengths": {16: 0.5, 24: 0.5},
    "evaluate_every": 4,
    "bfloat16": False,
}


def tiny_network(tokenizer):
    """The same random network at each call."""
    torch.manual_seed(5)
    return build_model("fairy-diffusion", tokenizer.get_vocab_size(), 0.0, **SIZES)
