"""A second copy of a network's matrices, laid out for batches of a few rows.

On a CPU a product of 4 to 100 rows with a matrix spends much of its time in laying the matrix out
anew at every call: measured here on one core, an output layer of 49,152 x 576 takes 42 ms for 12
rows, 13 ms with the matrix laid out once. One row alone is fastest with the plain layout, so both
are kept; the copy costs the weights' memory once more.
"""

from __future__ import annotations

import os
from bisect import bisect_left
from typing import Any

import torch
from torch.nn.functional import linear

# oneDNN keeps the code of each shape that it has met; at its default of 1,024 that grows by some 50
# MB in the first hours, at 128 a class of a hundred leaves 40 MB more behind than at 48
os.environ.setdefault("ONEDNN_PRIMITIVE_CACHE_CAPACITY", "48")

FEWEST, MOST = 3, 96  # rows between which the copy is used
SMALLEST = 32_768  # elements of a matrix worth a copy
EXPECTED_ROWS = 16
# Each shape costs compiled code that stays in memory (some 200 KB for each matrix and number of
# rows): batches are filled up with empty rows to one of these.
STEPS = (1, 2, 4, 6, 8, 10, 12, 14, 16, 20, 24, 28, 32, 40, 48, 56, 64, 80, 96)


def filled_up(rows: int) -> int:
    """How many rows a batch of `rows` runs with."""
    return STEPS[bisect_left(STEPS, rows)] if rows <= STEPS[-1] else rows


def prepack(network: Any) -> int:
    """Give every linear layer of a float32 network on the CPU its copy; the bytes that the copies
    take.

    Returns 0 and changes nothing where the operations (oneDNN's, as torch.compile uses them) are
    missing or give other values.
    """
    layers = [
        module
        for module in network.modules()
        if isinstance(module, torch.nn.Linear) and module.weight.numel() >= SMALLEST
    ]
    if not layers or any(
        layer.weight.dtype != torch.float32 or layer.weight.device.type != "cpu" for layer in layers
    ):
        return 0
    if not torch.backends.mkldnn.is_available() or not _trustworthy(
        min(layers, key=lambda layer: layer.weight.numel())
    ):
        return 0
    total = 0
    for layer in layers:
        layer.forward = _Linear(layer)
        total += layer.weight.numel() * layer.weight.element_size()
    return total


class _Linear:
    """Stands for a layer's forward: the copy for a few rows, the plain matrix otherwise."""

    def __init__(self, layer: torch.nn.Linear):
        self.weight, self.bias = layer.weight, layer.bias
        with torch.no_grad():
            self.copy = torch.ops.mkldnn._reorder_linear_weight(
                layer.weight.detach(), EXPECTED_ROWS
            )

    def __call__(self, input: torch.Tensor) -> torch.Tensor:
        if FEWEST <= input.numel() // input.shape[-1] <= MOST and not torch.is_grad_enabled():
            return torch.ops.mkldnn._linear_pointwise(input, self.copy, self.bias, "none", [], "")
        return linear(input, self.weight, self.bias)


def _trustworthy(layer: torch.nn.Linear) -> bool:
    """Whether the operations are there and agree with the plain product."""
    rows = torch.linspace(-1, 1, 5 * layer.in_features).view(5, layer.in_features)
    try:
        with torch.no_grad():
            ours, plain = _Linear(layer)(rows), linear(rows, layer.weight, layer.bias)
    except (RuntimeError, AttributeError, NotImplementedError):
        return False
    return bool(torch.allclose(ours, plain, atol=1e-4, rtol=1e-4))
