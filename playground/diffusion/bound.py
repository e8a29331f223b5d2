"""The negative evidence lower bound (NELBO, nats) of a text under a masked denoiser, in its four forms.

F_l = the average over the sets of l masked positions of the summed -log p(x_i | visible). Then
any order: the average over all orders, one word at a time = sum_l F_l / l; uniform count: E over l of (L / l) F_l;
continuous time: the integral over t of E[-log p] / t (MDLM); discrete: T steps of (alpha_s - alpha_t) / (1 - alpha_t).
The first three agree for every text. The discrete form, averaged over the data, falls to them as T grows; for one text it may
lie below -log p.
"""

from __future__ import annotations

from itertools import combinations
from math import comb

import numpy as np

from playground.diffusion.draws import ORDER, START, uniforms
from playground.diffusion.noise import alpha_bar, reveal_probability
from playground.diffusion.prediction import Prediction
from playground.diffusion.run import logits_at
from playground.i18n import t as tr

LONGEST = 16  # 2 ** 16 canvases


def masked_losses(denoiser, text) -> np.ndarray:
    """(L,) F_1 .. F_L, nats: exact, by all 2^L canvases. inf where a word of the text has probability 0."""
    ids = np.asarray(text, dtype=np.int64).reshape(-1)
    length = len(ids)
    if not 1 <= length <= LONGEST:
        raise ValueError(
            tr(
                "text must have 1 to {longest} positions to be summed over all masks, got {got}",
                longest=LONGEST,
                got=length,
            )
        )
    losses = np.zeros(length)
    for count in range(1, length + 1):
        masked = np.zeros((comb(length, count), length), dtype=bool)
        for row, places in enumerate(combinations(range(length), count)):
            masked[row, list(places)] = True
        losses[count - 1] = _losses(denoiser, ids, masked).mean()
    return losses


def _losses(denoiser, ids: np.ndarray, masked: np.ndarray) -> np.ndarray:
    """(N,) summed -log p of the masked words, for N sets of masks (N, L)."""
    canvas = np.where(masked, int(denoiser.mask_id), ids)
    slot = np.full(masked.shape, -1, dtype=np.int64)
    slot[masked] = np.arange(masked.sum())
    out = np.zeros(len(masked))
    for begin in range(0, len(masked), 256):
        part = slice(begin, begin + 256)
        where = masked[part]
        slots = np.where(where, slot[part] - (slot[part][where].min() if where.any() else 0), -1)
        prediction = Prediction(
            slots, logits_at(denoiser, canvas[part], where), int(denoiser.mask_id)
        )
        chance = prediction.probability_of(np.broadcast_to(ids, where.shape), where)
        with np.errstate(divide="ignore"):
            out[part] = -np.where(where, np.log(chance), 0.0).sum(1)
    return out


def nelbo_any_order(denoiser, text, losses: np.ndarray | None = None) -> float:
    """sum_l F_l / l: the average over all L! orders of the one-word-at-a-time loss."""
    losses = masked_losses(denoiser, text) if losses is None else losses
    return float((losses / np.arange(1, len(losses) + 1)).sum())


def nelbo_uniform_count(denoiser, text, losses: np.ndarray | None = None) -> float:
    """E over l uniform in 1 .. L of (L / l) F_l (LLaDA's form)."""
    losses = masked_losses(denoiser, text) if losses is None else losses
    length = len(losses)
    return float(np.mean([length / count * loss for count, loss in enumerate(losses, start=1)]))


def nelbo_continuous(denoiser, text, losses: np.ndarray | None = None, schedule="linear") -> float:
    """The integral over t of -alpha'(t) / (1 - alpha) * E[sum of -log p at the masks]: the same for every schedule.

    In m = 1 - alpha it is the integral over m in [0, 1] of g(m) / m, a polynomial of degree L - 1: Gauss-Legendre is exact.
    schedule: its ends are checked to be a full one.
    """
    losses = masked_losses(denoiser, text) if losses is None else losses
    if alpha_bar(1.0, schedule) > 1e-6:
        raise ValueError(
            tr(
                "schedule must end in nothing known, got alpha_bar(1) = {value}",
                value=float(f"{alpha_bar(1.0, schedule):.3g}"),
            )
        )
    nodes, weights = np.polynomial.legendre.leggauss(len(losses) // 2 + 2)
    share = 0.5 * (nodes + 1.0)
    return float((0.5 * weights * _expected_loss(losses, share) / share).sum())


def _expected_loss(losses: np.ndarray, share: np.ndarray) -> np.ndarray:
    """g(m) = E[sum of -log p at the masks] where each position is masked with probability m; share (S,) -> (S,)."""
    length = len(losses)
    counts = np.arange(1, length + 1)
    weight = np.array([comb(length, int(count)) for count in counts], dtype=np.float64)
    chance = (
        weight * share[:, None] ** counts * (1.0 - share[:, None]) ** (length - counts)
    )  # (S, L) of so many masks
    # a count that cannot come up adds nothing, were its loss infinite (0 * inf would be NaN)
    return np.where(chance > 0, chance * np.where(chance > 0, losses, 0.0), 0.0).sum(1)


def nelbo_discrete(
    denoiser, text, steps: int, losses: np.ndarray | None = None, schedule="linear"
) -> float:
    """sum over T steps of (alpha_s - alpha_t) / (1 - alpha_t) * E[sum of -log p at the masks of x_t] (D3PM's bound)."""
    if steps < 1:
        raise ValueError(tr("steps must be at least 1, got {got}", got=steps))
    losses = masked_losses(denoiser, text) if losses is None else losses
    t = np.arange(1, steps + 1) / steps
    alpha_t, alpha_s = (
        np.asarray(alpha_bar(t, schedule)),
        np.asarray(alpha_bar(t - 1.0 / steps, schedule)),
    )
    alpha_s[0] = 1.0
    return float(
        (reveal_probability(alpha_t, alpha_s) * _expected_loss(losses, 1.0 - alpha_t)).sum()
    )


def nelbo_estimate(denoiser, text, samples: int = 64, seed: int = 0) -> tuple[float, float]:
    """(estimate, its standard error) in nats, for texts of any length, by the uniform-count form with random masks.

    The counts are spread evenly over 1 .. L (one uniform shift), which lowers the error; the standard error is that of
    independent draws, hence no smaller than the true one.
    """
    ids = np.asarray(text, dtype=np.int64).reshape(-1)
    length = len(ids)
    if samples < 2 or length < 1:
        raise ValueError(tr("samples must be at least 2, got {got}", got=samples))
    shift = float(uniforms(seed, 0, 0, 0, START))
    counts = 1 + np.floor(length * ((np.arange(samples) + shift) / samples)).astype(np.int64).clip(
        0, length - 1
    )
    keys = uniforms(seed, 0, np.arange(samples)[:, None], np.arange(length), ORDER)
    masked = keys.argsort(1).argsort(1) < counts[:, None]
    values = length / counts * _losses(denoiser, ids, masked)
    return float(values.mean()), float(values.std(ddof=1) / np.sqrt(samples))
