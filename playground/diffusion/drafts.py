"""Drafts and their checks: what a denoiser that can check drafts offers, and what one pass of a
speculative sampler did.

A denoiser with a verifier has `draft(canvas (B, L))`, which runs the denoiser once and returns a
reading with

    logits (B, L, V)                     the drafts' logits
    verify(pieces (B, L), order (B, M), count) -> (B, count, V)   logits of the first `count` places of the order given the pieces
                                         before them; order holds -1 behind the end of a shorter row
    reads_order                          whether these depend on the order of the pieces before, and not on the pieces alone

`playground.backend.verifier` is the learned one; `SelfReading` makes one of any exact denoiser.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch

LEFT_SHOWN = 5  # words of what is left over, in a record


class SelfReading:
    """A canvas that a denoiser has read, verified by the same denoiser: q is its own law given the
    drafts before."""

    reads_order = False

    def __init__(self, denoiser, canvas: torch.Tensor):
        self.denoiser, self.canvas = denoiser, canvas
        self.logits = torch.as_tensor(denoiser.logits(canvas.clone()))

    def verify(self, pieces: torch.Tensor, order: torch.Tensor, count: int) -> torch.Tensor:
        """(B, count, V); the first place's logits are those of the draft."""
        rows, length = self.canvas.shape
        device = (
            self.logits.device
        )  # a network's answers lie where it computes; canvases lie on the host
        at = order[:, :count].clamp(min=0)
        first = self.logits[torch.arange(rows, device=device), at[:, 0].to(device)][:, None]
        if count == 1:
            return first
        shown = self.canvas[:, None].repeat(1, count - 1, 1)  # (B, count - 1, L): 1, 2, ... drafts
        for turn in range(count - 1):
            here = order[:, turn] >= 0
            shown[here, turn:, at[here, turn]] = pieces[here, at[here, turn]][:, None]
        logits = torch.as_tensor(forgiving(self.denoiser).logits(shown.view(-1, length)))
        logits = logits.view(rows, count - 1, length, -1)
        later = at[:, 1:, None, None].to(device).expand(-1, -1, 1, logits.shape[-1])
        return torch.cat([first, logits.gather(2, later)[:, :, 0]], 1)


def forgiving(denoiser):
    """The denoiser, with an answer also to canvases that it calls impossible: behind such a draft,
    which is refused for certain, nothing that it says counts."""
    return denoiser.with_fallback() if hasattr(denoiser, "with_fallback") else denoiser


@dataclass
class Drafts:
    """What one pass did to B canvases of L places."""

    where: np.ndarray  # (B, L) bool: a word was drafted there
    rank: np.ndarray  # (B, L) the turn of each place, from 0
    drafts: np.ndarray  # (B, L) ids at `where`
    p: np.ndarray  # (B, L) the probability of each draft when it was drawn
    q: (
        np.ndarray
    )  # (B, L) its probability given the drafts before it; they stand up to the first refusal alone
    refused: np.ndarray  # (B, L) bool: the first refused place of each row
    left: dict[int, tuple[float, list[list]]]
    # row -> (sum of max(0, q - p) at the refused place, its likeliest [id, p, q, (q - p) / sum])
    written: np.ndarray  # (B, L) ids after the pass

    def record(self, row: int, text_of: Callable[[int], str] | None = None) -> dict:
        """{"drafts": [{"place", "draft", "p", "q", "accepted"}] in their order, "refused": None or
        {"turn", "place", "draft", "replacement", "p", "q", "mass", "left"}}. Behind the refused one
        q and accepted are None."""
        places = np.nonzero(self.where[row])[0]
        places = places[np.argsort(self.rank[row, places], kind="stable")]
        found: dict = {"drafts": [], "refused": None}
        for turn, place in enumerate(places.tolist()):
            draft = {
                "place": place,
                "draft": int(self.drafts[row, place]),
                "p": float(self.p[row, place]),
            }
            beyond = found["refused"] is not None
            draft["q"] = None if beyond else float(self.q[row, place])
            draft["accepted"] = None if beyond else not bool(self.refused[row, place])
            if text_of is not None:
                draft["text"] = text_of(draft["draft"])
            found["drafts"].append(draft)
            if self.refused[row, place]:
                found["refused"] = self._refusal(row, turn, draft, text_of)
        return found

    def _refusal(self, row: int, turn: int, draft: dict, text_of) -> dict:
        mass, left = self.left.get(row, (0.0, []))
        refusal = {
            "turn": turn,
            **{name: draft[name] for name in ("place", "draft", "p", "q")},
            "replacement": int(self.written[row, draft["place"]]),
            "mass": mass,
            "left": left,
        }
        if text_of is not None:
            refusal["text"] = text_of(refusal["replacement"])
            refusal["left"] = [[*entry, text_of(entry[0])] for entry in left]
        return refusal


def likeliest_left(p: np.ndarray, q: np.ndarray) -> tuple[float, list[list]]:
    """(sum of max(0, q - p), its LEFT_SHOWN largest terms as [id, p, q, share of the sum]) of laws
    p and q (V,)."""
    rest = np.maximum(0.0, q - p)
    mass = float(rest.sum())
    ids = [int(i) for i in np.argsort(-rest, kind="stable")[:LEFT_SHOWN] if rest[i] > 0]
    return mass, [[i, float(p[i]), float(q[i]), float(rest[i] / mass)] for i in ids]
