"""What a denoiser says about the positions asked, reduced to what samplers and records need.

One softmax: the shifted logits x <= 0 and their exponentials are kept, and confidence, entropy,
draws and top rows all come from these two tables, each computed when it is first asked for. Tables
hold only the positions asked (n of the B * L).
"""

from __future__ import annotations

import numpy as np
import torch

TIE = 1e-12  # nats
_BLOCK = 128  # tokens that one entry of the coarse cumulative sum covers
_FLOOR = (
    -1e30
)  # stands for -inf where 0 * inf would be NaN; its exponential is 0 at every allowed temperature


class Prediction:
    """Distributions over V tokens at the positions where `slot` >= 0; slot (B, L) numbers the rows
    of the tables (n, V)."""

    def __init__(self, slot: np.ndarray, logits: torch.Tensor, mask_id: int | None = None):
        """logits (n, V), rows in the order of `slot`; they are overwritten. mask_id: suppressed
        where it is one of the V."""
        self.slot, self.size = slot, logits.shape[-1]
        if logits.dtype not in (torch.float32, torch.float64):
            logits = logits.float()
        if mask_id is not None and mask_id < self.size:
            logits[:, mask_id] = _FLOOR
        top = logits.clamp_(min=_FLOOR).amax(
            -1, keepdim=True
        )  # (n, 1); NaN passes both, so one look here covers the table
        if not bool(((top > _FLOOR) & (top < torch.inf)).all()):
            raise ValueError(self._complaint(logits, top))
        self.shifted = logits.sub_(top)  # (n, V)
        self.weights = _exponential(self.shifted)  # (n, W), the largest is 1
        self.blocks = _block_sums(self.weights)  # (n, W / 128)
        self.total = self.blocks.sum(-1)  # (n,) float64
        self._forget()

    def _forget(self) -> None:
        self._confidence = self._entropy = self._margin = None
        self._tops: dict[tuple[int, int], list] = {}

    def _complaint(self, logits: torch.Tensor, top: torch.Tensor) -> str:
        bad = int((~((top[:, 0] > _FLOOR) & (top[:, 0] < torch.inf))).nonzero()[0])
        row, position = (int(part[0]) for part in np.nonzero(self.slot == bad))
        if bool(torch.isnan(logits[bad]).any()):
            what = "NaN"
        else:
            what = "+inf" if float(top[bad]) > 0 else "-inf for every token but the mask"
        return f"the denoiser's logits must be finite, or -inf for some tokens, got {what} at row {row + 1}, position {position + 1}"

    def __len__(self) -> int:
        return self.weights.shape[0]

    def joined(self, newer: Prediction, rows: np.ndarray) -> Prediction:
        """This one with the batch rows `rows` taken from `newer`; both cover the same (B, L)."""
        keep = self.slot.copy()
        keep[rows] = -1
        kept = keep[keep >= 0]  # old table rows in reading order of the canvas
        both = object.__new__(Prediction)
        both.slot = np.full_like(self.slot, -1)
        both.slot[keep >= 0] = np.arange(len(kept))
        fresh = newer.slot[rows]
        both.slot[rows] = np.where(fresh >= 0, fresh + len(kept), -1)
        index = torch.from_numpy(kept).to(self.weights.device)
        both.size = self.size
        for name in ("shifted", "weights", "blocks", "total"):
            setattr(both, name, torch.cat([getattr(self, name)[index], getattr(newer, name)]))
        both._forget()
        return both

    def repeated(self, rows: np.ndarray, times: int) -> Prediction:
        """The batch rows `rows`, each `times` times over; the tables are shared."""
        view = object.__new__(Prediction)
        view.slot = np.repeat(self.slot[rows], times, axis=0)
        for name in ("size", "shifted", "weights", "blocks", "total"):
            setattr(view, name, getattr(self, name))
        view._forget()
        return view

    def tempered(self, temperature: float) -> Prediction:
        """The same positions with logits divided by a temperature above 0: entropies, draws and
        probabilities are then those of it."""
        return Prediction(self.slot, self.shifted / temperature)

    def _spread(self, values: torch.Tensor) -> np.ndarray:
        """(n,) -> (B, L), NaN where nothing was asked."""
        known = values.to("cpu", torch.float64).numpy()
        spread = np.full(self.slot.shape, np.nan)
        asked = self.slot >= 0
        spread[asked] = known[self.slot[asked]]
        return spread

    @property
    def confidence(self) -> np.ndarray:
        """(B, L): the largest untempered probability; NaN where nothing was asked."""
        if self._confidence is None:
            self._confidence = self._spread(1.0 / self.total)
        return self._confidence

    @property
    def entropy(self) -> np.ndarray:
        """(B, L), nats, of the untempered distribution: log Z - sum w x / Z."""
        if self._entropy is None:
            moment = torch.linalg.vecdot(self.weights[:, : self.size], self.shifted).double()
            self._entropy = self._spread((self.total.log() - moment / self.total).clamp_(min=0.0))
        return self._entropy

    @property
    def margin(self) -> np.ndarray:
        """(B, L): the largest untempered probability minus the second."""
        if self._margin is None:
            two = largest(self.weights, 2)[1].double()
            second = two[:, 1] if two.shape[1] > 1 else 0.0
            self._margin = self._spread((two[:, 0] - second) / self.total)
        return self._margin

    def rows(self, where: np.ndarray) -> torch.Tensor:
        """Numbers of the table rows of the positions `where` (B, L) bool, in reading order."""
        return torch.from_numpy(self.slot[where]).to(self.weights.device)

    def probabilities(
        self, where: np.ndarray, temperature: float = 1.0, top_p: float = 1.0
    ) -> np.ndarray:
        """Float64 (count of where, V), after temperature and top_p: what `draw` draws from. V
        counts the table's columns."""
        weights = self._tempered(self.rows(where), temperature, top_p)[0][:, : self.size].double()
        return (weights / weights.sum(-1, keepdim=True)).cpu().numpy()

    def probability_of(self, tokens: np.ndarray, where: np.ndarray) -> np.ndarray:
        """(B, L): the untempered probability of tokens (B, L) at the positions `where`; NaN
        elsewhere."""
        rows = self.rows(where)
        chosen = torch.from_numpy(tokens[where]).to(rows.device)
        spread = np.full(self.slot.shape, np.nan)
        spread[where] = (self.weights[rows, chosen].double() / self.total[rows]).cpu().numpy()
        return spread

    def _likeliest(self, rows: torch.Tensor) -> torch.Tensor:
        """(k,) the likeliest token of each of the rows (k,), of several the lowest id. Exact
        figures count as equal however a processor rounded them: TIE is well above that, and well
        below the distance of two neighbouring float32 numbers, in which no two ever tie by it."""
        shifted = self.shifted[rows]  # the largest of a row is 0
        if shifted.dtype == torch.float64:
            return (shifted >= -TIE).int().argmax(-1)
        return shifted.argmax(-1)

    def _tempered(
        self, rows: torch.Tensor, temperature: float, top_p: float
    ) -> tuple[torch.Tensor, torch.Tensor]:
        """Unnormalised weights (k, W) of the table rows asked, after temperature and top_p, and
        their block sums."""
        if temperature == 0.0:  # argmax takes the first of equal values: the lowest id
            weights = torch.zeros_like(self.weights[:1]).expand(len(rows), -1).clone()
            weights.scatter_(1, self._likeliest(rows)[:, None], 1.0)
        elif temperature == 1.0:
            if len(rows) == len(self) and bool(
                (rows[1:] > rows[:-1]).all()
            ):  # all of the table: no copy
                weights, blocks = self.weights, self.blocks
            else:
                weights, blocks = self.weights.index_select(0, rows), self.blocks[rows]
            if top_p >= 1.0:
                return weights, blocks
        else:  # a temperature below float32's smallest number would divide 0 by 0
            shifted = self.shifted[rows] if temperature > 1e-3 else self.shifted[rows].double()
            weights = _exponential(shifted.div_(temperature))
        if top_p < 1.0 and temperature > 0.0:
            weights = _nucleus(weights, top_p)
        return weights, _block_sums(weights)

    def draw(
        self, where: np.ndarray, u: np.ndarray, temperature: float = 1.0, top_p: float = 1.0
    ) -> np.ndarray:
        """(B, L) ids drawn at the positions `where` from u (B, L) in [0, 1), -1 elsewhere; inverse
        cumulative sum in float64."""
        tokens = np.full(self.slot.shape, -1, dtype=np.int64)
        rows = self.rows(where)
        if len(rows) == 0:
            return tokens
        if temperature == 0.0:
            tokens[where] = self._likeliest(rows).cpu().numpy()
            return tokens
        levels = torch.from_numpy(u[where]).to(self.weights.device)
        tokens[where] = (
            inverse_cumulative(*self._tempered(rows, temperature, top_p), levels).cpu().numpy()
        )
        return tokens

    def top(self, row: int, count: int = 10) -> list[list[list] | None]:
        """For each position of one row the `count` likeliest [id, probability], ties lowest id
        first; None where not asked."""
        if (row, count) in self._tops:  # steps that share a prediction share its rows
            return self._tops[row, count]
        asked = self.slot[row] >= 0
        out: list[list[list] | None] = [None] * self.slot.shape[1]
        self._tops[row, count] = out
        rows = torch.from_numpy(self.slot[row][asked]).to(self.weights.device)
        if len(rows) == 0:
            return out
        ids, weights = largest(self.weights.index_select(0, rows), min(count, self.size))
        shares = (weights.double() / self.total[rows, None]).tolist()
        for position, names, values in zip(
            np.nonzero(asked)[0].tolist(), ids.tolist(), shares, strict=True
        ):
            out[position] = [[name, value] for name, value in zip(names, values, strict=True)]
        return out

    def distribution(self, row: int, position: int) -> np.ndarray | None:
        """The whole untempered distribution (V,) float64 at one position; None where nothing was
        asked."""
        slot = int(self.slot[row, position])
        return (
            None
            if slot < 0
            else (self.weights[slot, : self.size].double() / self.total[slot]).cpu().numpy()
        )

    def change_from(self, earlier: Prediction, row: int) -> list[float | None]:
        """Total variation between this and an earlier prediction at each position of one row; None
        where either has none."""
        both = (self.slot[row] >= 0) & (earlier.slot[row] >= 0)
        out: list[float | None] = [None] * self.slot.shape[1]
        if earlier is self:  # the denoiser was not asked since: nothing has changed
            return [0.0 if known else None for known in both.tolist()]
        if both.any():
            now, then = (
                torch.from_numpy(p.slot[row][both]).to(p.weights.device) for p in (self, earlier)
            )
            scale_now, scale_then = (
                1.0 / p.total[i, None] for p, i in ((self, now), (earlier, then))
            )
            # rows stand in reading order: then `now` is all of them, and need not be copied first
            whole = len(now) == len(self)
            gap = (self.weights if whole else self.weights.index_select(0, now)) * scale_now.to(
                self.weights.dtype
            )
            gap.addcmul_(
                earlier.weights.index_select(0, then).to(gap.dtype),
                scale_then.to(gap.dtype),
                value=-1.0,
            )
            distance = (gap.abs_().sum(-1) / 2).tolist()
            for position, value in zip(np.nonzero(both)[0].tolist(), distance, strict=True):
                out[position] = value
        return out


