"""The shipped masked network that the verifier and the evidence network are trained on."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import torch
from tokenizers import Tokenizer
from transformers import BertForMaskedLM


def load_network(folder: str | Path) -> tuple[Tokenizer, Any]:
    """Tokenizer and float32 network of a shipped folder. Plain attention: the fused one's gradient
    is slow on a CPU."""
    network = BertForMaskedLM.from_pretrained(
        folder, dtype=torch.float32, attn_implementation="eager"
    )
    return Tokenizer.from_file(str(Path(folder) / "tokenizer.json")), network
