"""Self-speculative masked diffusion: a denoiser drafts every hidden place at once, a verifier accepts or refuses the drafts in turn.

One pass over a canvas: an order of the hidden places is chosen; place i gets a draft d_i from p_i, the denoiser's law given the
canvas; a verifier gives q_i, the law of place i given the canvas and the drafts before it in the order. Draft i stays with
probability min(1, q_i(d_i) / p_i(d_i)); the first refused one is replaced by a draw from max(0, q_i - p_i), normalised, and the pass
ends. Whatever p is, what is written has the law of q, one place after another; drafts only decide how many places a pass fills.

A verifier has `vocab_size`, `mask_id` and `read(canvas (B, L))`, which runs the denoiser once and returns a reading with

    logits (B, L, V)                     the drafts' logits
    verify(pieces (B, L), order (B, M), count) -> (B, count, V)   logits of the first `count` places of the order given the pieces
                                         before them; order holds -1 behind the end of a shorter row
    calls                                evaluations of the denoiser so far

`SelfVerifying` makes one of any denoiser, exact ones too; `playground.backend.verifier` is the learned one.

Source: arXiv 2510.03929, "Self-Speculative Masked Diffusions".
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import torch

from playground.diffusion.draws import ORDER, REVEAL, TOKEN, uniforms
from playground.diffusion.prediction import Prediction
from playground.diffusion.run import check_canvas
from playground.i18n import t

RESIDUAL = 4  # what a draw is for, beside those of `draws`
_CHUNK = 4_000_000  # probabilities held at once
Window = Callable[[int, int], int]


def cosine_window(ahead: float = 0.1) -> Window:
    """How many places a pass may fill: few while most are hidden, all of them near the end.

    With the share s of visible places, left * (1 - cos(pi / 2 * min(1, s + ahead))), rounded up.

    >>> [cosine_window()(left, 64) for left in (64, 48, 32, 16, 4)]
    [1, 8, 14, 13, 4]
    """
    if not 0 < ahead <= 1:
        raise ValueError(t("ahead must be in (0, 1], got {got}", got=ahead))

    def places(left: int, length: int) -> int:
        progress = min(1.0, 1 - left / length + ahead)
        return min(left, max(1, math.ceil(left * (1 - math.cos(math.pi / 2 * progress)) - 1e-12)))

    return places


class SelfVerifying:
    """Any denoiser verifies its own drafts: one batched call over the canvases that reveal 0, 1, 2, ... of them.

    Needs no weights of its own. What is written has exactly the law of the denoiser's any-order sampler, one place at a time.
    """

    def __init__(self, denoiser):
        self.denoiser = denoiser
        self.vocab_size, self.mask_id = int(denoiser.vocab_size), int(denoiser.mask_id)

    def read(self, canvas: torch.Tensor) -> SelfReading:
        """Ask the denoiser about canvas (B, L)."""
        return SelfReading(self.denoiser, canvas)


class SelfReading:
    """A canvas that a denoiser has read, and its verification by the same denoiser."""

    def __init__(self, denoiser, canvas: torch.Tensor):
        self.denoiser, self.canvas = denoiser, canvas
        self.logits = torch.as_tensor(denoiser.logits(canvas.clone()))
        self.calls = 1

    def verify(self, pieces: torch.Tensor, order: torch.Tensor, count: int) -> torch.Tensor:
        """(B, count, V); the first place's logits are those of the draft."""
        rows, length = self.canvas.shape
        at = order[:, :count].clamp(min=0)
        first = self.logits[torch.arange(rows), at[:, 0]][:, None]
        if count == 1:
            return first
        shown = self.canvas[:, None].repeat(1, count - 1, 1)  # (B, count - 1, L): 1, 2, ... drafts
        for turn in range(count - 1):
            here = order[:, turn] >= 0
            shown[here, turn:, at[here, turn]] = pieces[here, at[here, turn]][:, None]
        logits = torch.as_tensor(self.denoiser.logits(shown.view(-1, length)))
        self.calls += count - 1
        logits = logits.view(rows, count - 1, length, -1)
        later = at[:, 1:, None, None].expand(-1, -1, 1, logits.shape[-1])
        return torch.cat([first, logits.gather(2, later)[:, :, 0]], 1)


