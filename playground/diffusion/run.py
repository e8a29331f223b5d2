"""The state of a run while a sampler drives it: canvases, locks, blocks, what the denoiser last
said, and the calls it took."""

from __future__ import annotations

import numpy as np
import torch

from playground.diffusion.drafts import Drafts
from playground.diffusion.draws import TOKEN, uniforms
from playground.diffusion.evidence import guide
from playground.diffusion.moving import Moving
from playground.diffusion.prediction import Prediction
from playground.diffusion.settings import UnmaskSettings
from playground.diffusion.step import GROUPED, LOCKED, MASKED, NEW, REMASKED, SETTLED, Step


def as_canvas(canvas, name: str = "canvas") -> np.ndarray:
    """A (B, L) int64 copy of a list, an array or a tensor; one row may come without the batch
    axis."""
    if isinstance(canvas, torch.Tensor):
        canvas = canvas.detach().cpu().numpy()
    try:
        array = np.asarray(canvas)
    except ValueError:
        raise ValueError(f"{name} must be (L,) or (B, L), got rows of different lengths") from None
    if array.ndim == 1:
        array = array[None]
    if array.ndim != 2 or array.size == 0:
        raise ValueError(
            f"{name} must be (L,) or (B, L) with at least one position, got shape {array.shape}"
        )
    return array


def check_canvas(canvas, denoiser, locked=None) -> tuple[np.ndarray, np.ndarray]:
    """The canvas (B, L) int64 and the locks (B, L) bool, or a ValueError that says what is
    wrong."""
    array = as_canvas(canvas)
    if array.dtype.kind not in "iu":
        raise ValueError(f"canvas must hold token ids (whole numbers), got {array.dtype}")
    array = array.astype(np.int64)
    mask_id, size = int(denoiser.mask_id), int(denoiser.vocab_size)
    highest = max(size - 1, mask_id)
    if array.min() < 0 or array.max() > highest:
        bad = array[(array < 0) | (array > highest)][0]
        raise ValueError(f"canvas must hold ids in [0, {highest}] (mask {mask_id}), got {bad}")
    visible = array != mask_id
    if locked is None:
        return array, visible
    locks = as_canvas(locked, "locked").astype(bool)
    if locks.shape != array.shape:
        if locks.shape != (1, array.shape[1]):
            raise ValueError(
                f"locked must have the canvas's shape {array.shape}, got {locks.shape}"
            )
        locks = np.repeat(locks, array.shape[0], axis=0)
    if np.any(locks & ~visible):
        row, position = (int(part[0]) for part in np.nonzero(locks & ~visible))
        raise ValueError(
            f"locked must be False where the canvas is masked, got True at row {row + 1}, "
            f"position {position + 1}"
        )
    return array, locks.copy()


