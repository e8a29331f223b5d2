"""What noise does to a text at every time t, as plain data: masks, random words, noisy vectors.

Every position has its noise drawn once; t only moves the threshold. So dragging t shows one path of
the forward process and asks the server for nothing, and a word that was lost stays lost."""

from __future__ import annotations

import functools
import threading
from typing import Any

import numpy as np

from playground import diffusion
from playground.diffusion.settings import UnmaskSettings
from playground.i18n import t as tr
from playground.pages.diffusion.canvas import Lexicon, read_canvas
from playground.pages.diffusion.corrupt_reading import readings
from playground.parameters import SEED

DRAWN = ("linear", "cosine", "geometric", "linear-sigma", "entropy-linear")
PILOT = 16  # positions of the pilot runs on which a model's entropy-linear schedule is measured
NOISES = ("absorbing", "uniform", "gaussian")
LONGEST = 24  # positions: each has a path of its own through the embeddings
SMALL = 5  # words of the small vocabulary of the heat map
_planes: dict[str, tuple[np.ndarray, np.ndarray]] = {}
_schedules: dict[str, Any] = {}
_lock, _measuring = threading.Lock(), threading.Lock()


def corrupted(
    text: Any,
    denoiser: Any,
    name: str,
    schedule: Any = "linear",
    seed: Any = 0,
    reading: bool = False,
) -> dict:
    """Everything that the Corrupt block draws for a text: see the fields below. Raises ValueError
    with field, value and range.

    alphas: schedule -> alpha_bar on GRID; u: one draw a position, known while u < alpha_bar(t);
    other: the random word that stands there afterwards; matrices: Q-bar at alpha = 1 and 0 (it is
    linear in alpha between); posterior: q(x_s | x_t, x_0) on GRID;
    vectors: start and noise in the plane, the nearest word and the roundings on GRID for `schedule`
      (chances in ten-thousandths);
    scaled: whether the vectors were scaled to variance 1; a network that reads Gaussian noise has
      vectors of its own scale;
    read, where `reading` asks for it: what the model makes of each noise (`corrupt_reading`)."""

    if schedule not in DRAWN:
        raise ValueError(
            tr(
                "schedule must be one of {options}, got {got}",
                options=", ".join(DRAWN),
                got=repr(schedule),
            )
        )
    seed = SEED.check(seed)
    canvas = read_canvas(text, denoiser, longest=256)
    ids = np.asarray(canvas.ids[canvas.seen])
    if not 1 <= len(ids) <= LONGEST:
        raise ValueError(
            tr(
                "text must have 1 to {longest} tokens here, got {got}",
                longest=LONGEST,
                got=len(ids),
            )
        )
    if int(denoiser.mask_id) in ids:
        raise ValueError(tr("text must have no [MASK] here: the noise puts them in"))
    lexicon = Lexicon(denoiser)
    place = np.arange(len(ids))
    known = diffusion.draws.uniforms(seed, 0, 0, place, diffusion.draws.TOKEN)
    table, flat = _plane(denoiser, name)
    words = _words(denoiser)
    other = words[
        (diffusion.draws.uniforms(seed, 0, 0, place, diffusion.draws.START) * len(words)).astype(
            np.int64
        )
    ]
    alphas = {
        each: np.asarray(
            diffusion.noise.alpha_bar(diffusion.corrupt.GRID, schedule_of(each, denoiser, name))
        )
        for each in DRAWN
    }
    noise = diffusion.draws.normals(seed, 0, 0, place, table.shape[1])
    vectors, seen = diffusion.corrupt.vector_paths(table, flat, ids, noise, alphas[schedule])
    small = list(dict.fromkeys(int(i) for i in ids))[:SMALL]
    data = {
        "text": text,
        "model": name,
        "schedule": schedule,
        "seed": seed,
        "family": lexicon.family,
        "ids": ids.tolist(),
        "words": lexicon.news({*ids.tolist(), *other.tolist(), *seen, *small}),
        "mask_id": int(denoiser.mask_id),
        "u": np.round(known, 6).tolist(),
        "other": other.tolist(),
        "alphas": {each: np.round(values, 6).tolist() for each, values in alphas.items()},
        "small": small,
        "matrices": diffusion.corrupt.noise_matrices(len(small)),
        "posterior": diffusion.corrupt.posterior_paths(alphas[schedule], max(2, len(small))),
        "posterior_step": diffusion.corrupt.POSTERIOR_STEP,
        "vectors": vectors,
        "taus": list(diffusion.corrupt.TAUS),
        "scaled": not _own_scale(denoiser),
    }
    read, more = readings(denoiser, data, table, noise) if reading else ({}, set())
    if read:
        data["read"] = read
        data["words"] |= lexicon.news(more)
    return data