@dataclass
class SpeculativePass:
    """What one pass did to B canvases of L places; N is the largest number of drafts looked at. -1 or NaN: none there."""

    index: int
    before: np.ndarray  # (B, L) ids before the pass
    canvas: np.ndarray  # (B, L) ids after it
    order: np.ndarray  # (B, N) places in their order
    drafts: np.ndarray  # (B, N) ids
    p: np.ndarray  # (B, N) p_i(d_i)
    q: np.ndarray  # (B, N) q_i(d_i); NaN behind the first refusal, for there the drafts before it no longer stand
    accepted: np.ndarray  # (B,) drafts accepted
    refused: np.ndarray  # (B,) turn of the refused draft, 0-based
    replacement: np.ndarray  # (B,) id drawn in its place
    mass: (
        np.ndarray
    )  # (B,) sum of max(0, q - p) at the refused place: how likely a refusal there was
    left: list[list[list] | None]  # likeliest [id, p, q, (q - p) / mass] of what is left over
    passes: np.ndarray  # (B,) so far
    calls: np.ndarray  # (B,) evaluations of the denoiser so far
    filled: np.ndarray  # (B,) places filled so far

    @property
    def gained(self) -> np.ndarray:
        """(B,) places filled by this pass."""
        return self.accepted + (self.refused >= 0)

    def record(self, row: int = 0, text_of: Callable[[int], str] | None = None) -> dict:
        """Plain JSON data of one row."""
        looked_at = int((self.order[row] >= 0).sum())
        drafts = []
        for turn in range(looked_at):
            reached = self.refused[row] < 0 or turn <= self.refused[row]
            drafts.append(
                {
                    "place": int(self.order[row, turn]),
                    "draft": int(self.drafts[row, turn]),
                    "p": float(self.p[row, turn]),
                    "q": float(self.q[row, turn]) if reached else None,
                    "accepted": bool(turn < self.accepted[row]) if reached else None,
                }
            )
        refused = int(self.refused[row])
        record = {
            "index": self.index,
            "before": self.before[row].tolist(),
            "canvas": self.canvas[row].tolist(),
            "drafts": drafts,
            "refused": None,
            "gained": int(self.gained[row]),
            "passes": int(self.passes[row]),
            "calls": int(self.calls[row]),
            "pieces_a_pass": float(self.filled[row] / max(1, self.passes[row])),
        }
        if refused >= 0:
            record["refused"] = {
                "turn": refused,
                "place": int(self.order[row, refused]),
                "replacement": int(self.replacement[row]),
                "mass": float(self.mass[row]),
                "left": self.left[row],
            }
        if text_of is not None:
            record["text"] = [text_of(token) for token in record["canvas"]]
            for draft in drafts:
                draft["text"] = text_of(draft["draft"])
            if refused >= 0:
                record["refused"]["text"] = text_of(record["refused"]["replacement"])
                record["refused"]["left"] = [
                    [*entry, text_of(entry[0])] for entry in self.left[row] or []
                ]
        return record


