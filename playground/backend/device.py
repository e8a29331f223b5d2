"""Device, number format, and the ZeroGPU decorator."""

from __future__ import annotations

import importlib
import os
from collections.abc import Callable
from functools import lru_cache
from typing import TypeVar

LARGE = 1_000_000_000  # parameters
F = TypeVar("F", bound=Callable)


@lru_cache(maxsize=1)
def device():
    """The torch.device that models run on: `PLAYGROUND_DEVICE` if set, else CUDA, else Apple's MPS,
    else the CPU."""
    import torch

    named = os.environ.get("PLAYGROUND_DEVICE", "").strip()
    if named:
        return torch.device(named)
    if torch.cuda.is_available():
        return torch.device("cuda")
    if getattr(torch.backends, "mps", None) is not None and torch.backends.mps.is_available():
        return torch.device("mps")
    return torch.device("cpu")


def dtype(parameters: int = 0):
    """The number format of a network's weights: `PLAYGROUND_DTYPE` (float32 or bfloat16) if set.
    Without it float32, so that a seed gives the CPU's text on a GPU too; networks of 10^9
    parameters and more are bfloat16 on CUDA, where they would not fit else. Logits become float32
    before any rule sees them in either case. ValueError names any other format."""
    import torch

    named = os.environ.get("PLAYGROUND_DTYPE", "").strip()
    if named not in ("", "float32", "bfloat16"):
        raise ValueError(f"PLAYGROUND_DTYPE must be float32 or bfloat16, got {named!r}")
    if named:
        return getattr(torch, named)
    large = device().type == "cuda" and parameters >= LARGE
    return torch.bfloat16 if large else torch.float32


def on_zero_gpu() -> bool:
    """Whether this process is a Space with a GPU lent by the call (each call runs in a forked
    process)."""
    return os.environ.get("SPACES_ZERO_GPU", "").lower() in ("1", "true", "t")


def zero_gpu(duration: int | Callable[..., int] = 60) -> Callable[[F], F]:
    """Decorator for a WHOLE run: `spaces.GPU(duration=seconds)` on ZeroGPU, otherwise it returns
    the function itself."""

    def decorate(function: F) -> F:
        if not on_zero_gpu():
            return function
        try:
            spaces = importlib.import_module("spaces")  # there on a Space alone
        except ImportError:
            return function
        return spaces.GPU(duration=duration)(function)

    return decorate


def memory_bytes() -> int:
    """Memory of the device (GPU) or of the machine (CPU, MPS), in bytes; a container's own limit
    counts."""
    import torch

    if device().type == "cuda":
        return int(torch.cuda.mem_get_info(device())[1])
    total = (
        os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
        if hasattr(os, "sysconf")
        else 8 << 30
    )
    for path in ("/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes"):
        try:
            with open(path, encoding="ascii") as file:
                text = file.read().strip()
        except OSError:
            continue
        if text.isdigit():
            total = min(total, int(text))
    return total
