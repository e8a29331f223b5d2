"""The logits of steps on view, so that a moved slider runs no network."""

from __future__ import annotations

import threading
from collections import OrderedDict

import torch


class LogitsCache:
    """Logits of the steps on view, least recently used out, within a number of bytes over all
    models."""

    def __init__(self, budget: int):
        self.budget, self.bytes = budget, 0
        self._entries: OrderedDict[tuple, torch.Tensor] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, key: tuple) -> torch.Tensor | None:
        with self._lock:
            found = self._entries.get(key)
            if found is not None:
                self._entries.move_to_end(key)
        return found

    def put(self, key: tuple, logits: torch.Tensor) -> None:
        size = logits.numel() * logits.element_size()
        with self._lock:
            if key not in self._entries:
                self._entries[key] = logits
                self.bytes += size
            while self.bytes > self.budget and self._entries:
                _, old = self._entries.popitem(last=False)
                self.bytes -= old.numel() * old.element_size()

    def forget(self, model: str) -> None:
        """Drop every entry of a model."""
        with self._lock:
            for key in [key for key in self._entries if key[0] == model]:
                old = self._entries.pop(key)
                self.bytes -= old.numel() * old.element_size()

    def __len__(self) -> int:
        return len(self._entries)
