"""Files of weights that were trained with this package: safetensors whose header names their
format."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch
from safetensors import safe_open

from playground.backend.errors import WeightsRefused


def read_trained(
    path: Path, form: str, refusal: Any
) -> tuple[dict[str, torch.Tensor], dict[str, str]]:
    """(tensors by name, as stored; the header) of one file. Its header must say format `form`,
    otherwise WeightsRefused with the sentence `refusal`."""
    with safe_open(path, "pt") as file:
        header = file.metadata() or {}
        if header.get("format") != form:
            raise WeightsRefused(refusal)
        return {name: file.get_tensor(name) for name in file.keys()}, header


def check_shapes(
    state: Mapping[str, torch.Tensor], wanted: Mapping[str, torch.Tensor], refusal: Any
) -> None:
    """WeightsRefused with the sentence `refusal` unless both hold the same names, each in the same
    shape."""
    shapes = [{name: value.shape for name, value in one.items()} for one in (state, wanted)]
    if shapes[0] != shapes[1]:
        raise WeightsRefused(refusal)
