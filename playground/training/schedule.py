"""Learning rate over the steps, and the moving average of the weights."""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch


@dataclass
class Trapezoid:
    """Warm-up, a plateau, a linear descent to zero. Where the descent begins is fixed only when
    `begin_descent` is called, so a run that is given minutes instead of steps can measure its own
    speed first; a resumed run keeps what was fixed."""

    peak: float
    warmup: int = 200
    descent_start: int | None = None
    descent_steps: int | None = None

    def begin_descent(self, step: int, steps: int) -> None:
        """Descend from `step` over `steps` steps."""
        self.descent_start, self.descent_steps = step, max(1, steps)

    @property
    def last_step(self) -> float:
        """The number of steps after which the rate is zero; infinite while the descent is not
        fixed."""
        if self.descent_start is None or self.descent_steps is None:
            return math.inf
        return self.descent_start + self.descent_steps

    def rate(self, step: int) -> float:
        """Learning rate of step `step` (0-based)."""
        rate = self.peak * min(1.0, (step + 1) / max(1, self.warmup))
        if self.descent_start is not None and self.descent_steps and step >= self.descent_start:
            rate *= max(0.0, 1 - (step - self.descent_start) / self.descent_steps)
        return rate


class AveragedWeights:
    """Exponential moving average of a network's weights, with a shorter memory at the beginning (as
    in TensorFlow's `ExponentialMovingAverage(num_updates)`)."""

    def __init__(self, network: torch.nn.Module, decay: float = 0.999):
        self.decay = decay
        self.live = [parameter for parameter in network.parameters() if parameter.requires_grad]
        self.average = [parameter.detach().clone() for parameter in self.live]

    @torch.no_grad()
    def update(self, step: int) -> None:
        """Take in the weights after step `step`."""
        decay = min(self.decay, (1 + step) / (10 + step))
        torch._foreach_lerp_(
            self.average, [parameter.detach() for parameter in self.live], 1 - decay
        )

    @torch.no_grad()
    def swap(self) -> None:
        """Exchange the network's weights for the averaged ones; a second call undoes it."""
        for live, average in zip(self.live, self.average, strict=True):
            kept = live.detach().clone()
            live.copy_(average)
            average.copy_(kept)
