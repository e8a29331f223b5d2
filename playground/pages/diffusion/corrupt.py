"""What noise does to a text at every time t, as plain data: masks, random words, noisy vectors.

Every position has its noise drawn once; t only moves the threshold. So dragging t shows one path of the forward process and
asks the server for nothing, and a word that was lost stays lost."""

from __future__ import annotations

import functools
import threading
from typing import Any

import numpy as np

from playground.pages.diffusion.canvas import Lexicon, read_canvas

GRID = np.linspace(0.0, 1.0, 101)
DRAWN = ("linear", "cosine", "geometric", "linear-sigma", "entropy-linear")
PILOT = 16  # positions of the pilot runs on which a model's entropy-linear schedule is measured
NOISES = ("absorbing", "uniform", "gaussian")
LONGEST = 24  # positions: each has a path of its own through the embeddings
SMALL = 5  # words of the small vocabulary of the heat map
TAUS = (1.0, 10.0, 40.0, 160.0)
STEP = 0.1  # s = t - STEP in the posterior
_planes: dict[str, tuple[np.ndarray, np.ndarray]] = {}
_schedules: dict[str, Any] = {}
_lock, _measuring = threading.Lock(), threading.Lock()


def corrupted(text: Any, denoiser: Any, name: str, schedule: Any = "linear", seed: Any = 0) -> dict:
    """Everything that the Corrupt block draws for a text: see the fields below. Raises ValueError with field, value and range.

    alphas: schedule -> alpha_bar on GRID; u: one draw a position, known while u < alpha_bar(t); other: the random word that stands
    there afterwards; matrices: Q-bar at alpha = 1 and 0 (it is linear in alpha between); posterior: q(x_s | x_t, x_0) on GRID;
    vectors: start and noise in the plane, the nearest word and the roundings on GRID for `schedule` (chances in ten-thousandths)."""
    from playground.diffusion.draws import START, TOKEN, normals, uniforms
    from playground.diffusion.noise import alpha_bar

    if schedule not in DRAWN:
        raise ValueError(f"schedule must be one of {', '.join(DRAWN)}, got {schedule!r}")
    if isinstance(seed, bool) or not isinstance(seed, (int, float)) or seed != int(seed) or not 0 <= seed <= 2**53:
        raise ValueError(f"seed must be a whole number in [0, {2**53}], got {seed!r}")
    seed = int(seed)
    canvas = read_canvas(text, denoiser, longest=256)
    ids = np.asarray(canvas.ids[canvas.seen])
    if not 1 <= len(ids) <= LONGEST:
        raise ValueError(f"text must have 1 to {LONGEST} tokens here, got {len(ids)}")
    if int(denoiser.mask_id) in ids:
        raise ValueError("text must have no [MASK] here: the noise puts them in")
    lexicon = Lexicon(denoiser)
    place = np.arange(len(ids))
    known = uniforms(seed, 0, 0, place, TOKEN)
    table, flat = _plane(denoiser, name)
    words = _words(denoiser)
    other = words[(uniforms(seed, 0, 0, place, START) * len(words)).astype(np.int64)]
    alphas = {each: np.asarray(alpha_bar(GRID, schedule_of(each, denoiser, name))) for each in DRAWN}
    noise = normals(seed, 0, 0, place, table.shape[1])
    vectors, seen = _vectors(table, flat, ids, noise, alphas[schedule])
    small = list(dict.fromkeys(int(i) for i in ids))[:SMALL]
    return {
        "text": text, "model": name, "schedule": schedule, "seed": seed, "family": lexicon.family, "ids": ids.tolist(),
        "words": lexicon.news({*ids.tolist(), *other.tolist(), *seen, *small}), "mask_id": int(denoiser.mask_id),
        "u": np.round(known, 6).tolist(), "other": other.tolist(), "alphas": {each: np.round(values, 6).tolist() for each, values in alphas.items()},
        "small": small, "matrices": _matrices(len(small)), "posterior": _posteriors(alphas[schedule], max(2, len(small))),
        "posterior_step": STEP, "vectors": vectors, "taus": list(TAUS),
    }


