"""Texts corrupted to time t: masks, random words, noisy vectors. Pure functions of (text, t, seed); dragging t never jumps.

Each position keeps its own uniform number and its own noise for all t: what is masked at t stays masked above it.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from playground.diffusion.draws import REVEAL, START, normals, uniforms
from playground.diffusion.embedding import corrupt_vectors, nearest, plane, rounding
from playground.diffusion.noise import alpha_bar


def _ids(ids: Sequence[int], size: int) -> np.ndarray:
    array = np.asarray(ids, dtype=np.int64)
    if array.ndim != 1 or len(array) == 0 or array.min() < 0 or array.max() >= size:
        raise ValueError(f"ids must be a row of at least one number in [0, {size - 1}], got {list(ids)[:10]}")
    return array


def corrupt_masks(ids: Sequence[int], t: float, mask_id: int, schedule="linear", seed: int = 0) -> dict:
    """Absorbing noise: {"alpha", "canvas": ids, "changed": [bool], "known": share still visible}."""
    array, alpha = _ids(ids, 2**31), float(alpha_bar(t, schedule))
    hit = uniforms(seed, 0, 0, np.arange(len(array)), REVEAL) >= alpha
    return {"alpha": alpha, "canvas": np.where(hit, mask_id, array).tolist(), "changed": hit.tolist(),
            "known": float(1.0 - hit.mean())}


def corrupt_words(ids: Sequence[int], t: float, vocab_size: int, schedule="linear", seed: int = 0) -> dict:
    """Uniform noise: a hit position gets any word at random, its own included. known: share of positions not hit."""
    array, alpha = _ids(ids, vocab_size), float(alpha_bar(t, schedule))
    places = np.arange(len(array))
    hit = uniforms(seed, 0, 0, places, REVEAL) >= alpha
    words = np.minimum((uniforms(seed, 0, 0, places, START) * vocab_size).astype(np.int64), vocab_size - 1)
    canvas = np.where(hit, words, array)
    return {"alpha": alpha, "canvas": canvas.tolist(), "changed": (canvas != array).tolist(), "known": float(1.0 - hit.mean())}


def corrupt_embeddings(ids: Sequence[int], t: float, table: np.ndarray, schedule="linear", seed: int = 0, tau: float = 1.0,
                       top: int = 10) -> dict:
    """Gaussian noise on the embeddings `table` (V, D); plain data:

    alpha; canvas: the nearest word of each vector (what clamping snaps to); changed; known: share still nearest to itself;
    plane: [x, y] of each noisy vector in the table's first two principal directions; clean, snapped: [x, y] of the word's own
    and of the nearest embedding; rounding: the `top` likeliest [id, p] of softmax(x E^T / tau).
    """
    table = np.asarray(table, dtype=np.float64)
    array, alpha = _ids(ids, len(table)), float(alpha_bar(t, schedule))
    noise = normals(seed, 0, 0, np.arange(len(array)), table.shape[1])  # (L, D)
    vectors = corrupt_vectors(table[array], alpha, noise)
    words, chances, flat = nearest(vectors, table), rounding(vectors, table, tau), plane(table)
    order = np.argsort(-chances, axis=1, kind="stable")[:, :top]
    return {
        "alpha": alpha, "canvas": words.tolist(), "changed": (words != array).tolist(), "known": float((words == array).mean()),
        "plane": (vectors @ flat).tolist(), "clean": (table[array] @ flat).tolist(), "snapped": (table[words] @ flat).tolist(),
        "rounding": [[[int(i), float(p[i])] for i in best] for best, p in zip(order, chances, strict=True)],
    }
