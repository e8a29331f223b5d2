"""What Home asks the shipped models while it is played: one look of a network a question, over the
whole vocabulary.

Each answer carries all logits, so the browser computes the tiles at any heat by itself, and the
random number u of the next draw: the one that the samplers themselves would use for this seed and
step.
"""

from __future__ import annotations

import base64
from typing import Any

import numpy as np

from playground import decoding, diffusion
from playground.backend import zero_gpu
from playground.i18n import t
from playground.pages import gate

CAUSAL, DENOISER = "fairy-causal", "fairy-diffusion"
LONGEST = 32  # tokens of Home's sentence, its beginning among them
LARGEST_SEED = 2**53 - 1  # what a browser's number holds exactly


def whole_of(raw: Any, name: str, highest: int) -> int:
    """The whole number raw[name] in [0, highest]; ValueError in a person's words otherwise."""
    value = raw.get(name)
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= highest:
        raise ValueError(
            t(
                "{name} must be a whole number in [0, {highest}], got {value}.",
                name=name,
                highest=str(highest),
                value=repr(value)[:40],
            )
        )
    return value


def ids_of(raw: Any, name: str, vocab_size: int) -> list[int]:
    """raw[name] as 1 to LONGEST token ids below vocab_size; ValueError otherwise."""
    value = raw.get(name)
    if not isinstance(value, list) or not 1 <= len(value) <= LONGEST:
        raise ValueError(
            t("{name} must be a list of 1 to {longest} token ids.", name=name, longest=LONGEST)
        )
    for token in value:
        if isinstance(token, bool) or not isinstance(token, int) or not 0 <= token < vocab_size:
            raise ValueError(
                t(
                    "{name} must hold token ids in [0, {highest}], got {value}.",
                    name=name,
                    highest=str(vocab_size - 1),
                    value=repr(token)[:40],
                )
            )
    return value


def asked(raw: Any) -> dict[str, Any]:
    if not isinstance(raw, dict):
        raise ValueError(
            t(
                "A question must be an object with named fields, got {kind}.",
                kind=type(raw).__name__,
            )
        )
    return raw


def coded(logits: np.ndarray) -> str:
    """(V,) as little-endian float32 in base64."""
    return base64.b64encode(np.ascontiguousarray(logits, dtype="<f4").tobytes()).decode("ascii")


def causal_logits(model: Any, ids: list[int]) -> np.ndarray:
    """(V,) float32: the left-to-right model's logits of the token after `ids`."""
    return model.next_logits(ids).cpu().numpy().astype(np.float32)


def look(backend: Any, raw: Any) -> dict[str, Any]:
    """{"ids", "step", "seed"} -> {"logits": base64 of V float32, "u"}: what may follow `ids`, and
    where chance falls.

    ValueError for a field out of its range; LimitExceeded where too many ask at once."""

    raw = asked(raw)
    step, seed = whole_of(raw, "step", LONGEST), whole_of(raw, "seed", LARGEST_SEED)
    zero_gpu.load(backend, CAUSAL)
    with backend.causal(CAUSAL) as model:
        ids = ids_of(raw, "ids", model.vocab_size)
        with gate.question(backend, "home", CAUSAL):
            logits = zero_gpu.answer(lambda: causal_logits(model, ids))
    return {"logits": coded(logits), "u": decoding.step.random_numbers(seed, step)[0]}


def surest(logits: np.ndarray, masks: list[int]) -> tuple[int, list[tuple[int, int, float]]]:
    """(the mask whose best word is the likeliest, [(position, token id, its probability)] of all
    masks). logits (L, V), float64."""
    guesses = []
    for position in masks:
        row = logits[position]
        best = int(row.argmax())
        guesses.append((position, best, float(1 / np.exp(row - row[best]).sum())))
    return max(guesses, key=lambda guess: (guess[2], -guess[0]))[0], guesses


def canvas_logits(model: Any, canvas: list[int]) -> np.ndarray:
    """(L, V) float32 of a masked model; the mask itself is no word that could stand anywhere."""
    import torch

    logits = model.logits(torch.tensor([canvas]))[0].cpu().numpy().astype(np.float32).copy()
    if model.mask_id < logits.shape[1]:
        logits[:, model.mask_id] = -np.inf
    return logits


def fill(backend: Any, raw: Any) -> dict[str, Any]:
    """{"canvas", "step", "seed"} -> {"at": the surest mask, "logits": of it, "u", "guesses":
    [[position, id, probability]]}.

    The order is by the largest probability (at heat 1), as confidence samplers take it. Errors as
    in `look`."""

    raw = asked(raw)
    step, seed = whole_of(raw, "step", LONGEST), whole_of(raw, "seed", LARGEST_SEED)
    zero_gpu.load(backend, DENOISER)
    with backend.denoiser(DENOISER) as model:
        canvas = ids_of(raw, "canvas", max(model.vocab_size, model.mask_id + 1))
        masks = [position for position, token in enumerate(canvas) if token == model.mask_id]
        if not masks:
            raise ValueError(t("The canvas has no mask left: there is nothing to fill."))
        with gate.question(backend, "home", DENOISER):
            logits = zero_gpu.answer(lambda: canvas_logits(model, canvas))
    at, guesses = surest(logits.astype(np.float64), masks)
    u = float(diffusion.draws.uniforms(seed, step, 0, at))
    return {
        "at": at,
        "logits": coded(logits[at]),
        "u": u,
        "guesses": [list(one) for one in guesses],
    }


def vocabulary(backend: Any) -> dict[str, Any]:
    """{"texts": all V token texts by id, "end": the id that ends a text, or null}. Both models
    read the same tokens."""
    with backend.causal(CAUSAL) as model:
        return {
            "texts": [model.piece(token) for token in range(model.vocab_size)],
            "end": model.eos_id,
        }