def schedule_of(schedule: str, denoiser: Any, name: str) -> Any:
    """What `alpha_bar` takes for a schedule; entropy-linear (CDCD's time warping) is measured on the model, once a model."""
    if schedule != "entropy-linear":
        return schedule
    with _measuring:
        if name not in _schedules:
            from playground.diffusion.generate import measured_schedule
            from playground.diffusion.settings import UnmaskSettings

            _schedules[name], _ = measured_schedule(denoiser, PILOT, UnmaskSettings("mdlm", PILOT, schedule=schedule, seed=0))
            while len(_schedules) > 32:
                _schedules.pop(next(iter(_schedules)))
        return _schedules[name]


def _words(denoiser: Any) -> np.ndarray:
    closed = {int(denoiser.mask_id), *(getattr(denoiser, "special_ids", None) or ())}
    return np.array([i for i in range(int(denoiser.vocab_size)) if i not in closed])


def _plane(denoiser: Any, name: str) -> tuple[np.ndarray, np.ndarray]:
    """(table (V, D) with components of variance 1, its first two principal directions (D, 2)), once a model."""
    from playground.diffusion.embedding import embedding_table, plane

    with _lock:
        if name not in _planes:
            table = embedding_table(denoiser)
            table = table - table.mean(0)
            table = (table / max(float(np.sqrt((table**2).mean())), 1e-12)).astype(np.float32)
            _, _, directions = np.linalg.svd((table.T @ table).astype(np.float64)) if table.shape[1] > 2 else (0, 0, np.eye(table.shape[1]))
            flat = np.zeros((table.shape[1], 2))
            flat[:, :min(2, len(directions))] = directions[:2].T
            _planes[name] = table, flat if table.shape[1] > 2 else plane(table)
            while len(_planes) > 4:
                _planes.pop(next(iter(_planes)))
        return _planes[name]


def _vectors(table: np.ndarray, flat: np.ndarray, ids: np.ndarray, noise: np.ndarray, alphas: np.ndarray) -> tuple[dict, set[int]]:
    """Paths x_t = sqrt(alpha) x_0 + sqrt(1 - alpha) eps of all positions, in the plane and against the whole vocabulary."""
    start = table[ids]
    mean, spread = start @ table.T, noise.astype(np.float32) @ table.T  # (L, V)
    half = 0.5 * (table**2).sum(-1)
    near, tops = [], []
    for alpha in alphas:
        scores = np.sqrt(alpha).astype(np.float32) * mean + np.sqrt(1 - alpha).astype(np.float32) * spread  # (L, V)
        near.append((scores - half).argmax(-1))
        best = np.argpartition(-scores, min(3, scores.shape[1] - 1), axis=1)[:, :3]
        best = np.take_along_axis(best, np.argsort(-np.take_along_axis(scores, best, 1), axis=1, kind="stable"), 1)
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
        "start": np.round(start @ flat, 3).tolist(), "noise": np.round(noise @ flat, 3).tolist(),
        "near": near.T.tolist(), "top": best.transpose(1, 0, 2).tolist(), "chance": np.round(10_000 * chances.transpose(1, 0, 2, 3)).astype(int).tolist(),
        "places": {str(i): np.round(table[i] @ flat, 3).tolist() for i in sorted(seen)},
        "backdrop": np.round(table[backdrop] @ flat, 2).tolist(), "dimensions": int(table.shape[1]), "vocabulary": len(table),
    }, seen


def _matrices(size: int) -> dict:
    from playground.diffusion.noise import absorbing_matrix, uniform_matrix

    return {"absorbing": [absorbing_matrix(1.0, size).tolist(), absorbing_matrix(0.0, size).tolist()],
            "uniform": [uniform_matrix(1.0, size).tolist(), uniform_matrix(0.0, size).tolist()]}


