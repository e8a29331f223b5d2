"""One step of an unmasking run: arrays in memory, plain data by `record`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
import torch

from playground.diffusion.drafts import Drafts
from playground.diffusion.moving import Moving
from playground.diffusion.prediction import Prediction

MASKED, NEW, SETTLED, REMASKED, LOCKED, GROUPED = range(6)
STATES = ("masked", "new", "settled", "remasked", "locked", "grouped")


@dataclass
class Step:
    """What one step did to B canvases of L positions."""

    index: int  # 0, 1, ... over the whole run
    canvas: torch.Tensor  # (B, L) ids after the step
    revealed: torch.Tensor  # (B, L) bool: a word was drawn at this step
    confidence: (
        torch.Tensor
    )  # (B, L) largest untempered probability when last asked; NaN where never asked (locked)
    entropy: torch.Tensor  # (B, L) nats, likewise
    state: np.ndarray  # (B, L) numbers of STATES
    calls: np.ndarray  # (B,) network evaluations of each row so far (guidance counts two)
    t: np.ndarray | None = None  # (B,) time after the step, where the sampler has one
    fresh: np.ndarray | None = (
        None  # (B,) whether the figures belong to the canvas that the step started from
    )
    phase: str | None = None  # "burn-in" before a Gibbs run counts
    drafts: Drafts | None = field(default=None, repr=False)  # of a speculative sampler's pass
    vectors: Moving | None = field(default=None, repr=False)  # of a sampler that moves vectors
    prediction: Prediction | None = field(default=None, repr=False)
    before: Prediction | None = field(default=None, repr=False)  # the prediction of the step before

    def record(
        self, row: int = 0, text_of: Callable[[int], str] | None = None, top: int = 10
    ) -> dict:
        """Plain JSON data of one row; None stands where nothing was predicted. top: candidates a
        position.

        A speculative sampler's step has "drafts" and "refused" too, see
        `playground.diffusion.drafts`.
        change: total variation, over the whole vocabulary, between the prediction of this step and
            of the step before.
        A sampler that moves vectors adds "vectors", see `playground.diffusion.moving`.
        """
        canvas = self.canvas[row].tolist()
        rows = (
            self.prediction.top(row, top) if self.prediction is not None else [None] * len(canvas)
        )
        record = {
            "index": self.index,
            "t": None if self.t is None else float(self.t[row]),
            "canvas": canvas,
            "state": [STATES[code] for code in self.state[row].tolist()],
            "confidence": _plain(self.confidence[row]),
            "entropy": _plain(self.entropy[row]),
            "top": rows,
            "change": self.prediction.change_from(self.before, row)
            if self.prediction is not None and self.before is not None
            else [None] * len(canvas),
            "calls": int(self.calls[row]),
            "revealed": int(self.revealed[row].sum()),
            "fresh": True if self.fresh is None else bool(self.fresh[row]),
            "phase": self.phase,
        }
        if self.drafts is not None:
            record |= self.drafts.record(row, text_of)
        if self.vectors is not None:
            record["vectors"] = self.vectors.record(row)
        if text_of is not None:
            record["text"] = [text_of(token) for token in canvas]
            record["top"] = [
                None if r is None else [[i, p, text_of(i)] for i, p in r] for r in rows
            ]
        return record


def _plain(values: torch.Tensor) -> list[float | None]:
    return [None if value != value else value for value in values.tolist()]