class Run:
    """B canvases on their way; samplers change `canvas` and mark `drawn`, the driver takes the
    Step."""

    def __init__(self, denoiser, canvas, settings: UnmaskSettings, locked=None, rows=None):
        """rows (B,): the row numbers that the draws are keyed by, 0 .. B - 1 where None."""
        self.canvas, self.locked = check_canvas(canvas, denoiser, locked)
        self.denoiser, self.settings = denoiser, settings
        self.mask_id, self.size = int(denoiser.mask_id), int(denoiser.vocab_size)
        batch, self.length = self.canvas.shape
        self.rows = (
            np.arange(batch) if rows is None else np.asarray(rows, dtype=np.int64).reshape(-1)
        )
        if len(self.rows) != batch or self.rows.min() < 0:
            raise ValueError(
                f"rows must hold {batch} whole numbers of at least 0, got {self.rows.tolist()}"
            )
        self.prompt = self.canvas != self.mask_id  # what guidance takes away
        self.prediction: Prediction | None = None
        self.calls = np.zeros(batch, dtype=np.int64)
        self.valid = np.zeros(batch, dtype=bool)  # rows whose prediction belongs to their canvas
        self.confidence = np.full(self.canvas.shape, np.nan)
        self.entropy = np.full(self.canvas.shape, np.nan)
        self.index = 0
        self.t: np.ndarray | None = None
        self.phase: str | None = None
        self.window: tuple[np.ndarray, np.ndarray] | None = (
            None  # (B,) first and last + 1 position that the model sees
        )
        self.drafts: Drafts | None = None  # of a speculative sampler's pass
        self.vectors: Moving | None = None  # of a sampler that moves vectors
        # (B, L) bool: where a word stands for its group, which alone is known
        self.grouped = np.zeros(self.canvas.shape, dtype=bool)
        self._before, self._shown = self.canvas.copy(), None
        self._fresh = np.ones(batch, dtype=bool)
        self.drawn = np.zeros(self.canvas.shape, dtype=bool)
        self._ahead: dict[int, tuple] = {}
        self._earlier: dict[str, dict[int, torch.Tensor]] = {}

    # ----------------------------------------------------------------------------------------------
    # what is where

    @property
    def masked(self) -> np.ndarray:
        return self.canvas == self.mask_id

    @property
    def open(self) -> np.ndarray:
        return ~self.locked

    def uniforms(self, step: int, stream: int) -> np.ndarray:
        """(B, L) float64 in [0, 1). Small canvases draw 16 steps in one sweep: a draw does not
        depend on when it is made."""
        ahead = 16 if self.canvas.size <= 4096 else 1
        first = step - step % ahead
        if self._ahead.get(stream, (None,))[0] != first:
            steps = np.arange(first, first + ahead)[:, None, None]
            numbers = uniforms(
                self.settings.seed, steps, self.rows[:, None], np.arange(self.length), stream
            )
            self._ahead[stream] = first, numbers  # (16, B, L)
        return self._ahead[stream][1][step - first]

    # ----------------------------------------------------------------------------------------------
    # the denoiser

    def predict(self, where: np.ndarray, rows: np.ndarray | None = None) -> Prediction:
        """The distributions at `where` (B, L), asking the denoiser only for rows whose canvas has
        changed since it was asked.

        rows (B,) bool: the rows that need an answer now; None: every row in which `where` holds a
        position.
        """
        need = where.any(1) if rows is None else rows & where.any(1)
        ask = need & ~self.valid
        if ask.any() or self.prediction is None:
            numbers = np.nonzero(ask)[0]
            asked = where & ask[:, None]
            newer = Prediction(_slots(asked), self._logits(numbers, asked), self.mask_id)
            if self.prediction is None or bool((ask | ~self.masked.any(1)).all()):
                self.prediction = newer
            else:
                self.prediction = self.prediction.joined(newer, numbers)
            self.valid |= ask
            known = asked & ~np.isnan(newer.confidence)
            self.confidence[known] = newer.confidence[known]
            self.entropy[known] = newer.entropy[known]
        self._fresh = self.valid.copy()
        return self.prediction

    def spend(self, rows: np.ndarray) -> None:
        """Ask the denoiser about rows (B,) bool and use nothing of the answer."""
        numbers = np.nonzero(rows)[0]
        if len(numbers):
            self._logits(numbers, np.zeros_like(self.locked))
            self.valid |= rows

    def answered(self, rows: np.ndarray, logits: torch.Tensor) -> None:
        """Take logits (n, L, V) of batch rows `rows` (n,), asked for elsewhere, as the prediction
        at their masks: one call each."""
        where = np.zeros_like(self.locked)
        where[rows] = self.masked[rows]
        chosen = logits[torch.from_numpy(where[rows])].clone()  # in reading order
        self.prediction = Prediction(_slots(where), chosen, self.mask_id)
        self.confidence[where] = self.prediction.confidence[where]
        self.entropy[where] = self.prediction.entropy[where]
        self.calls[rows] += 1
        self.valid[rows] = True
        self._fresh = self.valid.copy()

    def posterior(self, evidence: np.ndarray, where: np.ndarray | None = None) -> Prediction:
        """p(x_0 | evidence) at `where` (all open positions), of a denoiser with `.posterior`;
        evidence (B, L, V) log-likelihoods.

        Only rows in which `where` holds a position are asked."""
        where = self.open if where is None else where
        asked = where.any(1)
        numbers = np.nonzero(asked)[0]
        log = self._answer(evidence[numbers], numbers, "earlier")
        scale = self.settings.guidance
        if scale:
            blank = evidence[numbers].copy()
            blank[self.prompt[numbers] & self.locked[numbers]] = 0.0
            log = guide(log, self._answer(blank, numbers, "blank"), scale)
            self.calls += asked
        chosen = log[torch.from_numpy(where[numbers])]
        newer = Prediction(_slots(where), chosen, self.mask_id)
        before = self.prediction
        if before is None or bool(asked.all()):
            self.prediction = newer
        else:
            self.prediction = before.joined(newer, numbers)
        self.confidence[where], self.entropy[where] = newer.confidence[where], newer.entropy[where]
        self.calls += asked
        self.valid |= asked | ~self.open.any(1)
        self._fresh = self.valid.copy()
        return self.prediction

    def _answer(self, evidence: np.ndarray, numbers: np.ndarray, kind: str) -> torch.Tensor:
        """(n, L, V) log-probabilities for evidence of batch rows `numbers`; a denoiser that is
        trained for it reads its own answer of the step before (self-conditioning), kept for each
        `kind` of question."""
        if not getattr(self.denoiser, "self_conditioned", False):
            return torch.as_tensor(self.denoiser.posterior(evidence)).double().log()
        kept, rows = self._earlier.get(kind, {}), numbers.tolist()
        known = all(row in kept for row in rows)
        earlier = torch.stack([kept[row] for row in rows]) if known and rows else None
        shares = torch.as_tensor(self.denoiser.posterior(evidence, earlier))
        self._earlier[kind] = kept | dict(zip(rows, shares, strict=True))
        return shares.double().log()

    def evidence(self) -> np.ndarray:
        """(B, L, V) log-likelihoods: what is locked is certain, everything else open."""
        evidence = np.zeros((*self.canvas.shape, self.size))
        rows, places = np.nonzero(self.locked)
        evidence[rows, places] = -np.inf
        evidence[rows, places, self.canvas[rows, places]] = 0.0
        return evidence

    def like(self, canvas: np.ndarray, rows: np.ndarray | None = None) -> Run:
        """A run of its own with the same denoiser and settings, to ask about canvases (n, L) on the
        way.

        rows (n,): the row of this run that each comes from, whose prompt guidance takes away; None:
        what the canvas shows.
        """
        run = Run(self.denoiser, canvas, self.settings)
        if rows is not None:
            run.prompt = self.prompt[rows]
        return run

    def _logits(self, numbers: np.ndarray, asked: np.ndarray) -> torch.Tensor:
        """(n, V) fresh logits at the positions asked, rows in reading order."""
        if len(numbers) == 0:
            return torch.zeros((0, self.size), dtype=torch.float64)
        cond = self._forward(self.canvas, numbers, asked)
        self.calls[numbers] += 1
        scale = self.settings.guidance
        if scale:
            blank = np.where(self.prompt, self.mask_id, self.canvas)
            unconditional = self._forward(blank, numbers, asked)
            self.calls[numbers] += 1
            cond = guide(cond, unconditional, scale)
        return cond

    def _forward(self, canvas: np.ndarray, numbers: np.ndarray, asked: np.ndarray) -> torch.Tensor:
        if self.window is None:
            return logits_at(self.denoiser, canvas[numbers], asked[numbers])
        # rows may stand in different windows; those that share one share a call
        first, last = (edge[numbers] for edge in self.window)
        parts, places = [], []
        order = np.full(asked.shape, -1, dtype=np.int64)
        order[asked] = np.arange(asked.sum())
        for start, stop in sorted(set(zip(first.tolist(), last.tolist(), strict=True))):
            group = numbers[(first == start) & (last == stop)]
            parts.append(
                logits_at(self.denoiser, canvas[group, start:stop], asked[group, start:stop])
            )
            places.append(order[group, start:stop][asked[group, start:stop]])
        return torch.cat(parts)[torch.from_numpy(np.argsort(np.concatenate(places), kind="stable"))]

    # ----------------------------------------------------------------------------------------------
    # changing and showing

    def draw(self, where: np.ndarray, step) -> np.ndarray:
        """(B, L) tokens drawn at `where` under the settings' temperature and top_p, -1
        elsewhere."""
        assert self.prediction is not None, "a sampler predicts before it draws"
        return self.prediction.draw(
            where, self.uniforms(step, TOKEN), self.settings.temperature, self.settings.top_p
        )

    def draw_from(self, where: np.ndarray, law: np.ndarray, step, stream=TOKEN) -> np.ndarray:
        """(B, L) tokens drawn at `where` from law (n, V) as it stands; the canvas elsewhere."""
        after = self.canvas.copy()
        if len(law):
            drawn = Prediction(_slots(where), torch.from_numpy(law).log())
            after[where] = drawn.draw(where, self.uniforms(step, stream))[where]
        return after

    def put(self, where: np.ndarray, tokens: np.ndarray) -> None:
        """Write tokens (B, L) at `where`; their rows' predictions no longer hold."""
        self.canvas[where] = tokens[where]
        self.drawn |= where
        self.valid &= ~where.any(1)

    def take(self) -> Step:
        """The Step since the last one taken."""
        masked = self.masked
        again = masked & (self._before != self.mask_id)
        state = np.full(self.canvas.shape, SETTLED, dtype=np.int8)
        state[self.drawn] = NEW
        state[masked] = MASKED
        state[again] = REMASKED
        state[self.grouped] = GROUPED
        state[self.locked] = LOCKED
        step = Step(
            index=self.index,
            canvas=torch.from_numpy(self.canvas.copy()),
            revealed=torch.from_numpy(self.drawn & ~masked & ~self.grouped),
            confidence=torch.from_numpy(self.confidence.copy()),
            entropy=torch.from_numpy(self.entropy.copy()),
            state=state,
            calls=self.calls.copy(),
            t=None if self.t is None else np.array(self.t, dtype=np.float64),
            fresh=self._fresh.copy(),
            phase=self.phase,
            drafts=self.drafts,
            vectors=self.vectors,
            prediction=self.prediction,
            before=self._shown,
        )
        self.index += 1
        self._before, self._shown = self.canvas.copy(), self.prediction
        self._fresh = self.valid.copy()
        self.drawn, self.drafts = np.zeros(self.canvas.shape, dtype=bool), None
        self.vectors = None
        return step


