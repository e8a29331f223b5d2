"""What noise does to a text at every time t, as plain data: masks, random words, noisy vectors.

Every position has its noise drawn once; t only moves the threshold. So dragging t shows one path of
the forward process and asks the server for nothing, and a word that was lost stays lost."""

from __future__ import annotations

import functools
import threading
from typing import Any

import numpy as np

from playground import diffusion
from playground.backend.incremental import join_word_pieces
from playground.diffusion.canvas import MASK, MAX_CHARACTERS, framed_ids
from playground.diffusion.settings import UnmaskSettings
from playground.i18n import t as tr
from playground.pages.diffusion.canvas import Lexicon
from playground.pages.diffusion.corrupt_reading import reading_at, readings
from playground.parameters import SEED

DRAWN = ("linear", "cosine", "geometric", "linear-sigma", "entropy-linear")
PILOT = 16  # positions of the pilot runs on which a model's entropy-linear schedule is measured
NOISES = ("absorbing", "uniform", "gaussian")
LONGEST = 24  # positions: each has a path of its own through the embeddings
SMALL = 5  # words of the small vocabulary of the heat map
_planes: dict[str, tuple[np.ndarray, np.ndarray]] = {}
_schedules: dict[str, Any] = {}
_lost: dict[str, dict] = {}
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

    alphas: schedule -> alpha_bar on GRID; warped, of a model that was trained with time warping:
        the alpha_bar of the vectors along entropy-linear, which each noise has its own of there;
    u: one draw a position, known while u < alpha_bar(t);
    other: the random word that stands there afterwards;
    matrices: Q-bar at alpha = 1 and 0 (it is linear in alpha between);
    posterior: q(x_s | x_t, x_0) on GRID;
    vectors: start and noise in the plane, the nearest word and the roundings on GRID for `schedule`
        (chances in ten-thousandths);
    scaled: whether the vectors were scaled to variance 1; a network that reads Gaussian noise has
        vectors of its own scale;
    lasting: how long vectors and noise are, and the alpha_bar at which half of the words are lost
        (`diffusion.corrupt.lasting`);
    read, where `reading` asks for it: what the model makes of each noise (`corrupt_reading`).
    """
    if schedule not in DRAWN:
        raise ValueError(
            tr(
                "schedule must be one of {options}, got {got}",
                options=", ".join(DRAWN),
                got=repr(schedule),
            )
        )
    seed = SEED.check(seed)
    ids = _known_ids(text, denoiser)
    lexicon = Lexicon(denoiser)
    table, flat = _plane(denoiser, name)
    other = _other_words(denoiser, len(ids), seed)
    alphas = {
        each: np.asarray(
            diffusion.noise.alpha_bar(diffusion.corrupt.GRID, schedule_of(each, denoiser, name))
        )
        for each in DRAWN
    }
    place = np.arange(len(ids))
    known = diffusion.draws.uniforms(seed, 0, 0, place, diffusion.draws.TOKEN)
    noise = diffusion.draws.normals(seed, 0, 0, place, table.shape[1])
    moving = _of_vectors(schedule, denoiser, alphas[schedule])
    vectors, seen = diffusion.corrupt.vector_paths(table, flat, ids, noise, moving)
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
        **_small_figures(small, alphas[schedule]),
        "vectors": vectors,
        "taus": list(diffusion.corrupt.TAUS),
        "scaled": not _own_scale(denoiser),
        "lasting": _lasting(name, table),
    }
    if moving is not alphas[schedule]:
        data["warped"] = np.round(moving, 6).tolist()
    read, more = readings(denoiser, data, table, noise) if reading else ({}, set())
    if read:
        data["read"] = read
        data["words"] |= lexicon.news(more)
    return data


def _known_ids(text: Any, denoiser: Any) -> np.ndarray:
    """(L,) the ids of a text of a few words without masks; ValueError for another one."""
    if not isinstance(text, str):
        raise ValueError(tr("text must be a text, got {got}", got=type(text).__name__))
    if len(text) > MAX_CHARACTERS:
        raise ValueError(
            tr(
                "text must be at most {max_characters} characters long, got {got}",
                max_characters=MAX_CHARACTERS,
                got=len(text),
            )
        )
    if not text.strip():
        raise ValueError(tr("The text is empty: type a word."))
    if MASK.search(text):
        raise ValueError(tr("text must have no [MASK] here: the noise puts them in"))
    framed, lead, tail = framed_ids(text, denoiser.encode, int(denoiser.mask_id), 0)
    ids = np.asarray(framed[lead : len(framed) - tail])
    if not 1 <= len(ids) <= LONGEST:
        raise ValueError(
            tr(
                "text must have 1 to {longest} tokens here, got {got}",
                longest=LONGEST,
                got=len(ids),
            )
        )
    return ids


def _other_words(denoiser: Any, length: int, seed: int) -> np.ndarray:
    """(L,) what stands at each position once uniform noise has taken its word."""
    words = _words(denoiser)
    drawn = diffusion.draws.uniforms(seed, 0, 0, np.arange(length), diffusion.draws.START)
    return words[(drawn * len(words)).astype(np.int64)]


def _small_figures(small: list[int], alpha: np.ndarray) -> dict[str, Any]:
    """The heat map's few words, their noise matrices and posteriors."""
    return {
        "small": small,
        "matrices": diffusion.corrupt.noise_matrices(len(small)),
        "posterior": diffusion.corrupt.posterior_paths(alpha, max(2, len(small))),
        "posterior_step": diffusion.corrupt.POSTERIOR_STEP,
    }


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