def _exponential(shifted: torch.Tensor) -> torch.Tensor:
    """exp(shifted) (n, W): above 256 tokens W is V rounded up to whole blocks of 128, filled with
    0, so that blocks are views."""
    n, size = shifted.shape
    if size <= 2 * _BLOCK:
        return shifted.exp()
    padded = shifted.new_empty((n, -(-size // _BLOCK) * _BLOCK))
    padded[:, size:] = 0.0
    torch.exp(shifted, out=padded[:, :size])
    return padded


def _block_sums(weights: torch.Tensor) -> torch.Tensor:
    """(n, W / 128) float64; a block is summed in the table's own precision (128 terms), blocks are
    added in float64."""
    if weights.shape[1] <= 2 * _BLOCK:
        return weights.sum(-1, keepdim=True, dtype=torch.float64)
    return weights.unflatten(1, (-1, _BLOCK)).sum(-1).double()


def inverse_cumulative(
    weights: torch.Tensor, blocks: torch.Tensor, u: torch.Tensor
) -> torch.Tensor:
    """The first id whose cumulative weight exceeds u times the total; weights (n, W) not
    normalised, u (n,) float64 in [0, 1).

    Sums run in float64 over the blocks first, then inside the block that u falls into, so a draw
    reads little of the table.
    Tokens of weight 0 are never drawn, not even at u = 0.
    """
    if blocks.shape[1] == 1:
        return _search(weights, weights.double().cumsum(-1), u)
    running = blocks.cumsum(-1)
    target = u * running[:, -1]
    block = _last_positive((running <= target[:, None]).sum(-1), blocks)
    before = torch.where(
        block > 0, running.gather(1, (block - 1).clamp_(min=0)[:, None])[:, 0], 0.0
    )
    inside = weights.unflatten(1, (-1, _BLOCK))[
        torch.arange(len(block), device=block.device), block
    ]  # (n, 128)
    within = inside.double().cumsum(-1)
    # the block's sum was rounded: rescale what is left of u to the sum inside, so that no token is
    # cut off at the block's end
    share = (target - before) / blocks.gather(1, block[:, None])[:, 0]
    return block * _BLOCK + _search(inside, within, share.clamp_(0.0, 1.0))


def _search(weights: torch.Tensor, cumulative: torch.Tensor, u: torch.Tensor) -> torch.Tensor:
    target = u * cumulative[:, -1]
    return _last_positive((cumulative <= target[:, None]).sum(-1), weights)


def _last_positive(index: torch.Tensor, weights: torch.Tensor) -> torch.Tensor:
    """Where rounding ran past the end of a row, its last entry of positive weight."""
    over = index >= weights.shape[1]
    if bool(over.any()):
        index = torch.where(
            over, weights.shape[1] - 1 - (weights > 0).flip(-1).int().argmax(-1), index
        )
    return index


def largest(weights: torch.Tensor, count: int) -> tuple[torch.Tensor, torch.Tensor]:
    """ids and weights (n, count) in descending order, ties lowest id first, by partial selection.

    The `count` largest lie inside the `count` blocks with the largest maxima, so only those blocks
    are sorted.
    """
    size = weights.shape[1]
    count = min(count, size)
    ids = None
    for block in (_BLOCK, 16):
        width = weights.shape[1]
        if width <= 2 * count * block:
            continue
        padded = -(-width // block) * block
        if padded > width:
            weights = torch.nn.functional.pad(weights, (0, padded - width), value=-1.0)
        maxima = weights.unflatten(1, (-1, block)).amax(-1)  # (n, blocks)
        chosen = (
            maxima.sort(dim=-1, descending=True, stable=True).indices[:, :count].sort(dim=-1).values
        )
        columns = (chosen[:, :, None] * block + torch.arange(block, device=weights.device)).flatten(
            1
        )  # ascending ids
        weights = weights.gather(1, columns)
        ids = columns if ids is None else ids.gather(1, columns)
    order = weights.sort(dim=-1, descending=True, stable=True)
    places = order.indices[:, :count]
    return (places if ids is None else ids.gather(1, places)), order.values[:, :count]


def _nucleus(weights: torch.Tensor, top_p: float) -> torch.Tensor:
    """weights, 0 outside the smallest set that reaches top_p; at least one is kept, ties lowest id
    first."""
    size = weights.shape[1]
    total = weights.sum(-1, keepdim=True, dtype=torch.float64)
    first = min(size, 1024)
    if first < size:
        values, ids = weights.topk(first, dim=-1)
        ids, places = ids.sort(dim=-1)  # equal weights must come lowest id first
        order = values.gather(1, places).sort(dim=-1, descending=True, stable=True)
        values, ids = order.values, ids.gather(1, order.indices)
        reached = values.double().cumsum(-1)
        enough = (reached[:, -1:] >= top_p * total) & (
            _border(values, reached, top_p * total) > values[:, -1:]
        )
        if not bool(enough.all()):
            first = size
    if first == size:
        values, ids = weights.sort(dim=-1, descending=True, stable=True)
        reached = values.double().cumsum(-1)
    outside = (
        reached - values.double() >= top_p * total
    )  # the mass before this token already reaches top_p
    outside[:, 0] = False
    return torch.zeros_like(weights).scatter_(1, ids, values.masked_fill(outside, 0.0))


def _border(values: torch.Tensor, reached: torch.Tensor, goal: torch.Tensor) -> torch.Tensor:
    """(n, 1): the weight of the token that reaches the goal."""
    index = (reached < goal).sum(-1, keepdim=True).clamp(max=values.shape[1] - 1)
    return values.gather(1, index)
