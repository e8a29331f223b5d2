"""What is measured: the two shipped networks, and SmolLM2-135M from a folder or as its architecture
with seeded weights."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

import torch
from transformers import LlamaConfig, LlamaForCausalLM

from playground.paths import ASSETS
from tests.backend.small_models import byte_tokenizer


@dataclass(frozen=True)
class Model:
    """A folder in the hub's layout; `kind` is "causal" or "denoiser", `what` a line for the
    figures."""

    folder: Path
    kind: str
    what: str


def offered(scratch: Path, small: bool) -> dict[str, Model]:
    """name -> Model."""
    shipped = ASSETS / "models"
    found = {
        "fairy-causal": Model(shipped / "fairy-causal", "causal", "shipped, 15 M"),
        "fairy-diffusion": Model(shipped / "fairy-diffusion", "denoiser", "shipped, 15 M"),
    }
    folder = os.environ.get("PLAYGROUND_SMOLLM2")
    if folder:
        found["smollm2-135m"] = Model(Path(folder), "causal", "SmolLM2-135M from its folder")
    else:
        found["smollm2-135m"] = seeded(scratch / "smollm2-135m", small)
    return found


def seeded(folder: Path, small: bool) -> Model:
    """SmolLM2-135M's architecture with weights of a seed; with `small`, two layers of it and a
    small vocabulary."""
    torch.manual_seed(0)
    config = LlamaConfig(
        vocab_size=512 if small else 49_152,
        hidden_size=576,
        intermediate_size=1536,
        num_hidden_layers=2 if small else 30,
        num_attention_heads=9,
        num_key_value_heads=3,
        max_position_embeddings=8192,
        rope_theta=100_000,
        tie_word_embeddings=True,
        bos_token_id=0,
        eos_token_id=256,
    )
    LlamaForCausalLM(config).save_pretrained(folder)
    byte_tokenizer().save_pretrained(folder)
    size = "two layers of SmolLM2-135M's architecture" if small else "SmolLM2-135M's architecture"
    return Model(folder, "causal", f"{size}, weights of seed 0")