def _vector_schedule(schedule: str, denoiser: Any) -> Any:
    """The schedule of the vectors where it is not that of masks, else None: a model that was trained
    with time warping has measured its own."""
    if schedule != "entropy-linear" or getattr(denoiser, "entropy_curve", None) is None:
        return None
    settings = UnmaskSettings("diffusion-lm", PILOT, schedule=schedule, seed=0)
    return diffusion.generate.measured_schedule(denoiser, PILOT, settings)[0]


def _of_vectors(schedule: str, denoiser: Any, alphas: np.ndarray) -> np.ndarray:
    own = _vector_schedule(schedule, denoiser)
    return alphas if own is None else np.asarray(own(diffusion.corrupt.GRID))


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


def _lasting(name: str, table: np.ndarray) -> dict:
    """`diffusion.corrupt.lasting`, once a model."""
    if name not in _lost:
        _lost[name] = diffusion.corrupt.lasting(table)
        while len(_lost) > 32:
            _lost.pop(next(iter(_lost)), None)
    return _lost[name]


@functools.lru_cache(maxsize=1)
def default_text() -> str:
    return "once upon a time there was a king who had three daughters ."


def corrupt_once(
    text: Any,
    denoiser: Any,
    name: str,
    t: Any,
    noise: Any,
    schedule: Any,
    seed: Any,
    reading: Any = False,
) -> dict:
    """The text at one time t, for the API: {"alpha_bar", "known", "expected_known", "tokens":
    [...], "text"}; where `reading` asks for it, "read" too: what the model makes of this noise at t,
    None where it reads masks alone.

    expected_known: alpha_bar x length; None for Gaussian noise, where `known` counts the vectors
    that are still nearest to their own word, which that product does not foretell."""

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
    if not isinstance(reading, bool):
        raise ValueError(tr("reading must be true or false, got {got}", got=repr(reading)))
    data = corrupted(text, denoiser, name, schedule, seed)
    in_force = schedule_of(schedule, denoiser, name)
    if noise == "gaussian":
        in_force = _vector_schedule(schedule, denoiser) or in_force
    alpha = float(diffusion.noise.alpha_bar(float(t), in_force))
    lexicon = Lexicon(denoiser)
    now, kept = _standing(data, denoiser, name, noise, alpha)
    pieces = ["[MASK]" if i == data["mask_id"] else lexicon.text(i) for i in now]
    answer = {
        "model": name,
        "t": float(t),
        "noise": noise,
        "schedule": schedule,
        "seed": data["seed"],
        "alpha_bar": alpha,
        "known": sum(kept),
        "length": len(kept),
        "expected_known": None if noise == "gaussian" else alpha * len(kept),
        "ids": [int(i) for i in now],
        "tokens": pieces,
        "kept": kept,
        "text": _joined(pieces, lexicon.family),
    }
    if reading:
        table, _ = _plane(denoiser, name)
        read = reading_at(noise, denoiser, data, alpha, table, _drawn(data, table))
        if read is not None:
            tokens = [lexicon.text(i) for i in read["best"]]
            read |= {"tokens": tokens, "text": _joined(tokens, lexicon.family)}
        answer["read"] = read
    return answer


def _standing(
    data: dict, denoiser: Any, name: str, noise: str, alpha: float
) -> tuple[list[int], list[bool]]:
    """What stands at each position at alpha, and which of them are as they were."""
    if noise == "gaussian":
        table, _ = _plane(denoiser, name)
        x = diffusion.embedding.corrupt_vectors(table[data["ids"]], alpha, _drawn(data, table))
        now = diffusion.embedding.nearest(x, table).tolist()
        return now, [a == b for a, b in zip(now, data["ids"], strict=True)]
    kept = [u < alpha for u in data["u"]]
    instead = data["other"] if noise == "uniform" else [data["mask_id"]] * len(kept)
    return [i if keep else j for i, j, keep in zip(data["ids"], instead, kept, strict=True)], kept


def _drawn(data: dict, table: np.ndarray) -> np.ndarray:
    place = np.arange(len(data["ids"]))
    return diffusion.draws.normals(data["seed"], 0, 0, place, table.shape[1])


def _joined(pieces: list[str], family: str) -> str:
    if family in ("bytes", "characters"):
        spread = "".join(f" {p} " if p == "[MASK]" else p for p in pieces)
        return " ".join(spread.split())
    return join_word_pieces(pieces) if family == "pieces" else " ".join(pieces)
