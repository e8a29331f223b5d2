"""Left-to-right architectures whose weights were trained again as masked diffusion models: the
same layers under a full mask.

dllm's Qwen3-0.6B-diffusion (model type `a2d-qwen3`) is Qwen3 layer for layer; only its attention
sees both sides, and the logits of a place are those of the token at that place, not of the next
one. transformers' own Qwen3 takes a four-dimensional mask as it is, so no code of the repository
is needed, and none is run.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import torch
from transformers import Qwen3Config, Qwen3ForCausalLM

from playground.backend.weights import STAND_INS

MASK_TOKENS = ("<|mask|>", "<|MASK|>")  # where the tokenizer's own settings do not name it


class FullQwen3(Qwen3ForCausalLM):
    """Qwen3 in which every place reads every place that is not padding."""

    def forward(  # type: ignore[override]
        self,
        input_ids: torch.Tensor,
        attention_mask: torch.Tensor | None = None,
        output_hidden_states: bool = False,
    ) -> Any:
        """input_ids (B, L); attention_mask (B, L), 0 where padding stands. Logits (B, L, V) of the
        tokens at their own places."""
        rows, length = input_ids.shape
        seen = (
            torch.ones(rows, length, dtype=torch.bool, device=input_ids.device)
            if attention_mask is None
            else attention_mask.bool()
        )
        return super().forward(
            input_ids=input_ids,  # type: ignore[arg-type]
            attention_mask=seen[:, None, None, :].expand(rows, 1, length, length),
            use_cache=False,
            output_hidden_states=output_hidden_states,
        )


def is_full(folder: Path) -> bool:
    """Whether config.json names one of these architectures."""
    try:
        described = json.loads((folder / "config.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return False
    return isinstance(described, dict) and described.get("model_type") in STAND_INS


def full_config(folder: Path) -> Qwen3Config:
    """Its settings as those of the library's own class; what asks for remote code is left out."""
    described = json.loads((folder / "config.json").read_text(encoding="utf-8"))
    for name in ("auto_map", "model_type", "architectures"):
        described.pop(name, None)
    return Qwen3Config.from_dict(described)


def name_the_mask(tokenizer: Any) -> None:
    """Some copies list the mask among the added tokens without saying that it is the mask."""
    if tokenizer.mask_token is None:
        known = tokenizer.get_vocab()
        found = next((token for token in MASK_TOKENS if token in known), None)
        if found is not None:
            tokenizer.mask_token = found
