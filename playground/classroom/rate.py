"""How often something may happen: a bucket that fills at a rate and holds so much."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass
class Bucket:
    """`rate` a second, `burst` at once; full at first."""

    rate: float
    burst: float
    _left: float = field(init=False)
    _at: float | None = field(init=False, default=None)

    def __post_init__(self) -> None:
        self._left = self.burst

    def take(self, now: float) -> bool:
        """Whether it may happen once more at `now` (seconds)."""
        if self._at is not None:
            self._left = min(self.burst, self._left + max(0.0, now - self._at) * self.rate)
        self._at = now
        if self._left < 1:
            return False
        self._left -= 1
        return True
