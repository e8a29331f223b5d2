"""Tensors that lie on another device, pretended on the CPU: reading them with numpy, or computing
with them and a tensor of the host together, is the error that CUDA gives."""

from __future__ import annotations

import torch
from torch.overrides import TorchFunctionMode

DEVICE = torch.device("meta")  # what such a tensor says of itself
# take a host's index, or a host's tensor of no dimension, as CUDA does
INDEXING = {torch.Tensor.__getitem__, torch.Tensor.__setitem__, torch.Tensor.copy_}


class Elsewhere(torch.Tensor):
    """A tensor on the other device."""


def is_elsewhere(value) -> bool:
    return isinstance(value, Elsewhere)


def there(tensor: torch.Tensor) -> Elsewhere:
    return tensor.as_subclass(Elsewhere)


def here(tensor: torch.Tensor) -> torch.Tensor:
    with torch._C.DisableTorchFunctionSubclass():  # a subclass makes what it gives one of its own
        return tensor.as_subclass(torch.Tensor)


class OtherDevice(TorchFunctionMode):
    """`with OtherDevice():` around the code that is tried."""

    def __torch_function__(self, func, types, args=(), kwargs=None):
        kwargs = dict(kwargs or {})
        name = getattr(func, "__name__", "")
        first = args[0] if args else None
        if func == torch.Tensor.device.__get__ and is_elsewhere(first):
            return DEVICE
        if name in ("numpy", "__array__") and is_elsewhere(first):
            raise TypeError("can't convert cuda:0 device type tensor to numpy. Use Tensor.cpu()")
        if name == "cpu":
            return here(first)
        if name == "to":
            wanted = [*args[1:], *kwargs.values()]
            if DEVICE in wanted:
                return there(first)
            if any(str(one) == "cpu" for one in wanted):
                moved = [one for one in args[1:] if str(one) != "cpu"]
                return here(first).to(*moved) if moved else here(first)
        placed = kwargs.pop("device", None) == DEVICE
        if func not in INDEXING:
            tensors = [one for one in self._tensors([args, kwargs]) if one.dim() > 0]
            if len({is_elsewhere(one) for one in tensors}) == 2:
                raise RuntimeError(f"Expected all tensors to be on the same device ({name})")
        found = func(*args, **kwargs)
        return there(found) if placed and isinstance(found, torch.Tensor) else found

    def _tensors(self, value) -> list[torch.Tensor]:
        if isinstance(value, torch.Tensor):
            return [value]
        if isinstance(value, dict):
            value = list(value.values())
        if isinstance(value, list | tuple):
            return [tensor for one in value for tensor in self._tensors(one)]
        return []


class FarDenoiser:
    """A denoiser whose answers lie on the other device; everything else is the wrapped one's."""

    def __init__(self, denoiser):
        self._denoiser = denoiser

    def __getattr__(self, name):
        return getattr(self._denoiser, name)

    def logits(self, canvas):
        return there(torch.as_tensor(self._denoiser.logits(canvas)))