def _posteriors(alphas: np.ndarray, size: int) -> dict:
    """q(x_s | x_t, x_0), s = max(0, t - STEP), on GRID, of a vocabulary of `size` words; x_0 is word 0.

    absorbing, masked at t: [itself, mask]; uniform: [itself, the word seen at t, each other] for x_t the word itself or word 1."""
    from playground.diffusion.noise import posterior, uniform_matrix

    back = round(float(STEP / (GRID[1] - GRID[0])))
    masked, same, wrong = [], [], []
    for n, alpha in enumerate(alphas):
        earlier = alphas[max(0, n - back)]
        step = float(np.clip(alpha / earlier, 0, 1)) if earlier > 0 else 0.0
        reveal = float((earlier - alpha) / (1 - alpha)) if alpha < 1 else 1.0
        masked.append([round(reveal, 6), round(1 - reveal, 6)])
        matrices = uniform_matrix(float(alpha), size), uniform_matrix(float(earlier), size), uniform_matrix(step, size)
        for seen, out in ((0, same), (1, wrong)):
            if matrices[0][0, seen] <= 0:
                out.append(None)
                continue
            law = posterior(*matrices, x_t=seen, x_0=0)
            law = law / law.sum()
            out.append([round(float(v), 6) for v in (law[0], law[1], law[2] if size > 2 else 0.0)])
    return {"absorbing": masked, "uniform_same": same, "uniform_other": wrong, "size": size}


@functools.lru_cache(maxsize=1)
def default_text() -> str:
    return "once upon a time there was a king who had three daughters ."


def corrupt_once(text: Any, denoiser: Any, name: str, t: Any, noise: Any, schedule: Any, seed: Any) -> dict:
    """The text at one time t, for the API: {"alpha_bar", "known", "expected_known", "tokens": [...], "text"}."""
    from playground.diffusion.noise import alpha_bar

    if isinstance(t, bool) or not isinstance(t, (int, float)) or not 0 <= t <= 1:
        raise ValueError(f"t must be in [0, 1], got {t!r}")
    if noise not in NOISES:
        raise ValueError(f"noise must be one of {', '.join(NOISES)}, got {noise!r}")
    data = corrupted(text, denoiser, name, schedule, seed)
    alpha = float(alpha_bar(float(t), schedule_of(schedule, denoiser, name)))
    lexicon = Lexicon(denoiser)
    if noise == "gaussian":
        from playground.diffusion.draws import normals

        table, _ = _plane(denoiser, name)
        ids = np.asarray(data["ids"])
        x = np.sqrt(alpha) * table[ids] + np.sqrt(1 - alpha) * normals(data["seed"], 0, 0, np.arange(len(ids)), table.shape[1])
        now = (x @ table.T - 0.5 * (table**2).sum(-1)).argmax(-1).tolist()
        kept = [a == b for a, b in zip(now, data["ids"], strict=True)]
    else:
        kept = [u < alpha for u in data["u"]]
        instead = data["other"] if noise == "uniform" else [data["mask_id"]] * len(kept)
        now = [i if keep else j for i, j, keep in zip(data["ids"], instead, kept, strict=True)]
    mask = data["mask_id"]
    pieces = ["[MASK]" if i == mask else lexicon.text(i) for i in now]
    shown = "".join(f" {p} " if p == "[MASK]" else p for p in pieces) if lexicon.family in ("bytes", "characters") else " ".join(pieces)
    return {"model": name, "t": float(t), "noise": noise, "schedule": schedule, "seed": data["seed"], "alpha_bar": alpha,
            "known": sum(kept), "length": len(kept), "expected_known": alpha * len(kept), "ids": [int(i) for i in now], "tokens": pieces,
            "kept": kept, "text": " ".join(shown.replace(" ##", "").split())}
