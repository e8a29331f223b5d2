"""What noise does to a text along a grid of times: paths of vectors, noise matrices, posteriors.
Pure functions, plain data.

Every position has its noise drawn once and t only moves along its path, so dragging t never jumps.
"""

from __future__ import annotations

import numpy as np

from playground.diffusion.draws import normals
from playground.diffusion.embedding import plane
from playground.diffusion.noise import absorbing_matrix, posterior, uniform_matrix

GRID = np.linspace(0.0, 1.0, 101)
TAUS = (1.0, 10.0, 40.0, 160.0)  # temperatures of the rounding softmax on offer
SAMPLED = 256  # words on which is measured how long they stay the nearest
POSTERIOR_STEP = 0.1  # s = t - POSTERIOR_STEP in the posterior


def standard_plane(table: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """(table (V, D) float32, centred and with components of variance 1; its first two principal
    directions (D, 2))."""
    table = table - table.mean(0)
    table = (table / max(float(np.sqrt((table**2).mean())), 1e-12)).astype(np.float32)
    if table.shape[1] <= 2:
        return table, plane(table)
    _, _, directions = np.linalg.svd(
        (table.T @ table).astype(np.float64)
    )  # (D, D) instead of (V, D): the same directions
    return table, directions[:2].T


def vector_paths(
    table: np.ndarray, flat: np.ndarray, ids: np.ndarray, noise: np.ndarray, alphas: np.ndarray
) -> tuple[dict, set[int]]:
    """Paths x_t = sqrt(alpha) x_0 + sqrt(1 - alpha) eps of L positions, in the plane and against
    the whole vocabulary.

    table (V, D), flat (D, 2), ids (L,), noise (L, D), alphas (G,): alpha_bar on a grid of times.
    Plain data, and the ids it speaks of:
    start, noise: [x, y] of each position's embedding and noise;
    near: (L, G) ids of the nearest embedding (what clamping snaps to);
    top, chance: (L, G, 3) likeliest ids and (L, G, 3, T) their chances under softmax(x E^T / tau),
        tau of `TAUS`, in ten-thousandths;
    places: [x, y] of each word spoken of;
    backdrop: of some 400 words of the vocabulary.
    """
    start = table[ids]
    mean, spread = start @ table.T, noise.astype(np.float32) @ table.T  # (L, V)
    half = 0.5 * (table**2).sum(-1)
    near, tops = [], []
    for alpha in alphas:
        scores = (
            np.sqrt(alpha).astype(np.float32) * mean
            + np.sqrt(1 - alpha).astype(np.float32) * spread
        )  # (L, V)
        near.append((scores - half).argmax(-1))
        best = np.argpartition(-scores, min(3, scores.shape[1] - 1), axis=1)[:, :3]
        best = np.take_along_axis(
            best, np.argsort(-np.take_along_axis(scores, best, 1), axis=1, kind="stable"), 1
        )
        shifted = scores - scores.max(-1, keepdims=True)
        chances = []
        for tau in TAUS:
            weights = np.exp(shifted / np.float32(tau))
            chances.append(np.take_along_axis(weights, best, 1) / weights.sum(-1, keepdims=True))
        tops.append((best, np.stack(chances, -1)))  # (L, 3), (L, 3, T)
    near = np.stack(near)  # (101, L)
    best = np.stack([b for b, _ in tops])
    chances = np.stack([c for _, c in tops])
    seen = {int(i) for i in near.ravel()} | {int(i) for i in best.ravel()}
    backdrop = np.linspace(0, len(table) - 1, min(len(table), 400)).astype(int)
    return {
        "start": np.round(start @ flat, 3).tolist(),
        "noise": np.round(noise @ flat, 3).tolist(),
        "near": near.T.tolist(),
        "top": best.transpose(1, 0, 2).tolist(),
        "chance": np.round(10_000 * chances.transpose(1, 0, 2, 3)).astype(int).tolist(),
        "places": {str(i): np.round(table[i] @ flat, 3).tolist() for i in sorted(seen)},
        "backdrop": np.round(table[backdrop] @ flat, 2).tolist(),
        "dimensions": int(table.shape[1]),
        "vocabulary": len(table),
    }, seen


def lasting(table: np.ndarray, seed: int = 0) -> dict:
    """How long Gaussian noise leaves a word the nearest one: {"length": root of the mean squared
    length of the vectors of table (V, D), "noise": that of noise of variance 1 in each component,
    "half": the alpha_bar at which half of SAMPLED noisy words have another nearest word, None where
    half never do}.

    half is measured, by bisection, on one draw of noise for words spread evenly over the table.
    """
    ids = np.linspace(0, len(table) - 1, SAMPLED).round().astype(int)
    noise = normals(seed, 0, 0, np.arange(SAMPLED), table.shape[1]).astype(np.float32)
    table = table.astype(np.float32)
    mean, spread = table[ids] @ table.T, noise @ table.T
    half = 0.5 * (table**2).sum(-1)

    def kept(alpha: float) -> float:
        scores = np.float32(np.sqrt(alpha)) * mean + np.float32(np.sqrt(1 - alpha)) * spread
        return float(((scores - half).argmax(-1) == ids).mean())

    low, high = 0.0, 1.0
    if kept(low) >= 0.5:
        low = high = -1.0
    while high - low > 1e-3:
        middle = (low + high) / 2
        low, high = (low, middle) if kept(middle) >= 0.5 else (middle, high)
    return {
        "length": round(float(np.sqrt((table**2).sum(-1).mean())), 2),
        "noise": round(float(np.sqrt(table.shape[1])), 2),
        "half": round(high, 3) if high >= 0 else None,
    }


def noise_matrices(size: int) -> dict:
    """Q-bar of `size` words at alpha 1 and 0, absorbing (mask last) and uniform: it is linear in
    alpha between them."""
    return {
        "absorbing": [absorbing_matrix(1.0, size).tolist(), absorbing_matrix(0.0, size).tolist()],
        "uniform": [uniform_matrix(1.0, size).tolist(), uniform_matrix(0.0, size).tolist()],
    }


def posterior_paths(alphas: np.ndarray, size: int) -> dict:
    """q(x_s | x_t, x_0), s = max(0, t - POSTERIOR_STEP), of a vocabulary of `size` words; x_0 is
    word 0, alphas alpha_bar on GRID.

    absorbing, masked at t: [itself, mask]; uniform: [itself, the word seen at t, each other] for
    x_t the word itself or word 1."""
    back = round(float(POSTERIOR_STEP / (GRID[1] - GRID[0])))
    masked, same, wrong = [], [], []
    for n, alpha in enumerate(alphas):
        earlier = alphas[max(0, n - back)]
        step = float(np.clip(alpha / earlier, 0, 1)) if earlier > 0 else 0.0
        reveal = float((earlier - alpha) / (1 - alpha)) if alpha < 1 else 1.0
        masked.append([round(reveal, 6), round(1 - reveal, 6)])
        matrices = (
            uniform_matrix(float(alpha), size),
            uniform_matrix(float(earlier), size),
            uniform_matrix(step, size),
        )
        for seen, out in ((0, same), (1, wrong)):
            if matrices[0][0, seen] <= 0:
                out.append(None)
                continue
            law = posterior(*matrices, x_t=seen, x_0=0)
            law = law / law.sum()
            out.append([round(float(v), 6) for v in (law[0], law[1], law[2] if size > 2 else 0.0)])
    return {"absorbing": masked, "uniform_same": same, "uniform_other": wrong, "size": size}