def _slots(asked: np.ndarray) -> np.ndarray:
    slot = np.full(asked.shape, -1, dtype=np.int64)
    slot[asked] = np.arange(asked.sum())
    return slot


def logits_at(denoiser, canvas: np.ndarray, asked: np.ndarray) -> torch.Tensor:
    """(n, V) logits at the positions asked (B, L), a fresh tensor.

    A denoiser that offers `logits_at(canvas, asked)` computes its output layer there alone; any
    other gives all of (B, L, V).
    """
    ids = torch.from_numpy(np.ascontiguousarray(canvas))
    where = torch.from_numpy(np.ascontiguousarray(asked))
    with torch.no_grad():
        if hasattr(denoiser, "logits_at"):
            logits, expected = (
                torch.as_tensor(denoiser.logits_at(ids.clone(), where)),
                (int(where.sum()), denoiser.vocab_size),
            )
            if tuple(logits.shape) != expected:
                raise ValueError(
                    f"the denoiser's logits_at must be {expected}, got {tuple(logits.shape)}"
                )
            return logits.clone()
        logits = torch.as_tensor(denoiser.logits(ids.clone()))
        expected = (*canvas.shape, denoiser.vocab_size)
        if tuple(logits.shape) != expected:
            raise ValueError(
                f"the denoiser's logits must be (B, L, V) = {expected}, got {tuple(logits.shape)}"
            )
        # whole rows are copied: index_select is several times faster than a boolean index
        places = torch.from_numpy(np.flatnonzero(asked)).to(logits.device)
        return logits.reshape(-1, logits.shape[-1]).index_select(0, places)  # (n, V), copied