def schedule_of(schedule: str, denoiser: Any, name: str) -> Any:
    """What `alpha_bar` takes for a schedule; entropy-linear (CDCD's time warping) is measured on
    the model, once a model."""
    if schedule != "entropy-linear":
        return schedule
    with _measuring:
        if name not in _schedules:
            _schedules[name], _ = diffusion.generate.measured_schedule(
                denoiser, PILOT, UnmaskSettings("mdlm", PILOT, schedule=schedule, seed=0)
            )
            while len(_schedules) > 32:
                _schedules.pop(next(iter(_schedules)))
        return _schedules[name]


def _own_scale(denoiser: Any) -> bool:
    """Whether Gaussian noise is added to the model's vectors as they are: it was trained so."""
    return bool(getattr(denoiser, "self_conditioned", False))


def _words(denoiser: Any) -> np.ndarray:
    closed = {int(denoiser.mask_id), *(getattr(denoiser, "special_ids", None) or ())}
    return np.array([i for i in range(int(denoiser.vocab_size)) if i not in closed])


def _plane(denoiser: Any, name: str) -> tuple[np.ndarray, np.ndarray]:
    """`standard_plane` of the model's embeddings, once a model."""

    with _lock:
        if name not in _planes:
            table = diffusion.embedding.embedding_table(denoiser)
            _planes[name] = (
                (table.astype(np.float32), diffusion.embedding.plane(table))
                if _own_scale(denoiser)
                else diffusion.corrupt.standard_plane(table)
            )
            while len(_planes) > 4:
                _planes.pop(next(iter(_planes)))
        return _planes[name]


@functools.lru_cache(maxsize=1)
def default_text() -> str:
    return "once upon a time there was a king who had three daughters ."


def corrupt_once(
    text: Any, denoiser: Any, name: str, t: Any, noise: Any, schedule: Any, seed: Any
) -> dict:
    """The text at one time t, for the API: {"alpha_bar", "known", "expected_known", "tokens":
    [...], "text"}."""

    if isinstance(t, bool) or not isinstance(t, (int, float)) or not 0 <= t <= 1:
        raise ValueError(tr("t must be in [0, 1], got {got}", got=repr(t)))
    if noise not in NOISES:
        raise ValueError(
            tr(
                "noise must be one of {options}, got {got}",
                options=", ".join(NOISES),
                got=repr(noise),
            )
        )
    data = corrupted(text, denoiser, name, schedule, seed)
    alpha = float(diffusion.noise.alpha_bar(float(t), schedule_of(schedule, denoiser, name)))
    lexicon = Lexicon(denoiser)
    if noise == "gaussian":
        table, _ = _plane(denoiser, name)
        drawn = diffusion.draws.normals(
            data["seed"], 0, 0, np.arange(len(data["ids"])), table.shape[1]
        )
        now = diffusion.embedding.nearest(
            diffusion.embedding.corrupt_vectors(table[data["ids"]], alpha, drawn), table
        ).tolist()
        kept = [a == b for a, b in zip(now, data["ids"], strict=True)]
    else:
        kept = [u < alpha for u in data["u"]]
        instead = data["other"] if noise == "uniform" else [data["mask_id"]] * len(kept)
        now = [i if keep else j for i, j, keep in zip(data["ids"], instead, kept, strict=True)]
    mask = data["mask_id"]
    pieces = ["[MASK]" if i == mask else lexicon.text(i) for i in now]
    shown = (
        "".join(f" {p} " if p == "[MASK]" else p for p in pieces)
        if lexicon.family in ("bytes", "characters")
        else " ".join(pieces)
    )
    return {
        "model": name,
        "t": float(t),
        "noise": noise,
        "schedule": schedule,
        "seed": data["seed"],
        "alpha_bar": alpha,
        "known": sum(kept),
        "length": len(kept),
        "expected_known": alpha * len(kept),
        "ids": [int(i) for i in now],
        "tokens": pieces,
        "kept": kept,
        "text": " ".join(shown.replace(" ##", "").split()),
    }
