"""The way between the host and the device of a network: one copy up and one copy back for each
tick, and one wait.

On CUDA both copies go through page-locked memory and run while Python goes on; on the CPU the
tensors are there already.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate, pairwise
from typing import Any, Protocol

import torch


class Platform(Protocol):
    """What copies beside the running Python program need of a device."""

    def pinned(self, shape: Sequence[int], dtype: torch.dtype) -> torch.Tensor:
        """Memory of the host that the device copies from and to by itself."""
        ...

    def copy(self, target: torch.Tensor, source: torch.Tensor) -> None:
        """Begin a copy behind all that was asked of the device before."""
        ...

    def mark(self) -> Any:
        """A mark behind all that was asked of the device; its `synchronize()` waits until the
        device got there."""
        ...


class Cuda:
    """A CUDA device, by the stream of the thread that asks."""

    def pinned(self, shape: Sequence[int], dtype: torch.dtype) -> torch.Tensor:
        return torch.empty(tuple(shape), dtype=dtype, pin_memory=True)

    def copy(self, target: torch.Tensor, source: torch.Tensor) -> None:
        target.copy_(source, non_blocking=True)

    def mark(self) -> Any:
        event = torch.cuda.Event()
        event.record()
        return event


class Arrival:
    """Tensors on their way to the host."""

    def __init__(self, tensors: Sequence[torch.Tensor], mark: Any = None):
        self._tensors, self._mark = list(tensors), mark

    def wait(self) -> list[torch.Tensor]:
        """The tensors on the host; the one place at which the program waits for the device."""
        if self._mark is not None:
            self._mark.synchronize()
            self._mark = None
        return [tensor.cpu() for tensor in self._tensors]


class Crossing:
    """Copies for one network. platform: None where the device is the host, or knows no copies
    beside the program."""

    def __init__(self, device: torch.device, platform: Platform | None = None):
        self.device = device
        self.platform = platform or (Cuda() if device.type == "cuda" else None)

    @property
    def asynchronous(self) -> bool:
        """Whether the device works while Python goes on."""
        return self.platform is not None

    def up(self, *lists: Sequence[int] | torch.Tensor) -> list[torch.Tensor]:
        """Each list of whole numbers (or tensor (N,) of them) as one on the device, int64; one
        copy for all of them."""
        numbers = torch.cat([torch.as_tensor(one, dtype=torch.long) for one in lists])
        if self.platform is None:
            there = numbers.to(self.device)
        else:
            # copied into page-locked memory first; torch keeps such a block until the copy from it
            # is over
            held = self.platform.pinned(numbers.shape, torch.long)
            held.copy_(numbers)
            there = torch.empty(numbers.shape, dtype=torch.long, device=self.device)
            self.platform.copy(there, held)
        ends = accumulate((len(one) for one in lists), initial=0)
        return [there[begin:end] for begin, end in pairwise(ends)]

    def down(self, *tensors: torch.Tensor) -> Arrival:
        """Begin to bring tensors to the host."""
        if self.platform is None:
            return Arrival(tensors)
        landed = [self.platform.pinned(tensor.shape, tensor.dtype) for tensor in tensors]
        for target, source in zip(landed, tensors, strict=True):
            self.platform.copy(target, source)
        return Arrival(landed, self.platform.mark())
