"""What a model that reads any noise makes of a corrupted text: its likeliest word at each place, and
how much the true words surprise it."""

from __future__ import annotations

from typing import Any

import numpy as np

from playground.diffusion.embedding import corrupt_vectors, gaussian_evidence
from playground.diffusion.noise import word_evidence

EVERY = 5  # of the times of GRID are read
NOISES = ("absorbing", "uniform", "gaussian")


def readings(
    denoiser: Any, data: dict, table: np.ndarray, noise: np.ndarray
) -> tuple[dict, set[int]]:
    """({"every", each noise: {"best": (T, L) ids, "p": (T, L) their probabilities, "bits": (T,) mean
    surprise of the true words}}, the ids it speaks of); ({}, nothing) for a model that reads masks
    alone, or one that calls the text impossible.

    data: as `corrupt.corrupted` makes it; table (V, D) and noise (L, D): of its vectors. The model
    gets exactly what the page shows at that time: evidence from the formula of each noise.
    """
    if not hasattr(denoiser, "posterior"):
        return {}, set()
    shared = data["alphas"][data["schedule"]]
    found: dict[str, Any] = {"every": EVERY}
    seen: set[int] = set()
    try:
        for kind in NOISES:
            own = data.get("warped", shared) if kind == "gaussian" else shared
            alphas = np.asarray(own)[::EVERY]
            evidence = evidence_of(kind, denoiser, data, alphas, table, noise)
            law = np.asarray(denoiser.posterior(evidence), dtype=np.float64)
            found[kind] = _read(law, np.asarray(data["ids"]))
            seen |= {word for row in found[kind]["best"] for word in row}
    except ValueError:  # an unsmoothed chain calls some texts impossible
        return {}, set()
    return found, seen


def reading_at(
    kind: str, denoiser: Any, data: dict, alpha: float, table: np.ndarray, noise: np.ndarray
) -> dict | None:
    """{"best", "p": (L,) of each place, "bits": mean surprise of the true words} of one noise at
    alpha; None as for `readings`."""
    if not hasattr(denoiser, "posterior"):
        return None
    try:
        evidence = evidence_of(kind, denoiser, data, np.array([alpha]), table, noise)
        law = np.asarray(denoiser.posterior(evidence), dtype=np.float64)
    except ValueError:  # an unsmoothed chain calls some texts impossible
        return None
    return {name: row[0] for name, row in _read(law, np.asarray(data["ids"])).items()}


def evidence_of(
    kind: str, denoiser: Any, data: dict, alphas: np.ndarray, table: np.ndarray, noise: np.ndarray
) -> np.ndarray:
    """(T, L, V) log-likelihoods of each word under what is seen at alphas (T,), float32."""
    ids, size = np.asarray(data["ids"]), int(denoiser.vocab_size)
    known = np.asarray(data["u"]) < alphas[:, None]  # (T, L)
    if kind == "absorbing":
        evidence = np.zeros((*known.shape, size), dtype=np.float32)
        rows, places = np.nonzero(known)
        evidence[rows, places] = -np.inf
        evidence[rows, places, ids[places]] = 0.0
        return evidence
    evidence = np.empty((*known.shape, size), dtype=np.float32)
    for k, alpha in enumerate(alphas):
        if kind == "uniform":
            words = np.where(known[k], ids, data["other"])[None]
            wrong = (1.0 - alpha) / size
            with np.errstate(divide="ignore"):
                evidence[k] = word_evidence(words, size, np.log(alpha + wrong), np.log(wrong))[0]
        else:
            x = corrupt_vectors(table[ids], alpha, noise)
            evidence[k] = gaussian_evidence(x, table, float(alpha))
    return evidence


def _read(law: np.ndarray, ids: np.ndarray) -> dict:
    best = law.argmax(-1)
    true = np.take_along_axis(law, np.broadcast_to(ids, best.shape)[..., None], -1)[..., 0]
    return {
        "best": best.tolist(),
        "p": np.take_along_axis(law, best[..., None], -1)[..., 0].round(4).tolist(),
        "bits": (-np.log2(np.maximum(true, 1e-30))).mean(-1).round(3).tolist(),
    }