def speculate(
    verifier,
    canvas,
    *,
    seed: int = 0,
    window: Window | None = None,
    order: Sequence[int] | None = None,
    temperature: float = 1.0,
    top_p: float = 1.0,
    rows: Sequence[int] | None = None,
) -> Iterator[SpeculativePass]:
    """Fill every mask of canvas (L,) or (B, L), one SpeculativePass at a time.

    window: (places left, length) -> how many a pass may fill, None: all. order: all places, those to fill first in front; None:
    another random order for each pass and row. temperature and top_p shape p and q alike. Draws depend on (seed, pass, row, place);
    rows (B,): the row numbers that they are keyed by, 0 .. B - 1 where None.
    """
    canvas, _ = check_canvas(canvas, verifier)
    batch, length = canvas.shape
    if order is not None and sorted(order) != list(range(length)):
        raise ValueError(
            t(
                "order must name each of the {length} places once, got {got}",
                length=length,
                got=list(order),
            )
        )
    keys = np.arange(batch) if rows is None else np.asarray(rows, dtype=np.int64)
    if keys.shape != (batch,) or keys.min() < 0:
        raise ValueError(
            t(
                "rows must hold {batch} whole numbers of at least 0, got {got}",
                batch=batch,
                got=rows,
            )
        )
    totals = {name: np.zeros(batch, dtype=np.int64) for name in ("passes", "calls", "filled")}
    index = 0
    while (canvas == verifier.mask_id).any():
        active = np.nonzero((canvas == verifier.mask_id).any(1))[0]
        places, count = _places(canvas, verifier.mask_id, (seed, index, keys), window, order)
        step = _empty_pass(index, canvas, places[:, : count.max()], totals)
        chunk = max(1, _CHUNK // (int(count.max()) * verifier.vocab_size))
        for start in range(0, len(active), chunk):
            part = active[start : start + chunk]
            how = (seed, keys[part], temperature, top_p)
            _verify_rows(verifier, step, part, places, count, how)
        for name, total in totals.items():
            setattr(step, name, total.copy())
        yield step
        canvas = step.canvas.copy()
        index += 1


def _places(canvas, mask_id, key_of, window, order) -> tuple[np.ndarray, np.ndarray]:
    """The hidden places of each row in their order, (B, M) with -1 behind the last, and how many a pass may fill, (B,)."""
    length = canvas.shape[1]
    masked = canvas == mask_id
    if order is None:
        seed, index, keys = key_of
        key = uniforms(seed, index, keys[:, None], np.arange(length), ORDER)
    else:
        key = np.argsort(np.asarray(order))[None] / length
    left = masked.sum(1)
    places = np.argsort(np.where(masked, key, 2.0), axis=1, kind="stable")[:, : left.max()]
    places = np.where(np.arange(left.max()) < left[:, None], places, -1)
    count = [n if window is None or n == 0 else window(int(n), length) for n in left]
    return places, np.clip(np.array(count, dtype=np.int64), np.minimum(1, left), left)


def _empty_pass(index, canvas, order, totals) -> SpeculativePass:
    batch = len(canvas)
    none = np.full(batch, -1)
    return SpeculativePass(
        index=index,
        before=canvas.copy(),
        canvas=canvas.copy(),
        order=np.full_like(order, -1),
        drafts=np.full_like(order, -1),
        p=np.full(order.shape, np.nan),
        q=np.full(order.shape, np.nan),
        accepted=np.zeros(batch, dtype=np.int64),
        refused=none.copy(),
        replacement=none.copy(),
        mass=np.zeros(batch),
        left=[None] * batch,
        **totals,
    )


def _laws(logits: torch.Tensor, mask_id: int, temperature: float, top_p: float):
    """A Prediction over (b, n, V) logits and its probabilities (b, n, V), float64."""
    b, n, size = logits.shape
    slot = np.arange(b * n).reshape(b, n)
    prediction = Prediction(slot, logits.reshape(b * n, size).clone(), mask_id)
    every = np.ones((b, n), dtype=bool)
    return prediction, prediction.probabilities(every, temperature, top_p).reshape(b, n, -1)


def _verify_rows(verifier, step, rows, places, count, how) -> None:
    """Draft, verify and write the batch rows `rows`; fills their entries of `step`."""
    seed, keys, temperature, top_p = how
    width = int(count[rows].max())
    at = places[rows][:, :width]  # (b, n)
    there = np.arange(width) < count[rows][:, None]
    safe = np.maximum(at, 0)
    canvas = step.canvas[rows]
    reading = verifier.read(torch.from_numpy(canvas.copy()))
    number = np.arange(len(rows))[:, None]
    u = {
        stream: uniforms(seed, step.index, keys[:, None], safe, stream)
        for stream in (TOKEN, REVEAL, RESIDUAL)
    }
    prediction, p = _laws(
        torch.as_tensor(reading.logits)[number, safe], verifier.mask_id, temperature, top_p
    )
    drafts = prediction.draw(np.ones_like(there), u[TOKEN], temperature, top_p)
    pieces = canvas.copy()
    pieces[np.broadcast_to(number, at.shape)[there], at[there]] = drafts[there]
    _, q = _laws(
        reading.verify(torch.from_numpy(pieces), torch.from_numpy(places[rows]), width),
        verifier.mask_id,
        temperature,
        top_p,
    )
    p_draft, q_draft = (np.take_along_axis(law, drafts[..., None], 2)[..., 0] for law in (p, q))
    accept = (u[REVEAL] * p_draft < q_draft) & there
    accepted = np.cumprod(accept, axis=1).sum(1)
    step.calls[rows] += reading.calls
    step.passes[rows] += 1
    for i, row in enumerate(rows):
        n, k = int(count[row]), int(accepted[i])
        step.order[row, :n], step.drafts[row, :n] = at[i, :n], drafts[i, :n]
        reached = min(k + 1, n)
        step.p[row, :n], step.q[row, :reached] = p_draft[i, :n], q_draft[i, :reached]
        if k < n and not _replace(step, row, k, p[i, k], q[i, k], u[RESIDUAL][i, k]):
            k += 1  # p and q are equal but for rounding: nothing is left over, the draft stands
        step.accepted[row] = k
        step.canvas[row, at[i, :k]] = drafts[i, :k]
        step.filled[row] += step.gained[row]


def _replace(step: SpeculativePass, row: int, turn: int, p, q, u: float) -> bool:
    """Draw from what q has more than p, and note it; False if that is nothing."""
    left = np.maximum(q - p, 0.0)
    running = np.cumsum(left)
    if running[-1] <= 0:
        return False
    token = int(np.searchsorted(running, u * running[-1], side="right"))
    token = min(token, int(np.nonzero(left)[0][-1]))  # where rounding ran past the end
    step.refused[row], step.replacement[row], step.mass[row] = turn, token, running[-1]
    step.canvas[row, step.order[row, turn]] = token
    likeliest = [int(i) for i in np.argsort(-left, kind="stable")[:5] if left[i] > 0]
    step.left[row] = [
        [i, float(p[i]), float(q[i]), float(left[i] / running[-1])] for i in likeliest
    ]
    return True
