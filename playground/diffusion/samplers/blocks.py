"""How the positions and the steps of a run are shared out over blocks."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from playground.diffusion.run import Run


class Clock(NamedTuple):
    """Where each of B rows stands inside the block that it works on."""

    step: np.ndarray  # (B,) 0, 1, ... of the block's steps
    steps: np.ndarray  # (B,) how many the block has
    masks: np.ndarray | None = None  # (B,) masks that the block had at its first step

    @property
    def last(self) -> np.ndarray:
        return self.step == self.steps - 1


def share_out(total: np.ndarray | int, parts: np.ndarray | int, index: np.ndarray) -> np.ndarray:
    """The size of part number `index` when `total` is dealt into `parts`, the remainder to the
    first ones (LLaDA's divmod).

    >>> share_out(10, 4, np.arange(4)).tolist()
    [3, 3, 2, 2]
    """
    total, parts = np.asarray(total), np.maximum(np.asarray(parts), 1)
    return total // parts + (index < total % parts)


class Blocks:
    """Which positions belong to which block of each row, and which block a row works on at which
    step.

    Without block_length all open positions form one block. With it, block b holds the open
    positions numbered b * block_length and on; with overlap > 0 the blocks are windows over all
    positions, each starting block_length - overlap after the one before, and the model sees the
    window alone.
    """

    def __init__(self, run: Run):
        settings, batch, length = run.settings, *run.canvas.shape
        self.length, self.settings = length, settings
        if settings.block_length is None:
            self.number = np.where(run.open, 0, -1)
            self.starts = None
        elif settings.overlap:
            stride = settings.block_length - settings.overlap
            count = max(1, -(-(length - settings.overlap) // stride))
            # a position belongs to the first window that reaches it
            window = np.clip((np.arange(length) - settings.overlap) // stride, 0, count - 1)
            self.number = np.where(run.open, window, -1)
            self.starts = np.arange(count) * stride
        else:
            self.number = np.where(
                run.open, (np.cumsum(run.open, axis=1) - 1) // settings.block_length, -1
            )
            self.starts = None
        if settings.block_length is None:  # the common case, and fast for 20,000 rows
            self.count, self.present = (
                np.ones(batch, dtype=np.int64),
                np.zeros((batch, 1), dtype=np.int64),
            )
            return
        has_mask = [
            np.unique(self.number[row][run.masked[row] & run.open[row]]) for row in range(batch)
        ]
        self.count = np.array([max(1, len(blocks)) for blocks in has_mask])  # (B,)
        self.present = np.full(
            (batch, int(self.count.max())), -1, dtype=np.int64
        )  # (B, blocks): which block comes when
        for row, blocks in enumerate(has_mask):
            self.present[row, : max(1, len(blocks))] = (
                blocks if len(blocks) else max(0, int(self.number[row].max()))
            )

    def at(self, turn: np.ndarray) -> np.ndarray:
        """(B, L) bool: the positions of the block that row b works on at its turn turn[b]."""
        return self.number == self._block(turn)[:, None]

    def _block(self, turn: np.ndarray) -> np.ndarray:
        # blocks made of one canvas serve any number of rows that share its open positions
        rows = np.arange(len(turn)) if len(self.count) > 1 else np.zeros(len(turn), dtype=np.int64)
        return self.present[rows, np.minimum(turn, self.count - 1)]

    def show_window(self, run: Run, turn: np.ndarray) -> None:
        """Let the model see the window of each row's turn; without overlap it sees the whole
        canvas."""
        if self.starts is None or self.settings.block_length is None:
            return
        block = self._block(turn)
        first = self.starts[np.maximum(block, 0)]
        window = first, np.minimum(first + self.settings.block_length, self.length)
        if run.window is not None:
            run.valid &= (window[0] == run.window[0]) & (window[1] == run.window[1])
        run.window = window

    def visible(self, run: Run) -> np.ndarray:
        """(B, L) bool: the masked positions that the model can say something about."""
        if run.window is None:
            return run.masked
        places = np.arange(self.length)
        return run.masked & (places >= run.window[0][:, None]) & (places < run.window[1][:, None])

    def timetable(self, steps: int) -> Iterator[tuple[np.ndarray, Clock]]:
        """(turn (B,), Clock) of each step. Every block has one step at least; a row that is through
        has turn = its count of blocks, and a clock that stands at the only step of none."""
        batch, blocks = self.present.shape
        share = np.where(
            np.arange(blocks) < self.count[:, None],
            np.maximum(1, share_out(steps, self.count[:, None], np.arange(blocks)[None])),
            0,
        )
        edges = np.concatenate(
            [np.zeros((batch, 1), dtype=np.int64), np.cumsum(share, axis=1)], axis=1
        )  # (B, blocks + 1)
        rows = np.arange(batch)
        for k in range(int(edges[:, -1].max())):
            turn = np.minimum((k >= edges[:, 1:]).sum(1), self.count)
            through = turn == self.count
            yield (
                turn,
                Clock(
                    np.where(through, 0, k - edges[rows, turn]),
                    np.where(through, 1, share[rows, np.minimum(turn, blocks - 1)]),
                ),
            )
