"""Hybrid start: the causal twin writes the first tokens from left to right, the diffusion model
everything after them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from playground import decoding
from playground.decoding.settings import DecodingSettings
from playground.pages.diffusion import models
from playground.pages.diffusion.canvas import Canvas


def write_first(
    canvas: Canvas, denoiser: Any, count: Any, settings: Any, backend: Callable[[], Any]
) -> tuple[Canvas, str]:
    """The canvas with its first `count` masks written by the causal twin, given the text before
    them; and a note that says so.

    The twin's words are re-read by the denoiser's tokenizer and are locked, like the visitor's own.
    Raises ValueError."""

    if (
        isinstance(count, bool)
        or not isinstance(count, (int, float))
        or count != int(count)
        or not 0 <= count <= 64
    ):
        raise ValueError(f"hybrid must be a whole number in [0, 64], got {count!r}")
    count, mask = int(count), int(denoiser.mask_id)
    if not count:
        return canvas, ""
    if models.is_exact(getattr(denoiser, "name", "")) or not hasattr(denoiser, "codec"):
        raise ValueError(
            "hybrid must be 0 for an exact model: only the network has a left-to-right twin"
        )
    if mask not in canvas.ids:
        return canvas, ""
    at = canvas.ids.index(mask)
    run = next((n for n, i in enumerate(canvas.ids[at:]) if i != mask), len(canvas.ids) - at)
    wanted, masks = min(count, run), canvas.ids.count(mask)
    if wanted >= masks:
        raise ValueError(
            f"hybrid must leave at least one mask to the diffusion model: at most {masks - 1} "
            f"here, got {count}"
        )
    causal = backend().causal(models.CAUSAL_TWIN)
    try:
        before = denoiser.decode(canvas.ids[canvas.lead : at])
        ids = [
            int(step.token_id)
            for step in decoding.generate(
                causal,
                causal.encode(before),
                DecodingSettings(
                    max_new_tokens=wanted,
                    temperature=settings.temperature or 1.0,
                    do_sample=settings.temperature > 0,
                    top_p=settings.top_p,
                    seed=settings.seed,
                ),
            )
        ]
        text = causal.decode(ids)
    finally:
        causal.close()
    special = frozenset(getattr(denoiser, "special_ids", ()))
    written = [int(i) for i in denoiser.encode(text) if i not in special][:wanted]
    ids = list(canvas.ids)
    ids[at : at + len(written)] = written
    locked = list(canvas.locked)
    locked[at : at + len(written)] = [True] * len(written)
    return Canvas(
        tuple(ids), tuple(locked), canvas.lead, canvas.tail, canvas.prompt
    ), f"first {len(written)} tokens by {models.CAUSAL_TWIN}"
