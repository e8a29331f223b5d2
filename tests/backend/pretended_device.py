"""A device beside the program, pretended on the CPU: what it copies to the host lies there only
once somebody has waited for it."""

from __future__ import annotations

import torch


class Mark:
    def __init__(self, platform, copies):
        self.platform, self.copies = platform, copies

    def synchronize(self):
        self.platform.waits += 1
        for target, source in self.copies:
            target.copy_(source)


class PretendedPlatform:
    """`waits` counts how often the program waited; `up` and `down` the copies each way."""

    def __init__(self):
        self.waits = self.up = self.down = 0
        self._held: set[int] = set()
        self._begun: list = []

    def pinned(self, shape, dtype):
        memory = torch.full(tuple(shape), -7, dtype=torch.long).to(dtype)
        self._held.add(memory.data_ptr())
        return memory

    def copy(self, target, source):
        if target.data_ptr() in self._held and source.data_ptr() not in self._held:
            self.down += 1
            self._begun.append((target, source.clone()))  # as it is now, whatever is asked later
        else:
            self.up += 1
            target.copy_(source)

    def mark(self):
        begun, self._begun = self._begun, []
        return Mark(self, begun)


class PretendedRecorder:
    """A recording is the work itself, done again; its results go where the first ones lay. `error`:
    what recording fails with."""

    def __init__(self, error: Exception | None = None):
        self.error, self.recorded, self.replayed = error, 0, 0

    def record(self, work):
        if self.error is not None:
            raise self.error
        self.recorded += 1
        outputs = work()

        def replay():
            self.replayed += 1
            for kept, new in zip(outputs, work(), strict=True):
                kept.copy_(new)

        return replay, outputs
